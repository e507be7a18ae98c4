package lockout_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/lockout"
)

func hard(limit int) func(*lockout.Config) {
	return func(c *lockout.Config) {
		plain("user+network,user")(c)
		c.HardLimit = limit
	}
}

// NIST SP 800-63B-4, 3.2.2: at most 100 failures in a row, then the password is
// of no use until it is replaced. Somebody who guesses slowly enough never meets
// a lock that ends.
func TestAttackPatientGuessing(t *testing.T) {
	s := newSite(t, hard(100))
	looked, day := 0, 0
	for ; day < 365; day++ {
		v := s.visitor(fmt.Sprintf("203.0.113.%d", day%250))
		v.login("alice", false)
		looked += v.looked
		s.wait(24 * time.Hour)
	}
	if looked != 100 {
		t.Errorf("%d guesses were looked at in a year", looked)
	}
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 429)
	if v.retryAfter() != "" {
		t.Errorf("Retry-After %q, where no waiting helps", v.retryAfter())
	}
	var locked *lockout.Locked
	if _, err := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netipAddr("192.0.2.1")}); !errors.As(err, &locked) || !locked.Hard || locked.Kind != "hard" {
		t.Errorf("%v: %+v", err, locked)
	}
	list, err := s.List(t.Context(), lockout.ListOptions{})
	if err != nil || len(list) != 1 || !list[0].Hard || list[0].Account != "alice" || list[0].Failures != 100 || list[0].Limit != 100 {
		t.Errorf("%v %+v", err, list)
	}
	s.visitor("192.0.2.1").want("bob", true, 302)
}

// A counter that an earlier configuration made is still shown for what it is.
func TestStatusOfACounterThatIsNotKeptAnyMore(t *testing.T) {
	s := newSite(t, hard(3))
	for range 3 {
		s.visitor("203.0.113.66").login("alice", false)
	}
	without := newSite(t, plain("user"), func(c *lockout.Config) { c.Store = s.store })
	list, err := without.List(t.Context(), lockout.ListOptions{})
	for _, st := range list {
		if st.Failures != 3 || (st.Limit == 0) != (st.Kind == "hard" || st.Kind == "user+network") {
			t.Errorf("%+v", st)
		}
	}
	if len(list) != 2 || err != nil { // user+network and hard: the user's own limit is higher
		t.Errorf("%v %d", err, len(list))
	}
}

// Each way out of the hard lock is the owner's or an administrator's.
func TestHardLockEnds(t *testing.T) {
	locked := func(t *testing.T) (*site, *visitor) {
		s := newSite(t, hard(4))
		owner := s.visitor("192.0.2.9")
		owner.want("alice", true, 302)
		for s.visitor("203.0.113.66").login("alice", false) != 429 {
		}
		s.wait(40 * time.Minute)
		for s.visitor("203.0.113.66").login("alice", false) != 429 {
		}
		s.wait(300 * 24 * time.Hour)
		s.visitor("192.0.2.1").want("alice", true, 429)
		return s, owner
	}
	t.Run("link", func(t *testing.T) {
		s, _ := locked(t)
		v := s.visitor("192.0.2.1")
		v.redeem(s.UnlockToken("alice"), "alice", nil)
		v.want("alice", true, 302)
		s.visitor("192.0.2.2").want("alice", true, 429) // the others stay out
	})
	t.Run("password", func(t *testing.T) {
		s, _ := locked(t)
		if err := s.PasswordChanged(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		s.visitor("192.0.2.1").want("alice", true, 302)
	})
	t.Run("administrator", func(t *testing.T) {
		s, _ := locked(t)
		if _, err := s.Unlock(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		s.visitor("192.0.2.1").want("alice", true, 302)
	})
}

// A known browser gets in, and its failures are as limited.
func TestHardLockOfADevice(t *testing.T) {
	s := newSite(t, hard(4))
	owner := s.visitor("192.0.2.9")
	owner.want("alice", true, 302)
	for range 6 {
		s.visitor("203.0.113.66").login("alice", false)
		s.wait(31 * time.Minute)
	}
	s.visitor("203.0.113.66").want("alice", true, 429)
	owner.want("alice", true, 302)
	looked := owner.looked
	for range 10 { // the cookie was stolen
		owner.login("alice", false)
		s.wait(31 * time.Minute)
	}
	if owner.looked-looked != 4 {
		t.Errorf("%d guesses with a stolen cookie were looked at", owner.looked-looked)
	}
}

// Failures in a row are forgotten with a success.
func TestHardLimitCountsFailuresInARow(t *testing.T) {
	s := newSite(t, hard(4), func(c *lockout.Config) { c.SkipDevices = true })
	v := s.visitor("192.0.2.1")
	for range 10 {
		v.want("alice", false, 200)
		v.want("alice", false, 200)
		v.want("alice", true, 302)
	}
	for _, limit := range []int{-1, 2, 1001} {
		if _, err := lockout.New(lockout.Config{Keys: ring(t), Store: lockout.NewMemory(0), FailureLimit: 3, HardLimit: limit}); err == nil {
			t.Errorf("a hard limit of %d was taken", limit)
		}
	}
}

// challengeSite asks for a challenge after two failures; a request with the
// header X-Solved solves it, with X-Broken the service fails.
func challengeSite(t *testing.T, change ...func(*lockout.Config)) *site {
	return newSite(t, append([]func(*lockout.Config){plain("user+network,user"), func(c *lockout.Config) {
		c.Challenge = func(r *http.Request) (bool, error) {
			if r.Header.Get("User-Agent") == "broken" {
				return false, errors.New("captcha service down")
			}
			return r.Header.Get("User-Agent") == "solved", nil
		}
	}}, change...)...)
}

func TestChallenge(t *testing.T) {
	s := challengeSite(t)
	bot, person := s.visitor("203.0.113.66"), s.visitor("192.0.2.1")
	person.agent = "solved"
	bot.want("alice", false, 200)
	bot.want("alice", false, 200)
	for range 50 { // without solving it nothing is looked at, and nothing is locked
		bot.want("alice", true, 429)
	}
	if bot.looked != 2 || bot.retryAfter() != "" {
		t.Errorf("looked %d times, Retry-After %q", bot.looked, bot.retryAfter())
	}
	var locked *lockout.Locked
	_, err := s.Attempt(t.Context(), lockout.Attempt{Account: "alice", Client: netipAddr("192.0.2.1")})
	if refusal, ok := errors.AsType[*lockout.Refusal](err); !ok || refusal.Reason != "challenge" || !errors.As(err, &locked) || !locked.Challenge || locked.Delayed {
		t.Errorf("%v", err)
	}
	person.agent = "broken"
	person.want("alice", true, 503)
	person.agent = "solved"
	person.want("alice", true, 302)
	bot.want("bob", false, 200) // another account is another count
	other := s.visitor("198.51.100.1")
	other.agent = "solved"
	for range 2 {
		other.want("eve", false, 200)
	}
	other.want("eve", false, 429) // a challenge is no way past the lock
	other.want("eve", true, 429)
	other.agent = "Firefox"
	other.want("eve", true, 429) // the lock is what it is told of, not the challenge
	if other.retryAfter() != "1800" {
		t.Errorf("Retry-After %q of a lock", other.retryAfter())
	}
	s.wait(31 * time.Minute)
	other.want("eve", true, 429) // and after the lock it is asked for again
	other.agent = "solved"
	other.want("eve", true, 302)
}

func TestChallengeIsForgotten(t *testing.T) {
	for _, limit := range []int{0, 50} { // the hard counter forgets nothing, and asks for nothing by itself
		s := challengeSite(t, func(c *lockout.Config) { c.HardLimit = limit })
		v := s.visitor("203.0.113.66")
		v.want("alice", false, 200)
		v.want("alice", false, 200)
		v.want("alice", true, 429)
		s.wait(31 * time.Minute)
		v.want("alice", true, 302)
	}
}

func TestChallengeIsJudgedAtStart(t *testing.T) {
	never := func(*http.Request) (bool, error) { return false, nil }
	for _, c := range []lockout.Config{{Challenge: never, HideLock: true}, {Challenge: never, ChallengeAfter: -1}} {
		c.Keys, c.Store = ring(t), lockout.NewMemory(0)
		if _, err := lockout.New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// The challenge may read the form; the handler still gets all of it.
func TestChallengeReadsTheForm(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) {
		c.ChallengeAfter = 1
		c.Challenge = func(r *http.Request) (bool, error) { return r.PostFormValue("captcha") == "42", nil }
	})
	h := guarded(t, s, lockout.Form{Pattern: "POST /login", UserField: "name"})
	for i, row := range []struct {
		body   string
		status int
	}{
		{"name=alice&pass=wrong", 200},
		{"name=alice&pass=right", 429},
		{"name=alice&pass=right&captcha=41", 429},
		{"name=alice&pass=right&captcha=42", 303},
	} {
		if w := post(h, "/login", row.body); w.Code != row.status {
			t.Errorf("%d: %s: %d, want %d", i, row.body, w.Code, row.status)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/login", strings.NewReader("name=bob&pass=right"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if h.ServeHTTP(w, r); w.Code != 303 {
		t.Errorf("%d", w.Code)
	}
}
