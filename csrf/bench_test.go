package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/request"
)

type nothing struct{ header http.Header }

func (n nothing) Header() http.Header       { return n.header }
func (nothing) Write(b []byte) (int, error) { return len(b), nil }
func (nothing) WriteHeader(int)             {}

func empty(http.ResponseWriter, *http.Request) {}

// run serves r again and again as the composer does: the request carries an
// Info already, with room for the control's state.
func run(b *testing.B, p *csrf.Protection, r *http.Request, h http.HandlerFunc, want int) {
	b.Helper()
	info, r := request.Attach(r)
	info.CSRF = new(csrf.State)
	check := httptest.NewRecorder()
	p.Handler(h).ServeHTTP(check, r)
	if check.Code != want {
		b.Fatalf("status %d, want %d", check.Code, want)
	}
	handler := p.Handler(h)
	w := nothing{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

// browser gives r the headers that a browser sends with everything.
func browser(r *http.Request) *http.Request {
	for _, name := range []string{"User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Sec-Ch-Ua", "Priority"} {
		r.Header.Set(name, "text of some length, as usual in this header")
	}
	return r
}

// BenchmarkHarness is what the others cost without any protection.
func BenchmarkHarness(b *testing.B) {
	_, r := request.Attach(browser(get()))
	handler := http.Handler(http.HandlerFunc(empty))
	w := nothing{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

func BenchmarkSafe(b *testing.B) {
	run(b, newProtection(b, csrf.Config{}), browser(get()), empty, 200)
}

func BenchmarkSafeIsolated(b *testing.B) {
	r := browser(get())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	run(b, newProtection(b, csrf.Config{Isolate: []string{"/account/"}}), r, empty, 200)
}

func BenchmarkSafeTokenUsed(b *testing.B) {
	p := newProtection(b, csrf.Config{Session: sessionBenchmark})
	r := browser(get())
	cookie, _ := visit(b, p, nil)
	r.Header.Set("Cookie", cookieName+"="+cookie)
	info, r := request.Attach(r)
	handler := p.Handler(http.HandlerFunc(askToken))
	b.ReportAllocs()
	for b.Loop() {
		info.CSRF = nil
		handler.ServeHTTP(nothing{http.Header{}}, r)
	}
}

func BenchmarkFetchSiteDecides(b *testing.B) {
	r := browser(post("", ""))
	run(b, newProtection(b, csrf.Config{AllowTokenless: []string{"/"}}), r, empty, 200)
}

func BenchmarkOriginDecides(b *testing.B) {
	r := browser(post("", ""))
	r.Header.Del("Sec-Fetch-Site")
	run(b, newProtection(b, csrf.Config{AllowTokenless: []string{"/"}}), r, empty, 200)
}

func BenchmarkTokenlessPath(b *testing.B) {
	r := browser(post("", ""))
	r.URL.Path = "/api/v1/items"
	run(b, newProtection(b, csrf.Config{AllowTokenless: []string{"/api/"}, Exempt: []string{"POST /hook"}}), r, empty, 200)
}

var benchmarkSession = []byte("0123456789abcdef0123456789abcdef")

func sessionBenchmark(*http.Request) []byte { return benchmarkSession }

func BenchmarkTokenInHeader(b *testing.B) {
	p := newProtection(b, csrf.Config{Session: sessionBenchmark})
	cookie, token := visit(b, p, nil)
	run(b, p, browser(post("a=b; "+cookieName+"="+cookie+"; c=d", token)), empty, 200)
}

func BenchmarkTokenInForm(b *testing.B) {
	p := newProtection(b, csrf.Config{Session: sessionBenchmark})
	cookie, token := visit(b, p, nil)
	body := "csrf_token=" + token + "&email=ann%40example.com&password=correct+horse"
	r := browser(form(cookie, urlencoded, nil))
	r.ContentLength = int64(len(body))
	info, r := request.Attach(r)
	info.CSRF = new(csrf.State)
	handler := p.Handler(http.HandlerFunc(empty))
	w := nothing{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		r.Body = nopCloser{strings.NewReader(body)}
		handler.ServeHTTP(w, r)
	}
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

func BenchmarkRefused(b *testing.B) {
	r := browser(post("", ""))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	run(b, newProtection(b, csrf.Config{}), r, empty, 403)
}
