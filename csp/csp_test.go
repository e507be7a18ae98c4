package csp_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/internal/request"
)

const (
	enforced   = "Content-Security-Policy"
	reportOnly = "Content-Security-Policy-Report-Only"
	endpoints  = "Reporting-Endpoints"
)

func newProtection(t testing.TB, c csp.Config) *csp.Protection {
	t.Helper()
	p, err := csp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func serve(p *csp.Protection, path string, h http.Handler) http.Header {
	w := httptest.NewRecorder()
	p.Handler(h).ServeHTTP(w, httptest.NewRequest("GET", "https://www.example.com"+path, nil))
	return w.Result().Header
}

func plain(http.ResponseWriter, *http.Request) {}

// header returns the enforced policy of a response that asks for no nonce.
func header(t testing.TB, c csp.Config, path string) string {
	t.Helper()
	return serve(newProtection(t, c), path, http.HandlerFunc(plain)).Get(enforced)
}

// asking returns a handler that asks for the nonce and stores it.
func asking(nonce *string) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { *nonce = csp.Nonce(r.Context()) }
}

func TestNonce(t *testing.T) {
	p := newProtection(t, csp.Config{
		Policy:     parse(t, "script-src 'self' 'nonce'; style-src 'nonce'"),
		ReportOnly: parse(t, "script-src 'nonce' 'strict-dynamic'"),
	})
	h := serve(p, "/", http.HandlerFunc(plain)) // C14, not used
	if h.Get(enforced) != "script-src 'self'; style-src 'none'" || h.Get(reportOnly) != "script-src 'none'" || h.Get("Cache-Control") != "" {
		t.Errorf("%v", h)
	}
	var first, second string
	h = serve(p, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // C14, used, and C17
		asking(&first)(w, r)
		asking(&second)(w, r)
	}))
	if first != second || !regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`).MatchString(first) {
		t.Errorf("%q and %q", first, second)
	}
	want := fmt.Sprintf("script-src 'self' 'nonce-%s'; style-src 'nonce-%[1]s'", first)
	if h.Get(enforced) != want || h.Get(reportOnly) != "script-src 'nonce-"+first+"' 'strict-dynamic'" {
		t.Errorf("%v", h)
	}
	if len(h[enforced]) != 1 || len(h[reportOnly]) != 1 || h.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%v", h)
	}
	serve(p, "/", asking(&second))
	if first == second {
		t.Error("two responses share a nonce")
	}
	if csp.Nonce(httptest.NewRequest("GET", "/", nil).Context()) != "" {
		t.Error("a nonce outside the handler")
	}
}

// A directive that only had the nonce must not vanish, for its place would be
// taken by default-src; and no header may be empty (Django does both).
func TestDjangoDifference_UnusedNonceAllowsNoMore(t *testing.T) {
	for policy, want := range map[string]string{
		"default-src *; script-src 'nonce'":                                      "default-src *; script-src 'none'",
		"script-src 'nonce'":                                                     "script-src 'none'",
		"script-src 'nonce' 'strict-dynamic'":                                    "script-src 'none'",
		"script-src 'nonce' 'report-sample'":                                     "script-src 'none'",
		"script-src 'nonce' 'unsafe-inline'":                                     "script-src 'none'",
		"style-src 'nonce' 'unsafe-inline' a.com":                                "style-src a.com",
		"script-src 'nonce' 'strict-dynamic' 'unsafe-inline' https:":             "script-src 'strict-dynamic' https:",
		"script-src 'unsafe-inline'; style-src 'nonce'":                          "script-src 'unsafe-inline'; style-src 'none'",
		"script-src 'nonce' 'unsafe-eval'":                                       "script-src 'unsafe-eval'",
		"script-src 'nonce' 'sha256-" + b64 + "' 'strict-dynamic'":               "script-src 'sha256-" + b64 + "' 'strict-dynamic'",
		"default-src 'nonce' 'self'; script-src-elem 'nonce' 'nonce'":            "default-src 'self'; script-src-elem 'none'",
		"script-src 'nonce' 'unsafe-hashes'; require-trusted-types-for 'script'": "script-src 'none'; require-trusted-types-for 'script'",
	} {
		if got := header(t, csp.Config{Policy: parse(t, policy)}, "/"); got != want {
			t.Errorf("%s: %q, want %q", policy, got, want)
		}
	}
}

// C16: the template has a nonce and the policy none.
func TestNonceWithoutPolicyWarnsOnce(t *testing.T) {
	var log bytes.Buffer
	p := newProtection(t, csp.Config{Policy: csp.Basic(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	var nonce string
	for range 3 {
		h := serve(p, "/", asking(&nonce))
		if nonce != "" || strings.Contains(h.Get(enforced), "nonce") || h.Get("Cache-Control") != "" {
			t.Errorf("%q %v", nonce, h)
		}
	}
	if strings.Count(log.String(), "level=WARN") != 1 {
		t.Errorf("log: %s", &log)
	}
}

// The policy goes out before the nonce is asked for. The response keeps the
// strict header, and the browser blocks the block with the late nonce.
func TestNonceAfterTheHeaderWasWritten(t *testing.T) {
	var late string
	h := serve(newProtection(t, csp.Config{}), "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		asking(&late)(w, r)
	}))
	if late == "" || strings.Contains(h.Get(enforced), late) || !strings.Contains(h.Get(enforced), "script-src 'none'") {
		t.Errorf("%q in %v", late, h)
	}
}

func TestPublicCachesDoNotGetANonce(t *testing.T) {
	p := newProtection(t, csp.Config{})
	for before, want := range map[string]string{"public, max-age=60": "private, no-store", "private": "private", "no-store": "no-store"} {
		h := serve(p, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", before)
			csp.Nonce(r.Context())
		}))
		if got := h.Get("Cache-Control"); got != want {
			t.Errorf("%q became %q", before, got)
		}
	}
}

// C33, where Django drops the policy on its debug pages: here every status has it.
func TestDjangoDifference_EveryStatusHasThePolicy(t *testing.T) {
	for _, status := range []int{200, 301, 304, 400, 403, 404, 500, 503} {
		h := serve(newProtection(t, csp.Config{}), "/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		if h.Get(enforced) == "" {
			t.Errorf("%d has no policy", status)
		}
	}
}

// A handler that sets the header has the last word, before and after the nonce.
func TestHandlersOwnHeaderStays(t *testing.T) {
	p := newProtection(t, csp.Config{ReportOnly: csp.Strict()})
	for _, set := range []string{"script-src 'unsafe-inline'", ""} {
		h := serve(p, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(enforced, set)
			if set == "" {
				w.Header().Del(enforced)
			}
			csp.Nonce(r.Context())
		}))
		if h.Get(enforced) != set || !strings.Contains(h.Get(reportOnly), "'nonce-") {
			t.Errorf("%v", h)
		}
	}
	w := httptest.NewRecorder()
	w.Header().Set(enforced, "default-src 'none'") // by somebody outside
	p.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { csp.Nonce(r.Context()) })).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if got := w.Header()[enforced]; len(got) != 1 || got[0] != "default-src 'none'" {
		t.Errorf("%v", got)
	}
}

// Handlers append to headers; what all responses share must not change.
func TestSharedValuesSurviveAppend(t *testing.T) {
	p := newProtection(t, csp.Config{Policy: csp.Basic()})
	serve(p, "/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Add(enforced, "default-src *") }))
	if got := serve(p, "/", http.HandlerFunc(plain))[enforced]; len(got) != 1 {
		t.Errorf("%v", got)
	}
	one, two := "", ""
	h1 := serve(newProtection(t, csp.Config{ReportOnly: csp.Strict()}), "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asking(&one)(w, r)
		w.Header().Add(enforced, "default-src *")
		asking(&two)(w, r)
	}))
	if len(h1[enforced]) != 2 || len(h1[reportOnly]) != 1 || !strings.Contains(h1[reportOnly][0], one) {
		t.Errorf("%v", h1)
	}
}

func TestReporting(t *testing.T) {
	h := serve(newProtection(t, csp.Config{Policy: parse(t, "img-src a.com"), ReportOnly: parse(t, "img-src b.com"), ReportEndpoint: "/-/csp-report"}), "/", http.HandlerFunc(plain))
	want := http.Header{
		enforced:   {"img-src a.com; report-to default; report-uri /-/csp-report"},
		reportOnly: {"img-src b.com; report-to default; report-uri /-/csp-report"},
		endpoints:  {`default="/-/csp-report"`},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
	// C13: report-to alone does nothing; the header comes with it.
	h = serve(newProtection(t, csp.Config{Policy: parse(t, "img-src a.com; report-to grp; report-uri /r")}), "/", http.HandlerFunc(plain))
	if h.Get(endpoints) != `grp="/r"` || h.Get(enforced) != "img-src a.com; report-to grp; report-uri /r" {
		t.Errorf("%v", h)
	}
	h = serve(newProtection(t, csp.Config{Policy: parse(t, "report-uri /r"), ReportEndpoint: "https://r.example/x"}), "/", http.HandlerFunc(plain))
	if h.Get(enforced) != "report-uri /r" || h.Get(endpoints) != `default="https://r.example/x"` {
		t.Errorf("a policy's own endpoint: %v", h)
	}
}

// On plain HTTP browsers take no endpoint, and with report-to they would not
// use report-uri: nothing would be reported.
func TestReportingOnPlainHTTP(t *testing.T) {
	w := httptest.NewRecorder()
	p := newProtection(t, csp.Config{Policy: parse(t, "img-src 'nonce'"), ReportEndpoint: "/r"})
	p.Handler(http.HandlerFunc(askNonce)).ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:8000/", nil))
	if h := w.Header(); h.Get(endpoints) != "" || !strings.HasSuffix(h.Get(enforced), "'; report-uri /r") || len(h[enforced]) != 1 {
		t.Errorf("%v", h)
	}
}

func TestSampling(t *testing.T) {
	visitor := func(p *csp.Protection, id int) bool {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "https://www.example.com/", nil)
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1234", id)
		p.Handler(http.HandlerFunc(plain)).ServeHTTP(w, r)
		reports := strings.Contains(w.Header().Get(enforced), "report-uri")
		if reports != (w.Header().Get(endpoints) != "") || !strings.Contains(w.Header().Get(enforced), "default-src 'self'") {
			t.Fatalf("%v", w.Header())
		}
		return reports
	}
	count := func(skip float64) (n int) {
		config := csp.Config{Policy: csp.Basic(), ReportEndpoint: "/r", SkipReports: skip}
		one, two := newProtection(t, config), newProtection(t, config)
		for id := range 256 {
			reports := visitor(one, id)
			for range 3 {
				if visitor(one, id) != reports || visitor(two, id) != reports {
					t.Fatal("the same visitor is in and out")
				}
			}
			if reports {
				n++
			}
		}
		return n
	}
	if n := count(0); n != 256 { // C34
		t.Errorf("%d of 256 report", n)
	}
	if n := count(100); n != 0 { // C34
		t.Errorf("%d of 256 report", n)
	}
	if n := count(75); n < 40 || n > 90 {
		t.Errorf("%d of 256 report, want about 64", n)
	}
	p := newProtection(t, csp.Config{SkipReports: 50, ReportEndpoint: "/r", SampleKey: func(r *http.Request) []byte { return []byte(r.Header.Get("Session")) }})
	seen := map[bool]int{}
	for id := range 64 {
		r := httptest.NewRequest("GET", "https://www.example.com/", nil)
		r.Header.Set("Session", fmt.Sprint("session ", id))
		w := httptest.NewRecorder()
		p.Handler(http.HandlerFunc(plain)).ServeHTTP(w, r)
		seen[w.Header().Get(endpoints) != ""]++
	}
	if seen[true] < 16 || seen[false] < 16 {
		t.Errorf("%v", seen)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, c := range map[string]csp.Config{
		"no percentage":                       {SkipReports: 101},
		"is no percentage":                    {SkipReports: -1},
		"SkipEnforce together with a Policy":  {SkipEnforce: true, Policy: csp.Basic()},
		"empty Policy":                        {Policy: csp.Policy{}},
		"enforced policy: csp: unknown":       {Policy: csp.Policy{"x": {}}},
		"report-only policy: csp: unknown":    {ReportOnly: csp.Policy{"x": {}}},
		`ReportEndpoint "r"`:                  {ReportEndpoint: "r"},
		`ReportEndpoint "//evil.example/r"`:   {ReportEndpoint: "//evil.example/r"},
		`ReportEndpoint "http://a.example/r"`: {ReportEndpoint: "http://a.example/r"},
		`ReportEndpoint "/a\"b"`:              {ReportEndpoint: `/a"b`},
		`ReportEndpoint "/a;b"`:               {ReportEndpoint: `/a;b`},
		"report-to grp has no endpoint":       {Policy: csp.Policy{csp.ReportTo: {"grp"}}},
		"has two endpoints":                   {Policy: parse(t, "report-to g; report-uri /a"), ReportOnly: parse(t, "report-to g; report-uri /b")},
		`route "/x" has no changes`:           {Routes: []csp.Route{{Pattern: "/x"}}},
		`route "x": invalid pattern`:          {Routes: []csp.Route{{Pattern: "x", Changes: []csp.Change{csp.Exempt()}}}},
		`route "/x": csp: zero Change`:        {Routes: []csp.Route{{Pattern: "/x", Changes: []csp.Change{{}}}}},
		`skipped path "admin"`:                {SkipPaths: []string{"admin"}},
		`skipped path "/"`:                    {SkipReportOnlyPaths: []string{"/"}},
	} {
		if _, err := csp.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if h := serve(newProtection(t, csp.Config{SkipEnforce: true, ReportOnly: csp.Strict()}), "/", http.HandlerFunc(plain)); h.Get(enforced) != "" || h.Get(reportOnly) == "" {
		t.Errorf("%v", h)
	}
}

func TestConcurrentNonce(t *testing.T) {
	var got sync.Map
	serve(newProtection(t, csp.Config{}), "/", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() { got.Store(csp.Nonce(r.Context()), true) })
		}
		all.Wait()
	}))
	n := 0
	got.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d nonces in one response", n)
	}
}

// Hijacking and flushing work, for the writer is the server's own.
func TestWriterIsNotWrapped(t *testing.T) {
	w := httptest.NewRecorder()
	newProtection(t, csp.Config{}).Handler(http.HandlerFunc(func(got http.ResponseWriter, _ *http.Request) {
		if got != http.ResponseWriter(w) {
			t.Errorf("%T", got)
		}
	})).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
}

// A stream carries the policy from its first byte, and a connection can be
// taken over.
func TestStreamingAndHijacking(t *testing.T) {
	server := httptest.NewServer(newProtection(t, csp.Config{}).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.URL.Path == "/hijack" {
			conn, rw, err := c.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			rw.Flush()
			return
		}
		nonce := csp.Nonce(r.Context())
		fmt.Fprint(w, nonce)
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, csp.Nonce(r.Context()))
	})))
	defer server.Close()
	res, err := server.Client().Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if len(body) != 44 || string(body[:22]) != string(body[22:]) || !strings.Contains(res.Header.Get(enforced), "'nonce-"+string(body[:22])+"'") {
		t.Errorf("%s %v", body, res.Header)
	}
	res, err = server.Client().Get(server.URL + "/hijack")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestStateFromTheComposer(t *testing.T) {
	info, r := request.Into(new(request.Info), httptest.NewRequest("GET", "/", nil))
	state := new(csp.State)
	info.CSP = state
	w := httptest.NewRecorder()
	newProtection(t, csp.Config{}).Handler(http.HandlerFunc(plain)).ServeHTTP(w, r)
	if info.CSP != any(state) || w.Header().Get(enforced) == "" {
		t.Error("the state was not used")
	}
}
