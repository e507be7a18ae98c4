package git_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/git"
)

var (
	a = strings.Repeat("a", 40)
	b = strings.Repeat("b", 40)
	c = strings.Repeat("c", 40)
)

func TestRawEntry(t *testing.T) {
	rows := []struct {
		entry, want string
	}{
		{fmt.Sprintf(":000000 100644 %s %s A", a, b), b},
		{fmt.Sprintf(":100644 100755 %s %s M", a, b), b},
		{fmt.Sprintf("::100644 100644 100644 %s %s %s MM", a, b, c), c},
		{fmt.Sprintf(":100644 000000 %s %s D", a, b), ""},
		{fmt.Sprintf(":000000 120000 %s %s A", a, b), ""},
		{fmt.Sprintf(":000000 160000 %s %s A", a, b), ""},
		{":", ""}, {"", ""}, {":100644 100644 x y M", ""}, {strings.Repeat(":", 100), ""},
	}
	for _, row := range rows {
		got, ok := git.RawEntry([]byte(row.entry))
		if ok != (row.want != "") || ok && got != row.want {
			t.Errorf("%q: %q, %v", row.entry, got, ok)
		}
	}
}

func TestOpen(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	if _, err := git.Open(t.Context(), t.TempDir()); !errors.Is(err, git.ErrNoRepo) {
		t.Errorf("a folder: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := git.Open(t.Context(), "."); !errors.Is(err, git.ErrNoGit) {
		t.Errorf("without git: %v", err)
	}
}

func FuzzRawEntry(f *testing.F) {
	for _, seed := range []string{":", "::", ":1 2 3 4 5", ":000000 100644 " + a + " " + b + " A"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, entry []byte) {
		git.RawEntry(entry)
	})
}
