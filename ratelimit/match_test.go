package ratelimit_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/ratelimit"
)

// matches reports which of patterns apply to r, by the names of their rules.
func matches(tb testing.TB, r *http.Request, patterns ...string) string {
	tb.Helper()
	var rules []ratelimit.Rule
	for i, p := range patterns {
		rules = append(rules, ratelimit.Rule{Name: string(rune('a' + i)), Pattern: p, Key: ratelimit.Global(), Rate: ratelimit.MustRate("9/m")})
	}
	limiter, err := ratelimit.New(ratelimit.Config{Rules: rules, MaxKeys: 1})
	if err != nil {
		tb.Fatal(err)
	}
	results, err := limiter.PeekRequest(r)
	if err != nil {
		tb.Fatal(err)
	}
	names := ""
	for _, r := range results {
		names += r.Rule
	}
	return names
}

func TestAllMatchingRulesApply(t *testing.T) {
	patterns := []string{"/", "/a", "/a/", "POST /a", "GET /a", "/{x}", "/a/{x}/c", "/a/b/c", "/a/{x...}", "/a/{$}", "example.com/a"}
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/", "a"},
		{"GET", "/a", "abefk"},
		{"HEAD", "/a", "abefk"},
		{"POST", "/a", "abdfk"},
		{"GET", "/a/", "acij"},
		{"GET", "/a/b", "aci"},
		{"GET", "/a/b/c", "acghi"},
		{"GET", "/b", "af"},
		{"GET", "/a?b=/c", "abefk"},
	} {
		if got := matches(t, httptest.NewRequest(c.method, c.target, nil), patterns...); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.method, c.target, got, c.want)
		}
	}
}

// TestAttackPathSpelledOtherwise writes a limited path so that a matcher and
// the program behind it may read it differently.
func TestAttackPathSpelledOtherwise(t *testing.T) {
	for _, target := range []string{"/account/login", "//account//login", "/./account/login", "/x/../account/login",
		"/account/%6cogin", "/%2e/account/login", "/account/login?x=1", "/account%2flogin", "/account/x/%2e%2e/login"} {
		r := httptest.NewRequest("POST", "/", nil)
		var err error
		if r.URL, err = url.Parse("http://example.com" + target); err != nil {
			t.Fatal(err)
		}
		if got := matches(t, r, "POST /account/login"); got != "a" {
			t.Errorf("%s does not meet the rule", target)
		}
	}
}

// TestAttackEncodedSlash writes a slash inside a segment: ServeMux serves it under
// a pattern with a wildcard there, and the path without escapes does not meet it.
func TestAttackEncodedSlash(t *testing.T) {
	for _, c := range []struct{ pattern, target string }{
		{"GET /files/{name}", "/files/a%2Fb"}, {"GET /files/{name}/{$}", "/files/a%2fb/"}, {"GET /a%2Fb/{x}", "/a%2fb/c"},
		{"GET www.example.com/files/{name}", "/files/a%2Fb"},
	} {
		r := httptest.NewRequest("GET", c.target, nil)
		r.Host = "www.example.com:8000" // whose port ServeMux does not look at
		mux := http.NewServeMux()
		mux.HandleFunc(c.pattern, func(http.ResponseWriter, *http.Request) {})
		if _, served := mux.Handler(r); served != c.pattern {
			t.Fatalf("ServeMux serves %s under %q", c.target, served)
		}
		if got := matches(t, r, c.pattern); got != "a" {
			t.Errorf("%s does not meet the rule for %s", c.target, c.pattern)
		}
	}
}

// FuzzMatch compares with ServeMux where it does not redirect first: what it
// serves under a pattern, the rule of that pattern must meet.
func FuzzMatch(f *testing.F) {
	for _, pattern := range []string{"/", "/a/b", "/a/", "GET /a/{x}", "POST /{x}/b/{y...}", "/a/{$}", "example.com/a", "/a%2fb/{x}"} {
		f.Add(pattern, "GET", "/a/b", "example.com")
		f.Add(pattern, "POST", "/a/b/c%2fd", "example.com:80")
	}
	f.Fuzz(func(t *testing.T, pattern, method, target, host string) {
		if strings.ContainsAny(pattern, ";\n\r") {
			return
		}
		mux := http.NewServeMux()
		func() {
			defer func() { recover() }()
			mux.Handle(pattern, http.NotFoundHandler())
		}()
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") || method == "CONNECT" {
			return
		}
		r := &http.Request{Method: method, URL: u, Host: host, Header: http.Header{}}
		_, found := mux.Handler(r)
		if found != pattern || pattern == "" {
			return
		}
		// ServeMux answers with the pattern also when it only redirects to it.
		w := httptest.NewRecorder()
		if handler, _ := mux.Handler(r); handler != nil {
			handler.ServeHTTP(w, r)
		}
		if w.Code != http.StatusNotFound {
			return
		}
		if got := matches(t, r, pattern); got != "a" {
			t.Errorf("ServeMux serves %s %s %s under %q, the rule does not meet it", method, host, target, pattern)
		}
	})
}
