package live_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

// write returns the result as text.
func write(t *testing.T, r *live.Result, o live.TextOptions) string {
	t.Helper()
	var text bytes.Buffer
	if err := live.WriteText(&text, r, o); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestOverview: each part has the grade of its own findings, and one that was
// not looked at has none.
func TestOverview(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{page: good(both(header("Referrer-Policy", "unsafe-url"), func(a *reply) {
		if front(a) {
			a.header.Set("Set-Cookie", "sid=x; Path=/; Secure; HttpOnly; SameSite=None")
		}
	}, header("Alt-Svc", `h3=":443"; ma=86400`)))})
	s.config.SkipFiles = true
	r := s.scan(t)
	got := map[string]string{}
	for _, part := range r.Subjects {
		got[part.Name] = part.Grade.String()
		if !part.Judged {
			got[part.Name] = "–"
		}
	}
	for name, want := range map[string]string{"transport": "A+", "headers": "B", "cookies": "B", "cors": "A+", "files": "–", "tls": "–", "certificate": "A+"} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	text := write(t, r, live.TextOptions{Verbose: true})
	for _, want := range []string{"headers B,", "files –", "way    http://site.test:", " (301) → https://site.test:", "Referrer-Policy: unsafe-url", "Set-Cookie: sid=…", "HTTP/3        announced"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

// TestPlainHead: the head is text unless somebody asks for letters that are
// drawn, and fits narrow terminals both ways.
func TestPlainHead(t *testing.T) {
	ca := newAuthority(t)
	r := start(t, ca, plan{page: good(origin("any", true))}).scan(t)
	for _, width := range []int{0, 30, 60, 80, 120} {
		for _, large := range []bool{false, true} {
			text := write(t, r, live.TextOptions{Width: width, Large: large})
			if strings.Contains(text, "█") != large {
				t.Errorf("width %d: letters are drawn: %t", width, !large)
			}
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width >= 60 && n > width && len(strings.Fields(line)) > 2 {
					t.Errorf("width %d: %d columns: %s", width, n, line)
				}
			}
			if !strings.Contains(strings.Join(strings.Fields(text), " "), "grade F") {
				t.Errorf("width %d: no grade", width)
			}
		}
	}
}

// TestNotAPage: what was judged instead of a page is said; where that is an
// error page nothing is called complete.
func TestNotAPage(t *testing.T) {
	ca := newAuthority(t)
	status := func(n int) func(*reply) {
		return func(a *reply) {
			if front(a) {
				a.status = n
			}
		}
	}
	for _, c := range []struct {
		name     string
		change   func(*reply)
		says     string
		complete bool
	}{
		{"fine", nil, "", true},
		{"403", status(403), "status 403, so what lies behind was not looked at; --header", true},
		{"500", status(500), "the page: it answers with status 500", false},
		{"404", status(404), "the page: it answers with status 404", false},
		{"JSON", func(a *reply) {
			if front(a) {
				a.header.Set("Content-Type", "application/json")
			}
		}, "no page (application/json)", true},
		{"compressed in a way nobody asked for", header("Content-Encoding", "br"), "what the page holds: it came compressed (br)", false},
		{"long", body(strings.Repeat("x", 3<<20)), "the first 2 MiB", true},
		{"away", func(a *reply) {
			a.status = 302
			a.header.Set("Location", "javascript:alert(1)")
		}, "with the scheme javascript, which was not followed", true},
	} {
		r := start(t, ca, plan{page: good(c.change)}).scan(t)
		text := write(t, r, live.TextOptions{})
		if !strings.Contains(text, c.says) || strings.Contains(text, "for what could be judged") == c.complete || (len(r.Report.Incomplete) == 0) != c.complete {
			t.Errorf("%s: %v\n%s", c.name, r.Report.Incomplete, text)
		}
	}
}

// TestWrongPort: http asked where https is spoken.
func TestWrongPort(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{})
	_, err := live.Scan(t.Context(), "http://site.test:"+s.https+"/", s.config)
	if err == nil || !strings.Contains(err.Error(), "https is spoken on the port that was asked for http") {
		t.Errorf("error %v", err)
	}
}

// TestCompareWhatWasNotLookedFor: what a shorter scan does not see is not
// repaired, and another address has the same findings by their rule.
func TestCompareWhatWasNotLookedFor(t *testing.T) {
	ca := newAuthority(t)
	faulty := good(func(a *reply) {
		body(`<a href="/b">b</a>`)(a)
		if a.r.URL.Path == "/b" && a.r.Method == "GET" {
			a.status = 200
			a.header.Del("Referrer-Policy")
		}
		file("/.env", "SECRET_KEY=abc\n")(a)
	})
	s := start(t, ca, plan{page: faulty})
	s.config.Crawl = 1
	var text bytes.Buffer
	if err := live.WriteJSON(&text, s.scan(t), nil); err != nil {
		t.Fatal(err)
	}
	previous, err := live.ReadPrevious(&text)
	if err != nil {
		t.Fatal(err)
	}
	s.config.Crawl, s.config.SkipFiles = 0, true
	c := live.Compare(previous, s.scan(t))
	unjudged := func(id string) bool {
		return slices.ContainsFunc(c.Unjudged, func(f check.Finding) bool { return f.ID == id })
	}
	if len(c.Fixed) > 0 || !unjudged("live-secrets-exposed") || !unjudged("live-referrer-missing") {
		t.Errorf("fixed %v, not looked for %v", c.Fixed, c.Unjudged)
	}
	other := start(t, ca, plan{page: faulty})
	other.config.Crawl = 1
	if c := live.Compare(previous, other.scan(t)); len(c.New)+len(c.Fixed) > 0 {
		t.Errorf("on another port: new %v, fixed %v", c.New, c.Fixed)
	}
}

// TestTargets: addresses are read as people write them, and as they would be
// understood by all.
func TestTargets(t *testing.T) {
	for text, want := range map[string]string{
		"example.com": "https://example.com/", " https://Example.COM/A?b=c#d ": "https://example.com/A?b=c", "http://example.com:8080": "http://example.com:8080/",
		"//example.com": "https://example.com/", "example.com.": "https://example.com/", "localhost:3000": "https://localhost:3000/", "[::1]:8443": "https://[::1]:8443/",
		"https://bücher.example/": "https://xn--bcher-kva.example/", "https://ＥＸＡＭＰＬＥ.com/": "https://example.com/", "https://１２７.0.0.1/": "https://127.0.0.1/",
		"https://[0:0:0:0:0:0:0:1]/": "https://[::1]/", "https://日本語。jp/": "https://xn--wgv71a119e.jp/",
	} {
		if u, err := live.ParseTarget(text); err != nil || u.String() != want {
			t.Errorf("%s: %v %v, want %s", text, u, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "no host", "https://": "no host", "https:/example.com": "two slashes", "http:example.com": "two slashes", "mailto:a@b.example": "scheme", "javascript:alert(1)": "scheme", "ftp://a.example": "scheme",
		"file:///etc/passwd": "scheme", "https://a:b@c.example": "user and password", "example.com:99999": "port", "https://example.com:0": "port", "foo bar": "not an address",
		"https://2130706433/": "four numbers", "https://0x7f000001/": "four numbers", "https://0177.0.0.1/": "four numbers", "https://127.1/": "four numbers", "https://1.2.3.4.5/": "four numbers",
		"https://-a-.example/": "valid host", "https://a_b.example/": "valid host", "https://a..b/": "valid host", "https://" + strings.Repeat("a.", 200) + "example/": "valid host", "https://127.0.0.1%00.a.example/": "not an address",
	} {
		if u, err := live.ParseTarget(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v %v, want an error with %q", text, u, err, want)
		}
	}
}

// Where clouds hand out credentials nothing is asked, whoever allows private
// addresses, and however the address is written.
func TestAttackMetadata(t *testing.T) {
	for _, target := range []string{"http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://[64:ff9b::a9fe:a9fe]/",
		"http://[2002:a9fe:a9fe::1]/", "http://１６９.254.169.254/", "http://rebind.test/"} {
		d := &dials{}
		_, err := live.Scan(t.Context(), target, live.Config{AllowPrivate: true, Resolver: names{"rebind.test": "169.254.170.2"}, Dial: d.dial, Pause: -1})
		if err == nil || !strings.Contains(err.Error(), "clouds keep credentials") || len(d.list) > 0 {
			t.Errorf("%s: %v, dialled %v", target, err, d.list)
		}
	}
}

// TestUnpacked: a page that came compressed is read, as far as it may be.
func TestUnpacked(t *testing.T) {
	ca := newAuthority(t)
	for _, encoding := range []string{"gzip", "deflate"} {
		s := start(t, ca, plan{page: packed(t, encoding, `<img src="http://images.test/a.png">`, 4<<20)})
		r := s.scan(t)
		if !has(r, "live-mixed-passive") {
			t.Errorf("%s: %v", encoding, ids(r))
		}
		if !strings.Contains(strings.Join(r.Notes, " "), "the first 2 MiB") {
			t.Errorf("%s: it is not said that there was more: %v", encoding, r.Notes)
		}
	}
}

// packed serves a page with the beginning given and many zeros, compressed.
func packed(t *testing.T, encoding, start string, zeros int) http.HandlerFunc {
	var text bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&text)
	if encoding == "deflate" {
		w = zlib.NewWriter(&text)
	}
	if _, err := io.WriteString(w, "<!doctype html><title>x</title>"+start); err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range zeros >> 20 {
		_, _ = w.Write(block)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(text.Bytes())
	}
}

// A page of nothing but open noscript elements is read once, not once for each.
func TestAttackNestedNoscript(t *testing.T) {
	text := []byte(strings.Repeat("<noscript>", 200_000))
	if scripts, _, _, _, _ := live.Page(text); scripts != 0 {
		t.Errorf("%d scripts", scripts)
	}
}
