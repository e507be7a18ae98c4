package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

// shaky is a store that can be made to fail.
type shaky struct {
	*ratelimit.Memory
	nodes int
	fail  atomic.Pointer[error]
	hang  atomic.Bool
	calls atomic.Int64
}

func (s *shaky) Take(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	s.calls.Add(1)
	if s.hang.Load() {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if err := s.fail.Load(); err != nil {
		return false, *err
	}
	return s.Memory.Take(ctx, cells)
}

func (s *shaky) Nodes() (int, bool) { return s.nodes, true }

func newShaky(t *testing.T, now func() time.Time) *shaky {
	return &shaky{Memory: newMemory(t, now), nodes: 1}
}

func (s *shaky) breakDown() {
	err := errors.New("store is away")
	s.fail.Store(&err)
}

// TestFailModes has each mode answer while the store is away.
func TestFailModes(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "local: /local by network 2/h; open: /open by network 2/h open; closed: /closed by network 2/h closed; shadow: /shadow by network 2/h closed report",
		func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	h := limited(limiter)
	store.breakDown()
	for path, want := range map[string][]int{
		"/local": {200, 200, 429, 429}, "/open": {200, 200, 200, 200}, "/closed": {503, 503, 503, 503}, "/shadow": {200, 200, 200, 200},
	} {
		for i, code := range want {
			w := send(h, request("GET", path, "203.0.113.9:1"))
			if w.Code != code {
				t.Errorf("%s, request %d: %d, want %d", path, i, w.Code, code)
			}
			if (w.Code == 503 || w.Code == 429) && w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: %d without Retry-After", path, w.Code)
			}
		}
	}
}

// TestStoreErrorNeverOpensAClosedDoor fails every call of the store in turn
// and finds no request allowed that a closed rule should have judged.
func TestStoreErrorNeverOpensAClosedDoor(t *testing.T) {
	for n := range 12 {
		c := newClock()
		store := newShaky(t, c.Now)
		limiter := limiterFor(t, "a: / by network 3/h closed; b: / by global 100/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
		h := limited(limiter)
		passed := 0
		for i := range 12 {
			store.fail.Store(nil)
			if i == n {
				store.breakDown()
			}
			switch code := status(h, request("GET", "/", "203.0.113.9:1")); {
			case code == 200 && i == n:
				t.Errorf("call %d failed and the request passed", n)
			case code == 200:
				passed++
			}
		}
		if passed != 3 {
			t.Errorf("call %d failed: %d requests passed, want 3", n, passed)
		}
	}
}

// TestLocalShare divides the limit by the number of nodes, to no less than one.
func TestLocalShare(t *testing.T) {
	for _, c := range []struct{ nodes, want int }{{1, 6}, {2, 3}, {4, 1}, {50, 1}} {
		clock := newClock()
		store := newShaky(t, clock.Now)
		store.nodes = c.nodes
		limiter := limiterFor(t, "a: by user 6/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), clock.Now })
		store.breakDown()
		passed := 0
		for range 10 {
			r, err := limiter.Allow(t.Context(), "a", "ann")
			if err != nil || !r.Degraded {
				t.Fatalf("%+v, %v", r, err)
			}
			if r.Allowed {
				passed++
			}
		}
		if passed != c.want {
			t.Errorf("%d nodes: %d passed, want %d", c.nodes, passed, c.want)
		}
	}
}

// TestBreaker opens after five failures, lets one request try a second later,
// and closes when it succeeds.
func TestBreaker(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	var changes []error
	limiter := limiterFor(t, "a: by user 1000/h exact", func(cfg *ratelimit.Config) {
		cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now
		cfg.StoreChanged = func(err error) { changes = append(changes, err) }
	})
	allow := func() ratelimit.Result {
		r, err := limiter.Allow(t.Context(), "a", "ann")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	store.breakDown()
	for range 50 {
		allow()
	}
	if store.calls.Load() != 5 || len(changes) != 1 || changes[0] == nil || !limiter.Degraded() {
		t.Errorf("%d calls, changes %v, degraded %t", store.calls.Load(), changes, limiter.Degraded())
	}
	c.Advance(time.Second)
	allow()
	allow()
	if store.calls.Load() != 6 {
		t.Errorf("%d calls after a second, want one more", store.calls.Load()-5)
	}
	store.fail.Store(nil)
	if r := allow(); !r.Degraded {
		t.Error("the breaker closed too early")
	}
	c.Advance(time.Second)
	if r := allow(); r.Degraded {
		t.Error("the breaker did not close")
	}
	if len(changes) != 2 || changes[1] != nil || limiter.Degraded() {
		t.Errorf("changes %v, degraded %t", changes, limiter.Degraded())
	}
}

// TestHungStore decides after 50 ms of waiting, in synctest's time.
func TestHungStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newShaky(t, nil)
		limiter := limiterFor(t, "a: by user 10/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys = store, ring(t) })
		store.hang.Store(true)
		start := time.Now()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if r, err := limiter.Allow(t.Context(), "a", "ann"); err != nil || !r.Degraded {
					t.Errorf("%+v, %v", r, err)
				}
			})
		}
		wg.Wait()
		if waited := time.Since(start); waited != 50*time.Millisecond {
			t.Errorf("decided after %v, want 50ms", waited)
		}
		limiter.Allow(t.Context(), "a", "ann")
		if waited := time.Since(start); waited != 50*time.Millisecond {
			t.Errorf("waited again although the breaker is open: %v", waited)
		}
	})
}

// TestCountFailedOverStore gives back in the store.
func TestCountFailedOverStore(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	a := limiterFor(t, "login: / by network 2/h failed", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	b := limiterFor(t, "login: / by network 2/h failed", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	r := func() *http.Request { return request("POST", "/", "203.0.113.9:1") }
	for range 5 {
		if got := status(limited(a), r()); got != 200 {
			t.Fatalf("a success counted: %d", got)
		}
	}
	wrong := a.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ratelimit.Failed(r.Context()) }))
	if got := play(wrong, r(), r()) + play(limited(b), r()); got != "ooB" {
		t.Errorf("%s, want ooB on another node", got)
	}
	if err := b.Reset(t.Context(), "login", "203.0.113.9"); err != nil {
		t.Error(err)
	}
	if got := play(limited(a), r()); got != "o" {
		t.Errorf("after a reset on another node: %s", got)
	}
}

// TestNothingIsLeasedBeforeNodesAreCounted: a node that the others have not counted
// yet would take a share that they take, too.
func TestNothingIsLeasedBeforeNodesAreCounted(t *testing.T) {
	c := newClock()
	store := unsettled{newShaky(t, c.Now)}
	limiter := limiterFor(t, "a: by user 100000/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	for range 100 {
		limiter.Allow(t.Context(), "a", "ann")
	}
	if got := store.calls.Load(); got != 100 {
		t.Errorf("%d calls of the store for 100 decisions", got)
	}
}

// unsettled is a store whose number of nodes is not settled.
type unsettled struct{ *shaky }

func (unsettled) Nodes() (int, bool) { return 1, false }

// TestSuccessOfAClientThatLeft is given back although nobody reads the answer.
func TestSuccessOfAClientThatLeft(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "login: / by network 2/h failed", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	for range 5 {
		ctx, leave := context.WithCancel(t.Context())
		h := limiter.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leave() }))
		if got := status(h, request("POST", "/", "203.0.113.9:1").WithContext(ctx)); got != 200 {
			t.Fatalf("a success counted: %d", got)
		}
	}
}

// TestKeysNeedTheSecret finds two sites with one store and different keys
// apart.
func TestKeysNeedTheSecret(t *testing.T) {
	store := newShaky(t, nil)
	var seen [][16]byte
	spy := spyStore{store, &seen}
	limiter := limiterFor(t, "a: by user 1/h; b: by user 1/h; c: by header:X 1/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys = spy, ring(t) })
	for _, rule := range []string{"a", "b", "c"} {
		limiter.Allow(t.Context(), rule, "ann")
		limiter.Allow(t.Context(), rule, strings.Repeat("long", 1000))
	}
	distinct := map[[16]byte]bool{}
	for _, key := range seen {
		distinct[key] = true
	}
	if len(distinct) != 6 {
		t.Errorf("%d different keys of 6", len(distinct))
	}
}

type spyStore struct {
	ratelimit.Store
	seen *[][16]byte
}

func (s spyStore) Take(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	for _, c := range cells {
		*s.seen = append(*s.seen, c.Key)
	}
	return s.Store.Take(ctx, cells)
}

// TestBreakerCountsInARow: failures with a success between them are not five in
// a row.
func TestBreakerCountsInARow(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "a: by user 1000/h exact", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	for range 3 {
		store.breakDown()
		for range 4 {
			limiter.Allow(t.Context(), "a", "ann")
		}
		store.fail.Store(nil)
		if r, _ := limiter.Allow(t.Context(), "a", "ann"); r.Degraded || limiter.Degraded() {
			t.Fatalf("four failures opened the breaker: %+v", r)
		}
	}
}

// TestOneTriesWhileOthersGoOn: while the store is hung, one request a second
// waits for it, and no other.
func TestOneTriesWhileOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newShaky(t, nil)
		limiter := limiterFor(t, "a: by user 10/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys = store, ring(t) })
		store.hang.Store(true)
		for range 5 {
			limiter.Allow(t.Context(), "a", "ann")
		}
		for second := range 3 {
			time.Sleep(time.Second)
			before := store.calls.Load()
			var waited atomic.Int64
			var wg sync.WaitGroup
			start := time.Now()
			for range 50 {
				wg.Go(func() {
					if r, err := limiter.Allow(t.Context(), "a", "ann"); err != nil || !r.Degraded {
						t.Errorf("%+v, %v", r, err)
					}
					if time.Since(start) > 0 {
						waited.Add(1)
					}
				})
			}
			wg.Wait()
			if calls := store.calls.Load() - before; calls != 1 || waited.Load() != 1 {
				t.Errorf("second %d: %d of 50 asked the store and %d waited, want one", second, calls, waited.Load())
			}
		}
	})
}

// TestAttackHangingUp: requests whose client goes away say nothing about the
// store. They open no breaker, and the one that tries whether the store is back
// does not keep all others from trying.
func TestAttackHangingUp(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "a: by user 1000/h exact", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	hangUp := func() {
		store.hang.Store(true)
		limiter.Allow(gone, "a", "ann")
		store.hang.Store(false)
	}
	for range 20 {
		hangUp()
	}
	if limiter.Degraded() {
		t.Error("requests that hung up opened the breaker")
	}
	store.breakDown()
	for range 5 {
		limiter.Allow(t.Context(), "a", "ann")
	}
	store.fail.Store(nil)
	c.Advance(time.Second)
	hangUp()
	if r, _ := limiter.Allow(t.Context(), "a", "ann"); r.Degraded || limiter.Degraded() {
		t.Errorf("the store is back, and nobody tries: %+v", r)
	}
}

// TestClosedRuleCostsTheOthersNothing: what a closed rule refuses takes nothing
// from the counts that stand in for the store.
func TestClosedRuleCostsTheOthersNothing(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "closed: /both by network 9/h closed; local: / by network 3/h", func(cfg *ratelimit.Config) {
		cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now
	})
	h := limited(limiter)
	store.breakDown()
	for range 9 {
		if got := status(h, request("GET", "/both", "203.0.113.9:1")); got != 503 {
			t.Fatalf("%d, want 503", got)
		}
	}
	r := request("GET", "/", "203.0.113.9:1")
	if got := play(h, r, r, r, r); got != "oooB" {
		t.Errorf("%s, want oooB", got)
	}
}

// TestLocalShareIsRegained: with two nodes each regains half as fast, too.
func TestLocalShareIsRegained(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	store.nodes = 2
	limiter := limiterFor(t, "a: by user 6/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	store.breakDown()
	passed := 0
	for range 12 * 60 {
		if r, _ := limiter.Allow(t.Context(), "a", "ann"); r.Allowed {
			passed++
		}
		c.Advance(time.Minute)
	}
	if want := 3 + 12*3; passed < want-1 || passed > want {
		t.Errorf("%d passed in twelve hours, want %d", passed, want)
	}
}

// TestLeasedRuleFallsBackExactly: a rule that was leased takes one event each
// from what stands in for the store, not a batch.
func TestLeasedRuleFallsBackExactly(t *testing.T) {
	c := newClock()
	store := newShaky(t, c.Now)
	limiter := limiterFor(t, "a: by user 1000/h", func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys, cfg.Now = store, ring(t), c.Now })
	for range 300 { // batches have grown
		limiter.Allow(t.Context(), "a", "ann")
	}
	store.breakDown()
	degraded, passed := 0, 0
	for range 2000 {
		r, _ := limiter.Allow(t.Context(), "a", "ann")
		if r.Degraded {
			degraded++
			if r.Allowed {
				passed++
			}
		}
	}
	if passed != 1000 || degraded < 1900 {
		t.Errorf("of %d decisions without the store %d passed, want 1000", degraded, passed)
	}
}
