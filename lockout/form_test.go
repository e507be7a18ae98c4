package lockout_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

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
	networks := guarded(t, newSite(t, plain("user,network")), lockout.Form{Pattern: "POST /login", UserField: "name"})
	for _, body := range []string{"pass=right", "name=+&pass=right"} { // a network is counted by, and the name is still missing
		if w := post(networks, "/login", body); w.Code != 400 {
			t.Errorf("%q, counted by network too: %d", body, w.Code)
		}
	}
	if w := post(h, "/login?name=bob", "name=alice&pass=right"); w.Code != 400 {
		t.Errorf("the query names somebody else: %d", w.Code)
	}
}

// A program that answers a wrong password with nothing at all answers 200.
func TestFormOfASilentProgram(t *testing.T) {
	wrap, err := newSite(t, plain("user")).Form(lockout.Form{Pattern: "POST /login", UserField: "name"})
	if err != nil {
		t.Fatal(err)
	}
	h := wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for i, want := range []int{200, 200, 429, 429} {
		if w := post(h, "/login", "name=alice"); w.Code != want {
			t.Errorf("%d: %d, want %d", i, w.Code, want)
		}
	}
}

// submit posts a body of any type to a sign-in that guards f and lets everybody
// in, and returns the status and what the program behind it was given.
func submit(t *testing.T, f lockout.Form, kind, body string) (status int, through string) {
	t.Helper()
	s := newSite(t, plain("user"))
	f.Pattern = "POST /login"
	wrap, err := s.Form(f)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/login", strings.NewReader(body))
	r.Header["Content-Type"] = strings.Split(kind, "|")
	w := httptest.NewRecorder()
	wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		through = string(b)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})).ServeHTTP(w, r)
	if w.Code == http.StatusSeeOther {
		counted, err := s.Show(t.Context(), "alice")
		if err != nil || len(counted) != 1 || len(counted[0].Attempts) != 1 || through != body {
			t.Errorf("%q: counted %v, %v; came through as %q", body, counted, err, through)
		}
	}
	return w.Code, through
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	multiparts = "multipart/form-data; boundary=XX"
	object     = "application/json"
)

// part writes a part of a multipart form.
func part(disposition, value string) string {
	return "--XX\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + value + "\r\n"
}

func TestFormEncodings(t *testing.T) {
	name := lockout.Form{UserField: "name"}
	inJSON := lockout.Form{UserField: "name", Encoding: lockout.JSON}
	either := lockout.Form{UserField: "user[login]", Encoding: lockout.ByContentType}
	for _, row := range []struct {
		form       lockout.Form
		kind, body string
	}{
		{name, urlencoded, "name=alice&pass=x"},
		{name, urlencoded + ";charset=UTF-8", "pass=x&name=alice"},
		{name, multiparts, part(`name="pass"`, "x") + part(`name="name"`, "alice") + "--XX--\r\n"},
		{name, "multipart/form-data; boundary=XX; charset=utf-8", part(`name=name`, "alice") + "--XX--"},
		{inJSON, object, `{"name":"alice","pass":"x"}`},
		{inJSON, "application/json; charset=utf-8", ` {"pass": ["x", {"name": "bob"}], "name" : "\u0061lice" } `},
		{inJSON, "application/vnd.api+json", `{"name":"alice"}`},
		{either, object, `{"other":1,"user":{"pass":"x","login":"alice"}}`},
		{either, urlencoded, "user%5Blogin%5D=alice&user%5Bpassword%5D=x"},
		{either, multiparts, part(`name="user[login]"`, "alice") + "--XX--\r\n"},
		{lockout.Form{UserField: "a[b][c]", Encoding: lockout.JSON}, object, `{"a":{"b":{"c":"alice"}}}`},
	} {
		if status, _ := submit(t, row.form, row.kind, row.body); status != 303 {
			t.Errorf("%s %q: %d", row.kind, row.body, status)
		}
	}
}

// One parser counts a harmless name, another one behind it signs in the victim.
func TestAttackFormReadTwoWays(t *testing.T) {
	forms := lockout.Form{UserField: "name"}
	objects := lockout.Form{UserField: "name", Encoding: lockout.JSON}
	nested := lockout.Form{UserField: "user[login]", Encoding: lockout.ByContentType}
	end := "--XX--\r\n"
	for _, row := range []struct {
		why        string
		form       lockout.Form
		kind, body string
	}{
		{"JSON that says it is a form", forms, urlencoded, `{"name":"victim","x":"&name=junk&name="}`},
		{"JSON where a form belongs", forms, object, `{"name":"alice"}`},
		{"a form where JSON belongs", objects, urlencoded, "name=alice"},
		{"a text", objects, "text/plain", `{"name":"alice"}`},
		{"no type", forms, "", "name=alice"},
		{"two types", forms, urlencoded + "|" + object, "name=alice"},
		{"another alphabet", forms, urlencoded + ";charset=ibm037", "name=alice"},
		{"the other case", forms, urlencoded, "name=alice&Name=victim"},
		{"PHP's space and list", forms, urlencoded, "name=alice&+name=victim"},
		{"a list", forms, urlencoded, "name=alice&name[]=victim"},
		{"a semicolon", forms, urlencoded, "x=1;name=victim&name=alice"},
		{"the last key counts", objects, object, `{"name":"alice","name":"victim"}`},
		{"Go reads any case", objects, object, `{"name":"alice","NAME":"victim"}`},
		{"Go folds the long s", lockout.Form{UserField: "user", Encoding: lockout.JSON}, object, `{"user":"alice","u\u017fer":"victim"}`},
		{"an escaped key", objects, object, `{"name":"alice","n\u0061me":"victim"}`},
		{"two objects", objects, object, `{"name":"alice"}{"name":"victim"}`},
		{"a list of objects", objects, object, `[{"name":"victim"}]`},
		{"a number", objects, object, `{"name":17}`},
		{"a list of names", objects, object, `{"name":["alice"]}`},
		{"null", objects, object, `{"name":null}`},
		{"half an object", objects, object, `{"name":"alice"`},
		{"UTF-16", objects, object, "\xff\xfe{\x00"},
		{"the outer object twice", nested, object, `{"user":{"login":"alice"},"user":{"login":"victim"}}`},
		{"not nested", nested, object, `{"user":"alice"}`},
		{"broken UTF-8 in JSON", objects, object, "{\"name\":\"al\xffice\"}"},
		{"half a surrogate", objects, object, `{"name":"al\ud800ice"}`},
		{"broken UTF-8 that a program leaves out", forms, urlencoded, "name=al%ffice"},
		{"the end of a name in C", forms, urlencoded, "name=alice%00junk"},
		{"the end of a name in C, in JSON", objects, object, `{"name":"alice\u0000junk"}`},
		{"a line end in a part", forms, multiparts, part(`name="name"`, "alice\r\njunk") + end},
		{"two parts", forms, multiparts, part(`name="name"`, "alice") + part(`name="name"`, "victim") + end},
		{"a file", forms, multiparts, part(`name="name"; filename="f"`, "alice") + end},
		{"an extended name", forms, multiparts, part(`name="name"`, "alice") + part(`name*=utf-8''name`, "victim") + end},
		{"a name that parsers give up on", forms, multiparts, part(`name="name"`, "alice") + part(`name="na"me"`, "victim") + end},
		{"bare line ends", forms, multiparts, strings.ReplaceAll(part(`name="name"`, "alice")+end, "\r\n", "\n")},
		{"something before", forms, multiparts, "--YY\r\n" + part(`name="name"`, "alice") + end},
		{"an encoded part", forms, multiparts, "--XX\r\nContent-Disposition: form-data; name=\"name\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYWxpY2U=\r\n" + end},
		{"no end", forms, multiparts, part(`name="name"`, "alice")},
		{"no boundary", forms, "multipart/form-data", part(`name="name"`, "alice") + end},
		{"too many parts", forms, multiparts, part(`name="name"`, "alice") + strings.Repeat(part(`name="x"`, ""), 300) + end},
	} {
		if status, through := submit(t, row.form, row.kind, row.body); status != 400 || through != "" {
			t.Errorf("%s: %d, passed on %q", row.why, status, through)
		}
	}
	s := newSite(t, plain("user"))
	h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name"})
	r := httptest.NewRequest("POST", "/login", strings.NewReader("name=alice&pass=right"))
	r.Header.Set("Content-Type", urlencoded)
	r.Header.Set("Content-Encoding", "gzip")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("an encoded body: %d", w.Code)
	}
	if w := post(h, "/login?x=1;name=victim", "name=alice&pass=right"); w.Code != 400 {
		t.Errorf("a semicolon in the query: %d", w.Code)
	}
	if w := post(h, "/login?NAME=victim", "name=alice&pass=right"); w.Code != 400 {
		t.Errorf("another case in the query: %d", w.Code)
	}
}

// Django takes compatibility forms of letters for the letters. A guard in front
// of it that is told so has one count for all.
func TestAttackCompatibilityFormsOfOneName(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) {
		c.Normalize = func(name string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))) }
	})
	h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name"})
	for i, name := range []string{"alice", "\uff41lice", "\U0001d41alice", "\u24d0LICE"} {
		want := 200
		if i >= 2 {
			want = 429
		}
		if w := post(h, "/login", "name="+url.QueryEscape(name)+"&pass=wrong"); w.Code != want {
			t.Errorf("%q: %d, want %d", name, w.Code, want)
		}
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
	for _, f := range []lockout.Form{{}, {Pattern: "POST /x"}, {Pattern: "POST //", UserField: "u"}, {Pattern: "POST /x", UserField: "u", MaxBody: -1},
		{Pattern: "POST /x", UserField: "[]"}, {Pattern: "POST /x", UserField: "u", Encoding: 3}} {
		if _, err := s.Form(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
	hidden := newSite(t, func(c *lockout.Config) { c.HideLock = true })
	if _, err := hidden.Form(lockout.Form{Pattern: "POST /x", UserField: "u"}); err == nil {
		t.Error("HideLock was taken")
	}
}

// A program behind the guard may take more paths for its sign-in than a mux does.
func TestAttackFormAtAnotherSpellingOfItsPath(t *testing.T) {
	for pattern, paths := range map[string][]string{
		"POST /login":                  {"/login", "/login/", "//login", "/./login", "/x/../login", "/LogIn", "/%6cogin", "/login;jsessionid=1", "/;x/login", "/login%20", "/login.", "/%5clogin", "/login%00"},
		"POST /Auth/{tenant}/Sign-In/": {"/auth/a/sign-in/", "/Auth/a/Sign-In", "/auth//a/sign-in/"},
		"/login":                       {"/login", "//Login/"},
		"example.com/login":            {"/login", "//Login/"},
	} {
		s := newSite(t, plain("user"), func(c *lockout.Config) { c.FailureLimit = 1 })
		h := guarded(t, s, lockout.Form{Pattern: pattern, UserField: "name"})
		for _, path := range paths {
			if w := post(h, path, "name=&pass=right"); w.Code != 400 {
				t.Errorf("%s: %s is not guarded: %d", pattern, path, w.Code)
			}
		}
		for _, path := range []string{"/", "/log", "/loginx", "/login/help", "/auth/sign-in", "/auth/a/b/sign-in/"} {
			if w := post(h, path, "name=&pass=right"); w.Code != 303 {
				t.Errorf("%s: %s is guarded: %d", pattern, path, w.Code)
			}
		}
	}
}

func FuzzForm(f *testing.F) {
	s := newSite(f)
	wrap, err := s.Form(lockout.Form{Pattern: "POST /login", UserField: "user[name]", Encoding: lockout.ByContentType})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("user[name]=alice&pass=x", urlencoded)
	f.Add("name=a&name=b", "application/x-www-form-urlencoded;charset")
	f.Add("%", "")
	f.Add(part(`name="user[name]"`, "alice")+"--XX--", multiparts)
	f.Add(`{"user":{"name":"alice"},"x":[1,{}]}`, object)
	f.Fuzz(func(t *testing.T, body, contentType string) {
		passed := false
		h := wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			passed = true
			if got, _ := io.ReadAll(r.Body); string(got) != body {
				t.Errorf("body %q came through as %q", body, got)
			}
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}))
		r := httptest.NewRequest("POST", "/login", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); !passed && w.Code < 400 {
			t.Errorf("%d, and nobody was asked", w.Code)
		}
	})
}
