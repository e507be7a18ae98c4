package ratelimit_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/ratelimit"
)

// play sends requests and writes o for one that passed, B for one refused.
func play(h http.Handler, requests ...*http.Request) string {
	var b strings.Builder
	for _, r := range requests {
		switch status(h, r) {
		case http.StatusOK:
			b.WriteByte('o')
		case http.StatusTooManyRequests:
			b.WriteByte('B')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// TestSequences is the table of django-ratelimit's sequences with what is
// right in each.
func TestSequences(t *testing.T) {
	get := func(remote string) *http.Request { return request("GET", "/", remote) }
	as := func(user string) *http.Request {
		r := get("203.0.113.9:1")
		r.Header.Set("X-User", user)
		return r
	}
	v4 := get("203.0.113.9:1")
	for _, c := range []struct {
		name, rules string
		requests    []*http.Request
		want        string
	}{
		{"network 2/m", "a: / by network 2/m", []*http.Request{v4, v4, v4, v4}, "ooBB"},
		{"report only", "a: / by network 2/m report", []*http.Request{v4, v4, v4, v4}, "oooo"},
		{"unsafe method only", "a: POST / by network 1/m",
			[]*http.Request{v4, v4, request("POST", "/", "203.0.113.9:1"), request("POST", "/", "203.0.113.9:1")}, "oooB"},
		{"two equal rules have a count each", "a: / by network 4/m; b: / by network 4/m", []*http.Request{v4, v4, v4, v4}, "oooo"},
		{"absent parameters do not meet", "a: / by query:q 4/m; b: / by form:q 4/m", []*http.Request{v4, v4, v4}, "ooo"},
		{"anonymous users fall back to their network", "a: / by user 2/m", []*http.Request{get("203.0.113.1:1"), get("203.0.113.2:1"), get("203.0.113.3:1")}, "ooo"},
		{"users apart", "a: / by user 1/m", []*http.Request{as("ann"), as("bob"), as("ann")}, "ooB"},
		{"IPv6 by /64", "a: / by network 1/m",
			[]*http.Request{get("[2001:db8::1]:1"), get("[2001:db8::ffff]:1"), get("[2001:db8:0:1::1]:1")}, "oBo"},
		{"IPv4 inside IPv6", "a: / by network 1/m", []*http.Request{get("[::ffff:1.2.3.4]:1"), get("[::ffff:8.8.8.8]:1"), get("1.2.3.4:1")}, "ooB"},
		{"an address with a port", "a: / by network 1/m", []*http.Request{get("1.2.3.4:80"), get("1.2.3.4:81")}, "oB"},
		{"zero blocks", "a: / by network 0/m; b: / by network 9/m", []*http.Request{v4, v4}, "BB"},
		{"global", "a: / by global 2/m", []*http.Request{get("203.0.113.1:1"), get("203.0.113.2:1"), get("203.0.113.3:1")}, "ooB"},
		{"no rule meets", "a: /x by network 0/m", []*http.Request{v4}, "o"},
	} {
		limiter := limiterFor(t, c.rules, nil)
		if got := play(limited(limiter), c.requests...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestTwoRulesTogether is the sequence outer 2/s, inner 10/m: 3, a second
// later 1.
func TestTwoRulesTogether(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "outer: / by network 2/s; inner: / by network 10/m", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/", "203.0.113.9:1")
	got := play(h, r, r, r)
	c.Advance(time.Second)
	if got += play(h, r); got != "ooBo" {
		t.Errorf("%s, want ooBo", got)
	}
	results, err := limiter.PeekRequest(r)
	if err != nil || len(results) != 2 || results[1].Remaining != 7 {
		t.Errorf("the refused request took from the inner rule: %+v, %v", results, err)
	}
}

// TestRetryAfterIsHonest retries exactly at the time it was told, and before.
func TestRetryAfterIsHonest(t *testing.T) {
	for _, rules := range []string{"a: / by network 1/m", "a: / by network 7/s", "a: / by network 100/h burst 3", "a: / by network 5/m; b: / by network 3/10s"} {
		for _, early := range []time.Duration{0, time.Nanosecond, time.Millisecond} {
			c := newClock()
			limiter := limiterFor(t, rules, func(cfg *ratelimit.Config) { cfg.Now = c.Now })
			r := request("GET", "/", "203.0.113.9:1")
			var err error
			for err == nil {
				c.Advance(time.Microsecond)
				err = limiter.Check(r)
			}
			var refusal *ratelimit.Refusal
			if !errors.As(err, &refusal) || refusal.RetryAfter <= 0 {
				t.Fatalf("%s: %v", rules, err)
			}
			c.Advance(refusal.RetryAfter - early)
			if err := limiter.Check(r); (err == nil) != (early == 0) {
				t.Errorf("%s: %v before the end of %v: %v", rules, early, refusal.RetryAfter, err)
			}
		}
	}
}

// TestRetryAfterHeader waits as many whole seconds as the header says.
func TestRetryAfterHeader(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "a: / by network 1/m", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/", "203.0.113.9:1")
	send(h, r)
	c.Advance(1500 * time.Millisecond)
	w := send(h, r)
	if w.Code != 429 || w.Header().Get("Retry-After") != "59" {
		t.Fatalf("%d, Retry-After %q, want 429 and 59", w.Code, w.Header().Get("Retry-After"))
	}
	c.Advance(59 * time.Second)
	if got := status(h, r); got != 200 {
		t.Errorf("after waiting as told: %d", got)
	}
}

func TestHeaders(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "minute: / by network 3/m; day: / by network 100/d burst 10; quiet: / by network 1/m report",
		func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/", "203.0.113.9:1")
	var got []string
	for range 4 {
		w := send(h, r)
		got = append(got, strconv.Itoa(w.Code)+" "+strings.Join(w.Header()["Ratelimit"], "|")+" "+w.Header().Get("Retry-After"))
		if policy := strings.Join(w.Header()["Ratelimit-Policy"], ", "); policy != `"minute";q=3;w=60, "day";q=10;w=8640` {
			t.Errorf("RateLimit-Policy %s", policy)
		}
	}
	want := []string{
		`200 "minute";r=2;t=20, "day";r=9;t=864 `,
		`200 "minute";r=1;t=40, "day";r=8;t=1728 `,
		`200 "minute";r=0;t=20, "day";r=7;t=2592 `,
		`429 "minute";r=0;t=20, "day";r=7;t=2592 20`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	bare := limiterFor(t, "a: / by network 1/m", func(cfg *ratelimit.Config) { cfg.SkipHeaders = true })
	if w := send(limited(bare), r); len(w.Header()) != 0 {
		t.Errorf("SkipHeaders: %v", w.Header())
	}
}

// TestSharedHeaderValue has a handler append to the policy header, whose value
// all responses share.
func TestSharedHeaderValue(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 9/m", nil)
	h := limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("RateLimit-Policy", `"mine";q=1;w=1`)
	}))
	for range 2 {
		w := send(h, request("GET", "/", "203.0.113.9:1"))
		if got := len(w.Header()["Ratelimit-Policy"]); got != 2 {
			t.Errorf("%d policies, want 2", got)
		}
	}
}

func TestProblemJSON(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 0/m", nil)
	r := request("GET", "/", "203.0.113.9:1")
	r.Header.Set("Accept", "application/json")
	w := send(limited(limiter), r)
	var problem map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
		t.Fatalf("%v in %q", err, w.Body)
	}
	delete(problem, "request_id")
	want := map[string]any{
		"type": "https://iana.org/assignments/http-problem-types#quota-exceeded", "title": "Too Many Requests",
		"status": 429.0, "violated-policies": []any{"a"},
	}
	if diff := cmp.Diff(want, problem); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w.Header().Get("Retry-After") != "" {
		t.Errorf("a block promises to end: Retry-After %q", w.Header().Get("Retry-After"))
	}
}

func TestCost(t *testing.T) {
	limiter, err := ratelimit.New(ratelimit.Config{Rules: []ratelimit.Rule{{
		Name: "upload", Pattern: "/", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("10/m"),
		Cost: func(r *http.Request) int64 { return r.ContentLength },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	h := limited(limiter)
	sized := func(n int64) *http.Request {
		r := request("POST", "/", "203.0.113.9:1")
		r.ContentLength = n
		return r
	}
	if got := play(h, sized(7), sized(4), sized(3), sized(1), sized(0), sized(-1), sized(1<<62)); got != "oBoBooB" {
		t.Errorf("%s, want oBoBooB", got)
	}
}

func TestRuleByName(t *testing.T) {
	limiter := limiterFor(t, "code: by network 1/m; home: / by network 1/m", nil)
	code, home := limited(limiter.Rule("code")), limited(limiter)
	r := request("POST", "/verify", "203.0.113.9:1")
	if got := play(code, r, r) + play(home, r, r); got != "oBoB" {
		t.Errorf("%s, want oBoB", got)
	}
	defer func() {
		if fault := recover(); fault == nil || !strings.Contains(fault.(string), "cod, home") && !strings.Contains(fault.(string), "code, home") {
			t.Errorf("an unknown rule: %v", fault)
		}
	}()
	limiter.Rule("cod")
}

func TestAllowPeekReset(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	limiter := limiterFor(t, "mail: by form:email 3/h; both: by user+network 1/h; all: by global 1/h; login: POST /login by network 2/m",
		func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	want := func(got ratelimit.Result, err error, want ratelimit.Result) {
		t.Helper()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	r, err := limiter.Peek(ctx, "mail", "ann@example.com")
	want(r, err, ratelimit.Result{Rule: "mail", Allowed: true, Limit: 3, Remaining: 3})
	r, err = limiter.AllowN(ctx, "mail", 2, " Ann@Example.com")
	want(r, err, ratelimit.Result{Rule: "mail", Allowed: true, Limit: 3, Remaining: 1, Reset: 40 * time.Minute})
	r, err = limiter.AllowN(ctx, "mail", 2, "ann@example.com")
	want(r, err, ratelimit.Result{Rule: "mail", Limit: 3, Remaining: 1, Reset: 40 * time.Minute, RetryAfter: 20 * time.Minute})
	r, err = limiter.Peek(ctx, "mail", "ann@example.com")
	want(r, err, ratelimit.Result{Rule: "mail", Allowed: true, Limit: 3, Remaining: 1, Reset: 40 * time.Minute})
	if err := limiter.Reset(ctx, "mail", "ann@example.com"); err != nil {
		t.Error(err)
	}
	r, err = limiter.Peek(ctx, "mail", "ann@example.com")
	want(r, err, ratelimit.Result{Rule: "mail", Allowed: true, Limit: 3, Remaining: 3})

	// A request and a program share the count of a key.
	send(limited(limiter), request("POST", "/login", "[2001:db8::1]:1"))
	r, err = limiter.Allow(ctx, "login", "2001:db8::2")
	want(r, err, ratelimit.Result{Rule: "login", Allowed: true, Limit: 2, Reset: time.Minute})

	if r, err := limiter.Allow(ctx, "all"); err != nil || !r.Allowed {
		t.Errorf("%+v, %v", r, err)
	}
	for _, call := range [][]string{{"nothing", "x"}, {"mail"}, {"mail", "x", "y"}, {"mail", ""}, {"both", "ann"}, {"both", "ann", "not an address"}, {"all", "x"}} {
		if r, err := limiter.Allow(ctx, call[0], call[1:]...); err == nil || r.Allowed {
			t.Errorf("Allow(%q): %+v, no error", call, r)
		}
	}
	if _, err := limiter.AllowN(ctx, "all", 0); err == nil {
		t.Error("no events, no error")
	}
}

// TestCountFailed is a sign-in of which only failures count.
func TestCountFailed(t *testing.T) {
	limiter := limiterFor(t, "login: / by network 2/h failed; outer: / by network 100/h", nil)
	h := limiter.Handler(limiter.Rule("login").Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RawQuery {
		case "wrong":
			ratelimit.Failed(r.Context())
		case "crash":
			panic(http.ErrAbortHandler)
		}
	})))
	remaining := func() int64 {
		r, err := limiter.Peek(t.Context(), "login", "203.0.113.9")
		if err != nil {
			t.Fatal(err)
		}
		return r.Remaining
	}
	for range 5 { // both the outer and the inner handler reserve and give back
		if got := status(h, request("POST", "/?right", "203.0.113.9:1")); got != 200 {
			t.Fatalf("a success counted: %d", got)
		}
	}
	if remaining() != 2 {
		t.Errorf("%d remain after successes, want 2", remaining())
	}
	status(h, request("POST", "/?wrong", "203.0.113.9:1"))
	if remaining() != 0 {
		t.Errorf("%d remain after a failure that two handlers counted, want 0", remaining())
	}

	crashing := limiterFor(t, "login: / by network 1/h failed", nil)
	h = crashing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	func() {
		defer func() { recover() }()
		status(h, request("POST", "/", "203.0.113.9:1"))
	}()
	if got := status(h, request("POST", "/", "203.0.113.9:1")); got != 429 {
		t.Errorf("a crash did not count: %d", got)
	}
	ratelimit.Failed(t.Context()) // outside a request: nothing
}

// TestAttackParallelGuesses sends many wrong passwords at once: no more than
// the limit may reach the check of the password.
func TestAttackParallelGuesses(t *testing.T) {
	limiter := limiterFor(t, "login: / by network 5/h failed", nil)
	var reached atomic.Int64
	release := make(chan struct{})
	h := limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		<-release // all are inside before the first is found wrong
		ratelimit.Failed(r.Context())
	}))
	var wg, refused sync.WaitGroup
	refused.Add(95)
	for range 100 {
		wg.Go(func() {
			if status(h, request("POST", "/", "203.0.113.9:1")) == 429 {
				refused.Done()
			}
		})
	}
	refused.Wait()
	close(release)
	wg.Wait()
	if reached.Load() != 5 {
		t.Errorf("%d of 100 parallel guesses were checked, want 5", reached.Load())
	}
}

// TestGivingBackForgetsNoFailure has a success that took so long that its
// event had run out: giving it back again would erase another's failure.
func TestGivingBackForgetsNoFailure(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "login: / by network 2/m failed", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	r := request("POST", "/", "203.0.113.9:1")
	slow := limiter.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		c.Advance(10 * time.Minute)
		for range 2 { // meanwhile, two failures
			send(limiter.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ratelimit.Failed(r.Context()) })), request("POST", "/", "203.0.113.9:1"))
		}
	}))
	send(slow, r)
	if got := status(limited(limiter), request("POST", "/", "203.0.113.9:1")); got != 429 {
		t.Errorf("a slow success gave back what a failure took: %d", got)
	}
}

func TestAuditAndObserve(t *testing.T) {
	c := newClock()
	var events []audit.Event
	var seen []ratelimit.Result
	limiter := limiterFor(t, "a: / by network 1/h; shadow: / by network 1/h report", func(cfg *ratelimit.Config) {
		cfg.Now = c.Now
		cfg.Audit = sinkFunc(func(e audit.Event) { events = append(events, e) })
		cfg.Observe = func(r ratelimit.Result) { seen = append(seen, r) }
	})
	h := limited(limiter)
	for range 3 {
		send(h, request("GET", "/", "203.0.113.9:1"))
	}
	send(h, request("GET", "/", "203.0.113.10:1"))
	send(h, request("GET", "/", "203.0.113.10:1"))
	c.Advance(2 * time.Minute)
	send(h, request("GET", "/", "203.0.113.9:1"))
	// One event a minute for each key: refusals must not flood the trail.
	if len(events) != 3 {
		t.Errorf("%d events, want 3: %+v", len(events), events)
	}
	if e := events[0]; e.Name != audit.RateLimitExceeded || e.Reason != "rate-exceeded" || e.Control != "ratelimit" || !strings.Contains(e.Detail, `"a"`) {
		t.Errorf("%+v", e)
	}
	if len(seen) != 12 || seen[0].Rule != "a" || seen[1].Rule != "shadow" || !seen[1].Report || seen[2].Allowed {
		t.Errorf("observed %d: %+v", len(seen), seen)
	}
}

type sinkFunc func(audit.Event)

func (f sinkFunc) Record(_ context.Context, e audit.Event) error { f(e); return nil }

// TestReportOnly reports what it would refuse and refuses nothing.
func TestReportOnly(t *testing.T) {
	var would int
	limiter := limiterFor(t, "a: / by header:X-Key 1/h report", func(cfg *ratelimit.Config) {
		cfg.Observe = func(r ratelimit.Result) {
			if !r.Allowed {
				would++
			}
		}
	})
	r := request("GET", "/", "203.0.113.9:1")
	r.Header["X-Key"] = []string{"a", "b"} // which an enforced rule would refuse
	if got := play(limited(limiter), r, r, r); got != "ooo" || would != 2 {
		t.Errorf("%s, %d would have been refused; want ooo and 2", got, would)
	}
}

func TestUnknownClient(t *testing.T) {
	for _, remote := range []string{"", "@", "unknown", "1.2.3.4:80, 5.6.7.8"} {
		strict := limiterFor(t, "a: / by network 100/m", nil)
		w := send(limited(strict), request("GET", "/", remote))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("client %q: %d, want 503", remote, w.Code)
		}
		loose := limiterFor(t, "a: / by network 1/m; b: / by global 2/m", func(cfg *ratelimit.Config) { cfg.AllowUnknownClient = true })
		r := request("GET", "/", remote)
		if got := play(limited(loose), r, r, r); got != "ooB" {
			t.Errorf("client %q, allowed: %s, want ooB", remote, got)
		}
	}
}

func TestPrefixes(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 1/h", func(cfg *ratelimit.Config) { cfg.IPv4Prefix, cfg.IPv6Prefix = 23, 49 })
	for _, c := range []struct {
		first, second string
		same          bool
	}{
		{"203.0.112.1:1", "203.0.113.255:1", true},
		{"203.0.114.1:1", "203.0.116.1:1", false},
		{"[2001:db8:1:1::1]:1", "[2001:db8:1:7fff::1]:1", true},
		{"[2001:db8:2:1::1]:1", "[2001:db8:2:8000::1]:1", false},
	} {
		h := limited(limiter)
		want := map[bool]string{true: "oB", false: "oo"}[c.same]
		if got := play(h, request("GET", "/", c.first), request("GET", "/", c.second)); got != want {
			t.Errorf("%s and %s: %s, want %s", c.first, c.second, got, want)
		}
	}
}

// TestClockJumps moves the clock as no clock should.
func TestClockJumps(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "a: / by network 2/m", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/", "203.0.113.9:1")
	got := play(h, r, r, r)
	c.Advance(-time.Hour)
	w := send(h, r)
	if after, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != 429 || err != nil || after < 1 || after > 60 {
		t.Errorf("an hour back: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	c.Advance(25 * time.Hour)
	if got += play(h, r, r, r); got != "ooBooB" {
		t.Errorf("%s, want ooBooB", got)
	}
}

func TestDenyHandler(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 0/m", func(cfg *ratelimit.Config) {
		cfg.Deny = func(w http.ResponseWriter, r *http.Request, refusal *ratelimit.Refusal) {
			var exceeded *ratelimit.Exceeded
			if !errors.As(refusal, &exceeded) || len(exceeded.Results) != 1 || refusal.Reason != "rate-exceeded" {
				t.Errorf("%+v", refusal)
			}
			w.WriteHeader(http.StatusTeapot)
		}
	})
	if got := status(limited(limiter), request("GET", "/", "203.0.113.9:1")); got != http.StatusTeapot {
		t.Errorf("%d", got)
	}
}

func TestAllocations(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 1000000/s; u: by user 1000000/s", nil)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { limiter.Allow(ctx, "u", "ann") }); n != 0 {
		t.Errorf("Allow: %v allocations", n)
	}
	h := limiter.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	w := &discard{}
	if n := testing.AllocsPerRun(100, func() {
		w.header = make(http.Header)
		h.ServeHTTP(w, r)
	}); n > 4 {
		t.Errorf("Handler: %v allocations, at most 4 with the one for the header map", n)
	}
}
