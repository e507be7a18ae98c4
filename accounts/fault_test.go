package accounts_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/accounts"
)

// Every store call of every credential route fails once. The answer is then 503
// with Retry-After, nobody is signed in who was not, and the same request works
// when the store does again.
func TestFaultsNeverGrant(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, s *site) *browser
		send    func(b *browser) *http.Response
		before  string // who is signed in before, and after a fault
		again   int    // status of the repeated request; 0 means 303
	}{
		{"sign up", func(_ *testing.T, s *site) *browser { return s.browser() },
			func(b *browser) *http.Response {
				return b.post("/account/signup", "email", ann, "password", good)
			}, "", 0},
		{"sign up, existing", func(t *testing.T, s *site) *browser { create(t, s, ann, good, true); return s.browser() },
			func(b *browser) *http.Response {
				return b.post("/account/signup", "email", ann, "password", good)
			}, "", 0},
		{"confirm", func(_ *testing.T, s *site) *browser {
			b := s.browser()
			b.post("/account/signup", "email", ann, "password", good)
			b.cookies["link"] = token(s.t, s.link())
			return b
		}, func(b *browser) *http.Response {
			return b.post("/account/email/verify", "token", b.cookies["link"])
		}, "", 0},
		{"sign in", func(t *testing.T, s *site) *browser { create(t, s, ann, good, true); return s.browser() },
			func(b *browser) *http.Response { return b.login(good) }, "", 0},
		{"sign in, wrong password", func(t *testing.T, s *site) *browser { create(t, s, ann, good, true); return s.browser() },
			func(b *browser) *http.Response { return b.login(more) }, "", 422},
		{"sign in, unknown", func(_ *testing.T, s *site) *browser { return s.browser() },
			func(b *browser) *http.Response { return b.login(good) }, "", 422},
		{"ask for a reset", func(t *testing.T, s *site) *browser { create(t, s, ann, good, true); return s.browser() },
			func(b *browser) *http.Response { return b.post("/account/password/reset", "email", ann) }, "", 0},
		{"sign-in page", func(_ *testing.T, s *site) *browser { return s.member() },
			func(b *browser) *http.Response { return b.get("/account/login") }, ann, 0},
		{"private page", func(_ *testing.T, s *site) *browser { return s.member() },
			func(b *browser) *http.Response { return b.get("/private") }, ann, 200},
		{"devices", func(_ *testing.T, s *site) *browser { return s.member() },
			func(b *browser) *http.Response { return b.get("/account/sessions") }, ann, 200},
		{"sign out the others", func(_ *testing.T, s *site) *browser { return s.member() },
			func(b *browser) *http.Response { return b.post("/account/sessions", "end", "others") }, ann, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for which := range 2 {
				for n := 1; ; n++ {
					s := newSite(t)
					b := c.prepare(t, s)
					s.take()
					s.faults(which).failAt(n)
					got := c.send(b)
					calls := s.faults(which).called
					s.faults(which).failAt(0)
					if len(calls) < n { // no nth call: all of them were tried
						break
					}
					call := fmt.Sprintf("fault in call %d (%s)", n, calls[n-1])
					if got.StatusCode != 503 || got.Header.Get("Retry-After") == "" {
						t.Errorf("%s: status %d, Retry-After %q", call, got.StatusCode, got.Header.Get("Retry-After"))
					}
					if who := b.whoami(); who != c.before {
						t.Errorf("%s: signed in as %q, want %q", call, who, c.before)
					}
					if again := c.send(b).StatusCode; again != c.again && (c.again != 0 || again != 303) {
						t.Errorf("%s: the same request afterwards: status %d", call, again)
					}
				}
			}
		})
	}
}

func (s *site) faults(which int) *faults {
	return []*faults{&s.store.faults, &s.sessions.faults}[which]
}

// A password change that breaks off half way leaves either the old password and
// all sessions, or the new password and no session but new ones.
func TestFaultsInPasswordChange(t *testing.T) {
	for which := range 2 {
		for n := 1; ; n++ {
			s := newSite(t)
			b := s.member()
			other := s.browser()
			other.login(good)
			s.wait(1e9)
			s.faults(which).failAt(n)
			got := b.post("/account/password/change", "password", good, "new_password", more)
			calls := s.faults(which).called
			s.faults(which).failAt(0)
			if len(calls) < n {
				want(t, got, 303, "/account/?done=password-changed")
				break
			}
			want(t, got, 503, "")
			oldWorks := s.browser().login(good).StatusCode == 303
			newWorks := s.browser().login(more).StatusCode == 303
			if oldWorks == newWorks {
				t.Errorf("fault in %s: old password works: %v, new password works: %v", calls[n-1], oldWorks, newWorks)
			}
			if newWorks && (other.whoami() != "" || b.whoami() != "") {
				t.Errorf("fault in %s: a session of the old password survived", calls[n-1])
			}
			if oldWorks && other.whoami() == "" {
				t.Errorf("fault in %s: nothing changed, and a session is gone", calls[n-1])
			}
		}
	}
}

// Sessions are void by the user's row, also when their own store forgets to
// delete them.
func TestRevocationDoesNotNeedTheSessionStore(t *testing.T) {
	for name, revoke := range map[string]func(s *site) error{
		"disable":      func(s *site) error { return s.accounts.Disable(s.t.Context(), ann) },
		"set password": func(s *site) error { return s.accounts.SetPassword(s.t.Context(), ann, more) },
		"sign out":     func(s *site) error { return s.accounts.SignOut(s.t.Context(), ann) },
	} {
		s := newSite(t)
		b := s.member()
		s.wait(1e9)
		s.sessions.failAt(1)
		if err := revoke(s); err == nil {
			t.Errorf("%s: the fault of the session store was not reported", name)
		}
		s.sessions.failAt(0)
		if who := b.whoami(); who != "" {
			t.Errorf("%s: still signed in as %q", name, who)
		}
	}
}

// A sign-in with the old password that runs beside a password change does not
// survive it.
func TestAttackSignInDuringPasswordChange(t *testing.T) {
	s := newSite(t)
	create(t, s, ann, good, true)
	s.store.beforeUpdate = func() {
		s.store.beforeUpdate = nil
		fatal(t, s.accounts.SetPassword(t.Context(), ann, more))
	}
	b := s.browser()
	want(t, b.login(good), 422, "")
	if who := b.whoami(); who != "" {
		t.Errorf("signed in as %q", who)
	}
	u, err := s.accounts.Get(t.Context(), ann)
	fatal(t, err)
	if list, _ := s.db.Sessions().List(t.Context(), u.ID, start); len(list) != 0 {
		t.Errorf("%d sessions left", len(list))
	}
}

// Nothing secret reaches the audit trail.
func TestCanaryInAudit(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.post("/account/signup", "email", ann, "password", good)
	link := token(t, s.link())
	b.post("/account/email/verify", "token", link)
	b.post("/account/email/verify", "token", link)
	b.login(more)
	b.login(good)
	b.post("/account/login", "email", good, "password", good) // typed into the wrong field
	b.post("/account/password/change", "password", more, "new_password", victims)
	b.post("/account/password/change", "password", good, "new_password", more)
	b.post("/account/password/reset", "email", ann)
	s.take()
	b.get("/account/password/reset/confirm?token=" + link)
	b.post("/account/logout")
	u, err := s.accounts.Get(t.Context(), ann)
	fatal(t, err)
	secret := []string{good, more, victims, link, b.cookies["__Host-session"], b.cookies["__Host-signup"], u.Password.Reveal()}
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	for _, e := range s.events.all {
		text := fmt.Sprintf("%+v", e)
		for _, canary := range secret {
			if canary != "" && strings.Contains(text, canary) {
				t.Errorf("%q in %s", canary, text)
			}
		}
	}
	if text := fmt.Sprintf("%+v %#v", u, u); strings.Contains(text, "argon2") {
		t.Errorf("a user prints the hash: %s", text)
	}
}

var _ accounts.Store = (*faultyStore)(nil)
