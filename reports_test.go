package merlon_test

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/sqlite"
)

const reportPath = "/-/csp-report"

// report is a POST of text as a browser would send it: without a token, a
// cookie or an Origin.
func report(media, text string) *http.Request {
	r := secure("POST", reportPath, strings.NewReader(text))
	r.Header.Set("Content-Type", media)
	return r
}

func violation(route, directive string) string {
	return `{"csp-report":{"document-uri":"https://example.com` + route + `","blocked-uri":"inline","effective-directive":"` + directive + `","disposition":"enforce"}}`
}

func TestReportsAreReceivedAndBounded(t *testing.T) {
	store := csp.NewMemoryStore(0)
	s := stores()
	s.Reports = store
	site := compose(t, merlon.Config{Stores: s})
	h := site.Handler()
	endless := func(media string) *http.Request {
		r := secure("POST", reportPath, io.LimitReader(strings.NewReader(strings.Repeat(" ", 1<<20)), 1<<20))
		r.ContentLength = -1
		r.Header.Set("Content-Type", media)
		return r
	}
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
	}{
		{"a report", report("application/csp-report", violation("/shop?secret=1", "script-src-elem")), 204},
		{"a batch", report("application/reports+json; charset=utf-8", `[{"type":"csp-violation","url":"https://example.com/","body":{"effectiveDirective":"img-src","blockedURL":"data"}}]`), 204},
		{"an empty batch", report("application/reports+json", `[]`), 204},
		{"of another site", report("application/csp-report", strings.ReplaceAll(violation("/", "img-src"), "example.com", "evil.example")), 204},
		{"no JSON", report("application/csp-report", `<script>`), 400},
		{"1 MB, said so", report("application/csp-report", strings.Repeat(" ", 1<<20)), 413},
		{"1 MB batch, said so", report("application/reports+json", strings.Repeat(" ", 1<<20)), 413},
		{"1 MB, not said", endless("application/csp-report"), 413},
		{"1 MB batch, not said", endless("application/reports+json"), 413},
		{"a form", report("application/x-www-form-urlencoded", "a=b"), 415},
		{"plain JSON", report("application/json", violation("/", "img-src")), 415},
		{"no type", report("", violation("/", "img-src")), 415},
		{"a malformed type", report("application/csp-report; =", violation("/", "img-src")), 415},
		{"with a forged Origin", func() *http.Request {
			r := report("application/csp-report", violation("/", "script-src-elem"))
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			return r
		}(), 204},
		{"GET", secure("GET", reportPath, nil), 405},
	} {
		res := send(h, c.r)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != c.status || c.status < 405 && len(body) > 0 {
			t.Errorf("%s: status %d, want %d; %q", c.name, res.StatusCode, c.status, body)
		}
		if len(res.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s sets a cookie", c.name)
		}
	}
	if err := site.Reports().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := store.Reports(t.Context(), time.Time{}, 100)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %+v", err, all)
	}
	for _, r := range all {
		if strings.Contains(fmt.Sprint(r), "secret") {
			t.Errorf("a query string is kept: %+v", r)
		}
	}
}

// TestAttackFloodOfReports sends 100,000 different made-up reports to a site
// over SQLite: from one network, whose limit stops them, and from thousands,
// whom the receiver itself bounds. What a
// visitor really saw stays, and the same network's pages are served meanwhile.
func TestAttackFloodOfReports(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "merlon.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	clock.Store(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).UnixNano())
	s := stores()
	s.Reports = db.CSPReports()
	site := compose(t, merlon.Config{Stores: s, Now: func() time.Time { return time.Unix(0, clock.Load()) }})
	h := site.Handler()
	from := func(i int, r *http.Request) *http.Request {
		r.Header["X-Forwarded-For"] = []string{fmt.Sprintf("%d.%d.%d.1", 11+i>>16&0x3f, i>>8&0xff, i&0xff)}
		return r
	}
	flush := func() {
		t.Helper()
		if err := site.Reports().Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 { // what visitors saw
		if res := send(h, from(i<<8, report("application/csp-report", violation("/shop", "script-src-elem")))); res.StatusCode != 204 {
			t.Fatalf("a visitor's report: %d", res.StatusCode)
		}
	}
	flush()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	// One network, a report a request: its limit is all there is.
	statuses := map[int]int{}
	for i := range 2000 {
		statuses[send(h, from(1<<20, report("application/csp-report", violation(fmt.Sprintf("/one-%d", i), "script-src-elem")))).StatusCode]++
	}
	if statuses[204] > 60 || statuses[204]+statuses[429] != 2000 {
		t.Errorf("the reports of one network were answered with %v", statuses)
	}
	if res := send(h, from(1<<20, secure("GET", "/account/login", nil))); res.StatusCode != 200 {
		t.Errorf("a page for that network is answered with %d", res.StatusCode)
	}
	// A network for each request, 49 reports each, as fast as the receiver reads.
	for i := range 2000 {
		clock.Add(int64(20 * time.Millisecond))
		var batch []string
		for n := range 49 {
			batch = append(batch, fmt.Sprintf(`{"type":"csp-violation","url":"https://example.com/m%dx%d","body":{"effectiveDirective":"script-src-elem","blockedURL":"inline"}}`, i, n))
		}
		if res := send(h, from(i, report("application/reports+json", "["+strings.Join(batch, ",")+"]"))); res.StatusCode != 204 {
			t.Fatalf("batch %d: %d", i, res.StatusCode)
		}
		if i%500 == 499 {
			flush() // as Run does every ten seconds
			if res := send(h, from(i, secure("GET", "/account/login", nil))); res.StatusCode != 200 {
				t.Fatalf("after %d batches a page is answered with %d", i, res.StatusCode)
			}
		}
	}
	flush()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the flood left %d MiB behind", grown>>20)
	}
	all, err := db.CSPReports().Reports(t.Context(), time.Time{}, 10*csp.DefaultMaxReports)
	if err != nil || len(all) > csp.DefaultMaxReports {
		t.Errorf("%d rows, %v", len(all), err)
	}
	seen := false
	for _, r := range all {
		seen = seen || r.Route == "/shop" && r.Count == 20
	}
	if stats := site.Reports().Stats(); !seen || stats.Accepted < 98_000 || stats.Displaced < 90_000 || stats.Lost > 0 {
		t.Errorf("what visitors saw is there: %v; %+v", seen, stats)
	}
}

// The receiver reads so many reports a second over all clients, whoever they are.
func TestAttackReportsOfManyNetworksAtOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	site := compose(t, merlon.Config{Now: func() time.Time { return now }})
	h := site.Handler()
	statuses := map[int]int{}
	for i := range 2000 {
		r := report("application/csp-report", violation("/", "script-src-elem"))
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("11.%d.%d.1", i>>8, i&0xff))
		statuses[send(h, r).StatusCode]++
	}
	if statuses[204] != 100 || statuses[429] != 1900 {
		t.Errorf("statuses %v", statuses)
	}
}

// TestReportsAreStoredWhileServing: Serve runs the receiver, which writes what
// it holds before Serve returns.
func TestReportsAreStoredWhileServing(t *testing.T) {
	store := csp.NewMemoryStore(0)
	s := stores()
	s.Reports = store
	site := compose(t, merlon.Config{Stores: s})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h := site.Handler()
	served := make(chan error, 1)
	go func() { served <- site.Serve(ctx, l, h) }()
	if res := send(h, report("application/csp-report", violation("/shop", "script-src-elem"))); res.StatusCode != 204 {
		t.Fatal(res.Status)
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if all, err := store.Reports(t.Context(), time.Time{}, 9); err != nil || len(all) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
}

// A response with a nonce is nobody's but its receiver's: a cache that hands it
// out again hands out the nonce. One without may be stored.
func TestNonceIsNotStoredBySharedCaches(t *testing.T) {
	site := compose(t, merlon.Config{})
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=60")
		fmt.Fprintf(w, `<script nonce="%s"></script>`, csp.Nonce(r.Context()))
	})
	mux.HandleFunc("/own", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=60")
		fmt.Fprint(w, csp.Nonce(r.Context()))
	})
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=60")
		io.WriteString(w, "the same for everybody")
	})
	h := site.Protect(mux)
	for _, c := range []struct {
		path, cache string
		nonce       bool
	}{
		{"/page", "private, no-store", true}, {"/own", "private, max-age=60", true}, {"/plain", "public, max-age=60", false},
	} {
		seen := map[string]bool{}
		for range 2 {
			res := send(h, secure("GET", c.path, nil))
			policy := res.Header.Get("Content-Security-Policy")
			if strings.Contains(policy, "'nonce-") != c.nonce || res.Header.Get("Cache-Control") != c.cache {
				t.Errorf("%s: Cache-Control %q with %s", c.path, res.Header.Get("Cache-Control"), policy)
			}
			if c.nonce && seen[policy] {
				t.Errorf("%s: the same nonce twice", c.path)
			}
			seen[policy] = true
		}
	}
	// Every page of the site's own that has a nonce keeps to it.
	for _, path := range []string{"/account/login", "/account/signup", "/account/password/reset", "/-/nowhere"} {
		res := send(h, secure("GET", path, nil))
		cache := res.Header.Get("Cache-Control")
		if nonce := strings.Contains(res.Header.Get("Content-Security-Policy"), "'nonce-"); nonce && !strings.Contains(cache, "private") && !strings.Contains(cache, "no-store") {
			t.Errorf("%s has a nonce and Cache-Control %q", path, cache)
		}
	}
}

// Streaming and hijacked responses keep the policy, through all of the site.
func TestPolicyOnStreamsAndHijackedConnections(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_SECURE_SSL_REDIRECT=false", "MERLON_ALLOWED_HOSTS=127.0.0.1")})
	mux := http.NewServeMux()
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		nonce := csp.Nonce(r.Context())
		for i := range 3 {
			fmt.Fprintf(w, "data: %d %s\n\n", i, nonce)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}
	})
	mux.HandleFunc("/upgrade", func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		// Who takes the connection over writes the header: it is there to be written.
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n")
		w.Header().Write(rw)
		fmt.Fprint(rw, "\r\n")
		rw.Flush()
	})
	server := httptest.NewServer(site.Protect(mux))
	defer server.Close()
	res, err := http.Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	lines := strings.Fields(string(body))
	if policy := res.Header.Get("Content-Security-Policy"); err != nil || len(lines) != 9 || !strings.Contains(policy, "'nonce-"+lines[2]+"'") {
		t.Errorf("stream: %v, %q under %q", err, body, policy)
	}
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /upgrade HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 101 || !strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("hijacked: %s with %v", answer.Status, answer.Header)
	}
}

// The preset strict-hash allows the scripts of the site's own pages by their
// hashes, computed at the start, and its pages have no nonce and may be cached.
func TestStrictHashKnowsTheOwnPages(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_CSP=strict-hash")})
	res := send(site.Handler(), secure("GET", "/account/login", nil))
	body, _ := io.ReadAll(res.Body)
	policy := res.Header.Get("Content-Security-Policy")
	_, integrity, _ := strings.Cut(string(body), `<script src="`)
	_, integrity, _ = strings.Cut(integrity, `integrity="`)
	integrity, _, found := strings.Cut(integrity, `"`)
	integrity = html.UnescapeString(integrity)
	if !found || !strings.Contains(policy, "'"+integrity+"'") || !strings.Contains(policy, "'strict-dynamic'") || strings.Contains(policy, "nonce") || strings.Contains(string(body), "nonce") {
		t.Errorf("the page's script has integrity %q, the policy is %s", integrity, policy)
	}
	scripts, _, err := csp.InlineHashes(string(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		if !strings.Contains(policy, string(s)) {
			t.Errorf("an inline script is not allowed: %s", s)
		}
	}
}

// CSP_REPORT_PERCENTAGE is django-csp's word: how many visitors are asked.
func TestReportPercentage(t *testing.T) {
	asked := func(percentage string) (n int) {
		h := compose(t, merlon.Config{Settings: production(t, "MERLON_CSP_REPORT_PERCENTAGE="+percentage)}).Handler()
		for i := range 200 {
			r := secure("GET", "/", nil)
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			if strings.Contains(send(h, r).Header.Get("Content-Security-Policy"), "report-uri") {
				n++
			}
		}
		return n
	}
	if n := asked("100"); n != 200 {
		t.Errorf("at 100: %d of 200", n)
	}
	if n := asked("25"); n < 20 || n > 80 {
		t.Errorf("at 25: %d of 200", n)
	}
	if n := asked("0"); n != 0 {
		t.Errorf("at 0: %d of 200", n)
	}
	for _, bad := range []string{"-1", "101", "a quarter"} {
		if _, err := settings.Load(settings.Source{Environ: []string{"MERLON_CSP_REPORT_PERCENTAGE=" + bad}, Dev: true, Dir: t.TempDir()}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
