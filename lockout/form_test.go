package lockout_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/lockout"
)

// foreign is somebody else's sign-in: right for the password "right", which it
// answers by a redirect.
func foreign(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		if form.Get("pass") == "crash" {
			panic(http.ErrAbortHandler)
		}
		if form.Get("pass") != "right" {
			io.WriteString(w, "wrong")
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "secret"})
		http.Redirect(w, r, "/in", http.StatusSeeOther)
		io.WriteString(w, "tail")
	})
}

func post(h http.Handler, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	w := httptest.NewRecorder()
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(w, r)
	}()
	return w
}

func guarded(t *testing.T, s *site, f lockout.Form) http.Handler {
	t.Helper()
	wrap, err := s.Form(f)
	if err != nil {
		t.Fatal(err)
	}
	return wrap(foreign(t))
}

func TestForm(t *testing.T) {
	s := newSite(t, plain("user+network"))
	h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name"})
	for i, row := range []struct {
		body   string
		status int
	}{
		{"name=alice&pass=wrong", 200},
		{"name=alice&pass=wrong", 200},
		{"name=alice&pass=right", 303}, // cleared
		{"name=alice&pass=wrong", 200},
		{"name=ALICE+&pass=crash", 200}, // counts
		{"name=alice&pass=wrong", 429},
		{"name=alice&pass=right", 429},
		{"name=bob&pass=right", 303},
	} {
		w := post(h, "/login", row.body)
		if w.Code != row.status {
			t.Fatalf("%d: %s: %d, want %d", i, row.body, w.Code, row.status)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%d: the headers set before are gone", i)
		}
		if w.Code == 429 && (w.Header().Get("X-Frame-Options") != "" || strings.Contains(w.Body.String(), "wrong") || w.Header().Get("Retry-After") == "") {
			t.Errorf("%d: the handler's answer comes through: %v %q", i, w.Header(), w.Body)
		}
		if w.Code == 303 && len(w.Result().Cookies()) != 2 {
			t.Errorf("%d: cookies %v", i, w.Result().Cookies())
		}
	}
	if w := post(h, "/other", "name=alice&pass=wrong"); w.Code != 200 {
		t.Errorf("another path: %d", w.Code)
	}
}

// What cannot be counted is not passed on.
func TestAttackFormThatCannotBeCounted(t *testing.T) {
	s := newSite(t, plain("user"))
	h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name", MaxBody: 100})
	for body, want := range map[string]int{
		"login=alice&pass=right":         400,
		"":                               400,
		"name=&pass=right":               400,
		"name=alice&name=bob&pass=right": 400,
		"name=%zz&pass=right":            400,
		"name=" + strings.Repeat("a", 100) + "&pass=right": 413,
	} {
		if w := post(h, "/login", body); w.Code != want {
			t.Errorf("%q: %d, want %d", body, w.Code, want)
		}
	}
	if w := post(h, "/login?name=bob", "name=alice&pass=right"); w.Code != 400 {
		t.Errorf("the query names somebody else: %d", w.Code)
	}
	r := httptest.NewRequest("POST", "/login", strings.NewReader(`{"name":"alice","pass":"right"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("JSON: %d", w.Code)
	}
}

// A success that cannot be noted must not hand out the session.
func TestAttackFormWhoseStoreFails(t *testing.T) {
	for n := 1; n <= 2; n++ {
		s := newSite(t, plain("user"))
		h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name"})
		s.store.failAt(n)
		w := post(h, "/login", "name=alice&pass=right")
		if w.Code != 503 || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Location") != "" || strings.Contains(w.Body.String(), "tail") {
			t.Errorf("call %d fails: %d %v %q", n, w.Code, w.Header(), w.Body)
		}
	}
}

func TestFormIsJudgedAtStart(t *testing.T) {
	s := newSite(t)
	for _, f := range []lockout.Form{{}, {Pattern: "POST /x"}, {Pattern: "POST //", UserField: "u"}, {Pattern: "POST /x", UserField: "u", MaxBody: -1}} {
		if _, err := s.Form(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
	hidden := newSite(t, func(c *lockout.Config) { c.HideLock = true })
	if _, err := hidden.Form(lockout.Form{Pattern: "POST /x", UserField: "u"}); err == nil {
		t.Error("HideLock was taken")
	}
}

func FuzzForm(f *testing.F) {
	s := newSite(f)
	wrap, err := s.Form(lockout.Form{Pattern: "POST /login", UserField: "name"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("name=alice&pass=x", "application/x-www-form-urlencoded")
	f.Add("name=a&name=b", "application/x-www-form-urlencoded;charset")
	f.Add("%", "")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		h := wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got, _ := io.ReadAll(r.Body); string(got) != body {
				t.Errorf("body %q came through as %q", body, got)
			}
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}))
		r := httptest.NewRequest("POST", "/login", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		h.ServeHTTP(httptest.NewRecorder(), r)
	})
}
