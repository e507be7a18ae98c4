package csrf_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csrf"
)

// The column proof says what is decided on a path where no token is asked for,
// the column token what is decided with a good token.
func TestFetchMetadata(t *testing.T) {
	const own, trusted, evil = "https://www.example.com", "https://app.example.org", "https://evil.example"
	for _, c := range []struct{ site, origin, proof, token string }{
		{"same-origin", own, accept, accept},
		{"same-origin", absent, accept, accept},
		{"same-origin", "null", accept, accept}, // Referrer-Policy: no-referrer makes it null
		{"same-site", absent, csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"same-site", "https://blog.example.com", csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"same-site", "http://www.example.com", csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"cross-site", evil, csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"cross-site", trusted, accept, accept},
		{"cross-site", "null", csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"cross-site", own, csrf.ReasonCrossSite, csrf.ReasonCrossSite}, // contradictory
		{"SAME-ORIGIN", own, csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"", own, csrf.ReasonCrossSite, csrf.ReasonCrossSite},
		{"none", own, accept, accept},
		{"none", evil, csrf.ReasonBadOrigin, csrf.ReasonBadOrigin},
		{"none", absent, csrf.ReasonNoReferer, csrf.ReasonNoReferer},
		{absent, own, accept, accept},
		{absent, trusted, accept, accept},
		{absent, evil, csrf.ReasonBadOrigin, csrf.ReasonBadOrigin},
		{absent, absent, csrf.ReasonNoReferer, csrf.ReasonNoReferer},
	} {
		keys := newRing(t)
		v := newValues(t, keys)
		p := newProtection(t, csrf.Config{Keys: keys, TrustedOrigins: []string{trusted}, AllowTokenless: []string{"/api/"}})
		req := row{0, "POST", "https", www, c.origin, absent, "S", "T", absent, nil, ""}.request(v)
		if c.site != absent {
			req.Header.Set("Sec-Fetch-Site", c.site)
		}
		if got := reason(p.Check(req)); got != c.token {
			t.Errorf("site %q, origin %q, with token: %q, want %q", c.site, c.origin, got, c.token)
		}
		req = row{0, "POST-JSON", "https", www, c.origin, absent, absent, absent, absent, nil, ""}.request(v)
		req.URL.Path = "/api/items"
		if c.site != absent {
			req.Header.Set("Sec-Fetch-Site", c.site)
		}
		if got := reason(p.Check(req)); got != c.proof {
			t.Errorf("site %q, origin %q, tokenless: %q, want %q", c.site, c.origin, got, c.proof)
		}
	}
}

// A Referer is proof enough to go on to the token, not to do without one; and
// on plain HTTP there is no Referer check at all.
func TestTokenlessNeedsProof(t *testing.T) {
	for _, all := range []string{"/", "POST /path"} {
		p := newProtection(t, csrf.Config{AllowTokenless: []string{all}})
		for _, r := range []row{
			{0, "POST", "https", www, absent, "https://www.example.com/", absent, absent, absent, nil, csrf.ReasonNoOrigin},
			{0, "POST", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoOrigin},
			{0, "POST", "http", www, "http://www.example.com", absent, absent, absent, absent, nil, accept},
		} {
			if got := reason(p.Check(r.request(nil))); got != r.want {
				t.Errorf("%s %s %q: %q, want %q", all, r.scheme, r.origin, got, r.want)
			}
		}
	}
}

func TestSeveralHeadersOfOneName(t *testing.T) {
	keys := newRing(t)
	v := newValues(t, keys)
	p := newProtection(t, csrf.Config{Keys: keys})
	for name, want := range map[string]string{
		"Sec-Fetch-Site": csrf.ReasonCrossSite,
		"Origin":         csrf.ReasonBadOrigin,
		"Referer":        csrf.ReasonRefererMalformed,
	} {
		req := row{0, "POST", "https", www, absent, absent, "S", "T", absent, nil, ""}.request(v)
		value := "https://www.example.com"
		if name == "Sec-Fetch-Site" {
			value = "same-origin"
		}
		req.Header[name] = []string{value, value}
		if got := reason(p.Check(req)); got != want {
			t.Errorf("two %s: %q, want %q", name, got, want)
		}
	}
}

// CVE-2025-47910: a bypass pattern of net/http's protection also covered what
// its mux would have redirected to the pattern.
func TestAttackExemptionWiderThanItReads(t *testing.T) {
	p := newProtection(t, csrf.Config{Exempt: []string{"POST /hooks/pay", "/tree/", "api.example.com/x"}})
	for target, exempt := range map[string]bool{
		"http://a.example/hooks/pay":       true,
		"http://a.example/hooks/pay?x=1":   true,
		"http://a.example/hooks//pay":      false,
		"http://a.example//hooks/pay":      false,
		"http://a.example/x/../hooks/pay":  false,
		"http://a.example/hooks/pay/":      false,
		"http://a.example/hooks/PAY":       false,
		"http://a.example/hooks/pay%2f":    false,
		"http://a.example/tree":            false,
		"http://a.example/tree/":           true,
		"http://a.example/tree/leaf":       true,
		"http://a.example/tree/../account": false,
		"http://api.example.com/x":         true,
		"http://a.example/x":               false,
	} {
		err := p.Check(httptest.NewRequest("POST", target, nil))
		if (err == nil) != exempt {
			t.Errorf("%s: %v, want exempt %v", target, err, exempt)
		}
	}
	if err := p.Check(httptest.NewRequest("PUT", "http://a.example/hooks/pay", nil)); err == nil {
		t.Error("the exemption of POST covers PUT")
	}
}

func TestIsolation(t *testing.T) {
	p := newProtection(t, csrf.Config{
		TrustedOrigins:    []string{"https://app.example.org"},
		Isolate:           []string{"/account/", "/socket"},
		IsolateNavigation: []string{"/account/logout"},
	})
	for _, c := range []struct {
		path, site, mode, dest, origin string
		want                           string
	}{
		{"/", "cross-site", "no-cors", "image", absent, accept},
		{"/account/", "cross-site", "no-cors", "image", absent, csrf.ReasonIsolated},
		{"/account/", "cross-site", "no-cors", "script", absent, csrf.ReasonIsolated},
		{"/account/", "same-site", "no-cors", "image", absent, csrf.ReasonIsolated},
		{"/account/", "cross-site", "navigate", "document", absent, accept},
		{"/account/", "cross-site", "navigate", "iframe", absent, csrf.ReasonIsolated},
		{"/account/", "cross-site", "navigate", "object", absent, csrf.ReasonIsolated},
		{"/account/", "cross-site", "cors", "empty", "https://evil.example", csrf.ReasonIsolated},
		{"/account/", "cross-site", "cors", "empty", "https://app.example.org", accept},
		{"/account/", "same-origin", "cors", "empty", absent, accept},
		{"/account/", "none", "navigate", "document", absent, accept},
		{"/account/", absent, absent, absent, absent, accept}, // an old browser, or none
		{"/socket", "cross-site", "websocket", "empty", "https://evil.example", csrf.ReasonIsolated},
		{"/socket", absent, absent, absent, "https://evil.example", csrf.ReasonIsolated},
		{"/socket", absent, absent, absent, "https://www.example.com", accept},
		{"/account/logout", "cross-site", "navigate", "document", absent, csrf.ReasonIsolatedFromLinks},
		{"/account/logout", "same-origin", "navigate", "document", absent, accept},
		{"/account/logout", "none", "navigate", "document", absent, accept},
	} {
		r := httptest.NewRequest("GET", "https://www.example.com"+c.path, nil)
		for name, value := range map[string]string{"Sec-Fetch-Site": c.site, "Sec-Fetch-Mode": c.mode, "Sec-Fetch-Dest": c.dest, "Origin": c.origin} {
			if value != absent {
				r.Header.Set(name, value)
			}
		}
		if got := reason(p.Check(r)); got != c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}

// recorder keeps audit events.
type recorder []audit.Event

func (r *recorder) Record(_ context.Context, e audit.Event) error {
	*r = append(*r, e)
	return nil
}

func TestRefusalIsAuditedAndNotShown(t *testing.T) {
	var events recorder
	p := newProtection(t, csrf.Config{Audit: &events})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "https://www.example.com/pay", nil)
	r.Header.Set("Origin", "https://evil.example\r\n")
	p.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })).ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "rigin") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(events) != 1 || events[0].Name != audit.MaliciousCSRF || events[0].Reason != csrf.ReasonBadOrigin ||
		!strings.Contains(events[0].Detail, `"https://evil.example\r\n"`) || events[0].Subject != "POST /pay" {
		t.Errorf("%+v", events)
	}
}

func TestDenyHandlerMayShowAForm(t *testing.T) {
	p := newProtection(t, csrf.Config{Deny: func(w http.ResponseWriter, r *http.Request, refusal *csrf.Refusal) {
		token := csrf.Token(r.Context())
		w.WriteHeader(refusal.Status)
		w.Write([]byte(token))
	}})
	w := httptest.NewRecorder()
	p.Handler(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != 403 || w.Body.Len() != 128 || len(w.Result().Cookies()) != 1 {
		t.Errorf("%d, %d bytes, cookies %v", w.Code, w.Body.Len(), w.Result().Cookies())
	}
}

func TestExemptionsAreListed(t *testing.T) {
	p := newProtection(t, csrf.Config{Exempt: []string{"POST /hook"}, AllowTokenless: []string{"/api/"}, TrustedOrigins: []string{"https://*.example.org"}})
	got := p.Exemptions()
	if len(got) != 3 || got[0] != (csrf.Exemption{Kind: "trusted-origin", Pattern: "https://*.example.org"}) ||
		got[1] != (csrf.Exemption{Kind: "exempt", Pattern: "POST /hook"}) || got[2] != (csrf.Exemption{Kind: "tokenless", Pattern: "/api/"}) {
		t.Errorf("%v", got)
	}
}

// The usual misconfiguration tells what to do about it, to the site's people.
func TestUntrustedProxyIsExplained(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	for origin, hint := range map[string]bool{"https://www.example.com": true, "https://evil.example": false, "http://evil.example": false} {
		err := p.Check(row{0, "POST", "http", www, origin, absent, absent, absent, absent, nil, ""}.request(nil))
		var refusal *csrf.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Detail, `own, "http://www.example.com"`) || strings.Contains(refusal.Detail, "proxy") != hint {
			t.Errorf("%s: %+v", origin, refusal)
		}
	}
}

// As in Django, an exempt page may still show a form.
func TestExemptPageMayShowAForm(t *testing.T) {
	p := newProtection(t, csrf.Config{Exempt: []string{"/path"}})
	r := httptest.NewRequest("POST", "/path", nil)
	r.Header.Set("Origin", "https://evil.example")
	if w := serve(p, r, askToken); w.Code != 200 || len(w.Result().Cookies()) != 1 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
