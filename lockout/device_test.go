package lockout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
)

// lock locks alice for everybody who is not known.
func (s *site) lock() {
	s.t.Helper()
	v := s.visitor("203.0.113.66")
	for i := range 100 {
		v.addr = fmt.Sprintf("203.0.113.%d", i)
		if v.login("alice", false) == 429 {
			return
		}
	}
	s.t.Fatal("no lock")
}

func TestLockedAccountLetsItsOwnerIn(t *testing.T) {
	s := newSite(t, plain("user+network,user,network"))
	owner := s.visitor("192.0.2.1")
	owner.want("alice", true, 302)
	s.lock()
	s.visitor("192.0.2.1").want("alice", true, 429) // without the cookie
	owner.want("alice", true, 302)
	owner.addr = "198.51.100.7" // a laptop travels
	owner.want("Alice ", true, 302)
	s.visitor("203.0.113.1").want("alice", true, 429) // and the lock stays for the others
}

func TestDeviceCookie(t *testing.T) {
	s := newSite(t)
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 302)
	cookies := v.last.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatal(cookies)
	}
	c := cookies[0]
	if c.Name != "__Host-device" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 90*24*3600 || c.SameSite == 0 {
		t.Errorf("%+v", c)
	}
	if strings.Contains(c.Value, "alice") {
		t.Error("the cookie tells who was here")
	}
	first := v.cookie
	v.want("alice", true, 302)
	if v.cookie == first {
		t.Error("the cookie was not renewed")
	}
	s.wait(90 * 24 * time.Hour)
	s.lock()
	v.want("alice", true, 429) // it has grown old
}

// A browser is known for several people, and for not too many.
func TestSeveralPeopleAtOneBrowser(t *testing.T) {
	s := newSite(t, plain("user"))
	v := s.visitor("192.0.2.1")
	users := []string{"alice", "u1", "u2", "u3", "u4"}
	for _, u := range users {
		v.want(u, true, 302)
		s.wait(time.Minute)
	}
	s.lock()
	v.want("alice", true, 302)
	if len(v.cookie) > 500 {
		t.Errorf("cookie of %d bytes", len(v.cookie))
	}
	v.want("u5", true, 302) // u1 is pushed out: it was used longest ago
	v.want("alice", true, 302)
	stranger := s.visitor("203.0.113.1")
	for range 3 {
		stranger.login("u1", false)
	}
	v.want("u1", true, 429)
}

// A stolen cookie buys a few guesses, and nobody else's.
func TestAttackStolenCookie(t *testing.T) {
	s := newSite(t, plain("user+network,user,network"))
	owner := s.visitor("192.0.2.1")
	owner.want("alice", true, 302)
	s.lock()
	thief := s.visitor("203.0.113.1")
	passed := 0
	stolen := owner.cookie
	for i := range 50 {
		thief.addr, thief.cookie = fmt.Sprintf("203.0.113.%d", i), stolen
		thief.login("alice", false)
	}
	if passed = thief.looked; passed != 3 {
		t.Errorf("%d guesses passed", passed)
	}
	s.wait(31 * time.Minute)
	bob := s.visitor("203.0.113.1")
	for range 3 {
		bob.login("bob", false)
	}
	thief.cookie = stolen
	thief.want("bob", true, 302) // alice's cookie is nothing to bob's lock at another address …
	s.visitor("203.0.113.1").want("bob", true, 429)
	thief.addr = "203.0.113.1"
	thief.cookie = stolen
	thief.want("bob", true, 429) // … and nothing at the same one
}

// Cookies collected over months must not add up: the budget is the device's.
func TestAttackCollectedCookies(t *testing.T) {
	s := newSite(t, plain("user"))
	owner := s.visitor("192.0.2.1")
	var all []string
	for range 20 {
		owner.want("alice", true, 302)
		all = append(all, owner.cookie)
		s.wait(time.Hour)
	}
	s.lock()
	thief := s.visitor("203.0.113.1")
	for _, c := range all {
		thief.cookie = c
		thief.login("alice", false)
	}
	if thief.looked != 3 {
		t.Errorf("%d guesses passed", thief.looked)
	}
}

func TestAttackForgedCookie(t *testing.T) {
	s := newSite(t, plain("user"))
	other := newSite(t, func(c *lockout.Config) { c.Keys = ring(t, "another-key-xx-another-key-xx-another-key") })
	v := other.visitor("10.0.0.1")
	v.want("alice", true, 302)
	foreign := v.cookie
	code := newSite(t, func(c *lockout.Config) { c.Name = "code" })
	v = code.visitor("10.0.0.1")
	v.want("alice", true, 302)
	s.lock()
	for _, c := range []string{foreign, v.cookie, "x", strings.Repeat("A", 5000), "alice", s.UnlockToken("alice"), ".", v.cookie + "A"} {
		v := s.visitor("10.9.9.9")
		v.cookie = c
		v.want("alice", true, 429)
	}
}

func TestPasswordChangeRevokesDevices(t *testing.T) {
	s := newSite(t, plain("user"))
	owner, thief := s.visitor("192.0.2.1"), s.visitor("203.0.113.1")
	owner.want("alice", true, 302)
	thief.cookie = owner.cookie
	s.lock()
	s.wait(time.Minute)
	if err := s.PasswordChanged(t.Context(), "Alice"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Trust(w, httptest.NewRequest("POST", "/", nil), "alice")
	owner.cookie = w.Result().Cookies()[0].Value
	s.visitor("192.0.2.9").want("alice", true, 302) // the lock is over
	s.lock()
	thief.want("alice", true, 429)
	owner.want("alice", true, 302)
	if n, err := s.UnlockAll(t.Context()); n == 0 || err != nil {
		t.Error(n, err)
	}
	s.lock()
	thief.want("alice", true, 429) // resetting counts gives no device back
	if s.events.count(audit.TokenRevoked) != 1 {
		t.Errorf("events %v", s.events.all)
	}
}

func TestKeyChangeKeepsDevices(t *testing.T) {
	const first, second = "nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn", "QdJh3sGtA9eUxK4rBfMnnFzR8kq2vXbT5mYc7wLp"
	old := newSite(t, plain("user"))
	v := old.visitor("192.0.2.1")
	v.want("alice", true, 302)
	token := old.UnlockToken("alice")
	next := newSite(t, plain("user"), func(c *lockout.Config) { c.Keys = ring(t, second, first) })
	next.lock()
	v.site = next
	v.want("alice", true, 302)
	w := next.visitor("192.0.2.2")
	w.redeem(token, "alice", nil)
	w.want("alice", true, 302)
}

func TestUnlockLink(t *testing.T) {
	s := newSite(t, plain("user"))
	s.lock()
	token := s.UnlockToken(" Alice")
	if strings.Contains(token, "alice") {
		t.Error("the link tells whose it is")
	}
	v := s.visitor("192.0.2.1")
	v.redeem(token, "alice", nil)
	v.want("alice", true, 302)
	s.visitor("192.0.2.1").want("alice", true, 429) // it is for the one browser
	again := s.visitor("192.0.2.2")
	again.redeem(token, "alice", lockout.ErrUnlock)
	again.redeem(token+"A", "", lockout.ErrUnlock)
	again.redeem("", "", lockout.ErrUnlock)
	again.redeem(strings.Repeat("A", 10000), "", lockout.ErrUnlock)
	again.redeem(v.cookie, "", lockout.ErrUnlock)
	s.wait(30*time.Minute - time.Microsecond)
	again.redeem(token, "", lockout.ErrUnlock) // used, for as long as it lives
	late := s.UnlockToken("alice")
	s.wait(-2 * time.Minute)
	again.redeem(late, "", lockout.ErrUnlock) // from a clock that runs ahead
	s.wait(32 * time.Minute)
	again.redeem(late, "", lockout.ErrUnlock)
	if s.events.count(audit.UserUnlocked) != 1 {
		t.Errorf("events %v", s.events.all)
	}
}

func TestAttackUnlockLinkTwiceAtOnce(t *testing.T) {
	s := newSite(t)
	token := s.UnlockToken("alice")
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := s.RedeemUnlock(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), token)
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, lockout.ErrUnlock) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
	if n, err := s.UnlockAll(t.Context()); n != 0 || err != nil {
		t.Errorf("UnlockAll made %d used links new, %v", n, err)
	}
}

func TestInsecureCookie(t *testing.T) {
	s := newSite(t, func(c *lockout.Config) { c.InsecureCookie = true })
	w := httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "session=1")
	w.Header().Add("Set-Cookie", "device=old")
	r := httptest.NewRequest("POST", "/", nil)
	s.Trust(w, r, "alice")
	if got := w.Header()["Set-Cookie"]; len(got) != 2 || got[0] != "session=1" || !strings.HasPrefix(got[1], "device=") || strings.Contains(got[1], "Secure") || got[1] == "device=old" {
		t.Errorf("%q", got)
	}
}

func FuzzDeviceCookie(f *testing.F) {
	s := newSite(f, plain("user"))
	s.lock()
	foreign := newSite(f, func(c *lockout.Config) { c.Keys = ring(f, "another-key-xx-another-key-xx-another-key") })
	v := foreign.visitor("10.0.0.1")
	v.login("alice", true)
	f.Add(v.cookie, "alice")
	f.Add("a.b", "alice")
	f.Add("", "bob")
	f.Fuzz(func(t *testing.T, cookie, user string) {
		r := httptest.NewRequest("POST", "/", nil)
		a := s.AttemptOf(r, user)
		a.Device = cookie
		if _, err := s.Attempt(t.Context(), a); err == nil && strings.TrimSpace(strings.ToLower(user)) == "alice" {
			t.Errorf("%q is trusted", cookie)
		}
		if _, err := s.RedeemUnlock(httptest.NewRecorder(), r, cookie); err == nil {
			t.Errorf("%q unlocks", cookie)
		}
	})
}

// A device has a budget of its own: a stolen cookie does not shut the owner's
// other browsers out.
func TestAttackStolenCookieLocksNoOtherBrowser(t *testing.T) {
	s := newSite(t, plain("user"))
	desk, phone := s.visitor("192.0.2.1"), s.visitor("192.0.2.2")
	desk.want("alice", true, 302)
	phone.want("alice", true, 302)
	s.lock()
	thief := s.visitor("203.0.113.1")
	thief.cookie = phone.cookie
	for range 3 {
		thief.login("alice", false)
	}
	phone.want("alice", true, 429)
	desk.want("alice", true, 302)
}

// A device that is locked has the chances of a browser that nobody knows: it
// could as well leave its cookie out.
func TestLockedDeviceCountsAsUnknown(t *testing.T) {
	s := newSite(t, plain("user"))
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 302)
	v.want("alice", false, 200)
	v.want("alice", false, 200)
	v.want("alice", false, 429) // the device is locked, the account is not
	v.want("alice", false, 200)
	v.want("alice", true, 302)
}

// A known browser waits between failures as others do, and does not begin anew
// as an unknown one.
func TestAttackDeviceWithoutDelay(t *testing.T) {
	s := newSite(t)
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 302)
	v.want("alice", false, 200)
	v.want("alice", false, 200)
	looked := v.looked
	v.want("alice", false, 429)
	if v.looked != looked || v.retryAfter() != "1" {
		t.Errorf("looked %d times more, Retry-After %q", v.looked-looked, v.retryAfter())
	}
}

// A cookie from a clock that ran ahead is no device until its time has come: it
// could outlive every revocation.
func TestAttackCookieFromTheFuture(t *testing.T) {
	s := newSite(t, plain("user"))
	v := s.visitor("192.0.2.1")
	s.wait(2 * time.Minute)
	v.want("alice", true, 302)
	s.wait(-2 * time.Minute)
	s.lock()
	v.want("alice", true, 429)
	s.wait(time.Minute)
	v.want("alice", true, 302)
}

// Guards of one store with names of their own know their own browsers.
func TestDeviceOfAnotherGuard(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.Name = "code" })
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 302)
	s.lock()
	v.want("alice", true, 302)
}

// A store that does not note that devices were revoked must not be believed.
func TestRevocationIsNotForgotten(t *testing.T) {
	s := newSite(t, func(c *lockout.Config) { c.Store = refusing{lockout.NewMemory(0)} })
	if err := s.RevokeDevices(t.Context(), "alice"); err == nil {
		t.Error("devices are called revoked and are not")
	}
}

// refusing counts nothing and says so.
type refusing struct{ lockout.Store }

func (refusing) Reserve(context.Context, lockout.Try) ([]lockout.Counter, bool, error) {
	return nil, false, nil
}
