package safehtml_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/safehtml"
)

// No text makes a link that runs, or that leaves the site without a scheme, and
// what was accepted is returned as it was.
func FuzzURL(f *testing.F) {
	for _, s := range []string{
		"javascript:alert(1)", "JAVASCRIPT:x", "java\tscript:x", " javascript:x", "//evil.example", `/\evil.example`, `\\evil`, "https:evil.example", "https:/evil.example",
		"http://user:pass@evil.example", "data:text/html,x", "vbscript:x", "/ok?x=http://y", "#a:b", "?a:b", "mailto:a@b.c", "tel:1", "https://a.example", "", "/", "\x00", "ok\u2028",
	} {
		f.Add(s)
	}
	page, err := safehtml.Load(safehtml.Config{FS: tree("p.html", `<a href="{{.}}">`)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safehtml.URL(s)
		if got != "#" && got != s {
			t.Fatalf("URL(%q) = %q", s, got)
		}
		if local := safehtml.LocalURL(s); local != "#" && local != got {
			t.Errorf("LocalURL(%q) = %q, and URL %q", s, local, got)
		}
		if strings.HasPrefix(got, "//") || strings.Contains(got, `\`) {
			t.Errorf("%q changes the host", got)
		}
		if u, err := url.Parse(got); err == nil {
			switch u.Scheme {
			case "", "http", "https", "mailto", "tel":
			default:
				t.Errorf("%q has scheme %q", got, u.Scheme)
			}
			if u.User != nil && u.Scheme != "mailto" {
				t.Errorf("%q has user information", got)
			}
		}
		text, err := page.HTML(t.Context(), "p", s)
		if err != nil || strings.Count(text, `"`) != 2 || strings.ContainsAny(text[1:len(text)-1], "<>") {
			t.Errorf("%q gave %q, %v", s, text, err)
		}
	})
}

// Values never become markup, wherever they stand.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"<", `"`, "'", "&lt;", "\x00", "+ADw-", "</title>", "</textarea>", "a\xffb", "`"} {
		f.Add(s)
	}
	page, err := safehtml.Load(safehtml.Config{FS: tree("p.html", `<title>{{.}}</title><p title="{{.}}">{{.}}</p><textarea>{{.}}</textarea>`)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := page.HTML(t.Context(), "p", s)
		if err != nil || strings.Count(text, "<") != 6 || strings.Count(text, ">") != 6 || strings.Count(text, `"`) != 2 || strings.Contains(text, "\x00") {
			t.Errorf("%q gave %q, %v", s, text, err)
		}
	})
}

func FuzzStatic(f *testing.F) {
	for _, s := range []string{"gzip", "gzip;q=0", "*;q=0, gzip", "gzip;q=1e400", ";;,,", `W/"x"`, `"`, "*"} {
		f.Add(s, s, "/-/static/a.css")
	}
	s := newStatic(f)
	f.Fuzz(func(t *testing.T, encoding, match, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		r.Header.Set("Accept-Encoding", encoding)
		r.Header.Set("If-None-Match", match)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 304 && w.Code != 404 {
			t.Errorf("status %d", w.Code)
		}
	})
}
