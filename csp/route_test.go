package csp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/merlon-go/merlon/csp"
)

func TestRoutes(t *testing.T) {
	config := csp.Config{
		Policy:              parse(t, "img-src a.com; font-src 'self'; report-uri /r"),
		ReportOnly:          parse(t, "img-src t.com"),
		SkipPaths:           []string{"/admin", "/both/"},
		SkipReportOnlyPaths: []string{"/both"},
		Routes: []csp.Route{
			{Pattern: "/exempt", Changes: []csp.Change{csp.Exempt()}},
			{Pattern: "/update/", Changes: []csp.Change{csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}})}},
			{Pattern: "/replace", Changes: []csp.Change{csp.Replace(csp.Policy{"IMG-SRC": {"r.com"}}), csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}})}},
			{Pattern: "/reverse", Changes: []csp.Change{csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}}), csp.Replace(csp.Policy{csp.ImgSrc: {"r.com"}})}},
			{Pattern: "/override", Changes: []csp.Change{csp.Override(csp.Policy{csp.FontSrc: {"b.com"}})}},
			{Pattern: "/override2", Changes: []csp.Change{csp.Override(csp.Policy{csp.ImgSrc: {"c.com"}}), csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}})}},
			{Pattern: "/nothing", Changes: []csp.Change{csp.Override(csp.Policy{}), csp.Override(csp.Policy{}).ReportOnly()}},
			{Pattern: "/remove", Changes: []csp.Change{csp.Replace(csp.Policy{csp.ImgSrc: nil})}},
			{Pattern: "GET /tried/{id}", Changes: []csp.Change{csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}}).ReportOnly()}},
		},
	}
	p := newProtection(t, config)
	const base, tried = "img-src a.com; font-src 'self'; report-uri /r", "img-src t.com"
	for path, want := range map[string][2]string{
		"/":              {base, tried},
		"/exempt":        {"", tried},
		"/exempt/":       {base, tried},
		"/update/x":      {"img-src a.com u.com; font-src 'self'; report-uri /r", tried},
		"/update":        {base, tried},
		"//update/x":     {base, tried},
		"/replace":       {"img-src r.com u.com; font-src 'self'; report-uri /r", tried}, // C29
		"/reverse":       {"img-src r.com; font-src 'self'; report-uri /r", tried},
		"/override":      {"font-src b.com", tried},      // C27
		"/override2":     {"img-src c.com u.com", tried}, // C31
		"/nothing":       {"", ""},
		"/remove":        {"font-src 'self'; report-uri /r", tried},
		"/tried/1":       {base, "img-src t.com u.com"},
		"/admin":         {"", tried}, // C20
		"/admin/users":   {"", tried},
		"/administrator": {base, tried},
		"/both/x":        {"", ""},
		"/both":          {"", ""},
	} {
		h := serve(p, path, http.HandlerFunc(plain))
		if got := [2]string{h.Get(enforced), h.Get(reportOnly)}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := len(p.Routes()); got != len(config.Routes)+4 {
		t.Errorf("%d routes listed", got)
	}
	if got := p.Routes()[2].Changes[0].String(); got != "replace img-src r.com" && got != "replace IMG-SRC r.com" {
		t.Error(got)
	}
	enforcedPolicy, triedPolicy := p.Policies()
	if enforcedPolicy.String() != base || triedPolicy.String() != tried {
		t.Error(enforcedPolicy, triedPolicy)
	}
}

func TestWrap(t *testing.T) {
	p := newProtection(t, csp.Config{Policy: parse(t, "img-src a.com; script-src 'nonce'")})
	wrap := func(next http.Handler, changes ...csp.Change) http.Handler {
		h, err := csp.Wrap(next, changes...)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	update := csp.Update(csp.Policy{csp.ImgSrc: {"u.com"}})
	replace := csp.Replace(csp.Policy{csp.ImgSrc: {"r.com"}})
	const rest = "script-src 'none'; "
	for name, c := range map[string]struct {
		h    http.Handler
		want string
	}{
		"update":                 {wrap(http.HandlerFunc(plain), update), rest + "img-src a.com u.com"},
		"outer replaces first":   {wrap(wrap(http.HandlerFunc(plain), update), replace), rest + "img-src r.com u.com"},
		"inner replaces last":    {wrap(wrap(http.HandlerFunc(plain), replace), update), rest + "img-src r.com"},
		"the same twice":         {wrap(wrap(http.HandlerFunc(plain), update), csp.Update(csp.Policy{csp.ImgSrc: {"v.com"}})), rest + "img-src a.com v.com u.com"},
		"exempt":                 {wrap(http.HandlerFunc(plain), csp.Exempt()), ""},
		"exempt and something":   {wrap(http.HandlerFunc(plain), csp.Exempt(), update), "img-src u.com"},
		"removed":                {wrap(http.HandlerFunc(plain), csp.Replace(csp.Policy{csp.ScriptSrc: nil})), "img-src a.com"},
		"does not fit and stays": {wrap(http.HandlerFunc(plain), csp.Update(csp.Policy{csp.ReportTo: {"group"}})), rest + "img-src a.com"},
	} {
		for range 2 { // the second time from the cache
			if got := serve(p, "/", c.h).Get(enforced); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
	// A nonce asked for outside is in the policy of the inner handler too.
	var nonce string
	h := serve(p, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asking(&nonce)(w, r)
		wrap(http.HandlerFunc(plain), update).ServeHTTP(w, r)
	}))
	if got := h[enforced]; len(got) != 1 || got[0] != "script-src 'nonce-"+nonce+"'; img-src a.com u.com" {
		t.Errorf("%q with %q", got, nonce)
	}
	w := httptest.NewRecorder()
	wrap(http.NotFoundHandler(), update).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 404 || w.Header().Get(enforced) != "" {
		t.Errorf("outside the handler: %v", w.Header())
	}
	if _, err := csp.Wrap(nil, csp.Change{}); err == nil {
		t.Error("the zero Change is accepted")
	}
}
