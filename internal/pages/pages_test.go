package pages_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/internal/pages"
)

func TestParts(t *testing.T) {
	for _, c := range []struct {
		text string
		want []pages.Part
	}{
		{"", nil},
		{"no link", []pages.Part{{Text: "no link"}}},
		{"see https://a.example/x?y=1.", []pages.Part{{Text: "see "}, {Text: "https://a.example/x?y=1", Link: "https://a.example/x?y=1"}, {Text: "."}}},
		{"http://a\nhttps://b", []pages.Part{{Text: "http://a", Link: "http://a"}, {Text: "\n"}, {Text: "https://b", Link: "https://b"}}},
		{"<http://a>", []pages.Part{{Text: "<"}, {Text: "http://a", Link: "http://a"}, {Text: ">"}}},
		{"javascript:alert(1)", []pages.Part{{Text: "javascript:alert(1)"}}},
	} {
		if diff := cmp.Diff(c.want, pages.Parts(c.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{
		{-time.Hour, "just now"}, {0, "just now"}, {59 * time.Second, "just now"}, {time.Minute, "1 minute ago"}, {59 * time.Minute, "59 minutes ago"},
		{time.Hour, "1 hour ago"}, {23 * time.Hour, "23 hours ago"}, {24 * time.Hour, "1 day ago"}, {7 * 24 * time.Hour, "7 days ago"}, {8 * 24 * time.Hour, "on 14 November 2026"},
	} {
		if got := pages.Ago(now, now.Add(-c.ago)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.ago, got, c.want)
		}
	}
}

// Every status has words of its own kind, and a way on.
func TestNewError(t *testing.T) {
	for status := 400; status < 600; status++ {
		e := pages.NewError(status, "id")
		if e.Title == "" || e.Text == "" || len(e.Help) == 0 || e.Status != status || e.RequestID != "id" {
			t.Errorf("%d: %+v", status, e)
		}
	}
	if got := pages.NewError(http.StatusNotFound, "").StatusLine(); got != "404 Not Found" {
		t.Errorf("got %q", got)
	}
	if a, b := pages.NewError(599, ""), pages.NewError(500, ""); a.Title != b.Title {
		t.Error("an unknown server error does not look like one")
	}
}
