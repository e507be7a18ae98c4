package ratelimit_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/secrets"
)

func ring(tb testing.TB) *secrets.Ring {
	tb.Helper()
	r, err := secrets.NewRing(secrets.New("a key for tests that nobody else has"))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// fleet is a store and the nodes that use it, in one process and at the pace
// of a test: the store's clock is the true one.
type fleet struct {
	*clock
	counts *ratelimit.Memory
	nodes  []*fleetNode
	down   bool // the store does not answer
	calls  int
}

// fleetNode is a node with its own clock. It sees the number of nodes as
// store/redis tells it: up to 3 s old, with nodes that have not called for
// 15 s left out, and settled 15 s after its first call.
type fleetNode struct {
	*ratelimit.Limiter
	fleet         *fleet
	clock         *clock
	speed         float64 // of its clock
	first, called time.Time
	counted       time.Time
	seen          int
	dead          bool
	paused        time.Time // until
}

func newFleet() *fleet {
	f := &fleet{clock: newClock()}
	f.counts, _ = ratelimit.NewMemory(0, f.Now)
	return f
}

func (f *fleet) join(tb testing.TB, rules string, skew time.Duration, speed float64) *fleetNode {
	n := &fleetNode{fleet: f, clock: newClock(), speed: speed, seen: 1}
	n.clock.now.Store(f.now.Load() + int64(skew))
	n.Limiter = limiterFor(tb, rules, func(cfg *ratelimit.Config) {
		cfg.Store, cfg.Keys, cfg.Now, cfg.MaxKeys = n, ring(tb), n.clock.Now, 1000
	})
	f.nodes = append(f.nodes, n)
	return n
}

// advance moves all clocks; each node's by its own measure.
func (f *fleet) advance(d time.Duration) {
	f.Advance(d)
	for _, n := range f.nodes {
		n.clock.Advance(time.Duration(float64(d) * n.speed))
	}
}

func (n *fleetNode) Take(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	f := n.fleet
	if f.calls++; f.down {
		return false, errors.New("down")
	}
	now := f.Now()
	if n.first.IsZero() {
		n.first = now
	}
	n.called = now
	if now.Sub(n.counted) >= 3*time.Second {
		n.counted, n.seen = now, 0
		for _, other := range f.nodes {
			if now.Sub(other.called) < 15*time.Second {
				n.seen++
			}
		}
	}
	return f.counts.Take(ctx, cells)
}

func (n *fleetNode) Nodes() (int, bool) {
	return n.seen, !n.first.IsZero() && n.fleet.Now().Sub(n.first) >= 15*time.Second
}

// auditor is GCRA by true time with some burst more: it objects to every span
// of time, of any length, in which too much passed.
type auditor struct {
	interval, capacity time.Duration
	tat                time.Time
	worst              time.Duration
}

func (a *auditor) event(now time.Time) {
	if a.tat.Before(now) {
		a.tat = now
	}
	a.tat = a.tat.Add(a.interval)
	a.worst = max(a.worst, a.tat.Sub(now))
}

// over returns by how many events the worst span exceeded the limit.
func (a *auditor) over() int64 { return int64((a.worst - a.capacity) / a.interval) }

// TestLeaseSimulation runs 50 nodes for six minutes under a load that changes
// between nothing and three times what the limit allows. Nodes join a few at a time or forty at once, die with
// leases in hand, pause and come back, have clocks that are wrong by up to
// 30 s and run up to 1 % too fast or too slow; the store goes away for a
// while.
func TestLeaseSimulation(t *testing.T) {
	for seed := range uint64(3) {
		simulateLeases(t, rand.New(rand.NewPCG(3, seed)))
	}
}

func simulateLeases(t *testing.T, rng *rand.Rand) {
	const (
		burst    = 10_000
		size     = 50
		step     = 20 * time.Millisecond
		interval = time.Minute / 30_000
	)
	f := newFleet()
	audit := &auditor{interval: interval, capacity: burst * interval}
	join := func() {
		skew := time.Duration(rng.IntN(60)-30) * time.Second
		f.join(t, "api: by user 30000/m burst 10000 closed", skew, 0.99+0.02*rng.Float64())
	}
	for range 5 {
		join()
	}
	decisions, passed := 0, 0
	load := 1.0
	start := f.Now()
	for i := range int(6 * time.Minute / step) {
		elapsed := f.Now().Sub(start)
		if i%200 == 0 {
			load = []float64{0, 0.5, 0.9, 1.5, 3}[rng.IntN(5)]
		}
		if elapsed > 5*time.Minute {
			load = 3 // in the end, certainly too much
		}
		switch {
		case len(f.nodes) < 10 && elapsed > 20*time.Second:
			join()
		case len(f.nodes) < size && elapsed > 60*time.Second: // all at once
			for len(f.nodes) < size {
				join()
			}
		case rng.IntN(1000) == 0:
			f.nodes[rng.IntN(len(f.nodes))].dead = true
			join()
		case rng.IntN(200) == 0:
			f.nodes[rng.IntN(len(f.nodes))].paused = f.Now().Add(time.Duration(rng.IntN(20)) * time.Second)
		}
		f.down = elapsed > 150*time.Second && elapsed < 153*time.Second
		for range int(load * float64(step/interval)) {
			n := f.nodes[rng.IntN(len(f.nodes))]
			if n.dead || n.paused.After(f.Now()) {
				continue
			}
			decisions++
			r, err := n.Allow(t.Context(), "api", "hot")
			if err != nil {
				t.Fatal(err)
			}
			if r.Allowed {
				passed++
				audit.event(f.Now())
			}
		}
		f.advance(step)
	}
	t.Logf("%d decisions, %d passed, %d calls of the store, at most %d of %d over the limit", decisions, passed, f.calls, audit.over(), burst)
	if audit.over() > burst/10 {
		t.Errorf("over the limit by %d, at most %d is stated", audit.over(), burst/10)
	}
	if audit.over() < -burst/10 {
		t.Errorf("the limit was never tried: %d below", -audit.over())
	}
	if passed < decisions/2 {
		t.Errorf("only %d of %d passed", passed, decisions)
	}
}

// TestLeaseSavesCalls has ten nodes with nine tenths of what the limit allows:
// nothing is refused, and the store is asked seldom.
func TestLeaseSavesCalls(t *testing.T) {
	f := newFleet()
	for range 10 {
		f.join(t, "a: by user 60000/m", 0, 1)
	}
	settle(t, f)
	f.calls = 0
	decisions := 0
	for range 3000 {
		for _, n := range f.nodes[:9] {
			if r, err := n.Allow(t.Context(), "a", "hot"); err != nil || !r.Allowed {
				t.Fatalf("decision %d: %+v, %v", decisions, r, err)
			}
			decisions++
		}
		f.advance(10 * time.Millisecond)
	}
	if f.calls > decisions/50 {
		t.Errorf("%d calls of the store for %d decisions", f.calls, decisions)
	}
}

// TestLeaseOvershootStays within nodes times lease without any faults.
func TestLeaseOvershoot(t *testing.T) {
	const limit, size = 10_000, 10
	f := newFleet()
	for range size {
		f.join(t, "api: by user 10000/h", 0, 1)
	}
	audit := &auditor{interval: time.Hour / limit, capacity: time.Hour}
	for range 20_000 {
		for _, n := range f.nodes {
			if r, _ := n.Allow(t.Context(), "api", "hot"); r.Allowed {
				audit.event(f.Now())
			}
		}
		f.advance(5 * time.Millisecond)
	}
	const lease = limit / (20 * size)
	if audit.over() > size*lease {
		t.Errorf("over the limit by %d, at most %d nodes times %d are stated", audit.over(), size, lease)
	}
}

// TestSmallLimitsAreExact never leases what is below five times the nodes, nor
// what counts failures, only reports or is exact by choice.
func TestSmallLimitsAreExact(t *testing.T) {
	for _, rules := range []string{"a: by user 45/h", "a: by user 100000/h exact", "a: by user 100000/h failed", "a: by user 100000/h report", "a: by user 100000/h burst 40"} {
		f := newFleet()
		for range 10 {
			f.join(t, rules, 0, 1)
		}
		settle(t, f)
		before, decisions := f.calls, 0
		for range 4 {
			for _, n := range f.nodes {
				n.Allow(t.Context(), "a", "hot")
				decisions++
			}
		}
		if got := f.calls - before; got != decisions {
			t.Errorf("%s: %d calls of the store for %d decisions", rules, got, decisions)
		}
	}
}

// settle lets the nodes of f know each other.
func settle(t *testing.T, f *fleet) {
	t.Helper()
	for range 6 {
		for _, n := range f.nodes {
			n.Allow(t.Context(), "a", "somebody else")
		}
		f.advance(4 * time.Second)
	}
}

// alone is a fleet of one node, which knows that it is alone.
func alone(t *testing.T, rules string) (*fleet, *fleetNode) {
	t.Helper()
	f := newFleet()
	n := f.join(t, rules, 0, 1)
	settle(t, f)
	return f, n
}

// TestSlowKeysDoNotPayForLeases has a key that is used seldom: events that it
// leased and did not use would be lost to it.
func TestSlowKeysDoNotPayForLeases(t *testing.T) {
	f, n := alone(t, "a: by user 1000/h")
	for range 300 { // 720 an hour
		if r, _ := n.Allow(t.Context(), "a", "slow"); !r.Allowed {
			t.Fatal("a key within its limit was refused")
		}
		f.advance(5 * time.Second)
	}
	r, err := n.Peek(t.Context(), "a", "slow")
	if err != nil || r.Remaining < 950 {
		t.Errorf("%d of 1000 remain, %v: leases were wasted", r.Remaining, err)
	}
}

// TestLeasedRefusalIsHonest waits as long as it was told and passes.
func TestLeasedRefusalIsHonest(t *testing.T) {
	f, n := alone(t, "a: by user 1000/h")
	var r ratelimit.Result
	for r.Allowed = true; r.Allowed; {
		r, _ = n.Allow(t.Context(), "a", "hot")
	}
	again, _ := n.Allow(t.Context(), "a", "hot")
	calls := f.calls
	for range 100 {
		again, _ = n.Allow(t.Context(), "a", "hot")
	}
	if f.calls != calls {
		t.Errorf("%d calls of the store to refuse what it refused before", f.calls-calls)
	}
	if again.Allowed || again.RetryAfter < r.RetryAfter || again.RetryAfter > r.RetryAfter+5*time.Millisecond {
		t.Errorf("told to wait %v, then %v", r.RetryAfter, again.RetryAfter)
	}
	f.advance(again.RetryAfter - time.Millisecond)
	if early, _ := n.Allow(t.Context(), "a", "hot"); early.Allowed {
		t.Error("passed 1 ms early")
	}
	f.advance(time.Millisecond + 5*time.Millisecond)
	if late, _ := n.Allow(t.Context(), "a", "hot"); !late.Allowed {
		t.Errorf("did not pass after %v: %+v", again.RetryAfter, late)
	}
}

// TestLeasesGoBackWithTheRequest finds that a request which another rule
// refuses takes nothing from a lease.
func TestLeasesGoBackWithTheRequest(t *testing.T) {
	_, n := alone(t, "a: / by user 10000/h; b: / by network 1/h")
	for range 200 { // so that there is a lease to take from
		n.Allow(t.Context(), "a", "ann")
	}
	r := request("GET", "/", "203.0.113.9:1")
	r.Header.Set("X-User", "ann")
	if err := n.Check(r); err != nil {
		t.Fatal(err)
	}
	before, _ := n.Peek(t.Context(), "a", "ann")
	for range 500 {
		if err := n.Check(r); err == nil {
			t.Fatal("the other rule did not refuse")
		}
	}
	if after, _ := n.Peek(t.Context(), "a", "ann"); after.Remaining < before.Remaining-30 { // a lease's worth
		t.Errorf("%d remained, now %d: refused requests used up leases", before.Remaining, after.Remaining)
	}
}

// TestResetEndsALeasedRefusal: who is let in again is not refused from memory.
func TestResetEndsALeasedRefusal(t *testing.T) {
	_, n := alone(t, "a: by user 1000/h")
	for range 2000 {
		n.Allow(t.Context(), "a", "hot")
	}
	if r, _ := n.Allow(t.Context(), "a", "hot"); r.Allowed {
		t.Fatal("1000 an hour is no limit")
	}
	if err := n.Reset(t.Context(), "a", "hot"); err != nil {
		t.Fatal(err)
	}
	if r, _ := n.Allow(t.Context(), "a", "hot"); !r.Allowed {
		t.Errorf("still refused: %+v", r)
	}
}

// TestFailedTopUpIsTriedAgain: the store failed for once where the next batch
// was to come along the way. The request is answered from what is in hand, and
// the next one asks again.
func TestFailedTopUpIsTriedAgain(t *testing.T) {
	f, n := alone(t, "a: by user 10000/h")
	for range 400 {
		n.Allow(t.Context(), "a", "hot")
	}
	f.down = true
	asked := f.calls
	for f.calls == asked {
		if r, _ := n.Allow(t.Context(), "a", "hot"); !r.Allowed || r.Degraded {
			t.Fatalf("%+v", r)
		}
	}
	f.down = false
	asked = f.calls
	if r, _ := n.Allow(t.Context(), "a", "hot"); !r.Allowed || r.Degraded || f.calls != asked+1 {
		t.Errorf("%+v after %d calls of the store, want one", r, f.calls-asked)
	}
}
