package lockout_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/merlon-go/merlon/lockout"
)

// The sequences that django-axes was measured with, and what is right. F is a
// wrong password, S the right one.
func TestAxesSequences(t *testing.T) {
	const minute = time.Minute
	f, s := step{status: 200}, step{right: true, status: 302}
	locked, lockedS := step{status: 429}, step{right: true, status: 429}
	as := func(st step, user string) step { st.user = user; return st }
	at := func(st step, addr string) step { st.addr = addr; return st }
	after := func(st step, d time.Duration) step { st.wait = d - time.Second; return st } // steps are a second apart
	own := func(f func(*lockout.Config)) func(*lockout.Config) {
		return func(c *lockout.Config) { plain("network")(c); f(c) }
	}
	for _, c := range []struct {
		name   string
		config func(*lockout.Config)
		steps  []step
	}{
		{"A01 a lock ends by default", plain("network"), []step{f, f, locked, lockedS, after(s, 100000*time.Second)}},
		{"A02 limit 1", own(func(c *lockout.Config) { c.FailureLimit = 1 }), []step{locked, lockedS}},
		{"A04 one network, many users", plain("network"), []step{
			f, as(f, "bob"), as(locked, "eve"), as(lockedS, "bob"), at(as(s, "bob"), "10.0.0.2")}},
		{"A06 own account between guesses", plain("network"), []step{f, f, as(s, "eve"), locked, as(lockedS, "eve"), lockedS}},
		{"A07 own account between guesses, user or network", plain("user,network"), []step{
			f, f, as(s, "eve"), locked, at(lockedS, "10.0.0.2")}},
		{"A11 user and network together", plain("user+network"), []step{
			f, f, as(f, "bob"), locked, lockedS, at(s, "10.0.0.2"), as(s, "bob")}},
		{"A12 attempts while locked renew nothing", plain("user"), []step{
			f, f, locked, after(locked, 25*minute), after(s, 25*minute)}},
		{"A16 a lock of several browsers lasts", plain("network"), []step{
			{agent: "a", status: 200}, {agent: "a", status: 200}, after(locked, 20*minute), after(lockedS, 11*minute)}},
		{"A17 failures are forgotten", plain("network"), []step{f, f, after(f, 31*minute), f, s}},
		{"A18 a lock ends to the second", plain("network"), []step{f, f, locked, after(s, 30*minute)}},
		{"A18 and no earlier", plain("network"), []step{f, f, locked, after(lockedS, 30*minute-time.Second), s}},
		{"A20 denied network", own(func(c *lockout.Config) {
			c.DenyNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}
		}), []step{{right: true, status: 403}, {status: 403}, {status: 403}, {status: 403}, at(s, "10.0.1.1")}},
		{"A21 allowed networks only", own(func(c *lockout.Config) {
			c.AllowNetworks, c.DenyOthers = []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}, true
		}), []step{s, {addr: "10.0.0.2", right: true, status: 403}, f, f, f, f, s}},
		{"A24 every lock ends, and the answer says when", own(func(c *lockout.Config) { c.Cooloff = 15 * minute }), []step{
			f, f, locked, after(s, 15*minute)}},
		{"A25 the account's own cool-off counts", func(c *lockout.Config) {
			plain("user")(c)
			c.Cooloff = time.Hour
			c.PerAccount = func(string) (int, time.Duration) { return 0, 15 * minute }
		}, []step{f, f, locked, lockedS, after(s, 16*minute)}},
		{"A26 a user called like an address", plain("user,network"), []step{
			{user: "203.0.113.9", addr: "10.0.0.1", status: 200}, {user: "203.0.113.9", addr: "10.0.0.2", status: 200},
			{user: "203.0.113.9", addr: "10.0.0.3", status: 429}, at(s, "203.0.113.9")}},
		{"A27 names and addresses that join up alike", plain("user+network"), []step{
			{user: "alice1", addr: "1.1.1.1", status: 200}, {user: "alice1", addr: "1.1.1.1", status: 200},
			{user: "alice1", addr: "1.1.1.1", status: 429}, at(s, "11.1.1.1")}},
		{"A28 another user's cool-off", func(c *lockout.Config) {
			plain("user")(c)
			c.PerAccount = func(account string) (int, time.Duration) {
				if account == "alice" {
					return 0, time.Hour
				}
				return 0, 5 * minute
			}
		}, []step{f, f, locked, as(after(f, 10*minute), "bob"), lockedS}},
		{"A30 the window rolls", plain("network"), []step{f, after(f, 20*minute), after(f, 20*minute)}},
		{"A33 the account's own limit", func(c *lockout.Config) {
			plain("user")(c)
			c.PerAccount = func(account string) (int, time.Duration) {
				if account == "alice" {
					return 5, 0
				}
				return 2, 0
			}
		}, []step{as(f, "bob"), as(locked, "bob"), at(f, "10.0.0.2"), at(f, "10.0.0.2"), at(f, "10.0.0.2"), at(f, "10.0.0.2"), at(locked, "10.0.0.2")}},
	} {
		t.Run(c.name, func(t *testing.T) { run(t, newSite(t, c.config), c.steps) })
	}
}

// A12, the owner's side: axes kept him out for as long as the attacker liked.
func TestAttackLockVictimForever(t *testing.T) {
	s := newSite(t, plain("user"))
	owner, stranger := s.visitor("192.0.2.1"), s.visitor("203.0.113.66")
	owner.want("alice", true, 302)
	for range 3 * 24 { // three days, an attempt every ten minutes and whenever a lock ends
		for stranger.login("alice", false) != 429 {
		}
		owner.want("alice", true, 302)
		s.wait(10 * time.Minute)
	}
	for stranger.login("alice", false) != 429 {
	}
	elsewhere := s.visitor("192.0.2.2")
	elsewhere.want("alice", true, 429)
	token := s.UnlockToken("alice")
	elsewhere.redeem(token, "alice", nil)
	elsewhere.want("alice", true, 302)
}

// A29: with a proxy nobody configured axes knew no address, and three failures
// of anybody locked everybody.
func TestAttackUnknownAddressIsSharedByAll(t *testing.T) {
	s := newSite(t, plain("network"))
	for _, user := range []string{"alice", "bob", "eve", "dan"} {
		v := s.visitor("")
		v.want(user, false, 503)
		if v.looked != 0 {
			t.Error("a password was looked at without a count")
		}
	}
	s.visitor("10.0.0.1").want("alice", true, 302)
	// The peer of the connection is an address: each its own.
	for i := range 10 {
		s.visitor(fmt.Sprintf("10.0.1.%d", i)).want("bob", false, 200)
	}
}

// A32: a form whose field has another name was never counted.
func TestAttackNameOfTheFieldMismatches(t *testing.T) {
	s := newSite(t, plain("user"))
	v := s.visitor("10.0.0.1")
	for _, user := range []string{"", "  ", "\t"} {
		v.want(user, true, 400)
	}
	if v.looked != 0 {
		t.Error("a password was looked at without a count")
	}
	s = newSite(t, plain("user,network")) // counted by the network at least, and by no user called ""
	v = s.visitor("10.0.0.1")
	for range 60 {
		v.login("", false)
	}
	if v.looked != 60 { // 20 times the limit of 3
		t.Errorf("looked %d times, want 60", v.looked)
	}
	v.want("", false, 429)
	s.visitor("10.0.0.2").want("", false, 200)
}

// A35: with a limit of 0 axes locked everybody.
func TestLimitsAreJudgedAtStart(t *testing.T) {
	for _, c := range []lockout.Config{
		{FailureLimit: -1}, {FailureLimit: 1001}, {Limits: map[string]int{"user": 0}}, {Limits: map[string]int{"session": 3}},
		{Cooloff: -1}, {Cooloff: time.Hour, MaxCooloff: time.Minute}, {Window: time.Millisecond}, {Delay: time.Minute, MaxDelay: time.Second}, {DelayAfter: -1},
	} {
		c.Keys, c.Store = ring(t), lockout.NewMemory(0)
		if _, err := lockout.New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
