package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/ratelimit"
)

// rules makes a limiter of rules from Go.
func rules(t *testing.T, change func(*ratelimit.Config), all ...ratelimit.Rule) *ratelimit.Limiter {
	t.Helper()
	cfg := ratelimit.Config{Rules: all}
	if change != nil {
		change(&cfg)
	}
	limiter, err := ratelimit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return limiter
}

// TestTwoRulesRefuse: who waits for the longer of two passes, and where one of
// them never lets the request pass, no time is named.
func TestTwoRulesRefuse(t *testing.T) {
	c := newClock()
	wide := func(*http.Request) int64 { return 11 }
	for _, row := range []struct {
		name string
		all  []ratelimit.Rule
		want time.Duration
	}{
		{"longer first", []ratelimit.Rule{{Name: "a", Rate: ratelimit.MustRate("1/h")}, {Name: "b", Rate: ratelimit.MustRate("1/m")}}, time.Hour},
		{"longer last", []ratelimit.Rule{{Name: "a", Rate: ratelimit.MustRate("1/m")}, {Name: "b", Rate: ratelimit.MustRate("1/h")}}, time.Hour},
		{"never", []ratelimit.Rule{{Name: "a", Rate: ratelimit.MustRate("10/m"), Cost: wide}}, 0},
		{"never and later", []ratelimit.Rule{{Name: "a", Rate: ratelimit.MustRate("1/m")}, {Name: "b", Rate: ratelimit.MustRate("10/m"), Cost: wide}}, 0},
		{"reported and later", []ratelimit.Rule{{Name: "a", Rate: ratelimit.MustRate("1/m")}, {Name: "b", Rate: ratelimit.MustRate("1/h"), Report: true}}, time.Minute},
	} {
		for i := range row.all {
			row.all[i].Pattern, row.all[i].Key = "/", ratelimit.Global()
		}
		limiter := rules(t, func(cfg *ratelimit.Config) { cfg.Now = c.Now }, row.all...)
		for _, r := range row.all {
			_, _ = limiter.Allow(t.Context(), r.Name)
		}
		err := limiter.Check(request("GET", "/", "203.0.113.9:1"))
		var refusal *ratelimit.Refusal
		if !errors.As(err, &refusal) || refusal.RetryAfter != row.want {
			t.Errorf("%s: %v, want to wait %v", row.name, err, row.want)
		}
	}
}

// TestAsWithDjangoRatelimit does what people did there, as docs/ratelimit.md says:
// a group of views, a list of methods, a rate by plan, and a limit that the view
// hears of and goes on.
func TestAsWithDjangoRatelimit(t *testing.T) {
	free := func(r *http.Request) int64 {
		if r.Header.Get("X-Plan") == "free" {
			return 1
		}
		return 0
	}
	limiter := rules(t, nil,
		ratelimit.Rule{Name: "group", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("2/h")},
		ratelimit.Rule{Name: "plan", Pattern: "/plan", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("1/h"), Cost: free},
		ratelimit.Rule{Name: "told", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("1/h")})
	limitedFor := 0
	view := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := limiter.Rule("told").Check(r); err != nil {
			limitedFor++
		}
	})
	mux := http.NewServeMux()
	for _, pattern := range []string{"POST /a", "PUT /a", "DELETE /b"} {
		mux.Handle(pattern, limiter.Rule("group").Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	}
	mux.Handle("/plan", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	mux.Handle("/told", view)
	h := limiter.Handler(mux)
	ask := func(method, target, plan string) *http.Request {
		r := request(method, target, "203.0.113.9:1")
		r.Header.Set("X-Plan", plan)
		return r
	}
	if got := play(h, ask("POST", "/a", ""), ask("PUT", "/a", ""), ask("DELETE", "/b", "")); got != "ooB" {
		t.Errorf("three views of a group: %s, want ooB", got)
	}
	if got := play(h, ask("GET", "/plan", "free"), ask("GET", "/plan", "free"), ask("GET", "/plan", "paid"), ask("GET", "/plan", "paid")); got != "oBoo" {
		t.Errorf("by plan: %s, want oBoo", got)
	}
	for range 3 {
		results, err := limiter.Rule("told").PeekRequest(ask("GET", "/told", ""))
		if err != nil || len(results) != 1 || results[0].Remaining != 1 {
			t.Errorf("peeking took something: %+v, %v", results, err)
		}
	}
	if got := play(h, ask("GET", "/told", ""), ask("GET", "/told", "")); got != "oo" || limitedFor != 1 {
		t.Errorf("a view that goes on: %s, limited %d times", got, limitedFor)
	}
}

// TestImpossibleCost: what is more than the burst never passes, and says so.
func TestImpossibleCost(t *testing.T) {
	limiter := limiterFor(t, "a: by global 10/m", nil)
	for _, n := range []int64{11, 1 << 62} {
		if r, err := limiter.AllowN(t.Context(), "a", n); err != nil || r.Allowed || r.RetryAfter != 0 || r.Remaining != 10 {
			t.Errorf("%d of 10: %+v, %v", n, r, err)
		}
	}
}

// TestReportedBlock: a rule of rate 0 that only reports refuses nothing, and one
// that refuses has the others not asked.
func TestReportedBlock(t *testing.T) {
	var told []string
	c := newClock() // stands still
	limiter := limiterFor(t, "shadow: / by network 0/m report; page: / by network 9/m; off: /off by network 0/m", func(cfg *ratelimit.Config) {
		cfg.Now = c.Now
		cfg.Observe = func(r ratelimit.Result) {
			if !r.Allowed {
				told = append(told, r.Rule)
			} else {
				told = append(told, "("+r.Rule+")")
			}
		}
	})
	h := limited(limiter)
	if got := play(h, request("GET", "/", "203.0.113.9:1"), request("GET", "/off", "203.0.113.9:1")); got != "oB" {
		t.Errorf("%s, want oB", got)
	}
	if diff := cmp.Diff([]string{"shadow", "(page)", "off"}, told); diff != "" {
		t.Errorf("told of (-want +got):\n%s", diff)
	}
	if r, err := limiter.Peek(t.Context(), "page", "203.0.113.9"); err != nil || r.Remaining != 8 {
		t.Errorf("a block took from another rule: %+v, %v", r, err)
	}
}

// TestHeadersOfWhatWasAsked: the fields speak of the present, also where another
// state of the rule has the same place among the values that responses share,
// and not of rules that were not asked.
func TestHeadersOfWhatWasAsked(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "page: /page by network 1/h; all: / by network 9/m; off: /off by network 0/m", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/page", "203.0.113.9:1")
	for i, want := range []string{`"page";r=0;t=3600, "all";r=8;t=7`, `"page";r=0;t=3344, "all";r=9;t=0`} {
		if got := send(h, r).Header()["Ratelimit"]; len(got) != 1 || got[0] != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
		c.Advance(256 * time.Second)
	}
	if got := send(h, request("GET", "/off", "203.0.113.9:1")).Header()["Ratelimit"]; len(got) != 1 || got[0] != `"off";r=0;t=0` {
		t.Errorf("a block: %q", got)
	}
}

// TestReportedRuleWithoutClient: a rule that only reports does not refuse where
// it cannot tell whom to count.
func TestReportedRuleWithoutClient(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 1/h report; b: / by global 2/h", nil)
	r := request("GET", "/", "@")
	if got := play(limited(limiter), r, r, r); got != "ooB" {
		t.Errorf("%s, want ooB", got)
	}
}

// TestAttackRefusedRequestsMintTokens: requests that another rule refuses must not
// put into a lease what was never taken from the store.
func TestAttackRefusedRequestsMintTokens(t *testing.T) {
	_, n := alone(t, "a: / by user 1000/h; b: / by network 1/h")
	r := request("GET", "/", "203.0.113.9:1")
	r.Header.Set("X-User", "ann")
	_ = n.Check(r)
	passed := 0
	for range 3000 {
		if err := n.Check(r); err == nil {
			t.Fatal("the other rule did not refuse")
		}
		if result, _ := n.Allow(t.Context(), "a", "ann"); result.Allowed {
			passed++
		}
	}
	if passed > 1000+50 {
		t.Errorf("%d events passed, want 1000 and no more than a lease of 50", passed)
	}
}

// TestRefusedRequestsUseNoLease: what is in hand for others stays in hand.
func TestRefusedRequestsUseNoLease(t *testing.T) {
	f, n := alone(t, "a: / by user 10000/h; b: / by network 1/h; c: / by form:c 100/h")
	for range 400 {
		n.Allow(t.Context(), "a", "ann")
	}
	r := request("GET", "/?c=1", "203.0.113.9:1")
	r.Header.Set("X-User", "ann")
	_ = n.Check(r)
	twice := request("GET", "/?c=1&c=2", "203.0.113.10:1") // refused before the store is asked
	twice.Header.Set("X-User", "ann")
	for range 200 {
		if n.Check(r) == nil || n.Check(twice) == nil {
			t.Fatal("not refused")
		}
	}
	calls := f.calls
	for range 20 {
		n.Allow(t.Context(), "a", "ann")
	}
	if f.calls != calls {
		t.Errorf("%d calls of the store for 20 events of a lease", f.calls-calls)
	}
}

// TestLeaseEnds: what was taken in advance is worth nothing after five seconds.
func TestLeaseEnds(t *testing.T) {
	f, n := alone(t, "a: by user 10000/h")
	for range 400 {
		n.Allow(t.Context(), "a", "ann")
	}
	calls := f.calls
	f.advance(5 * time.Second)
	f.advance(5 * time.Millisecond)
	n.Allow(t.Context(), "a", "ann")
	if f.calls != calls+1 {
		t.Errorf("%d calls of the store after a lease ended, want one", f.calls-calls)
	}
}

// TestLargeRefusalLeavesSmallOnes: that there is no room for ten says nothing
// about one.
func TestLargeRefusalLeavesSmallOnes(t *testing.T) {
	_, n := alone(t, "a: by user 1000/h")
	if r, _ := n.AllowN(t.Context(), "a", 995, "ann"); !r.Allowed {
		t.Fatalf("%+v", r)
	}
	if r, _ := n.AllowN(t.Context(), "a", 10, "ann"); r.Allowed {
		t.Fatalf("%+v", r)
	}
	if r, _ := n.Allow(t.Context(), "a", "ann"); !r.Allowed {
		t.Errorf("one of five that are left: %+v", r)
	}
}

// slowStore answers the first call for a batch late: meanwhile, inner runs.
type slowStore struct {
	*shaky
	inner func()
}

func (s *slowStore) Take(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	ok, err := s.shaky.Take(ctx, cells)
	if inner := s.inner; inner != nil && cells[0].Want > 0 {
		s.inner = nil
		inner()
	}
	return ok, err
}

// TestAttackAnswerAfterARefusal has a batch arrive after the node, which stood
// still, was told that nothing is left. The refusal must not be read as events.
func TestAttackAnswerAfterARefusal(t *testing.T) {
	c := newClock()
	store := &slowStore{shaky: newShaky(t, c.Now)}
	limiter := limiterFor(t, "a: by user 1000/d", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	passed := 0
	allow := func() {
		if r, err := limiter.Allow(t.Context(), "a", "ann"); err != nil || r.Degraded {
			t.Fatalf("%+v, %v", r, err)
		} else if r.Allowed {
			passed++
		}
	}
	if r, _ := limiter.AllowN(t.Context(), "a", 999, "ann"); !r.Allowed {
		t.Fatalf("%+v", r)
	}
	store.inner = func() {
		c.Advance(time.Second) // longer than a fetch lasts
		allow()
	}
	for range 100 {
		allow()
	}
	if passed > 1 {
		t.Errorf("%d of the one event that was left passed", passed)
	}
}
