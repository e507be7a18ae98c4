package lockout_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/lockout"
)

// redeem opens an unlock link in the browser.
func (v *visitor) redeem(token, account string, want error) {
	v.site.t.Helper()
	r := httptest.NewRequest("POST", "https://site.example/unlock", nil)
	if v.cookie != "" {
		r.Header.Set("Cookie", "__Host-device="+v.cookie)
	}
	w := httptest.NewRecorder()
	got, err := v.site.RedeemUnlock(w, r, token)
	if err != want || err == nil && got != account {
		v.site.t.Fatalf("RedeemUnlock: %q, %v; want %q, %v", got, err, account, want)
	}
	for _, c := range w.Result().Cookies() {
		v.cookie = c.Value
	}
}

// W1: somebody with an account of his own signs in between guesses, and the
// count of his network begins anew.
func TestAttackOwnAccountResetsTheCount(t *testing.T) {
	for _, parameters := range []string{"network", "user,network", "user+network,user,network"} {
		s := newSite(t, plain(parameters), func(c *lockout.Config) {
			c.Limits = map[string]int{"network": 10}
		})
		v := s.visitor("10.0.0.1")
		guesses := 0
		for i := range 60 {
			if v.login(fmt.Sprintf("victim%d", i), false) == 200 {
				guesses++
			}
			v.login("eve", true)
		}
		if guesses != 9 { // the tenth is told of the lock
			t.Errorf("%s: %d guesses passed", parameters, guesses)
		}
	}
}

// W3: ten attempts at once all passed a limit of three.
func TestAttackParallelGuesses(t *testing.T) {
	store := lockout.NewMemory(0)
	same := func(c *lockout.Config) { c.Store = store }
	guards := []*site{newSite(t, same), newSite(t, same)} // two nodes
	var looked atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			g := guards[i%2].Guard
			res, err := g.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netip.MustParseAddr("10.0.0.1")})
			if err != nil {
				return
			}
			looked.Add(1)
			_ = res.Fail(t.Context())
		})
	}
	wg.Wait()
	if n := looked.Load(); n > 5 {
		t.Errorf("%d of 100 parallel guesses were looked at", n)
	}
}

// W4: counters whose names ran together.
func TestAttackNamesThatJoinUp(t *testing.T) {
	s := newSite(t, plain("user+network,user,network"))
	for _, user := range []string{"alice1", "alice\n10.0.0.1", "user", "10.0.0.1", "alice\x0010.0.0.1"} {
		for range 3 {
			s.visitor("1.1.1.1").login(user, false)
		}
	}
	s.visitor("11.1.1.1").want("alice", true, 302)
	s.visitor("10.0.0.1").want("alice", true, 302)
}

// W5: a new user agent each time was a new count.
func TestAttackRotatingUserAgent(t *testing.T) {
	s := newSite(t, plain("network"))
	passed := 0
	for i := range 50 {
		v := s.visitor("10.0.0.1")
		v.agent = fmt.Sprint("agent ", i)
		v.login("alice", false)
		passed += v.looked
	}
	if passed != 3 {
		t.Errorf("%d guesses were looked at", passed)
	}
	for _, list := range []string{"user_agent", "network+user_agent", "user+network+user_agent,user"} {
		if _, err := lockout.ParseParameters(list); err == nil || !strings.Contains(err.Error(), "user_agent") {
			t.Errorf("%q: %v", list, err)
		}
	}
}

// W9: Alice and ALICE had a count each.
func TestAttackSpellingsOfOneName(t *testing.T) {
	s := newSite(t, plain("user"))
	for _, user := range []string{"alice", " Alice", "ALICE\t"} {
		s.visitor("10.0.0.1").login(user, false)
	}
	s.visitor("10.0.0.2").want("aLiCe", true, 429)
}

// W10: an IPv6 customer has 2^64 addresses, and often 65,536 networks.
func TestAttackIPv6Addresses(t *testing.T) {
	walk := func(s *site, format string, n int) (passed int) {
		for i := range n {
			v := s.visitor(fmt.Sprintf(format, i))
			v.login("user"+fmt.Sprint(i), false)
			passed += v.looked
		}
		return passed
	}
	s := newSite(t, plain("network"))
	if n := walk(s, "2001:db8::%x", 50); n != 3 {
		t.Errorf("one /64: %d guesses", n)
	}
	if n := walk(newSite(t, plain("network")), "2001:db8:0:%x::1", 250); n != 12 {
		t.Errorf("one /56: %d guesses", n)
	}
	if n := walk(newSite(t, plain("network")), "2001:db8:0:%x00::1", 250); n != 48 {
		t.Errorf("one /48: %d guesses", n)
	}
	skip := newSite(t, plain("network"), func(c *lockout.Config) { c.SkipIPv6Escalation = true })
	if n := walk(skip, "2001:db8:0:%x::1", 250); n != 250 {
		t.Errorf("without escalation: %d guesses", n)
	}
	mapped := newSite(t, plain("network"))
	for _, addr := range []string{"::ffff:10.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"} {
		mapped.visitor(addr).login("alice", false)
	}
	mapped.visitor("10.0.0.1").want("alice", true, 429)
	mapped.visitor("::ffff:10.0.0.2").want("alice", true, 302) // not one bucket for all of IPv4
}

// W7: a lock that outlived what the answer promised, or never ended.
func TestRetryAfterIsHonest(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.MaxCooloff = 2 * time.Hour })
	v := s.visitor("10.0.0.1")
	for _, lasts := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 2 * time.Hour} {
		v.login("alice", false)
		v.login("alice", false)
		v.want("alice", false, 429)
		if got := v.retryAfter(); got != fmt.Sprint(int(lasts/time.Second)) {
			t.Fatalf("Retry-After %s, want %v", got, lasts)
		}
		s.wait(lasts / 2)
		v.want("alice", true, 429)
		if got := v.retryAfter(); got != fmt.Sprint(int(lasts/2/time.Second)) {
			t.Fatalf("half way: Retry-After %s, want %v", got, lasts/2)
		}
		s.wait(lasts/2 - time.Millisecond)
		v.want("alice", true, 429)
		s.wait(time.Millisecond)
	}
	v.want("alice", true, 302)
}

// W12: a crash in the handler rolled the count back.
func TestAttackCrashesAreFree(t *testing.T) {
	s := newSite(t, plain("user"))
	for range 3 {
		if _, err := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netip.MustParseAddr("10.0.0.1")}); err != nil {
			t.Fatal(err)
		} // and never settled
	}
	s.visitor("10.0.0.2").want("alice", true, 429)
}

// W14: the lock told which accounts there are and which networks are burnt.
func TestHiddenLockLooksLikeAWrongPassword(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.HideLock = true })
	v := s.visitor("10.0.0.1")
	for range 5 {
		v.want("alice", false, 200)
	}
	v.want("alice", true, 200) // the right password too
	if v.looked != 6 {
		t.Errorf("the work was done %d of 6 times: the time tells", v.looked)
	}
	if s.events.count(audit.RateLimitExceeded) != 3 || s.events.count(audit.LoginLock) != 1 {
		t.Errorf("events %v", s.events.all)
	}
	s.wait(31 * time.Minute)
	v.want("alice", true, 302)
}

// W15: rows that grew with each form that was sent, passwords within.
func TestAttackGrowingLog(t *testing.T) {
	s := newSite(t, func(c *lockout.Config) { c.FailureLimit, c.SkipDelay, c.Spray.Skip = 1000, true, true })
	v := s.visitor("10.0.0.1")
	v.agent = "agent\r\nX: " + strings.Repeat("ü", 5000)
	for range 200 {
		v.want("alice", false, 200)
	}
	all, err := s.Store().List(t.Context(), lockout.Query{Now: s.clock(), Limit: 100})
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	for _, c := range all {
		if len(c.Log) > lockout.MaxLog || strings.Contains(c.Log+c.Subject, "alice") || strings.Contains(c.Log+c.Subject, "10.0.0.1") {
			t.Errorf("%s: %d bytes of log, subject %q", c.Kind, len(c.Log), c.Subject)
		}
	}
	shown, err := s.Show(t.Context(), "Alice")
	if err != nil || len(shown) != 2 {
		t.Fatal(shown, err)
	}
	for _, st := range shown {
		if len(st.Attempts) < 5 || st.Attempts[0].Client.String() != "10.0.0.1" || st.Attempts[0].Account != "alice" ||
			len(st.Attempts[0].UserAgent) > 80 || strings.ContainsAny(st.Attempts[0].UserAgent, "\r\n") || st.Attempts[0].Succeeded {
			t.Errorf("attempts %+v", st.Attempts[:min(2, len(st.Attempts))])
		}
	}
}

// Spraying: few guesses at each of many accounts, or from each of many networks.
func TestAttackSpray(t *testing.T) {
	s := newSite(t)
	passed := 0
	for i := range 1000 {
		v := s.visitor("10.0.0.1")
		v.login(fmt.Sprintf("user%d", i), false)
		passed += v.looked
	}
	if passed != 30 {
		t.Errorf("one network tried %d accounts", passed)
	}
	owner := s.visitor("192.0.2.1")
	owner.want("alice", true, 302)
	passed = 0
	for i := range 1000 {
		v := s.visitor(fmt.Sprintf("10.1.%d.%d", i/256, i%256))
		v.login("alice", false)
		passed += v.looked
		s.wait(2 * time.Second)
	}
	if passed > 30 {
		t.Errorf("many networks tried one account %d times", passed)
	}
	owner.want("alice", true, 302)
	if !slices.ContainsFunc(s.locks, func(l lockout.Lock) bool { return l.Kind == "spray-users" && l.Network.String() == "10.0.0.1/32" }) ||
		!slices.ContainsFunc(s.locks, func(l lockout.Lock) bool { return l.Kind == "spray-networks" && l.Account == "alice" }) {
		t.Errorf("locks %+v", s.locks)
	}
}

// A success that was looked at slowly must not erase the failures that came
// meanwhile.
func TestAttackSlowSuccess(t *testing.T) {
	s := newSite(t, plain("network"))
	at := lockout.Attempt{Account: "eve", Client: netip.MustParseAddr("10.0.0.1")}
	slow, err := s.Attempt(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	v := s.visitor("10.0.0.1")
	v.want("alice", false, 200)
	v.want("alice", false, 429) // together with eve's they are three
	if err := slow.Succeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.want("alice", false, 429) // two were left, this is the third
	v.want("alice", true, 429)
	if err := slow.Succeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.want("alice", true, 429)
}

// A body that trickles in for minutes must not let a lock begin in the past.
func TestAttackSlowBody(t *testing.T) {
	s := newSite(t, plain("user"))
	for range 3 {
		info, r := request.Attach(httptest.NewRequest("POST", "/login", nil))
		info.Time(s.clock)
		s.wait(29 * time.Minute)
		res, err := s.Attempt(r.Context(), s.AttemptOf(r, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Fail(r.Context())
		s.wait(-29 * time.Minute)
	}
	s.wait(58 * time.Minute)
	s.visitor("10.0.0.1").want("alice", true, 429)
}

func TestCancelledGuessIsFree(t *testing.T) {
	s := newSite(t, plain("user"))
	for range 10 {
		res, err := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netip.MustParseAddr("10.0.0.1")})
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Cancel(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	v := s.visitor("10.0.0.1")
	v.want("alice", false, 200)
	res, _ := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netip.MustParseAddr("10.0.0.1")})
	_ = res.Cancel(t.Context()) // clears nothing
	v.want("alice", false, 200)
	v.want("alice", false, 429)
}

func TestDelayBeforeTheLock(t *testing.T) {
	s := newSite(t)
	v := s.visitor("10.0.0.1")
	v.want("alice", false, 200)
	v.want("alice", false, 200)
	v.want("alice", true, 429) // too early; counted, not looked at
	if v.retryAfter() != "1" || v.looked != 2 {
		t.Errorf("Retry-After %q, looked %d times", v.retryAfter(), v.looked)
	}
	s.wait(time.Second)
	v.want("alice", false, 200)
	v.want("alice", true, 429) // the fifth locks
	if v.retryAfter() != "900" {
		t.Errorf("Retry-After %q", v.retryAfter())
	}
	if s.events.count(audit.LoginLock) != 1 {
		t.Errorf("events %v", s.events.all)
	}
	s.wait(15 * time.Minute)
	v.want("alice", true, 302)
	patient := newSite(t)
	v = patient.visitor("10.0.0.1")
	for i, wait := range []time.Duration{0, 0, 1, 2, 4} {
		patient.wait(wait * time.Second)
		if got := v.login("alice", false); (got == 429) != (i == 4) {
			t.Errorf("failure %d: %d", i+1, got)
		}
	}
}

func TestExtendWhileLocked(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.ExtendWhileLocked = true })
	v := s.visitor("10.0.0.1")
	for range 3 {
		v.login("alice", false)
	}
	for range 4 {
		s.wait(29 * time.Minute)
		v.want("alice", true, 429)
		if v.retryAfter() != "1800" {
			t.Errorf("Retry-After %q", v.retryAfter())
		}
	}
	s.wait(30 * time.Minute)
	v.want("alice", true, 302)
}

func TestReportOnly(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.InsecureReportOnly = true })
	v := s.visitor("10.0.0.1")
	for range 10 {
		v.want("alice", false, 200)
	}
	v.want("alice", true, 302)
	if s.events.count(audit.LoginLock) != 1 || s.events.count(audit.RateLimitExceeded) != 8 {
		t.Errorf("events %v", s.events.all)
	}
}

// For every call of the store that fails, no answer lets anybody in.
func TestAttackStoreFails(t *testing.T) {
	fresh := func() *site {
		return newSite(t, plain("user+network,user,network"), func(c *lockout.Config) { c.Audit = audit.Discard })
	}
	for _, right := range []bool{true, false} {
		for _, known := range []bool{true, false} {
			for n := 1; ; n++ {
				s := fresh()
				v := s.visitor("10.0.0.1")
				if known {
					v.want("alice", true, 302)
				}
				v.login("alice", false)
				v.login("alice", false)
				s.store.failAt(n)
				status := v.login("alice", right)
				if s.store.calls() < n {
					break // no such call: all have been tried
				}
				if status != 503 || v.retryAfter() != "5" || v.last.Header().Get("Set-Cookie") != "" {
					t.Errorf("right %t, known %t, call %d fails: %d, Retry-After %q, cookie %q",
						right, known, n, status, v.retryAfter(), v.last.Header().Get("Set-Cookie"))
				}
			}
		}
	}
	s := fresh()
	for name, do := range map[string]func() error{
		"RevokeDevices":   func() error { return s.RevokeDevices(t.Context(), "alice") },
		"PasswordChanged": func() error { return s.PasswordChanged(t.Context(), "alice") },
		"RedeemUnlock": func() error {
			_, err := s.RedeemUnlock(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), s.UnlockToken("alice"))
			return err
		},
	} {
		s.store.failAt(1)
		if do() == nil {
			t.Errorf("%s hides that the store failed", name)
		}
	}
}

// A store that counts less than it was asked must not be believed.
func TestStoreThatForgets(t *testing.T) {
	s := newSite(t, func(c *lockout.Config) { c.Store = forgetful{lockout.NewMemory(0)} })
	s.visitor("10.0.0.1").want("alice", true, 503)
}

type forgetful struct{ lockout.Store }

func (f forgetful) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	t.Guesses = t.Guesses[:1]
	return f.Store.Reserve(ctx, t)
}
