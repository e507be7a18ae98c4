package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/internal/request"
)

// check judges one row under a configuration.
func check(t *testing.T, r row, c csrf.Config) string {
	t.Helper()
	c.Keys = newRing(t)
	v := newValues(t, c.Keys)
	return reason(newProtection(t, c).Check(r.request(v)))
}

func expect(t *testing.T, r row, c csrf.Config) {
	t.Helper()
	if got := check(t, r, c); got != r.want {
		t.Errorf("row %d: %q, want %q", r.number, got, r.want)
	}
}

// Methods are case-sensitive, and a router does not take "get" for GET either:
// what it would run for such a request is anybody's guess.
func TestDjangoDifference_LowerCaseGetIsNotGet(t *testing.T) {
	expect(t, row{11, "get", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoCookie}, csrf.Config{})
}

// TRACE is safe in Django. Here it is not, as in net/http's own protection: no
// page needs it.
func TestDjangoDifference_TraceIsNotSafe(t *testing.T) {
	expect(t, row{4, "TRACE", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoCookie}, csrf.Config{})
}

// Django compares origins byte by byte. Hosts have no case.
func TestDjangoDifference_CapitalsInOrigin(t *testing.T) {
	expect(t, row{58, "POST", "http", "WWW.example.com", "http://www.example.com", absent, "S", "T", absent, nil, accept}, csrf.Config{})
	expect(t, row{78, "POST", "https", www, "https://APP.example.org", absent, "S", "T", absent, nil, accept},
		csrf.Config{TrustedOrigins: []string{"https://app.example.org"}})
	expect(t, row{87, "POST", "https", www, "https://A.EXAMPLE.ORG", absent, "S", "T", absent, nil, accept},
		csrf.Config{TrustedOrigins: []string{"https://*.example.org"}})
}

// A port that is the scheme's own may be written or not, on either side.
func TestDjangoDifference_DefaultPortInOrigin(t *testing.T) {
	for _, r := range []row{
		{0, "POST", "https", www, "https://www.example.com:443", absent, "S", "T", absent, nil, accept},
		{0, "POST", "https", www + ":443", "https://www.example.com", absent, "S", "T", absent, nil, accept},
		{0, "POST", "http", www + ":80", "http://www.example.com", absent, "S", "T", absent, nil, accept},
		{0, "POST", "http", www + ":443", "http://www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
		{0, "POST", "https", www + ":80", "https://www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
		{0, "POST", "https", www, absent, "https://www.example.com:443/form", "S", "T", absent, nil, accept},
		{0, "POST", "https", "[::1]:443", "https://[::1]", absent, "S", "T", absent, nil, accept},
		{0, "POST", "https", "[::1]:8443", "https://[::1]", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	} {
		expect(t, r, csrf.Config{})
	}
	expect(t, row{0, "POST", "https", www, "https://app.example.org", absent, "S", "T", absent, nil, accept},
		csrf.Config{TrustedOrigins: []string{"https://APP.example.org:443"}})
}

// An http: origin can be spoken for by anyone on the network, so trusting one
// takes a word that says so.
func TestDjangoDifference_InsecureTrustedOrigin(t *testing.T) {
	trusted := []string{"http://app.example.org"}
	if _, err := csrf.New(csrf.Config{Keys: newRing(t), TrustedOrigins: trusted}); err == nil {
		t.Error("an http: origin is trusted without AllowInsecureOrigins")
	}
	expect(t, row{79, "POST", "https", www, "http://app.example.org", absent, "S", "T", absent, nil, accept},
		csrf.Config{TrustedOrigins: trusted, AllowInsecureOrigins: true})
}

// Django takes these entries and they do not do what they seem to.
func TestDjangoDifference_BadTrustedOriginIsAnError(t *testing.T) {
	for _, entry := range []string{"https://*example.org", "https://*"} { // rows 90 and 91
		if _, err := csrf.New(csrf.Config{Keys: newRing(t), TrustedOrigins: []string{entry}}); err == nil {
			t.Errorf("%q is accepted", entry)
		}
	}
}

// "null" is the origin of every sandboxed frame on every site.
func TestDjangoDifference_NullIsNeverTrusted(t *testing.T) {
	if _, err := csrf.New(csrf.Config{Keys: newRing(t), TrustedOrigins: []string{"null"}}); err == nil {
		t.Error(`"null" can be trusted`) // row 93
	}
	expect(t, row{93, "POST", "http", www, "null", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin}, csrf.Config{})
}

// In Django, a wildcard also takes an origin with a user name.
func TestDjangoDifference_UserInOrigin(t *testing.T) {
	expect(t, row{0, "POST", "https", www, "https://evil@a.example.org", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
		csrf.Config{TrustedOrigins: []string{"https://*.example.org"}})
}

// In Django, an http: entry vouches for an https: Referer of the same host.
func TestDjangoDifference_InsecureOriginDoesNotVouchForReferer(t *testing.T) {
	expect(t, row{116, "POST", "https", www, absent, "https://app.example.org/", "S", "T", absent, nil, csrf.ReasonBadReferer},
		csrf.Config{TrustedOrigins: []string{"http://app.example.org"}, AllowInsecureOrigins: true})
}

// There is no cookie for a whole domain here, for a sibling could plant it. A
// sibling that may send requests is a trusted origin.
func TestDjangoDifference_NoCookieDomain(t *testing.T) {
	expect(t, row{120, "POST", "https", www, absent, "https://foo.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer}, csrf.Config{})
	expect(t, row{120, "POST", "https", www, absent, "https://foo.example.com/", "S", "T", absent, nil, accept},
		csrf.Config{TrustedOrigins: []string{"https://*.example.com"}})
	expect(t, row{123, "POST", "https", www + ":4443", absent, "https://foo.example.com:4443/", "S", "T", absent, nil, csrf.ReasonBadReferer}, csrf.Config{})
	expect(t, row{125, "POST", "https", www, absent, "https://www.example.com/", "S", "T", absent, nil, accept}, csrf.Config{})
}

// Django can keep the secret in the session. Here a signed cookie is bound to
// the session instead, so that a page without a form does not load it.
func TestDjangoDifference_BoundToSessionInsteadOfStoredInIt(t *testing.T) {
	keys := newRing(t)
	p := newProtection(t, csrf.Config{Keys: keys, Session: sessionHeader})
	in := func(session string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Test-Session", session) }
	}
	cookie, token := visit(t, p, in("one"))
	r := row{137, "POST", "http", www, absent, absent, cookie, token, absent, nil, accept}
	req := r.request(nil)
	in("one")(req)
	if got := reason(p.Check(req)); got != accept { // rows 137 and 139
		t.Errorf("own session: %q", got)
	}
	req = r.request(nil)
	in("two")(req)
	if got := reason(p.Check(req)); got != csrf.ReasonCookieForeign { // row 140
		t.Errorf("another session: %q", got)
	}
}

func sessionHeader(r *http.Request) []byte { return []byte(r.Header.Get("Test-Session")) }

// Rows 47, 134, 136, 142 and 143 need a configuration of their own.
func TestDjangoMatrixSettings(t *testing.T) {
	keys := newRing(t)
	v := newValues(t, keys)
	t.Run("47 cookie name", func(t *testing.T) {
		p := newProtection(t, csrf.Config{Keys: keys, CookieName: "__Host-csrf"})
		req := row{47, "POST", "http", www, absent, absent, absent, "T", absent, nil, accept}.request(v)
		req.Header.Set("Cookie", "__Host-csrf="+v["S"])
		if got := reason(p.Check(req)); got != accept {
			t.Error(got)
		}
	})
	t.Run("134 scheme from a trusted proxy", func(t *testing.T) {
		p := newProtection(t, csrf.Config{Keys: keys})
		req := row{134, "POST", "http", www, "https://www.example.com", absent, "S", "T", absent, nil, accept}.request(v)
		request.From(req.Context()).Scheme = "https"
		if got := reason(p.Check(req)); got != accept {
			t.Error(got)
		}
	})
	t.Run("136 host from a trusted proxy", func(t *testing.T) {
		p := newProtection(t, csrf.Config{Keys: keys})
		req := row{136, "POST", "http", "internal:8000", "http://www.example.com", absent, "S", "T", absent, nil, accept}.request(v)
		request.From(req.Context()).Host = www
		if got := reason(p.Check(req)); got != accept {
			t.Error(got)
		}
	})
	t.Run("142 143 exempt", func(t *testing.T) {
		p := newProtection(t, csrf.Config{Keys: keys, Exempt: []string{"POST /path"}})
		for _, origin := range []string{absent, "http://evil.com"} {
			req := row{142, "POST", "http", www, origin, absent, absent, absent, absent, nil, accept}.request(v)
			if got := reason(p.Check(req)); got != accept {
				t.Error(got)
			}
		}
	})
}

// A request without any proof passes net/http's own protection as "not a
// browser"; so does an http page that posts to the https site, and a page of
// another site that loads one of ours.
func TestStandardLibraryDifference(t *testing.T) {
	std := http.NewCrossOriginProtection()
	strict := csrf.Config{Isolate: []string{"/path"}}
	for name, r := range map[string]row{
		"neither header": {0, "POST", "https", www, absent, absent, "S", "T", absent, nil, csrf.ReasonNoReferer},
		"http origin":    {0, "POST", "https", www, "http://www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
		"no token":       {0, "POST", "https", www, "https://www.example.com", absent, "S", absent, absent, nil, csrf.ReasonTokenMissing},
	} {
		if err := std.Check(r.request(values{"S": "", "T": ""})); err != nil {
			t.Errorf("%s: net/http refuses it: %v", name, err)
		}
		expect(t, r, strict)
	}
	get := row{0, "GET", "https", www, absent, absent, absent, absent, absent, nil, ""}.request(nil)
	get.Header.Set("Sec-Fetch-Site", "cross-site")
	get.Header.Set("Sec-Fetch-Mode", "no-cors")
	if err := std.Check(get); err != nil {
		t.Errorf("net/http refuses it: %v", err)
	}
	if got := reason(newProtection(t, strict).Check(get)); got != csrf.ReasonIsolated {
		t.Errorf("cross-site load of an isolated page: %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	keys := newRing(t)
	for want, c := range map[string]csrf.Config{
		"no Keys":                                {},
		"negative FormLimit":                     {Keys: keys, FormLimit: -1},
		`invalid CookieName "a b"`:               {Keys: keys, CookieName: "a b"},
		`invalid FieldName "\""`:                 {Keys: keys, FieldName: `"`},
		`invalid HeaderName "X:"`:                {Keys: keys, HeaderName: "X:"},
		"without Secure":                         {Keys: keys, CookieName: "__host-x", InsecureCookie: true},
		`trusted origin "example.org"`:           {Keys: keys, TrustedOrigins: []string{"example.org"}},
		`trusted origin "https://a.b/c"`:         {Keys: keys, TrustedOrigins: []string{"https://a.b/c"}},
		`trusted origin "https://u@a.b"`:         {Keys: keys, TrustedOrigins: []string{"https://u@a.b"}},
		`trusted origin "ftp://a.b"`:             {Keys: keys, TrustedOrigins: []string{"ftp://a.b"}},
		`trusted origin "https://a.b:99999"`:     {Keys: keys, TrustedOrigins: []string{"https://a.b:99999"}},
		`trusted origin "https://a.*.b"`:         {Keys: keys, TrustedOrigins: []string{"https://a.*.b"}},
		`trusted origin "https://*.com"`:         {Keys: keys, TrustedOrigins: []string{"https://*.com"}},
		`trusted origin ""`:                      {Keys: keys, TrustedOrigins: []string{""}},
		`pattern "/" would exempt every path`:    {Keys: keys, Exempt: []string{"/"}},
		`"POST /{x...}" would exempt every path`: {Keys: keys, Exempt: []string{"POST /{x...}"}},
		`invalid pattern "hook"`:                 {Keys: keys, Exempt: []string{"hook"}},
		`tokenless: invalid pattern ""`:          {Keys: keys, AllowTokenless: []string{""}},
		`isolate: invalid pattern "{"`:           {Keys: keys, Isolate: []string{"{"}},
	} {
		_, err := csrf.New(c)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	_, err := csrf.New(csrf.Config{FormLimit: -1, TrustedOrigins: []string{"a", "b"}})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("not every fault is told: %v", err)
	}
}

// In Django, a host that is not allowed matches no Origin and no Referer. Here
// package hosts has refused such a request before it comes this far.
func TestDjangoDifference_UnknownHostIsRefusedBefore(t *testing.T) {
	gate, err := hosts.New(hosts.Config{Allowed: []string{"ok.example.com"}, InsecureSkipRedirect: true})
	if err != nil {
		t.Fatal(err)
	}
	keys := newRing(t)
	v := newValues(t, keys)
	site := gate.Handler(newProtection(t, csrf.Config{Keys: keys}).Handler(http.NotFoundHandler()))
	for _, r := range []row{
		{94, "POST", "http", www, "http://www.example.com", absent, "S", "T", absent, nil, ""},
		{128, "POST", "https", www, absent, "https://www.example.com/", "S", "T", absent, nil, ""},
	} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r.request(v))
		if w.Code != http.StatusBadRequest {
			t.Errorf("row %d: %d", r.number, w.Code)
		}
	}
}
