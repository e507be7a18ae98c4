package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/secrets"
)

// serve runs one handler under p and returns the response.
func serve(p *csrf.Protection, r *http.Request, h http.HandlerFunc) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.Handler(h).ServeHTTP(w, r)
	return w
}

func get(cookies ...string) *http.Request {
	r := httptest.NewRequest("GET", "https://www.example.com/", nil)
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return r
}

// post returns a request as a browser sends it from the site's own page.
func post(cookie, token string) *http.Request {
	r := httptest.NewRequest("POST", "https://www.example.com/", nil)
	r.Header.Set("Origin", "https://www.example.com")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookie)
	r.Header.Set("X-CSRFToken", token)
	return r
}

func askToken(_ http.ResponseWriter, r *http.Request) { csrf.Token(r.Context()) }

const cookieName = csrf.DefaultCookieName

func TestCookieIsLazy(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	good, _ := visit(t, p, nil)
	for name, c := range map[string]struct {
		cookie  string
		handler http.HandlerFunc
		set     bool
		marked  bool
	}{
		"no token asked, no cookie":        {"", func(http.ResponseWriter, *http.Request) {}, false, false},
		"no token asked, malformed cookie": {cookieName + "=x", func(http.ResponseWriter, *http.Request) {}, false, false},
		"token asked, no cookie":           {"", askToken, true, true},
		"token asked, good cookie":         {cookieName + "=" + good, askToken, false, true},
		"token asked, malformed cookie":    {cookieName + "=x", askToken, true, true},
		"token asked, unsigned cookie":     {cookieName + "=" + strings.Repeat("A", 64), askToken, true, true},
	} {
		r := get()
		if c.cookie != "" {
			r = get(c.cookie)
		}
		h := serve(p, r, c.handler).Header()
		if set := h.Get("Set-Cookie") != ""; set != c.set {
			t.Errorf("%s: Set-Cookie %v", name, h["Set-Cookie"])
		}
		if marked := h.Get("Vary") == "Cookie" && h.Get("Cache-Control") == "private, no-store"; marked != c.marked {
			t.Errorf("%s: %v", name, h)
		}
	}
}

func TestCookieText(t *testing.T) {
	for _, c := range []struct {
		config csrf.Config
		want   string
	}{
		{csrf.Config{}, `^__Host-csrftoken=[A-Za-z0-9_-]{64}; Path=/; HttpOnly; Secure; SameSite=Lax$`},
		{csrf.Config{InsecureCookie: true}, `^csrftoken=[A-Za-z0-9_-]{64}; Path=/; HttpOnly; SameSite=Lax$`},
		{csrf.Config{AllowScriptCookie: true, CookieName: "c"}, `^c=[A-Za-z0-9_-]{64}; Path=/; Secure; SameSite=Lax$`},
	} {
		got := serve(newProtection(t, c.config), get(), askToken).Header().Get("Set-Cookie")
		if !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestPublicCacheControlIsTakenBack(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	for before, want := range map[string]string{
		"public, max-age=3600":  "private, no-store",
		"max-age=60":            "private, no-store",
		"private, max-age=60":   "private, max-age=60",
		"no-store":              "no-store",
		"x-private, max-age=60": "private, no-store",
	} {
		w := serve(p, get(), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", before)
			w.Header().Set("Vary", "Accept-Encoding, cookie")
			csrf.Token(r.Context())
		})
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("%q became %q, want %q", before, got, want)
		}
		if vary := w.Header()["Vary"]; len(vary) != 1 {
			t.Errorf("Vary %v", vary)
		}
	}
}

func TestField(t *testing.T) {
	p := newProtection(t, csrf.Config{FieldName: "csrfmiddlewaretoken"})
	serve(p, get(), func(_ http.ResponseWriter, r *http.Request) {
		field := string(csrf.Field(r.Context()))
		if !regexp.MustCompile(`^<input type="hidden" name="csrfmiddlewaretoken" value="[A-Za-z0-9_-]{128}">$`).MatchString(field) {
			t.Error(field)
		}
		if name := csrf.FieldName(r.Context()); name != "csrfmiddlewaretoken" {
			t.Error(name)
		}
	})
	ctx := get().Context()
	if csrf.Token(ctx) != "" || csrf.Field(ctx) != "" || csrf.FieldName(ctx) != "csrf_token" || csrf.HeaderName(ctx) != "X-CSRFToken" {
		t.Error("outside the handler")
	}
}

// BREACH guesses a secret in a compressed page byte by byte; it must not stand
// in two pages in the same way.
func TestAttackBreach(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	serve(p, get(), func(_ http.ResponseWriter, r *http.Request) {
		a, b := csrf.Token(r.Context()), csrf.Token(r.Context())
		for i := range len(a) - 8 {
			if strings.Contains(b, a[i:i+8]) {
				t.Fatalf("%s and %s share a text", a, b)
			}
		}
	})
}

// An attacker who controls blog.example.com plants a cookie for all of
// example.com and sends a form with the token that fits it.
func TestAttackCookieTossing(t *testing.T) {
	keys := newRing(t)
	config := csrf.Config{Keys: keys, Session: sessionHeader, InsecureCookie: true}
	p := newProtection(t, config)
	const name = csrf.DefaultInsecureCookieName
	victim := func(r *http.Request) { r.Header.Set("Test-Session", "victim") }
	ownCookie, ownToken := visit(t, p, victim)
	attackerCookie, attackerToken := visit(t, p, nil) // signed by the site, for a visitor without session
	forged := strings.Repeat("A", 64)
	for what, c := range map[string]struct{ cookies, token, want string }{
		"attacker's own":                {name + "=" + attackerCookie, attackerToken, csrf.ReasonCookieForeign},
		"made up":                       {name + "=" + forged, forged, csrf.ReasonCookieForeign},
		"shadowing, attacker's token":   {name + "=" + attackerCookie + "; " + name + "=" + ownCookie, attackerToken, csrf.ReasonCookieForeign},
		"shadowing, victim's own token": {name + "=" + attackerCookie + "; " + name + "=" + ownCookie, ownToken, accept},
		"shadowed by rubbish":           {name + "=x; " + name + "=" + ownCookie, ownToken, accept},
		"rubbish eight times":           {strings.Repeat(name+"=x; ", 8) + name + "=" + ownCookie, ownToken, csrf.ReasonCookieLength},
	} {
		r := post(c.cookies, c.token)
		victim(r)
		if got := reason(p.Check(r)); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	// With HTTPS the browser takes no such cookie from a sibling in the first place.
	if !strings.HasPrefix(csrf.DefaultCookieName, "__Host-") {
		t.Error(csrf.DefaultCookieName)
	}
}

// Django keeps the secret over logout and password change.
func TestDjangoDifference_LogoutEndsTokens(t *testing.T) {
	p := newProtection(t, csrf.Config{Session: sessionHeader})
	cookie, token := visit(t, p, func(r *http.Request) { r.Header.Set("Test-Session", "before") })
	r := post(cookieName+"="+cookie, token)
	r.Header.Set("Test-Session", "after")
	if got := reason(p.Check(r)); got != csrf.ReasonCookieForeign {
		t.Errorf("after a change of session: %q", got)
	}
	r.Header.Del("Test-Session")
	if got := reason(p.Check(r)); got != csrf.ReasonCookieForeign {
		t.Errorf("after logout: %q", got)
	}
}

func TestRotate(t *testing.T) {
	p := newProtection(t, csrf.Config{Session: sessionHeader})
	oldCookie, oldToken := visit(t, p, nil)
	var token string
	r := post(cookieName+"="+oldCookie, oldToken)
	w := serve(p, r, func(w http.ResponseWriter, r *http.Request) {
		before := csrf.Token(r.Context())
		r.Header.Set("Test-Session", "signed in")
		p.Rotate(w, r)
		token = csrf.Token(r.Context())
		if before == token {
			t.Error("same token")
		}
	})
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Value == oldCookie {
		t.Fatalf("cookies %v", cookies)
	}
	for _, c := range []struct{ cookie, token, want string }{
		{cookies[0].Value, token, accept},
		{cookies[0].Value, oldToken, csrf.ReasonTokenIncorrect},
		{oldCookie, oldToken, csrf.ReasonCookieForeign},
	} {
		r := post(cookieName+"="+c.cookie, c.token)
		r.Header.Set("Test-Session", "signed in")
		if got := reason(p.Check(r)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	// Without Handler around it, Rotate works too, and leaves other cookies.
	w = httptest.NewRecorder()
	http.SetCookie(w, &http.Cookie{Name: "other", Value: "1"})
	p.Rotate(w, get())
	p.Rotate(w, get())
	if names := w.Result().Cookies(); len(names) != 2 || names[0].Name != "other" || names[1].Name != cookieName {
		t.Errorf("%v", names)
	}
}

// A page that asks for a token, starts a session and asks again gets one that
// fits the session, though nobody called Rotate.
func TestTokenFollowsTheSession(t *testing.T) {
	p := newProtection(t, csrf.Config{Session: sessionHeader})
	var token string
	w := serve(p, get(), func(w http.ResponseWriter, r *http.Request) {
		csrf.Token(r.Context())
		r.Header.Set("Test-Session", "new")
		token = csrf.Token(r.Context())
	})
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%v", cookies)
	}
	r := post(cookieName+"="+cookies[0].Value, token)
	r.Header.Set("Test-Session", "new")
	if err := p.Check(r); err != nil {
		t.Error(err)
	}
}

func TestKeyRotationKeepsTokens(t *testing.T) {
	older, newer := secrets.New("the older key, which has 32 bytes"), secrets.New("the newer key, which has 32 bytes")
	ring := func(primary secrets.Secret, fallbacks ...secrets.Secret) *secrets.Ring {
		r, err := secrets.NewRing(primary, fallbacks...)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	cookie, token := visit(t, newProtection(t, csrf.Config{Keys: ring(older)}), nil)
	r := post(cookieName+"="+cookie, token)
	if err := newProtection(t, csrf.Config{Keys: ring(newer, older)}).Check(r); err != nil {
		t.Errorf("with the old key as fallback: %v", err)
	}
	if got := reason(newProtection(t, csrf.Config{Keys: ring(newer)}).Check(r)); got != csrf.ReasonCookieForeign {
		t.Errorf("without it: %q", got)
	}
}

func TestEnsureCookie(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	w := serve(p, get(), csrf.EnsureCookie(http.NotFoundHandler()).ServeHTTP)
	if len(w.Result().Cookies()) != 1 || w.Code != 404 {
		t.Errorf("%d %v", w.Code, w.Result().Cookies())
	}
	w = httptest.NewRecorder()
	csrf.EnsureCookie(http.NotFoundHandler()).ServeHTTP(w, get())
	if len(w.Result().Cookies()) != 0 {
		t.Error("a cookie outside of Handler")
	}
}

func TestConcurrentUse(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	serve(p, get(), func(w http.ResponseWriter, r *http.Request) {
		var all sync.WaitGroup
		tokens := make([]string, 16)
		for i := range tokens {
			all.Go(func() { tokens[i] = csrf.Token(r.Context()) })
		}
		all.Wait()
		cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
		for _, token := range tokens {
			if err := p.Check(post(cookie, token)); err != nil {
				t.Error(err)
			}
		}
		slices.Sort(tokens)
		if len(slices.Compact(tokens)) != 16 {
			t.Error("two tokens are alike")
		}
	})
}
