package accounts_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/accounts"
)

// states are the states that an address can be in, and how to bring it there.
var states = []struct {
	name string
	make func(t *testing.T, s *site)
}{
	{"unknown", func(*testing.T, *site) {}},
	{"verified", func(t *testing.T, s *site) { create(t, s, ann, good, true) }},
	{"not verified", func(t *testing.T, s *site) { create(t, s, ann, good, false) }},
	{"without password", func(t *testing.T, s *site) { create(t, s, ann, "", true) }},
	{"disabled", func(t *testing.T, s *site) {
		create(t, s, ann, good, true)
		fatal(t, s.accounts.Disable(t.Context(), ann))
	}},
	{"signed up, not confirmed", func(t *testing.T, s *site) {
		want(t, s.browser().post("/account/signup", "email", ann, "password", good), 303, "-")
		s.take()
	}},
}

func create(t *testing.T, s *site, email, password string, verified bool) accounts.User {
	t.Helper()
	u, err := s.accounts.Create(t.Context(), email, password, verified)
	fatal(t, err)
	return u
}

var (
	cookieSecret = regexp.MustCompile(`signup=[\w-]{43}\.`)
	anyID        = regexp.MustCompile(`[0-9a-f]{32}`)
)

// transcript is all that a client can see of an answer, less what is random.
func transcript(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, r.Status)
	var names []string
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, cookieSecret.ReplaceAllString(value, "signup=SECRET."))
		}
	}
	b.WriteString(anyID.ReplaceAllString(body(t, r), "ID"))
	return b.String()
}

// Nothing in the answer tells whether an address has an account, nor do the
// mails, the store's work and the attempts counted.
func TestAttackEnumeration(t *testing.T) {
	for _, form := range []struct {
		name, path string
		fields     []string
		mails      int
	}{
		{"sign up", "/account/signup", []string{"email", ann, "password", more}, 1},
		{"reset", "/account/password/reset", []string{"email", ann}, 1},
		{"sign in, wrong password", "/account/login", []string{"email", ann, "password", more}, 0},
	} {
		t.Run(form.name, func(t *testing.T) {
			var first string
			for _, state := range states {
				s := newSite(t)
				state.make(t, s)
				s.take()
				s.store.failAt(0)
				*s.guard = guard{}
				seen := transcript(t, s.browser().post(form.path, form.fields...))
				seen += fmt.Sprintf("\nstore %v\nattempts %v %v\nmails to %v", s.store.called, s.guard.reserved, s.guard.settled, recipients(s))
				if first == "" {
					first = seen
				} else if diff := cmp.Diff(first, seen); diff != "" {
					t.Errorf("%s differs from %s (-%[2]s +%[1]s):\n%[3]s", state.name, states[0].name, diff)
				}
				if got := strings.Count(seen[strings.LastIndex(seen, "mails"):], ann); got != form.mails {
					t.Errorf("%s: %d mails, want %d", state.name, got, form.mails)
				}
			}
		})
	}
}

func recipients(s *site) (all []string) {
	for _, m := range s.take() {
		all = append(all, m.To)
	}
	return all
}

// The right password of an account that may not sign in gives the same answer
// as a wrong one.
func TestAttackEnumerationWithTheRightPassword(t *testing.T) {
	var wrong string
	for _, state := range states {
		s := newSite(t)
		state.make(t, s)
		password := good
		if state.name == "verified" {
			password = more
		}
		seen := transcript(t, s.browser().login(password))
		if wrong == "" {
			wrong = seen
		} else if diff := cmp.Diff(wrong, seen); diff != "" {
			t.Errorf("%s (-unknown +this):\n%s", state.name, diff)
		}
	}
}

// Every path computes one password hash: with the hasher out of order, every
// path fails in the same way. No clock is needed to see it.
func TestAttackTimingOfUnknownUsers(t *testing.T) {
	for _, form := range []struct {
		path   string
		fields []string
	}{
		{"/account/login", []string{"email", ann, "password", more}},
		{"/account/login", []string{"email", "no address", "password", more}},
		{"/account/signup", []string{"email", ann, "password", more}},
	} {
		for _, state := range states {
			s := newSite(t)
			state.make(t, s)
			s.store.patient = true
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the hasher gives up at once, the store does not
			values := url.Values{}
			for i := 0; i < len(form.fields); i += 2 {
				values.Set(form.fields[i], form.fields[i+1])
			}
			r := httptest.NewRequestWithContext(ctx, "POST", form.path, strings.NewReader(values.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if got := s.browser().do(r); got.StatusCode != 503 || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s of %s: status %d, so no password was hashed", form.path, state.name, got.StatusCode)
			}
		}
	}
}

// Whoever knows an address must not be able to flood it: after five mails in an
// hour nothing more is sent, and the answer stays the same.
func TestAttackMailBombing(t *testing.T) {
	for _, state := range states[:2] {
		for _, form := range [][]string{{"/account/signup", "email", ann, "password", more}, {"/account/password/reset", "email", ann}} {
			s := newSite(t)
			state.make(t, s)
			var first string
			for i := range 12 {
				seen := transcript(t, s.browser().post(form[0], form[1:]...))
				if first == "" {
					first = seen
				} else if diff := cmp.Diff(first, seen); diff != "" {
					t.Errorf("answer %d differs:\n%s", i, diff)
				}
			}
			if got := len(s.take()); got != accounts.DefaultMailBudget {
				t.Errorf("%s, %s: %d mails, want %d", form[0], state.name, got, accounts.DefaultMailBudget)
			}
			s.wait(61 * 60e9)
			s.browser().post(form[0], form[1:]...)
			if got := len(s.take()); got != 1 {
				t.Errorf("%s, %s: %d mails an hour later, want 1", form[0], state.name, got)
			}
		}
	}
}
