package csrf_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/secrets"
)

const (
	absent   = "\x00" // the header, cookie or field is not sent
	accept   = ""
	mismatch = csrf.ReasonTokenIncorrect
	www      = "www.example.com"
)

// row is one row of Django 6.1's decision matrix, by its number there.
type row struct {
	number                int
	method, scheme, host  string
	origin, referer       string
	cookie, field, header string // "S", "T", "S2", "T2" or literal
	trusted               []string
	want                  string
}

// The rows where Merlon decides as Django does. Where the two differ there is
// a TestDjangoDifference.
var matrix = []row{
	{1, "GET", "http", www, absent, absent, absent, absent, absent, nil, accept},
	{2, "HEAD", "http", www, absent, absent, absent, absent, absent, nil, accept},
	{3, "OPTIONS", "http", www, absent, absent, absent, absent, absent, nil, accept},
	{5, "GET", "http", www, "https://evil.com", absent, absent, absent, absent, nil, accept},
	{14, "POST", "http", www, absent, absent, "T", "T", absent, nil, accept},
	{15, "POST", "http", www, absent, absent, "T", "S", absent, nil, accept},
	{18, "POST", "http", www, absent, absent, "S", "T2", absent, nil, mismatch},
	{19, "POST", "http", www, absent, absent, "S", "S2", absent, nil, mismatch},
	{20, "POST", "http", www, absent, absent, "S", "S-short", absent, nil, csrf.ReasonTokenLength},
	{24, "POST", "http", www, absent, absent, "S", "T-bad", absent, nil, csrf.ReasonTokenChars},
	{25, "POST", "http", www, absent, absent, "S", "S-accent", absent, nil, csrf.ReasonTokenChars},
	{26, "POST", "http", www, absent, absent, "S-short", "T", absent, nil, csrf.ReasonCookieLength},
	{27, "POST", "http", www, absent, absent, "S-bad", "T", absent, nil, csrf.ReasonCookieChars},
	{30, "POST", "http", www, absent, absent, "S", absent, "T", nil, accept},
	{31, "POST", "http", www, absent, absent, "S", absent, "S", nil, accept},
	{32, "POST", "http", www, absent, absent, "S", absent, "abc", nil, csrf.ReasonTokenLength},
	{33, "POST", "http", www, absent, absent, "S", absent, "S-bad", nil, csrf.ReasonTokenChars},
	{35, "POST", "http", www, absent, absent, "S", absent, "", nil, csrf.ReasonTokenLength},
	{36, "POST", "http", www, absent, absent, "S", "T2", "T", nil, mismatch},
	{37, "POST", "http", www, absent, absent, "S", "abc", "T", nil, csrf.ReasonTokenLength},
	{41, "PATCH", "http", www, absent, absent, "S", absent, "T", nil, accept},
	{42, "POST-JSON", "http", www, absent, absent, "S", absent, absent, nil, csrf.ReasonTokenMissing},
	{43, "POST-JSON", "http", www, absent, absent, "S", absent, "T", nil, accept},
	{44, "POST-QUERY", "http", www, absent, absent, "S", absent, absent, nil, csrf.ReasonTokenMissing},
	{48, "POST", "http", www, "http://www.example.com", absent, "S", "T", absent, nil, accept},
	{50, "POST", "http", www, "http://evil.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{52, "POST", "http", www, "", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{54, "POST", "http", www + ":8000", "http://www.example.com:8000", absent, "S", "T", absent, nil, accept},
	{55, "POST", "http", www + ":8000", "http://www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{60, "POST", "http", www, "http://www.example.com/a", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{63, "POST", "http", www, "http://evilwww.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{64, "POST", "http", www, "http://www.example.com@evil.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{66, "POST", "http", www, "www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{70, "POST", "https", www, "http://www.example.com", absent, "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{72, "POST", "https", www, "https://evil.com", "https://www.example.com/", "S", "T", absent, nil, csrf.ReasonBadOrigin},
	{76, "POST", "https", www, "https://app.example.org:8443", absent, "S", "T", absent, []string{"https://app.example.org"}, csrf.ReasonBadOrigin},
	{80, "POST", "https", www, "https://a.example.org", absent, "S", "T", absent, []string{"https://*.example.org"}, accept},
	{82, "POST", "https", www, "https://example.org", absent, "S", "T", absent, []string{"https://*.example.org"}, accept},
	{83, "POST", "https", www, "http://a.example.org", absent, "S", "T", absent, []string{"https://*.example.org"}, csrf.ReasonBadOrigin},
	{84, "POST", "https", www, "https://a.example.org:8443", absent, "S", "T", absent, []string{"https://*.example.org"}, csrf.ReasonBadOrigin},
	{86, "POST", "https", www, "https://evilexample.org", absent, "S", "T", absent, []string{"https://*.example.org"}, csrf.ReasonBadOrigin},
	{88, "POST", "https", www, "https://a.example.org", absent, "S", "T", absent, []string{"https://*.EXAMPLE.org"}, accept},
	{97, "POST", "https", www, absent, "", "S", "T", absent, nil, csrf.ReasonRefererMalformed},
	{100, "POST", "https", www, absent, "http://www.example.com/", "S", "T", absent, nil, csrf.ReasonRefererInsecure},
	{102, "POST", "https", www, absent, "ASDF", "S", "T", absent, nil, csrf.ReasonRefererMalformed},
	{104, "POST", "https", www, absent, "https:", "S", "T", absent, nil, csrf.ReasonRefererMalformed},
	{107, "POST", "https", www, absent, "https://a.www.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{112, "POST", "https", www, absent, "https://u@www.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{114, "POST", "https", www, absent, "https://evil.com/?https://www.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{115, "POST", "https", www, absent, "https://app.example.org/a", "S", "T", absent, []string{"https://app.example.org"}, accept},
	{117, "POST", "https", www, absent, "https://a.example.org/a", "S", "T", absent, []string{"https://*.example.org"}, accept},
	{119, "POST", "https", www, absent, "https://app.example.org:8443/", "S", "T", absent, []string{"https://app.example.org"}, csrf.ReasonBadReferer},
	{121, "POST", "https", www, absent, "https://foo.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{124, "POST", "https", www + ":4443", absent, "https://foo.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{127, "POST", "https", www + ":4443", absent, "https://www.example.com/", "S", "T", absent, nil, csrf.ReasonBadReferer},
	{129, "POST", "https", "WWW.EXAMPLE.COM", absent, "https://www.example.com/", "S", "T", absent, nil, accept},
	{130, "POST", "http", www, absent, "http://evil.com/", "S", "T", absent, nil, accept},
	{131, "POST", "http", www, absent, absent, "S", "T", absent, nil, accept},
	{144, "POST", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoCookie},
	{145, "POST", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoCookie},
	{146, "POST", "http", www, absent, absent, absent, absent, absent, nil, csrf.ReasonNoCookie},
}

func TestDjangoMatrix(t *testing.T) {
	keys := newRing(t)
	v := newValues(t, keys)
	for _, r := range matrix {
		p := newProtection(t, csrf.Config{Keys: keys, TrustedOrigins: r.trusted})
		if got := reason(p.Check(r.request(v))); got != r.want {
			t.Errorf("row %d: %q, want %q", r.number, got, r.want)
		}
	}
}

// request returns the row as a request.
func (r row) request(v values) *http.Request {
	method, query, contentType := r.method, "", "application/x-www-form-urlencoded"
	switch method {
	case "POST-JSON":
		method, contentType = "POST", "application/json"
	case "POST-QUERY":
		method, query = "POST", "?csrf_token="+v["T"]
	}
	body := ""
	if r.field != absent {
		body = url.Values{"a": {"1"}, "csrf_token": {v.get(r.field)}}.Encode()
	}
	req := httptest.NewRequest(method, "/path"+query, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	req.Host = r.host
	info, req := request.Attach(req)
	info.Scheme = r.scheme
	set := func(name, value string) {
		if value != absent {
			req.Header.Set(name, value)
		}
	}
	set("Origin", r.origin)
	set("Referer", r.referer)
	if r.cookie != absent {
		set("Cookie", csrf.DefaultCookieName+"="+v.get(r.cookie))
	}
	if r.header != absent {
		set("X-CSRFToken", v.get(r.header))
	}
	return req
}

// values are the matrix's tokens: secrets S and S2, tokens T and T2, and broken ones.
type values map[string]string

func newValues(t testing.TB, keys *secrets.Ring) values {
	p := newProtection(t, csrf.Config{Keys: keys})
	s, token := visit(t, p, nil)
	s2, token2 := visit(t, p, nil)
	return values{
		"S": s, "T": token, "S2": s2, "T2": token2,
		"S-short": s[:len(s)-1], "S-bad": "!" + s[1:], "S-accent": "é" + s[1:], "T-bad": token[:len(token)-1] + "!",
	}
}

func (v values) get(name string) string {
	if value, ok := v[name]; ok {
		return value
	}
	return name
}

// visit gets a page with a form and returns the cookie's value and the token.
func visit(t testing.TB, p *csrf.Protection, prepare func(*http.Request)) (cookie, token string) {
	t.Helper()
	r := httptest.NewRequest("GET", "https://"+www+"/", nil)
	if prepare != nil {
		prepare(r)
	}
	w := httptest.NewRecorder()
	p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token = csrf.Token(r.Context())
	})).ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if strings.Contains(c.Name, "csrf") {
			cookie = c.Value
		}
	}
	return cookie, token
}

func newRing(t testing.TB) *secrets.Ring {
	t.Helper()
	ring, err := secrets.NewRing(secrets.New("a key for tests, 32 bytes or more of it"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func newProtection(t testing.TB, c csrf.Config) *csrf.Protection {
	t.Helper()
	if c.Keys == nil {
		c.Keys = newRing(t)
	}
	p, err := csrf.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reason returns the reason of a refusal, "" for none.
func reason(err error) string {
	var refusal *csrf.Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
