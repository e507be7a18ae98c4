package lockout_test

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
)

// attempt makes one that the test settles itself.
func (s *site) attempt(account, addr string) *lockout.Reservation {
	s.t.Helper()
	res, err := s.Attempt(s.t.Context(), lockout.Attempt{Account: account, Client: netipAddr(addr)})
	if err != nil {
		s.t.Fatal(err)
	}
	return res
}

// Lists speak of IPv4 networks; a dual-stack socket says ::ffff:10.0.0.1, and a
// link-local client has a zone.
func TestAttackListedAddressSpelledOtherwise(t *testing.T) {
	s := newSite(t, plain("network"), func(c *lockout.Config) {
		c.DenyNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fe80::/10")}
		c.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}
	})
	for _, addr := range []string{"10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0"} {
		_, err := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netipAddr(addr)})
		if refusal, ok := errors.AsType[*lockout.Refusal](err); !ok || refusal.Status != 403 || refusal.Reason != "network-denied" {
			t.Errorf("%s: %v, want 403", addr, err)
		}
	}
	for range 9 {
		if err := s.attempt("alice", "::ffff:10.0.1.1").Fail(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if s.store.calls() != 0 {
		t.Errorf("%d calls of the store for lists", s.store.calls())
	}
}

// A reservation is settled once: what comes later changes nothing, neither a
// success after a failure nor a second success after somebody else's failures.
func TestAttackSettlingTwice(t *testing.T) {
	s := newSite(t, plain("user"))
	wrong := s.attempt("alice", "10.0.0.1")
	if err := wrong.Fail(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(wrong.Succeed(t.Context()), wrong.Cancel(t.Context())); err != nil {
		t.Error(err)
	}
	right := s.attempt("alice", "10.0.0.1")
	if shown, _ := s.Show(t.Context(), "alice"); len(shown) != 1 || shown[0].Failures != 2 {
		t.Fatalf("%+v", shown)
	}
	if err := right.Succeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_ = s.attempt("alice", "10.0.0.1").Fail(t.Context())
	}
	if err := errors.Join(right.Succeed(t.Context()), right.Cancel(t.Context())); err != nil {
		t.Error(err)
	}
	if shown, _ := s.Show(t.Context(), "alice"); len(shown) != 1 || shown[0].Failures != 2 {
		t.Errorf("a success that was settled long ago cleared later failures: %+v", shown)
	}
}

// The failure that fills the count is answered as a lock only if the lock is
// still there: whatever was under way may have lifted it.
func TestLockLiftedMeanwhile(t *testing.T) {
	for name, lift := range map[string]func(s *site, others []*lockout.Reservation) error{
		"success":       func(_ *site, others []*lockout.Reservation) error { return others[0].Succeed(t.Context()) },
		"administrator": func(s *site, _ []*lockout.Reservation) error { _, err := s.Unlock(t.Context(), "alice"); return err },
	} {
		s := newSite(t, plain("user"))
		others := []*lockout.Reservation{s.attempt("alice", "192.0.2.1"), s.attempt("alice", "10.0.0.1")}
		last := s.attempt("alice", "10.0.0.1") // the third locks
		s.visitor("10.0.0.1").want("alice", true, 429)
		if err := lift(s, others); err != nil {
			t.Fatal(err)
		}
		if err := last.Fail(t.Context()); err != nil {
			t.Errorf("%s: told of a lock that was lifted: %v", name, err)
		}
		if len(s.locks) != 0 || s.events.count(audit.LoginLock) != 0 {
			t.Errorf("%s: the hook was told of %+v", name, s.locks)
		}
	}
}

// A guess that nobody looked at is no success in the log.
func TestCancelledGuessIsNoSuccess(t *testing.T) {
	s := newSite(t, plain("user"))
	if err := s.attempt("alice", "10.0.0.1").Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	shown, err := s.Show(t.Context(), "alice")
	if err != nil || len(shown) != 1 || len(shown[0].Attempts) != 1 || shown[0].Attempts[0].Succeeded || shown[0].Failures != 0 {
		t.Errorf("%v %+v", err, shown)
	}
}

// The failure that locks is one event, and not a refusal besides.
func TestALockIsOneEvent(t *testing.T) {
	s := newSite(t, plain("user+network,network"), func(c *lockout.Config) { c.Limits = map[string]int{"network": 3} })
	v := s.visitor("10.0.0.1")
	v.want("alice", false, 200)
	v.want("alice", false, 200)
	v.want("alice", false, 429)
	if s.events.count(audit.LoginLock) != 1 || s.events.count(audit.LoginFailMax) != 1 || s.events.count(audit.RateLimitExceeded) != 0 {
		t.Errorf("events %v", s.events.all)
	}
	v.want("alice", true, 429)
	if s.events.count(audit.LoginLock) != 1 || s.events.count(audit.RateLimitExceeded) != 1 {
		t.Errorf("events %v", s.events.all)
	}
}

// One account that fails again and again is no spray, and neither is one network.
func TestSprayCountsEachOnce(t *testing.T) {
	s := newSite(t, plain("user+network"), func(c *lockout.Config) {
		c.FailureLimit = 100
		c.Spray = lockout.Spray{Users: 3, Networks: 3}
	})
	for range 10 {
		s.visitor("10.0.0.1").want("alice", false, 200)
	}
	s.visitor("10.0.0.1").want("bob", false, 200)
	s.visitor("10.0.0.1").want("eve", false, 429)
	s.visitor("10.0.0.2").want("alice", false, 200)
	s.visitor("10.0.0.3").want("alice", false, 429)
}

// A success says nothing about the many networks that fail for its account.
func TestAttackSprayBetweenSuccesses(t *testing.T) {
	s := newSite(t, plain("user+network"), func(c *lockout.Config) { c.SkipDevices, c.Spray = true, lockout.Spray{Networks: 6} })
	looked := 0
	for i := range 40 {
		v := s.visitor(fmt.Sprintf("10.0.1.%d", i))
		v.login("alice", false)
		looked += v.looked
		if i%3 == 2 {
			s.visitor("192.0.2.1").login("alice", true)
		}
	}
	if looked != 6 {
		t.Errorf("%d networks guessed at one account, want 6", looked)
	}
}

// An account's own limit keeps its multiple beside a narrower counter, and its
// own cool-off is bounded as the usual one is.
func TestPerAccountBesideNarrowerCounter(t *testing.T) {
	s := newSite(t, plain("user+network,user"), func(c *lockout.Config) {
		c.PerAccount = func(string) (int, time.Duration) { return 2, math.MaxInt64 }
		c.MaxCooloff = 400 * 24 * time.Hour
	})
	looked := 0
	for i := range 20 {
		v := s.visitor(fmt.Sprintf("10.0.1.%d", i))
		v.login("alice", false)
		looked += v.looked
	}
	if looked != 8 {
		t.Errorf("%d guesses were looked at, want four times 2", looked)
	}
	for _, l := range s.locks {
		if lasts := l.Until.Sub(start); lasts != 400*24*time.Hour {
			t.Errorf("locked for %v, want the longest there is", lasts)
		}
	}
	if len(s.locks) != 1 {
		t.Errorf("locks %+v", s.locks)
	}
}

// The hard counter counts failures that are days apart; somebody who mistypes
// once a day does not wait for that.
func TestHardLimitDelaysNobody(t *testing.T) {
	s := newSite(t, func(c *lockout.Config) { c.HardLimit = 50 })
	for i := range 30 {
		v := s.visitor("10.0.0.1")
		v.want("alice", false, 200)
		if got := v.login("alice", true); got != 302 {
			t.Fatalf("day %d: %d", i, got)
		}
		s.visitor("10.0.0.2").want("bob", false, 200)
		s.wait(24 * time.Hour)
	}
	v := s.visitor("10.0.0.2")
	v.want("bob", false, 200)
	v.want("bob", true, 302) // 31 in a row for the hard counter, one for the others
}

// Guards of one store with names of their own count by themselves: who fails at
// a code is not kept from the password.
func TestGuardsOfOneStoreAreApart(t *testing.T) {
	passwords := newSite(t, plain("user+network,user,network"))
	codes := newSite(t, plain("user+network,user,network"), func(c *lockout.Config) { c.Name, c.Store = "code", passwords.store })
	for range 3 {
		codes.visitor("10.0.0.1").login("alice", false)
	}
	codes.visitor("10.0.0.1").want("alice", true, 429)
	passwords.visitor("10.0.0.1").want("alice", true, 302)
	if n, err := passwords.Unlock(t.Context(), "alice"); err != nil || n != 2 {
		t.Errorf("%d counters of the password, %v", n, err)
	}
	codes.visitor("10.0.0.1").want("alice", true, 429)
}

// A flood of fresh names fills the memory: what is locked stays, and so do the
// notes that a link was used and that devices were revoked. With nothing left to forget, nobody is let in unseen.
func TestAttackFloodForgetsALock(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.Store = lockout.NewMemory(20) })
	v := s.visitor("192.0.2.1")
	token := s.UnlockToken("owner")
	v.redeem(token, "owner", nil)
	revoked := s.visitor("192.0.2.3")
	revoked.want("carol", true, 302)
	s.wait(time.Second)
	if err := s.RevokeDevices(t.Context(), "carol"); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"alice", "carol"} {
		for range 3 {
			s.visitor("10.0.0.1").login(user, false)
		}
	}
	for i := range 500 {
		s.visitor("10.0.0.1").want(fmt.Sprint("flood", i), false, 200)
	}
	s.visitor("192.0.2.1").want("alice", true, 429)
	v.redeem(token, "", lockout.ErrUnlock)
	revoked.want("carol", true, 429) // its browsers stay unknown
	status := map[int]int{}
	for i := range 100 {
		for range 3 {
			status[s.visitor("10.0.0.1").login(fmt.Sprint("locked", i), false)]++
		}
	}
	s.visitor("192.0.2.1").want("bob", true, 503)
	s.visitor("192.0.2.1").want("alice", true, 429)
	if status[429] != 16 || status[503] == 0 {
		t.Errorf("%v: there is room for 16 locks more", status)
	}
}

// Whoever wants another answer to a lock gives it, and knows what it needs.
func TestAnswerOfTheSite(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) {
		c.Deny = func(w http.ResponseWriter, r *http.Request, refusal *lockout.Refusal) {
			var locked *lockout.Locked
			if !errors.As(refusal, &locked) || locked.Kind != "user" || !locked.Until.Equal(start.Add(30*time.Minute)) || locked.Hard {
				t.Errorf("%v: %+v", refusal, locked)
			}
			http.Redirect(w, r, "/locked", http.StatusFound)
		}
	})
	v := s.visitor("10.0.0.1")
	v.want("alice", false, 200)
	v.want("alice", false, 200)
	for range 2 {
		v.want("alice", false, 302)
		if v.last.Header().Get("Location") != "/locked" || v.retryAfter() != "1800" {
			t.Errorf("%v", v.last.Header())
		}
	}
}
