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
		return false, ctx.Err()
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
