package safehtml_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/safehtml"
)

var bigCSS = strings.Repeat("p { color: red }\n", 200)

func newStatic(t testing.TB) *safehtml.Static {
	t.Helper()
	s, err := safehtml.NewStatic(safehtml.StaticConfig{FS: tree("a.css", bigCSS, "img/x.svg", "<svg/>", "b.js", "f()")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStatic(t *testing.T) {
	s := newStatic(t)
	address, err := s.URL("a.css")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(address, "/-/static/a.") || !strings.HasSuffix(address, ".css") || len(address) != len("/-/static/a..css")+16 {
		t.Errorf("address %q", address)
	}
	etag := `"` // filled by the first request
	for _, c := range []struct {
		name, method, path, encoding, match string
		status                              int
		cache, kind                         string
		zipped                              bool
	}{
		{"fingerprinted", "GET", address, "", "", 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", false},
		{"plain name", "GET", "/-/static/a.css", "", "", 200, "no-cache", "text/css; charset=utf-8", false},
		{"head", "HEAD", address, "", "", 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", false},
		{"gzip", "GET", address, "br;q=1, gzip;q=0.5", "", 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", true},
		{"gzip by star", "GET", address, "*", "", 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", true},
		{"gzip refused beside star", "GET", address, "*, gzip;q=0", "", 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", false},
		{"too small to zip", "GET", "/-/static/b.js", "gzip", "", 200, "no-cache", "text/javascript; charset=utf-8", false},
		{"not modified", "GET", address, "", "ETAG", 304, "public, max-age=31536000, immutable", "", false},
		{"not modified, weak and in a list", "GET", address, "", `"x", W/ETAG`, 304, "public, max-age=31536000, immutable", "", false},
		{"modified", "GET", address, "", `"x"`, 200, "public, max-age=31536000, immutable", "text/css; charset=utf-8", false},
		{"nested", "GET", "/-/static/img/x.svg", "", "", 200, "no-cache", "image/svg+xml", false},
		{"unknown", "GET", "/-/static/nosuch.css", "", "", 404, "no-store", "text/html; charset=utf-8", false},
		{"old fingerprint", "GET", "/-/static/a.0123456789abcdef.css", "", "", 404, "no-store", "text/html; charset=utf-8", false},
		{"directory", "GET", "/-/static/img/", "", "", 404, "no-store", "text/html; charset=utf-8", false},
		{"traversal", "GET", "/-/static/../safehtml.go", "", "", 404, "no-store", "text/html; charset=utf-8", false},
		{"other prefix", "GET", "/x/a.css", "", "", 404, "no-store", "text/html; charset=utf-8", false},
		{"post", "POST", address, "", "", 405, "no-store", "text/html; charset=utf-8", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "http://example.com/", nil)
			r.URL.Path = c.path
			r.Header.Set("Accept-Encoding", c.encoding)
			r.Header.Set("If-None-Match", strings.ReplaceAll(c.match, "ETAG", etag))
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			h := w.Header()
			if w.Code != c.status || h.Get("Cache-Control") != c.cache || h.Get("Content-Type") != c.kind || (h.Get("Content-Encoding") == "gzip") != c.zipped {
				t.Errorf("got %d %v", w.Code, h)
			}
			if c.name == "fingerprinted" {
				etag = h.Get("Etag")
				if w.Body.String() != bigCSS {
					t.Error("body differs")
				}
			}
			if c.zipped {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				if body, err := io.ReadAll(z); err != nil || string(body) != bigCSS {
					t.Errorf("unzipped body differs: %v", err)
				}
			}
			if (c.method == "HEAD" || c.status == 304) && w.Body.Len() > 0 {
				t.Error("a body where none may be")
			}
		})
	}
}

// Django's compression looks for the word gzip and sends gzip to a client that
// refuses it by q=0.
func TestDjangoDifference_GzipWithZeroWeight(t *testing.T) {
	s := newStatic(t)
	for _, header := range []string{"gzip;q=0", "gzip; q=0.0", "gzip;q=x", "identity", "", "*;q=0", "notgzip", strings.Repeat("gzip,", 1000)} {
		r := httptest.NewRequest("GET", "/-/static/a.css", nil)
		r.Header.Set("Accept-Encoding", header)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != "" {
			t.Errorf("%.20q: Content-Encoding %q", header, got)
		}
	}
}

func TestStaticFunctions(t *testing.T) {
	set, err := safehtml.Load(safehtml.Config{Static: newStatic(t), FS: tree("p.html", `<img src="{{static "img/x.svg"}}">{{stylesheet "a.css"}}{{script "b.js"}}<i title="{{integrity "b.js"}}">`, "bad.html", `{{static "nosuch"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.HTML(t.Context(), "p", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<img src="/-/static/img/x.`, `<link rel="stylesheet" href="/-/static/a.`, `" integrity="sha384-`,
		`<script src="/-/static/b.`, ` defer></script>`, `<i title="sha384-`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if _, err := set.HTML(t.Context(), "bad", nil); err == nil {
		t.Error("no error for a file that does not exist")
	}
}

func TestStaticFaults(t *testing.T) {
	for name, config := range map[string]safehtml.StaticConfig{
		"no FS":        {},
		"unknown type": {FS: tree("passwords.sqlite", "x")},
		"no type":      {FS: tree("README", "x")},
		"bad prefix":   {FS: tree(), Prefix: "static"},
	} {
		if _, err := safehtml.NewStatic(config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestStaticReload(t *testing.T) {
	files := tree("a.css", "one")
	s, err := safehtml.NewStatic(safehtml.StaticConfig{FS: files, Reload: true})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := s.URL("a.css")
	files["a.css"].Data = []byte("two")
	after, _ := s.URL("a.css")
	if before == after {
		t.Error("the address did not change with the content")
	}
}
