package ratelimit_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

func limiterFor(tb testing.TB, rules string, change func(*ratelimit.Config)) *ratelimit.Limiter {
	tb.Helper()
	parsed, err := ratelimit.ParseRules(rules)
	if err != nil {
		tb.Fatal(err)
	}
	cfg := ratelimit.Config{Rules: parsed, User: func(r *http.Request) string { return r.Header.Get("X-User") }}
	if change != nil {
		change(&cfg)
	}
	if _, test := tb.(*testing.T); test && cfg.Now == nil && cfg.Store == nil {
		cfg.Now = newClock().Now // stands still, however slow the machine
	}
	limiter, err := ratelimit.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return limiter
}

func BenchmarkAllowOneKey(b *testing.B) {
	limiter := limiterFor(b, "api: /api by user 1000000/s", nil)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if r, err := limiter.Allow(ctx, "api", "ann"); err != nil || !r.Allowed && r.Remaining > 0 {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkAllowOneKeyParallel(b *testing.B) {
	limiter := limiterFor(b, "api: /api by user 1000000/s", nil)
	ctx := context.Background()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			limiter.Allow(ctx, "api", "ann")
		}
	})
}

func BenchmarkRefused(b *testing.B) {
	limiter := limiterFor(b, "api: /api by user 1/d", nil)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		limiter.Allow(ctx, "api", "ann")
	}
}

// names returns n different user names in one piece of memory.
func names(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = "user-" + strconv.Itoa(i)
	}
	return keys
}

func BenchmarkAllowMillionKeysParallel(b *testing.B) {
	limiter := limiterFor(b, "api: /api by user 1000/h", nil)
	keys := names(1_000_000)
	ctx := context.Background()
	for _, k := range keys {
		limiter.Allow(ctx, "api", k)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		rng := rand.New(rand.NewPCG(rand.Uint64(), 1))
		for pb.Next() {
			limiter.Allow(ctx, "api", keys[rng.IntN(len(keys))])
		}
	})
}

// BenchmarkAllowFreshKeys is a flood: every key is new, the table is full, and
// every place in it means something.
func BenchmarkAllowFreshKeys(b *testing.B) {
	limiter := limiterFor(b, "api: /api by user 1000/d", nil)
	ctx := context.Background()
	var key [20]byte
	fresh := func(i int) { limiter.Allow(ctx, "api", string(strconv.AppendInt(key[:0], int64(i), 10))) }
	n := 0
	for ; n < 2_000_000; n++ {
		fresh(n)
	}
	b.ReportAllocs()
	for b.Loop() {
		fresh(n)
		n++
	}
}

// BenchmarkMillionKeysMemory reports bytes a key and the time of a full
// collection with a million keys live.
func BenchmarkMillionKeysMemory(b *testing.B) {
	keys := names(1_000_000)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		limiter := limiterFor(b, "api: /api by user 1000/h", nil)
		for _, k := range keys {
			limiter.Allow(context.Background(), "api", k)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		start := time.Now()
		runtime.GC()
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "gc-ms")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "B/key")
		runtime.KeepAlive(limiter)
	}
	runtime.KeepAlive(keys)
}

func BenchmarkHandler(b *testing.B) {
	limiter := limiterFor(b, "home: GET / by network 1000000/s", nil)
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, bench := range []struct {
		name    string
		handler http.Handler
	}{{"noop", next}, {"allowed", limiter.Handler(next)}} {
		b.Run(bench.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = "203.0.113.9:4711"
			w := &discard{}
			b.ReportAllocs()
			for b.Loop() {
				w.header = make(http.Header)
				bench.handler.ServeHTTP(w, r)
			}
		})
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkLeased answers from leases; BenchmarkShared asks a store in this
// process each time, which is what the limiter adds to the store's own time.
func BenchmarkLeased(b *testing.B) { benchmarkStore(b, "api: by user 1000000/s burst 100000000") }
func BenchmarkShared(b *testing.B) { benchmarkStore(b, "api: by user 1000000/s burst 100000000 exact") }

func benchmarkStore(b *testing.B, rules string) {
	limiter := limiterFor(b, rules, func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys = newMemory(b, nil), ring(b) })
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if r, err := limiter.Allow(ctx, "api", "ann"); err != nil || !r.Allowed {
			b.Fatal(r, err)
		}
	}
}
