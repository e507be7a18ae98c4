package accounts_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
)

func TestManage(t *testing.T) {
	s := newSite(t)
	u := create(t, s, "Ann@Example.com", good, true)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(u.ID) {
		t.Errorf("id %q is no UUID of version 7", u.ID)
	}
	var found passwords.Problems
	_, err := s.accounts.Create(t.Context(), "bob@example.com", "short", true)
	if !errors.As(err, &found) {
		t.Errorf("short password: %v", err)
	}
	_, err = s.accounts.Create(t.Context(), "ann@example.com", more, true)
	if !errors.Is(err, accounts.ErrExists) {
		t.Errorf("same address: %v", err)
	}
	_, err = s.accounts.Create(t.Context(), "nobody", more, true)
	if !errors.Is(err, mail.ErrAddress) {
		t.Errorf("no address: %v", err)
	}
	for _, key := range []string{u.ID, "ann@example.com", "ANN@example.com"} {
		got, err := s.accounts.Get(t.Context(), key)
		if err != nil || got.ID != u.ID || got.Email != "Ann@example.com" {
			t.Errorf("Get(%q): %+v, %v", key, got, err)
		}
	}
	for _, key := range []string{"", "nobody", "bob@example.com"} {
		if _, err := s.accounts.Get(t.Context(), key); !errors.Is(err, accounts.ErrNotFound) {
			t.Errorf("Get(%q): %v", key, err)
		}
	}
	b := s.browser()
	want(t, b.login(good), 303, "-")
	fatal(t, s.accounts.SetStaff(t.Context(), ann, true))
	fatal(t, s.accounts.Disable(t.Context(), ann))
	want(t, b.get("/private"), 303, "/account/login?next=%2Fprivate")
	want(t, b.login(good), 422, "")
	fatal(t, s.accounts.Enable(t.Context(), ann))
	want(t, b.get("/private"), 303, "/account/login?next=%2Fprivate")
	s.wait(time.Second)
	want(t, b.login(good), 303, "-")
	s.wait(time.Second)
	fatal(t, s.accounts.SetPassword(t.Context(), u.ID, more))
	want(t, b.get("/private"), 303, "/account/login?next=%2Fprivate")
	if all := s.take(); len(all) != 1 || !strings.Contains(all[0].Subject, "was changed") {
		t.Errorf("mails %v", all)
	}
	want(t, b.login(more), 303, "-")
	s.wait(time.Second)
	fatal(t, s.accounts.SignOut(t.Context(), ann))
	want(t, b.get("/private"), 303, "/account/login?next=%2Fprivate")
	for name, err := range map[string]error{
		"Disable": s.accounts.Disable(t.Context(), "x@example.com"), "Enable": s.accounts.Enable(t.Context(), "x@example.com"),
		"SetStaff": s.accounts.SetStaff(t.Context(), "x@example.com", true), "SignOut": s.accounts.SignOut(t.Context(), "x@example.com"),
		"SetPassword": s.accounts.SetPassword(t.Context(), "x@example.com", more),
	} {
		if !errors.Is(err, accounts.ErrNotFound) {
			t.Errorf("%s of nobody: %v", name, err)
		}
	}
	if err := s.accounts.SetPassword(t.Context(), ann, ""); !errors.Is(err, passwords.ErrEmpty) {
		t.Errorf("empty password: %v", err)
	}
	create(t, s, "bob@example.com", "", false)
	list, err := s.accounts.List(t.Context(), "", 0)
	if err != nil || len(list) != 2 || list[0].Email != "Ann@example.com" || !list[0].Staff {
		t.Errorf("List: %+v, %v", list, err)
	}
}

func TestAuditTrail(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"sign up", func() { b.post("/account/signup", "email", ann, "password", good) }, []string{"authn_token_created:signup"}},
		{"confirm", func() { b.post("/account/email/verify", "token", token(t, s.link())) }, []string{"user_created:signup"}},
		{"sign up again", func() { b.post("/account/signup", "email", ann, "password", good); s.take() }, []string{"authn_token_created:notice"}},
		{"dead link", func() { b.post("/account/email/verify", "token", "x") }, []string{"authn_token_reuse:link-dead"}},
		{"wrong password", func() { b.login(more) }, []string{"authn_login_fail:wrong-password"}},
		{"unknown", func() { b.post("/account/login", "email", "x@example.com", "password", more) }, []string{"authn_login_fail:unknown-user"}},
		{"sign in", func() { b.login(good) }, []string{"authn_login_success:"}},
		{"wrong current", func() { b.post("/account/password/change", "password", more, "new_password", victims) }, []string{"authn_password_change_fail:wrong-password"}},
		{"change", func() { b.post("/account/password/change", "password", good, "new_password", more) }, []string{"authn_password_change:changed"}},
		{"everywhere", func() { s.wait(1e9); b.post("/account/sessions", "end", "all") }, []string{"session_revoked:everywhere"}},
		{"disable", func() { fatal(t, s.accounts.Disable(t.Context(), ann)) }, []string{"user_archived:disabled"}},
		{"disabled", func() { b.login(more) }, []string{"authn_login_fail:disabled"}},
		{"enable", func() { fatal(t, s.accounts.Enable(t.Context(), ann)) }, []string{"user_updated:enabled"}},
		{"staff", func() { fatal(t, s.accounts.SetStaff(t.Context(), ann, true)) }, []string{"privilege_permissions_changed:staff"}},
	}
	for _, step := range steps {
		s.events.names()
		step.do()
		if diff := cmp.Diff(step.want, s.events.names()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// A password hashed by Django signs in and is hashed anew.
func TestDjangoHashIsUpgraded(t *testing.T) {
	s := newSite(t)
	u := create(t, s, ann, "", true)
	// Django's own vector, password "lètmein", with one iteration count of 1.4.
	django := secrets.New("pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=")
	fatal(t, s.db.Accounts().Update(t.Context(), u.ID, accounts.Change{Password: &django}))
	b := s.browser()
	want(t, b.login("letmein"), 422, "")
	want(t, b.login("lètmein"), 303, "/account/")
	u, err := s.accounts.Get(t.Context(), ann)
	fatal(t, err)
	if !strings.HasPrefix(u.Password.Reveal(), "$argon2id$") || u.LastLogin.IsZero() {
		t.Errorf("after the login: %q, last login %v", u.Password.Reveal()[:10], u.LastLogin)
	}
	want(t, s.browser().login("lètmein"), 303, "/account/")
}

func TestRequire(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	want(t, b.get("/private?a=1&b=2"), 303, "/account/login?next=%2Fprivate%3Fa%3D1%26b%3D2")
	want(t, b.post("/private"), 303, "/account/login")
	r := httptest.NewRequest("GET", "/private", nil)
	r.Header.Set("Accept", "application/json")
	got := b.do(r)
	want(t, got, 401, "")
	if kind := got.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("Content-Type %q", kind)
	}
	if u, err := accounts.From(t.Context()); u != nil || err != nil {
		t.Errorf("outside a request: %v, %v", u, err)
	}
}

func TestSessionsPage(t *testing.T) {
	s := newSite(t)
	b := s.member()
	other := s.browser()
	r := httptest.NewRequest("POST", "/account/login", strings.NewReader("email=ann%40example.com&password="+strings.ReplaceAll(good, " ", "+")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1 <script>")
	want(t, other.do(r), 303, "-")
	page := body(t, b.get("/account/sessions"))
	text := textOf(page)
	for _, want := range []string{"Safari on iPhone", "Unknown device", "this device", "active now"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("no id in the page")
	}
	want(t, b.post("/account/sessions", "id", id[1]), 303, "/account/sessions?done=session-ended")
	if other.whoami() != "" || b.whoami() == "" {
		t.Error("the wrong session was ended")
	}
	want(t, b.post("/account/sessions", "id", id[1]), 303, "/account/sessions?done=session-ended")
	want(t, other.login(good), 303, "-")
	want(t, b.post("/account/sessions", "end", "others"), 303, "/account/sessions?done=others-ended")
	if other.whoami() != "" || b.whoami() == "" {
		t.Error("the others were not ended, or not only they")
	}
	want(t, other.login(good), 303, "-")
	s.wait(time.Second)
	want(t, b.post("/account/sessions", "end", "all"), 303, "/account/login?done=signed-out-everywhere")
	if other.whoami() != "" || b.whoami() != "" {
		t.Error("somebody is still signed in")
	}
	want(t, b.login(good), 303, "-")
	if b.whoami() == "" {
		t.Error("cannot sign in again")
	}
}

func TestPasswordChangePage(t *testing.T) {
	s := newSite(t)
	b := s.member()
	other := s.browser()
	other.login(good)
	for _, c := range []struct{ name, current, password, want string }{
		{"too short", good, "short", "at least 15 characters"},
		{"none", good, "", "Choose a password."},
		{"the same", good, good, "must differ"},
		{"own address", good, "ann@example.com", "address"},
		{"wrong current", more, victims, "not your current password"},
	} {
		got := b.post("/account/password/change", "password", c.current, "new_password", c.password)
		if text := textOf(body(t, got)); got.StatusCode != 422 || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s", c.name, got.StatusCode, text)
		}
	}
	rotated := s.rotated.Load()
	before := b.cookies["__Host-session"]
	want(t, b.post("/account/password/change", "password", good, "new_password", more), 303, "/account/?done=password-changed")
	if b.cookies["__Host-session"] == before || b.whoami() != ann || other.whoami() != "" || s.rotated.Load() != rotated+1 {
		t.Error("session not renewed, the other not ended, or CSRF not rotated")
	}
	if all := s.take(); len(all) != 1 || all[0].To != ann || strings.Contains(all[0].Text, more) {
		t.Errorf("mails %v", all)
	}
	want(t, s.browser().login(good), 422, "")
	want(t, s.browser().login(more), 303, "-")
}

func TestSignupClosed(t *testing.T) {
	s := newSite(t, func(c *accounts.Config) { c.SignupClosed = true })
	for _, path := range []string{"/account/signup", "/account/signup/sent", "/account/email/verify"} {
		want(t, s.browser().get(path), 404, "")
	}
	if page := body(t, s.browser().get("/account/login")); strings.Contains(page, "signup") {
		t.Error("the sign-in page offers sign-up")
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	b := s.member()
	for _, path := range []string{"/account/", "/account/login", "/account/signup", "/account/email/verify?token=x", "/account/password/reset", "/account/sessions", "/account/logout"} {
		h := b.get(path).Header
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
	}
	c := s.browser()
	got := c.post("/account/signup", "email", "new@example.com", "password", more)
	if line := got.Header.Get("Set-Cookie"); !strings.HasPrefix(line, "__Host-signup=") || !strings.HasSuffix(line, "; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("cookie %q", line)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if got := b.do(httptest.NewRequest(method, "/account/logout", nil)); got.StatusCode != 405 {
			t.Errorf("%s: status %d", method, got.StatusCode)
		}
	}
}
