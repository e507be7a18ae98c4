package accounts_test

import (
	"strings"
	"testing"
)

// The whole life of an account.
func TestSignUpSignInSignOut(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	want(t, b.get("/account/signup"), 200, "")
	want(t, b.post("/account/signup", "email", "Ann@Example.com", "password", good), 303, "/account/signup/sent")
	if text := textOf(body(t, b.get("/account/signup/sent"))); !strings.Contains(text, "We have sent a mail to  Ann@example.com") {
		t.Errorf("page after sign-up: %s", text)
	}
	want(t, b.login(good), 422, "") // not yet
	link := s.link()
	page := b.get(link)
	want(t, page, 200, "")
	if text := body(t, page); strings.Contains(text, `type="password"`) {
		t.Error("the browser that signed up is asked for the password")
	}
	want(t, b.login(good), 422, "") // showing the page confirms nothing
	want(t, b.post("/account/email/verify", "token", token(t, link)), 303, "/account/login?done=verified")
	if _, kept := b.cookies["__Host-signup"]; kept {
		t.Error("the sign-up cookie outlives the sign-up")
	}
	if got := b.whoami(); got != "" {
		t.Errorf("the link signed in %q", got)
	}
	want(t, b.login(good), 303, "/account/")
	if got := b.whoami(); got != "Ann@example.com" {
		t.Errorf("signed in as %q", got)
	}
	want(t, b.get("/account/"), 200, "")
	want(t, b.get("/account/logout"), 200, "")
	if b.whoami() == "" {
		t.Error("GET signed out")
	}
	out := b.post("/account/logout")
	want(t, out, 303, "/account/login?done=signed-out")
	if got := out.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data %q", got)
	}
	if got := b.whoami(); got != "" {
		t.Errorf("still signed in as %q", got)
	}
	want(t, b.post("/account/email/verify", "token", token(t, link)), 410, "")
}
