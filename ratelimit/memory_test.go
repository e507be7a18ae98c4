package ratelimit_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		m, err := ratelimit.NewMemory(10_000, now)
		if err != nil {
			t.Fatal(err)
		}
		return m
	})
}

// TestExactWhileKeysMove counts a few keys from many goroutines that make the
// table grow, and move and push out other keys, at the same time: no event is
// lost with a slot that changes hands.
func TestExactWhileKeysMove(t *testing.T) {
	for range 10 {
		countWhileKeysMove(t)
	}
}

func countWhileKeysMove(t *testing.T) {
	// What has been refused is pushed out only where a bucket of four holds
	// nothing else: three keys never fill one.
	const goroutines, rounds, keys, limit = 8, 200, 3, 500
	c := newClock()
	limiter := limiterFor(t, "a: by user 500/d; flood: by query:q 2/h; brief: by query:b 2/s", func(cfg *ratelimit.Config) {
		cfg.Now, cfg.MaxKeys = c.Now, 1000
	})
	ctx := context.Background()
	watched := names(keys)
	for _, key := range watched {
		limiter.Allow(ctx, "a", key)
		limiter.AllowN(ctx, "a", limit, key)
	}
	var passed [keys]atomic.Int64
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range rounds {
				for k, key := range watched {
					if r, err := limiter.Allow(ctx, "a", key); err != nil {
						t.Error(err)
					} else if r.Allowed {
						passed[k].Add(1)
					}
				}
				n := strconv.Itoa(g*rounds + i)
				limiter.Allow(ctx, "flood", n)
				limiter.Allow(ctx, "brief", n)
			}
		})
	}
	wg.Wait()
	for k := range passed {
		if got := passed[k].Load(); got != limit-1 {
			t.Errorf("%d events of %q passed, want %d", got, watched[k], limit-1)
		}
	}
}

// TestAloneAndTogether takes from two keys one at a time and both at once, from
// many goroutines: together no more pass than the limits allow, and no fewer.
func TestAloneAndTogether(t *testing.T) {
	c := newClock()
	m := newMemory(t, c.Now)
	cells := [2]ratelimit.Cell{
		{Key: [16]byte{1}, Interval: time.Hour, Burst: 3000, Cost: 1},
		{Key: [16]byte{2}, Interval: time.Hour, Burst: 3000, Cost: 1},
	}
	var taken [2]atomic.Int64
	take := func(which ...int) {
		var some []ratelimit.Cell
		for _, i := range which {
			some = append(some, cells[i])
		}
		if ok, _ := m.Take(context.Background(), some); ok {
			for _, i := range which {
				taken[i].Add(1)
			}
		}
	}
	var wg sync.WaitGroup
	for g := range 9 {
		wg.Go(func() {
			for range 1000 {
				switch g % 3 {
				case 0:
					take(0)
				case 1:
					take(1)
				default:
					take(g/3%2, 1-g/3%2)
				}
			}
		})
	}
	wg.Wait()
	for i, c := range cells {
		c.Look = true
		look := []ratelimit.Cell{c}
		m.Take(context.Background(), look)
		if got := taken[i].Load(); got != 3000 || look[0].Ahead != 3000*time.Hour {
			t.Errorf("key %d: %d of 3000 events passed, and it is ahead %v", i, got, look[0].Ahead)
		}
	}
}

// TestAttackParallelFlood floods a full table from several goroutines: what is
// blocked stays blocked. It is three keys, since four might fill a bucket.
func TestAttackParallelFlood(t *testing.T) {
	c := newClock() // stands still, however slow the machine
	limiter := limiterFor(t, "login: by user 2/m; day: by query:q 1000/d", func(cfg *ratelimit.Config) {
		cfg.MaxKeys, cfg.Now = 4000, c.Now
	})
	blocked := names(3)
	for _, key := range blocked {
		for range 3 {
			limiter.Allow(t.Context(), "login", key)
		}
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 5000 {
				limiter.Allow(context.Background(), "day", strconv.Itoa(g)+"/"+strconv.Itoa(i))
				if key := blocked[i%len(blocked)]; i%7 == 0 {
					if r, _ := limiter.Allow(context.Background(), "login", key); r.Allowed {
						t.Errorf("a flood of fresh keys freed %q", key)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestRemaining compares what remains with a division, for rates whose intervals
// are small, large and not whole.
func TestRemaining(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, rate := range []string{"1/s", "7/s", "3/10s", "1000000/s", "999983/s burst 10000019", "1/366d", "1000/d burst 3", "1/m", "6666667/w"} {
		c := newClock()
		limiter := limiterFor(t, "a: by user "+rate, func(cfg *ratelimit.Config) { cfg.Now = c.Now })
		parsed := ratelimit.MustRate(rate)
		interval := (parsed.Period + time.Duration(parsed.Limit) - 1) / time.Duration(parsed.Limit)
		for range 500 {
			c.Advance(time.Duration(rng.Int64N(3 * int64(interval))))
			r, err := limiter.AllowN(t.Context(), "a", 1+rng.Int64N(2), "ann")
			if want := (time.Duration(r.Limit)*interval - r.Reset) / interval; err != nil || r.Remaining != int64(want) {
				t.Fatalf("%s: %d remain with %v to regain, want %d", rate, r.Remaining, r.Reset, want)
			}
		}
	}
}

// TestAttackLongDebtsPushOutRefusedKeys floods a full table with keys that owe
// for a day: keys that were refused since they were last idle, and owe for less
// than a minute, stay all the same.
func TestAttackLongDebtsPushOutRefusedKeys(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "login: by user 5/m; long: by query:q 1/d", func(cfg *ratelimit.Config) { cfg.MaxKeys, cfg.Now = 20_000, c.Now })
	refused := names(25)
	for range 6 {
		for _, key := range refused {
			limiter.Allow(t.Context(), "login", key)
		}
	}
	c.Advance(13 * time.Second)
	for _, key := range refused {
		if r, _ := limiter.Allow(t.Context(), "login", key); !r.Allowed {
			t.Fatalf("%+v", r)
		}
	}
	for i := range 60_000 {
		limiter.Allow(t.Context(), "long", strconv.Itoa(i))
	}
	for _, key := range refused {
		if r, _ := limiter.Peek(t.Context(), "login", key); r.Allowed {
			t.Fatalf("%q was forgotten: %+v", key, r)
		}
	}
}
