package merlon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
)

const testKey = "Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA_eUiOaXwVq"

// production returns the settings of a site behind TLS, as an environment
// would set them, with more variables on top.
func production(t testing.TB, more ...string) *settings.Settings {
	t.Helper()
	return productionIn(t, t.TempDir(), more...)
}

// productionIn is production with the files of dir.
func productionIn(t testing.TB, dir string, more ...string) *settings.Settings {
	t.Helper()
	set, err := settings.Load(settings.Source{Dir: dir, Environ: append([]string{
		"MERLON_SECRET_KEY=" + testKey,
		"MERLON_ALLOWED_HOSTS=example.com",
		"MERLON_TRUSTED_PROXIES=127.0.0.1",
		"MERLON_EMAIL_URL=smtp://127.0.0.1:2525",
		"MERLON_EMAIL_FROM=site@example.com",
	}, more...)})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func stores() merlon.Stores {
	db := memory.New()
	return merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()}
}

func compose(t testing.TB, c merlon.Config) *merlon.Site {
	t.Helper()
	if c.Settings == nil {
		c.Settings = production(t)
	}
	if c.Stores.Sessions == nil {
		c.Stores = stores()
	}
	site, err := merlon.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// secure makes a request as it arrives from the trusted proxy over HTTPS.
func secure(method, path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, path, body)
	r.Host = "example.com"
	r.RemoteAddr = "127.0.0.1:4000"
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	r.Header.Set("X-Forwarded-Proto", "https")
	return r
}

func send(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// The names are written out here from the standards, not taken from the
// packages that send them.
var onEveryAnswer = []string{
	"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
	"Cross-Origin-Resource-Policy", "Permissions-Policy", "Content-Security-Policy",
}

func TestHeadersStandOnEveryStatus(t *testing.T) {
	site := compose(t, merlon.Config{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", 500) })
	mux.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) { panic("secret-canary") })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusSeeOther) })
	h := site.Protect(mux)

	plain := func(r *http.Request) *http.Request { r.Header.Del("X-Forwarded-Proto"); return r }
	elsewhere := func(r *http.Request) *http.Request { r.Host = "evil.example"; return r }
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
		https  bool
	}{
		{"page", secure("GET", "/ok", nil), 200, true},
		{"head", secure("HEAD", "/ok", nil), 200, true},
		{"not found", secure("GET", "/nowhere", nil), 404, true},
		{"not found of our own", secure("GET", "/-/nowhere", nil), 404, true},
		{"method of our own", secure("DELETE", "/-/health/live", nil), 405, true},
		{"error", secure("GET", "/error", nil), 500, true},
		{"panic", secure("GET", "/panic", nil), 500, true},
		{"redirect", secure("GET", "/away", nil), 303, true},
		{"unknown host", elsewhere(secure("GET", "/ok", nil)), 400, true},
		{"plain http", plain(secure("GET", "/ok", nil)), 301, false},
		{"plain http post", plain(secure("POST", "/ok", strings.NewReader("a=b"))), 308, false},
		{"cross-site post", secure("POST", "/ok", strings.NewReader("a=b")), 403, true},
		{"trace", secure("TRACE", "/ok", nil), 405, true},
		{"long url", secure("GET", "/"+strings.Repeat("a", 9000), nil), 414, true},
		{"health", secure("GET", "/-/health/live", nil), 200, true},
		{"login page", secure("GET", "/account/login", nil), 200, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := send(h, c.r)
			if res.StatusCode != c.status {
				t.Errorf("status = %d, want %d", res.StatusCode, c.status)
			}
			for _, name := range onEveryAnswer {
				if len(res.Header[name]) != 1 {
					t.Errorf("%s = %q", name, res.Header[name])
				}
			}
			if got := res.Header.Get("Strict-Transport-Security") != ""; got != c.https {
				t.Errorf("Strict-Transport-Security sent = %v, want %v", got, c.https)
			}
		})
	}
}

func TestPanicShowsTheIDAndNothingElse(t *testing.T) {
	var log bytes.Buffer
	site := compose(t, merlon.Config{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	h := site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(errors.New("table users has no column")) }))
	res := send(h, secure("GET", "/", nil))
	body, _ := io.ReadAll(res.Body)
	id := res.Header.Get("X-Request-Id")
	if len(id) != 32 || !strings.Contains(string(body), id) {
		t.Errorf("the page does not show the request id %q:\n%s", id, body)
	}
	if strings.Contains(string(body), "column") {
		t.Errorf("the page shows the panic:\n%s", body)
	}
	if !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "has no column") {
		t.Errorf("the log lacks the id or the panic:\n%s", log.String())
	}
}

func TestPanicAfterTheHeaderCutsTheConnection(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_SECURE_SSL_REDIRECT=false", "MERLON_ALLOWED_HOSTS=127.0.0.1")})
	server := httptest.NewServer(site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "half")
		panic("midway")
	})))
	defer server.Close()
	res, err := http.Get(server.URL)
	if err != nil {
		return // cut before the header: nothing was mistaken for an answer
	}
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("half an answer was read without an error")
	}
}

func TestJSONClientsGetProblems(t *testing.T) {
	site := compose(t, merlon.Config{})
	r := secure("POST", "/", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	res := send(site.Handler(), r)
	var problem struct {
		Status    int    `json:"status"`
		RequestID string `json:"request_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("Content-Type") != "application/problem+json" || problem.Status != 403 || problem.RequestID == "" {
		t.Errorf("got %s with %+v", res.Header.Get("Content-Type"), problem)
	}
}

func TestBodyLimitCountsBytesRead(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_BODY_LIMIT=1000")})
	var failure error
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { _, failure = io.Copy(io.Discard, r.Body) })
	h := site.Protect(mux)

	declared := secure("POST", "/", strings.NewReader(strings.Repeat("x", 1001)))
	if res := send(h, declared); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("declared: status = %d, want 413", res.StatusCode)
	}
	// A length that is not declared, and a safe method so that csrf lets it by.
	endless := secure("GET", "/", io.MultiReader(strings.NewReader(strings.Repeat("x", 1001))))
	endless.ContentLength = -1
	send(h, endless)
	if tooLarge := new(http.MaxBytesError); !errors.As(failure, &tooLarge) {
		t.Errorf("reading gave %v, want *http.MaxBytesError", failure)
	}
}

func TestHealth(t *testing.T) {
	var ping error
	s := stores()
	s.Ping = func(context.Context) error { return ping }
	site := compose(t, merlon.Config{Stores: s, Settings: production(t, "MERLON_DRAIN_DELAY=0")})
	h := site.Handler()
	get := func(path string) (int, string) {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "10.0.0.3:8000" // a probe knows no name and speaks plain HTTP
		res := send(h, r)
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, strings.TrimSpace(string(body))
	}
	if status, body := get("/-/health/live"); status != 200 || body != `{"status":"ok"}` {
		t.Errorf("live: %d %s", status, body)
	}
	if status, _ := get("/-/health/ready"); status != 503 {
		t.Errorf("ready before Serve: %d, want 503", status)
	}
	_, stop := serve(t, site, h)
	for status := 0; status != 200; {
		status, _ = get("/-/health/ready") // green once Serve has begun
	}
	ping = errors.New("no database")
	if status, body := get("/-/health/ready"); status != 503 || body != `{"status":"store"}` {
		t.Errorf("ready without a database: %d %s", status, body)
	}
	ping = nil
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if status, body := get("/-/health/ready"); status != 503 || body != `{"status":"stopping"}` {
		t.Errorf("ready after Serve: %d %s", status, body)
	}
}

func TestWrongSettingsAreAllReportedAndNoneIsShown(t *testing.T) {
	const canary = "hunter2canary"
	set := production(t,
		"MERLON_ALLOWED_HOSTS=https://"+canary+"/x",
		"MERLON_TRUSTED_PROXIES="+canary,
		"MERLON_CSP=default-source "+canary,
		"MERLON_SECURE_REFERRER_POLICY="+canary,
		"MERLON_X_FRAME_OPTIONS="+canary,
		"MERLON_PERMISSIONS_POLICY="+canary+"=()",
		"MERLON_CSRF_TRUSTED_ORIGINS="+canary,
		"MERLON_RATE_LIMITS=home: GET / by network 60/"+canary,
	)
	_, err := merlon.Compose(merlon.Config{Settings: set, Stores: stores()})
	if err == nil {
		t.Fatal("no error")
	}
	for _, key := range []string{"ALLOWED_HOSTS", "TRUSTED_PROXIES", "CSP", "SECURE_REFERRER_POLICY", "X_FRAME_OPTIONS", "PERMISSIONS_POLICY", "RATE_LIMITS"} {
		if !strings.Contains(err.Error(), key+" (environment variable") {
			t.Errorf("no line about %s in:\n%v", key, err)
		}
	}
	if !strings.Contains(err.Error(), "invalid trusted proxy (entry 1)") {
		t.Errorf("it does not say which entry is wrong:\n%v", err)
	}
	if strings.Contains(strings.ToLower(err.Error()), canary) {
		t.Errorf("the error shows a value:\n%v", err)
	}
}

func TestRateLimitsByUserAndByNetworkBothHold(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t,
		"MERLON_RATE_LIMITS=page: GET /limited by network 2/m; mine: GET /mine by user 2/m"), Now: still})
	h := site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	for _, path := range []string{"/limited", "/mine"} {
		var got []int
		for range 3 {
			got = append(got, send(h, secure("GET", path, nil)).StatusCode)
		}
		if got[0] != 200 || got[1] != 200 || got[2] != 429 {
			t.Errorf("%s: %v, want 200 200 429", path, got)
		}
	}
}

// TestRateLimitsFromTOML writes rules into merlon.toml: the running site has a
// new one, and one that replaces a built-in one.
func TestRateLimitsFromTOML(t *testing.T) {
	dir := t.TempDir()
	file := "[rate_limits]\npage = 'GET /limited by network 2/d'\ncsp-report = 'POST /-/csp-report by network 1/d'\n"
	if err := os.WriteFile(filepath.Join(dir, "merlon.toml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	site := compose(t, merlon.Config{Settings: productionIn(t, dir)})
	h := site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	for _, c := range []struct {
		method, path string
		passes       int
	}{{"GET", "/limited", 2}, {"POST", "/-/csp-report", 1}} {
		for i := range 4 {
			limited := send(h, secure(c.method, c.path, nil)).StatusCode == http.StatusTooManyRequests
			if want := i >= c.passes; limited != want {
				t.Errorf("%s %s, request %d: limited %t, want %t", c.method, c.path, i+1, limited, want)
			}
		}
	}
}

// TestComposeJudgesTheRestOfWrongSettings: what settings.Read could not read and
// what the controls object to come together, and never with a site.
func TestComposeJudgesTheRestOfWrongSettings(t *testing.T) {
	read := func(entries ...string) *settings.Settings {
		return settings.Read(settings.Source{Dir: t.TempDir(), Environ: append([]string{
			"MERLON_ALLOWED_HOSTS=www.example.com", "MERLON_SECRET_KEY=hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M",
		}, entries...)})
	}
	for _, c := range []struct {
		entries []string
		want    string
	}{
		{[]string{"MERLON_DEBUG=maybe"}, "DEBUG"},
		{[]string{"MERLON_DEBUG=maybe", "MERLON_CSP=strct"}, "DEBUG CSP"},
		{[]string{"MERLON_SECRET_KEY=", "MERLON_CSRF_HEADER_NAME=a:", "MERLON_RATE_LIMITS=x", "MERLON_LOCKOUT_PARAMETERS=x"}, "SECRET_KEY RATE_LIMITS CSRF_HEADER_NAME LOCKOUT_PARAMETERS"},
		{[]string{"MERLON_SECURE_HSTS_SECONDS=x", "MERLON_SECURE_HSTS_PRELOAD=true"}, "SECURE_HSTS_SECONDS"},
		{[]string{"MERLON_X_FRAME_OPTIONS=x", "MERLON_SECURE_HSTS_PRELOAD=true"}, "X_FRAME_OPTIONS SECURE_HSTS_PRELOAD SECURE_HSTS_PRELOAD"},
		{[]string{"MERLON_SESSION_COOKIE_AGE=1h", "MERLON_SESSION_IDLE_AGE=2h", "MERLON_SESSION_COOKIE_NAME=a b"}, "SESSION_IDLE_AGE SESSION_COOKIE_NAME"},
		{[]string{"MERLON_LOCKOUT_COOLOFF=1h", "MERLON_LOCKOUT_MAX_COOLOFF=1m", "MERLON_LOCKOUT_DENY_NETWORKS=x"}, "LOCKOUT_MAX_COOLOFF LOCKOUT_DENY_NETWORKS"},
		{[]string{"MERLON_ALLOWED_HOSTS=*"}, "PUBLIC_URL"},
		{[]string{"MERLON_ALLOWED_HOSTS=*", "MERLON_PUBLIC_URL=x", "MERLON_EMAIL_URL=smtp://h"}, "PUBLIC_URL"},
		{[]string{"MERLON_EMAIL_URL=smtp://h?x=y", "MERLON_EMAIL_FROM=x"}, "EMAIL_FROM EMAIL_URL"},
		{[]string{"MERLON_EMAIL_URL=smtp://h", "MERLON_PUBLIC_URL=https://192.0.2.1", "MERLON_ALLOWED_HOSTS=192.0.2.1"}, "EMAIL_FROM"},
		{[]string{"MERLON_SECRET_KEY_FALLBACKS=\"\",a"}, "SECRET_KEY_FALLBACKS"},
	} {
		site, err := merlon.Compose(merlon.Config{Settings: read(c.entries...), Stores: stores()})
		var names []string
		for _, one := range settings.Flatten(err) {
			if e, ok := errors.AsType[*settings.Error](one); ok {
				names = append(names, e.Name)
			} else {
				names = append(names, one.Error())
			}
		}
		if got := strings.Join(names, " "); got != c.want || site != nil {
			t.Errorf("%q: %s, want %s\n%v", c.entries, got, c.want, err)
		}
	}
}
