package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
	"unsafe"

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
		{"nothing", func() func(string) error { return func(string) error { return nil } }, nil},
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

// texts are strings in one piece of memory without pointers, in random order: who
// walks along them meets the contestant's memory at random, and the text itself
// in the cache, as a server does that has just read it from a connection.
type texts struct {
	bytes []byte
	ends  []int32
}

func newTexts(n int, text func(i int) string) *texts {
	t := &texts{ends: make([]int32, 1, n+1)}
	for _, i := range rand.Perm(n) {
		t.bytes = append(t.bytes, text(i)...)
		t.ends = append(t.ends, int32(len(t.bytes)))
	}
	return t
}

func (t *texts) len() int { return len(t.ends) - 1 }

// at returns the text that comes i-th, beginning anew after the last.
func (t *texts) at(i int) string {
	i %= t.len()
	from, to := t.ends[i], t.ends[i+1]
	return unsafe.String(&t.bytes[from], to-from)
}

// memory measures decisions, each contestant of each round in a process of its
// own: some never let go of what they hold.
func memory(f flags) error {
	t := newTable("In memory, ns a decision (×2: of two processors calling at once)",
		"one key", "one key ×2", "errors %", "many keys ×2", "allocs", "B/key", "GC ms")
	for range f.rounds {
		for _, c := range inMemory() {
			cmd := exec.Command(os.Args[0], append(slices.Clip(os.Args[1:len(os.Args)-flag.NArg()]), "alone", c.name)...)
			cmd.Stderr = os.Stderr
			text, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			figures := map[string]float64{}
			if err := json.Unmarshal(text, &figures); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			for column, value := range figures {
				t.add(c.name, column, value)
			}
		}
	}
	t.print()
	return nil
}

// alone measures one contestant and writes the figures by column.
func alone(f flags, name string) error {
	all := inMemory()
	n := slices.IndexFunc(all, func(c contestant) bool { return c.name == name })
	if n < 0 {
		return fmt.Errorf("no contestant is called %q", name)
	}
	c, figures := all[n], map[string]float64{}
	keys := newTexts(f.keys, func(i int) string { return "key-" + strconv.Itoa(i) })
	order := rand.Perm(f.keys) // of coming for the first time

	allow := c.open()
	one := func(int) error { return allow("key-0") }
	figures["one key"], _ = timed(f, 1, one)
	ns, failed := timed(f, 2, one)
	figures["one key ×2"], figures["errors %"] = ns, 100*failed
	figures["allocs"] = testing.AllocsPerRun(1000, func() { _ = one(0) })

	var before, after runtime.MemStats
	allow, one = nil, nil
	runtime.GC()
	runtime.ReadMemStats(&before)
	if c.slow != nil {
		c.open = c.slow
	}
	allow = c.open()
	for _, i := range order {
		_ = allow(keys.at(i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	figures["B/key"] = float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / float64(f.keys)
	figures["GC ms"] = collections()
	figures["many keys ×2"], _ = timed(f, 2, func(n int) error { return allow(keys.at(n)) })
	runtime.KeepAlive(allow)
	runtime.KeepAlive(order) // else what it held would be taken off the memory of keys
	return json.NewEncoder(os.Stdout).Encode(figures)
}

// collections returns the milliseconds of a full garbage collection, the median
// of five.
func collections() float64 {
	var all [5]time.Duration
	for i := range all {
		start := time.Now()
		runtime.GC()
		all[i] = time.Since(start)
	}
	slices.Sort(all[:])
	return float64(all[len(all)/2].Microseconds()) / 1000
}

// timed has workers call do for the given time, each counting up from a random
// number, and returns nanoseconds a call, in wall time, and the part that
// failed. With f.cpu the processor time of all, garbage collection included,
// stands in for the wall time.
func timed(f flags, workers int, do func(n int) error) (ns, failed float64) {
	var mu sync.Mutex
	var calls, errs, rate float64
	var wg sync.WaitGroup
	used := clientCPU()
	for range workers {
		wg.Go(func() {
			n, done, bad := rand.IntN(1<<40), 0, 0
			start := time.Now()
			for done == 0 || time.Since(start) < f.time {
				for range 256 {
					if do(n) != nil {
						bad++
					}
					n++
				}
				done += 256
			}
			elapsed := time.Since(start)
			mu.Lock()
			calls, errs, rate = calls+float64(done), errs+float64(bad), rate+float64(done)/float64(elapsed)
			mu.Unlock()
		})
	}
	wg.Wait()
	if f.cpu {
		return float64(clientCPU()-used) / calls / float64(workers), errs / calls
	}
	return 1 / rate, errs / calls
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
	remotes := newTexts(1<<16, func(i int) string {
		return "203." + strconv.Itoa(i>>16&255) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255) + ":4711"
	})
	t := newTable("Middleware with header fields, allowed requests from 64k addresses", "ns", "allocs")
	for range f.rounds {
		for _, c := range contestants {
			r := must(http.NewRequest("GET", "http://example.com/", nil))
			w := &discard{}
			one := func(n int) error {
				w.header = http.Header{}
				r.RemoteAddr = remotes.at(n)
				c.handler.ServeHTTP(w, r)
				return nil
			}
			ns, _ := timed(f, 1, one)
			t.add(c.name, "ns", ns)
			t.add(c.name, "allocs", testing.AllocsPerRun(1000, func() { _ = one(7) }))
		}
	}
	t.print()
	return nil
}
