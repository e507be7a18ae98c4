package nearest_test

import (
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/nearest"
)

func TestEdits(t *testing.T) {
	for _, row := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 5, 0}, {"abc", "abc", 5, 0}, {"abc", "abd", 5, 1}, {"abc", "ab", 5, 1}, {"ab", "abc", 5, 1},
		{"abc", "acb", 5, 1}, {"defualt", "default", 5, 1}, {"kitten", "sitting", 9, 3}, {"", "abc", 5, 3},
		{"kitten", "sitting", 3, 3}, {"kitten", "sitting", 2, 2}, {"a", "abcdef", 3, 3}, {"abc", "abc", 0, 0},
		{strings.Repeat("a", 129), strings.Repeat("a", 129), 4, 4},
	} {
		if got := nearest.Edits(row.a, row.b, row.limit); got != row.want {
			t.Errorf("Edits(%q, %q, %d) = %d, want %d", row.a, row.b, row.limit, got, row.want)
		}
		if got := nearest.Edits(row.b, row.a, row.limit); got != row.want {
			t.Errorf("Edits(%q, %q, %d) = %d, want %d", row.b, row.a, row.limit, got, row.want)
		}
	}
}

func TestOf(t *testing.T) {
	words := []string{"serve", "server", "settings"}
	for word, want := range map[string]string{"serv": "serve", "srever": "server", "setings": "settings", "server": "server", "quite another": "", "": ""} {
		if got := nearest.Of(word, words, 4); got != want {
			t.Errorf("Of(%q) = %q, want %q", word, got, want)
		}
	}
	if got := nearest.Of("serve", []string(nil), 4); got != "" {
		t.Errorf("%q of nothing", got)
	}
}

func FuzzEdits(f *testing.F) {
	f.Add("default", "defualt", 4)
	f.Add("", "a", 0)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if d := nearest.Edits(a, b, limit); d > limit || d < 0 && limit >= 0 {
			t.Errorf("Edits(%q, %q, %d) = %d", a, b, limit, d)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		nearest.Of("MERLON_SECURE_HSTS_SECOND", []string{"SECURE_HSTS_SECONDS", "SECRET_KEY", "ALLOWED_HOSTS"}, 9)
	}
}
