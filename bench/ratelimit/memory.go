package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/didip/tollbooth/v7"
	tblimiter "github.com/didip/tollbooth/v7/limiter"
	"github.com/go-chi/httprate"
	"github.com/sethvargo/go-limiter/httplimit"
	"github.com/sethvargo/go-limiter/memorystore"
	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/memstore"
	ulule "github.com/ulule/limiter/v3"
	ululehttp "github.com/ulule/limiter/v3/drivers/middleware/stdlib"
	ululememory "github.com/ulule/limiter/v3/drivers/store/memory"
	"golang.org/x/time/rate"

	"github.com/merlon-go/merlon/ratelimit"
)

// A contestant decides about a key; it returns false with an error.
type contestant struct {
	name string
	open func() (allow func(key string) error)
	// slow, if not nil, is open with a limit of a thousand an hour, for
	// contestants that forget keys as soon as these are idle.
	slow func() (allow func(key string) error)
}

// plenty is a limit that no measurement meets: a million a second.
const plenty = 1_000_000

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func merlon(rule string, change func(*ratelimit.Config)) *ratelimit.Limiter {
	cfg := ratelimit.Config{Rules: must(ratelimit.ParseRules(rule)), User: func(*http.Request) string { return "" }}
	if change != nil {
		change(&cfg)
	}
	return must(ratelimit.New(cfg))
}

func inMemory() []contestant {
	ctx := context.Background()
	ours := func(rule string) func() func(string) error {
		return func() func(string) error {
			l := merlon(rule, nil)
			return func(key string) error {
				_, err := l.Allow(ctx, "a", key)
				return err
			}
		}
	}
	return []contestant{
		{"merlon", ours("a: by user 1000000/s"), ours("a: by user 1000/h")},
		{"sethvargo/go-limiter", func() func(string) error {
			s := must(memorystore.New(&memorystore.Config{Tokens: plenty, Interval: time.Second}))
			return func(key string) error {
				_, _, _, _, err := s.Take(ctx, key)
				return err
			}
		}, nil},
		{"x/time/rate and a map", func() func(string) error {
			var mu sync.Mutex
			limiters := map[string]*rate.Limiter{}
			return func(key string) error {
				mu.Lock()
				l := limiters[key]
				if l == nil {
					l = rate.NewLimiter(plenty, plenty)
					limiters[key] = l
				}
				mu.Unlock()
				l.Allow()
				return nil
			}
		}, nil},
		{"throttled memstore", func() func(string) error {
			s := must(memstore.NewCtx(0))
			l := must(throttled.NewGCRARateLimiterCtx(s, throttled.RateQuota{MaxRate: throttled.PerSec(plenty), MaxBurst: plenty}))
			return func(key string) error {
				_, _, err := l.RateLimitCtx(ctx, key, 1)
				return err
			}
		}, nil},
		{"ulule/limiter", func() func(string) error {
			l := ulule.New(ululememory.NewStore(), ulule.Rate{Period: time.Second, Limit: plenty})
			return func(key string) error {
				_, err := l.Get(ctx, key)
				return err
			}
		}, nil},
		{"tollbooth v7", func() func(string) error {
			l := tollbooth.NewLimiter(plenty, &tblimiter.ExpirableOptions{DefaultExpirationTTL: time.Hour})
			return func(key string) error {
				l.LimitReached(key)
				return nil
			}
		}, nil},
		{"httprate", func() func(string) error {
			l := httprate.NewRateLimiter(plenty, time.Second)
			r := must(http.NewRequest("GET", "/", nil))
			return func(key string) error { // it cannot decide without writing header fields
				l.RespondOnLimit(&discard{http.Header{}}, r, key)
				return nil
			}
		}, nil},
	}
}

// memory measures decisions in this process.
func memory(f flags) error {
	t := newTable("In memory, ns a decision (wall time for each of two processors calling)",
		"one key", "one key ×2", "errors %", "many keys ×2", "allocs", "B/key", "GC ms")
	keys := make([]string, f.keys)
	for i := range keys {
		keys[i] = "key-" + strconv.Itoa(i)
	}
	for range f.rounds {
		for _, c := range inMemory() {
			allow := c.open()
			t.add(c.name, "one key", timed(f.time, 1, func(int) error { return allow(keys[0]) }, nil))
			var errs, calls atomic.Int64
			t.add(c.name, "one key ×2", timed(f.time, 2, func(int) error { calls.Add(1); return allow(keys[0]) }, &errs))
			t.add(c.name, "errors %", 100*float64(errs.Load())/float64(calls.Load()))
			t.add(c.name, "allocs", testing.AllocsPerRun(1000, func() { _ = allow(keys[0]) }))

			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			if c.slow != nil {
				c.open = c.slow
			}
			allow = c.open()
			for _, k := range keys {
				_ = allow(k)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			t.add(c.name, "B/key", float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(len(keys)))
			start := time.Now()
			runtime.GC()
			t.add(c.name, "GC ms", float64(time.Since(start).Microseconds())/1000)
			t.add(c.name, "many keys ×2", timed(f.time, 2, func(n int) error { return allow(keys[n%len(keys)]) }, nil))
			runtime.KeepAlive(allow)
		}
	}
	t.print()
	return nil
}

// timed returns nanoseconds a call, in wall time, with workers calling do with
// random numbers for the given time.
func timed(d time.Duration, workers int, do func(random int) error, errs *atomic.Int64) float64 {
	var total atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range workers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(rand.Uint64(), 1))
			n := int64(0)
			for ; n%256 != 0 || time.Since(start) < d; n++ {
				if err := do(rng.IntN(1 << 40)); err != nil && errs != nil {
					errs.Add(1)
				}
			}
			total.Add(n)
		})
	}
	wg.Wait()
	return float64(time.Since(start)) / float64(total.Load())
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// handlers measures whole middlewares with their header fields, for requests
// from 64k addresses.
func handlers(f flags) error {
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	contestants := []struct {
		name    string
		handler http.Handler
	}{
		{"no middleware", next},
		{"merlon", merlon("a: / by network 1000000/s", nil).Handler(next)},
		{"throttled", (&throttled.HTTPRateLimiterCtx{
			RateLimiter: must(throttled.NewGCRARateLimiterCtx(must(memstore.NewCtx(0)), throttled.RateQuota{MaxRate: throttled.PerSec(plenty), MaxBurst: plenty})),
			VaryBy:      &throttled.VaryBy{RemoteAddr: true},
		}).RateLimit(next)},
		{"sethvargo/go-limiter", must(httplimit.NewMiddleware(must(memorystore.New(&memorystore.Config{Tokens: plenty, Interval: time.Second})), httplimit.IPKeyFunc())).Handle(next)},
		{"httprate", httprate.Limit(plenty, time.Second, httprate.WithKeyByIP())(next)},
		{"ulule/limiter", ululehttp.NewMiddleware(ulule.New(ululememory.NewStore(), ulule.Rate{Period: time.Second, Limit: plenty})).Handler(next)},
		{"tollbooth v7", tollbooth.LimitHandler(tollbooth.NewLimiter(plenty, &tblimiter.ExpirableOptions{DefaultExpirationTTL: time.Hour}), next)},
	}
	remotes := make([]string, 1<<16)
	for i := range remotes {
		remotes[i] = "203." + strconv.Itoa(i>>16&255) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255) + ":4711"
	}
	t := newTable("Middleware with header fields, allowed requests from 64k addresses", "ns", "allocs")
	for range f.rounds {
		for _, c := range contestants {
			r := must(http.NewRequest("GET", "http://example.com/", nil))
			w := &discard{}
			one := func(n int) error {
				w.header = http.Header{}
				r.RemoteAddr = remotes[n%len(remotes)]
				c.handler.ServeHTTP(w, r)
				return nil
			}
			t.add(c.name, "ns", timed(f.time, 1, one, nil))
			t.add(c.name, "allocs", testing.AllocsPerRun(1000, func() { _ = one(7) }))
		}
	}
	t.print()
	return nil
}
