package accounts_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
)

// faultyCounters fails the nth call.
type faultyCounters struct {
	lockout.Store
	faults
}

func (f *faultyCounters) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	if err := f.call("lockout.Reserve"); err != nil {
		return nil, false, err
	}
	return f.Store.Reserve(ctx, t)
}

func (f *faultyCounters) Release(ctx context.Context, r lockout.Release) error {
	if err := f.call("lockout.Release"); err != nil {
		return err
	}
	return f.Store.Release(ctx, r)
}

func (f *faultyCounters) Load(ctx context.Context, ids []lockout.ID, now time.Time) ([]lockout.Counter, error) {
	if err := f.call("lockout.Load"); err != nil {
		return nil, err
	}
	return f.Store.Load(ctx, ids, now)
}

func (f *faultyCounters) Reset(ctx context.Context, s lockout.Selector) (int, error) {
	if err := f.call("lockout.Reset"); err != nil {
		return 0, err
	}
	return f.Store.Reset(ctx, s)
}

// newGuarded makes a site with a lockout at three failures and a member, whose
// browser it returns.
func newGuarded(t testing.TB, change ...func(*lockout.Config)) (*site, *faultyCounters, *browser) {
	t.Helper()
	var guard *lockout.Guard
	counters := &faultyCounters{Store: lockout.NewMemory(0)}
	s := newSite(t, func(c *accounts.Config) {
		ring, err := secrets.NewRing(secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
		fatal(t, err)
		config := lockout.Config{Keys: ring, Store: counters, FailureLimit: 3, SkipDelay: true, Now: c.Now}
		for _, f := range change {
			f(&config)
		}
		guard, err = lockout.New(config)
		fatal(t, err)
		c.Guard = guard
	})
	return s, counters, s.member()
}

func TestLockIsShownWithItsTime(t *testing.T) {
	s, _, owner := newGuarded(t)
	stranger := s.browser()
	for range 2 {
		want(t, stranger.login("wrong horse"), 422, "")
	}
	for _, password := range []string{"wrong horse", "wrong horse", good} {
		response := stranger.login(password)
		page := textOf(body(t, response))
		if response.StatusCode != 429 || response.Header.Get("Retry-After") != "900" || !strings.Contains(page, "Try again in 15 minutes") {
			t.Errorf("%d, Retry-After %q\n%s", response.StatusCode, response.Header.Get("Retry-After"), page)
		}
	}
	r := httptest.NewRequest("POST", "https://site.example/account/login", strings.NewReader("email=ann%40example.com&password=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if response := stranger.do(r); response.StatusCode != 429 || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("JSON: %d %v", response.StatusCode, response.Header)
	}
	want(t, owner.login(good), 303, "/account/") // the browser is known
	s.wait(15 * time.Minute)
	want(t, stranger.login(good), 303, "/account/")
}

// Whether or not there is an account, the lock looks the same.
func TestLockTellsNothingOfAccounts(t *testing.T) {
	s, _, _ := newGuarded(t, func(c *lockout.Config) { c.Parameters = []lockout.Parameter{{User: true}} })
	var pages [2][]string
	for i, address := range []string{ann, "nobody@example.com"} {
		b := s.browser()
		for range 4 {
			response := b.post("/account/login", "email", address, "password", "wrong horse")
			pages[i] = append(pages[i], response.Status+strings.ReplaceAll(body(t, response), address, "ADDRESS"))
		}
	}
	if !slices.Equal(pages[0], pages[1]) {
		t.Errorf("%q\n\n%q", pages[0], pages[1])
	}
}

func TestHiddenLock(t *testing.T) {
	s, _, _ := newGuarded(t, func(c *lockout.Config) { c.HideLock = true })
	b := s.browser()
	var pages []string
	for _, password := range []string{"wrong horse", "wrong horse", "wrong horse", "wrong horse", good} {
		response := b.login(password)
		pages = append(pages, response.Status+body(t, response))
	}
	if len(slices.Compact(pages)) != 1 || b.whoami() != "" {
		t.Errorf("pages differ or somebody was let in: %.80q", pages)
	}
}

// While there is a lock that is not to be seen, the right password is as wrong as
// the others wherever it is asked for.
func TestAttackHiddenLockAtPasswordChange(t *testing.T) {
	s, _, owner := newGuarded(t, func(c *lockout.Config) { c.HideLock = true })
	thief := s.browser()
	thief.cookies["__Host-session"] = owner.cookies["__Host-session"] // and not the device's
	var pages []string
	for _, password := range []string{"wrong horse", "wrong horse", "wrong horse", good} {
		response := thief.post("/account/password/change", "password", password, "new_password", more)
		pages = append(pages, response.Status+body(t, response))
	}
	if len(slices.Compact(pages)) != 1 || !strings.HasPrefix(pages[0], "422") {
		t.Errorf("pages differ: %.80q", pages)
	}
	want(t, owner.login(good), 303, "/account/") // the password is what it was
}

func TestPasswordChangeIsGuarded(t *testing.T) {
	s, _, owner := newGuarded(t)
	thief := s.browser()
	thief.cookies["__Host-session"] = owner.cookies["__Host-session"] // and not the device's
	for range 2 {
		want(t, thief.post("/account/password/change", "password", "wrong horse", "new_password", more), 422, "")
	}
	for range 2 {
		response := thief.post("/account/password/change", "password", "wrong horse", "new_password", more)
		if response.StatusCode != 429 || !strings.Contains(body(t, response), "15 minutes") {
			t.Errorf("%d", response.StatusCode)
		}
	}
	old := owner.cookies["__Host-device"]
	s.wait(time.Second)
	want(t, owner.post("/account/password/change", "password", good, "new_password", more), 303, "/account/?done=password-changed")
	if owner.cookies["__Host-device"] == old {
		t.Error("the device cookie was not renewed")
	}
	known := s.browser()
	known.cookies["__Host-device"] = old
	for range 3 {
		s.browser().login("wrong horse")
	}
	want(t, known.login(more), 429, "") // revoked with the password
	want(t, owner.login(more), 303, "/account/")
}

func TestResetLiftsTheLock(t *testing.T) {
	s, _, _ := newGuarded(t)
	s.take()
	b := s.browser()
	for range 4 {
		b.login("wrong horse")
	}
	want(t, b.login(good), 429, "")
	want(t, b.post("/account/password/reset", "email", ann), 303, "/account/password/reset/sent")
	want(t, b.post("/account/password/reset/confirm", "token", token(t, s.link()), "new_password", more), 303, "/account/login?done=password-reset")
	want(t, s.browser().login(more), 303, "/account/")
}

func TestMailedUnlockLink(t *testing.T) {
	s, _, _ := newGuarded(t)
	s.take()
	b := s.browser()
	for range 4 {
		b.login("wrong horse")
	}
	response := b.login(good)
	if page := body(t, response); response.StatusCode != 429 || !strings.Contains(page, "/account/unlock") {
		t.Errorf("%d\n%s", response.StatusCode, page)
	}
	want(t, b.get("/account/unlock"), 200, "")
	want(t, b.post("/account/unlock", "email", "no address"), 422, "")
	want(t, b.post("/account/unlock", "email", "nobody@example.com"), 303, "/account/unlock?done=unlock-sent")
	if all := s.take(); len(all) != 1 || strings.Contains(all[0].Text, "token") {
		t.Errorf("%d mails to an address without an account", len(all))
	}
	want(t, b.post("/account/unlock", "email", ann), 303, "/account/unlock?done=unlock-sent")
	link := s.link()
	for range 2 { // a mail gateway follows links
		want(t, s.browser().get(link), 200, "")
	}
	want(t, b.post("/account/unlock", "token", token(t, link)), 303, "/account/login?done=unlocked")
	want(t, s.browser().post("/account/unlock", "token", token(t, link)), 410, "")
	want(t, s.browser().login(good), 429, "") // the others stay out
	want(t, b.login(good), 303, "/account/")
}

// NIST SP 800-63B-4, 3.2.2: after so many failures in a row no waiting helps. The
// owner comes in with the known browser, by mail, or with a new password.
func TestHardLockIsShown(t *testing.T) {
	s, _, owner := newGuarded(t, func(c *lockout.Config) { c.HardLimit = 3 })
	s.take()
	stranger := s.browser()
	for range 3 {
		stranger.login("wrong horse")
	}
	s.wait(300 * 24 * time.Hour)
	response := stranger.login(good)
	page := textOf(body(t, response))
	if response.StatusCode != 429 || response.Header.Get("Retry-After") != "" || !strings.Contains(page, "this account is locked. Ask for a new password") ||
		!strings.Contains(page, "Get a link that lets you in") {
		t.Errorf("%d, Retry-After %q\n%s", response.StatusCode, response.Header.Get("Retry-After"), page)
	}
	s.wait(-300 * 24 * time.Hour) // the owner's cookie lives for 90
	want(t, owner.login(good), 303, "/account/")
	want(t, stranger.post("/account/unlock", "email", ann), 303, "/account/unlock?done=unlock-sent")
	want(t, stranger.post("/account/unlock", "token", token(t, s.link())), 303, "/account/login?done=unlocked")
	want(t, stranger.login(good), 303, "/account/")
	want(t, s.browser().login(good), 429, "")
}

// After wrong passwords bots are kept out, and a person is asked to show that
// they are one.
func TestChallengeIsShown(t *testing.T) {
	s, _, _ := newGuarded(t, func(c *lockout.Config) {
		c.ChallengeAfter = 1
		c.Challenge = func(r *http.Request) (bool, error) { return r.PostFormValue("captcha") == "42", nil }
	})
	b := s.browser()
	want(t, b.login("wrong horse"), 422, "")
	response := b.login(good)
	if page := textOf(body(t, response)); response.StatusCode != 429 || response.Header.Get("Retry-After") != "" || !strings.Contains(page, "Show that you are no machine") ||
		strings.Contains(page, "Get a link") {
		t.Errorf("%d\n%s", response.StatusCode, page)
	}
	want(t, b.post("/account/login", "email", ann, "password", good, "captcha", "42"), 303, "/account/")
}

// For every call of any store that fails, on every route that looks at a
// credential, nobody is let in and nothing is said to be done.
func TestAttackEveryStoreFails(t *testing.T) {
	for name, route := range map[string]func(b *browser, reset, verify string) int{
		"login": func(b *browser, _, _ string) int { return b.login(good).StatusCode },
		"wrong": func(b *browser, _, _ string) int { return b.login("wrong horse").StatusCode },
		"verify": func(b *browser, _, verify string) int { // in another browser than that of the sign-up
			return b.s.browser().post("/account/email/verify", "token", token(t, verify), "password", good).StatusCode
		},
		"change": func(b *browser, _, _ string) int {
			return b.post("/account/password/change", "password", good, "new_password", more).StatusCode
		},
		"unlock": func(b *browser, _, _ string) int {
			return b.post("/account/unlock", "token", b.s.accounts.UnlockToken(ann)).StatusCode
		},
		"reset": func(b *browser, reset, _ string) int {
			return b.post("/account/password/reset/confirm", "token", token(t, reset), "new_password", more).StatusCode
		},
	} {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				var done bool
				for kind := range 3 {
					s, counters, b := newGuarded(t)
					s.take()
					b.post("/account/password/reset", "email", ann)
					reset := s.link()
					s.take()
					s.browser().post("/account/signup", "email", "bob@example.com", "password", good)
					verify := s.link()
					all := []*faults{&s.store.faults, &s.sessions.faults, &counters.faults}
					all[kind].failAt(n)
					status := route(b, reset, verify)
					if all[kind].n < n {
						continue // no such call
					}
					done = true
					if status < 400 && all[kind].called[n-1] != "sessions.Delete" { // a row that expires is swept later
						t.Errorf("call %d of %v fails: %d", n, all[kind].called, status)
					}
				}
				if !done {
					return
				}
			}
		})
	}
}

// A hundred wrong passwords at once: no more than the limit are looked at.
func TestAttackParallelSignIns(t *testing.T) {
	s, counters, _ := newGuarded(t)
	counters.failAt(0)
	var mu sync.Mutex
	seen := map[int]int{}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			r := httptest.NewRequest("POST", "https://site.example/account/login", strings.NewReader("email=ann%40example.com&password=wrong"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			mu.Lock()
			seen[w.Code]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if seen[422] != 2 || seen[429] != 98 { // the third is told of the lock
		t.Errorf("%v", seen)
	}
}

// While the hasher is busy, an owner who comes again as he is told must not be
// locked out for it.
func TestBusyIsNoFailure(t *testing.T) {
	hasher, err := passwords.New(passwords.Config{
		Params: passwords.Params{Memory: 1024, Time: 3, Threads: 1}, InsecureParams: true, Workers: 1, Wait: time.Nanosecond,
	})
	fatal(t, err)
	guard := lockoutOf(t, start)
	s := newSite(t, func(c *accounts.Config) { c.Passwords, c.Guard = hasher, guard })
	_, err = s.accounts.Create(t.Context(), ann, good, true)
	fatal(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	load.Go(func() {
		for ctx.Err() == nil {
			_ = hasher.Waste(ctx, good)
		}
	})
	for busy := 0; busy < 10; {
		switch status := s.browser().login(good).StatusCode; status {
		case 503:
			busy++
		case 303:
		default:
			t.Fatalf("after %d times busy: %d", busy, status)
		}
	}
	stop()
	load.Wait()
	want(t, s.browser().login(good), 303, "/account/")
}

func lockoutOf(t testing.TB, now time.Time) *lockout.Guard {
	t.Helper()
	ring, err := secrets.NewRing(secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
	fatal(t, err)
	guard, err := lockout.New(lockout.Config{Keys: ring, Store: lockout.NewMemory(0), FailureLimit: 3, SkipDelay: true, Now: func() time.Time { return now }})
	fatal(t, err)
	return guard
}
