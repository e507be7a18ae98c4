package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"
	"github.com/redis/rueidis/rueidislimiter"
	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/goredisstore.v9"
	ulule "github.com/ulule/limiter/v3"
	ululeredis "github.com/ulule/limiter/v3/drivers/store/redis"

	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/store/redis"
)

// redisServer starts redis-server without persistence.
func redisServer() (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", os.TempDir())
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	for range 200 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return "redis://127.0.0.1:" + port, stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	return "", nil, errors.New("redis-server did not answer")
}

// overRedis measures decisions over one Redis, with ten thousand keys.
func overRedis(f flags) error {
	if f.redis == "" {
		url, stop, err := redisServer()
		if err != nil {
			return fmt.Errorf("starting redis-server: %w", err)
		}
		defer stop()
		f.redis = url
	}
	address := strings.TrimPrefix(f.redis, "redis://")
	ctx := context.Background()
	pool := goredis.NewClient(&goredis.Options{Addr: address, PoolSize: 64})
	defer pool.Close()
	db := must(redis.Open(f.redis, redis.Options{Timeout: 5 * time.Second}))
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	ring := must(secrets.NewRing(secrets.New("only for measuring, of no worth")))
	shared := func(rule string, settled bool) *ratelimit.Limiter {
		return merlon(rule, func(cfg *ratelimit.Config) {
			cfg.Store, cfg.Keys, cfg.Timeout = db.RateLimits(), ring, 5*time.Second
			if settled {
				cfg.Store = settledStore{cfg.Store}
			}
		})
	}
	exact, leased := shared("a: by user 1000000/s exact", false), shared("a: by user 1000000/s burst 50000000", true)
	merlonAllow := func(l *ratelimit.Limiter) func(string) error {
		return func(key string) error {
			r, err := l.Allow(ctx, "a", key)
			if err == nil && r.Degraded {
				err = errors.New("degraded")
			}
			return err
		}
	}
	rates := redis_rate.NewLimiter(pool)
	rueidisLimiter := must(rueidislimiter.NewRateLimiter(rueidislimiter.RateLimiterOption{
		ClientOption: rueidis.ClientOption{InitAddress: []string{address}, DisableCache: true}, KeyPrefix: "rueidislimiter", Limit: plenty, Window: time.Second,
	}))
	ululeLimiter := ulule.New(must(ululeredis.NewStore(pool)), ulule.Rate{Period: time.Second, Limit: plenty})
	throttledLimiter := must(throttled.NewGCRARateLimiterCtx(must(goredisstore.NewCtx(pool, "throttled:")),
		throttled.RateQuota{MaxRate: throttled.PerSec(plenty), MaxBurst: plenty}))
	contestants := []struct {
		name  string
		keys  int
		allow func(key string) error
	}{
		{"merlon, exact", 10_000, merlonAllow(exact)},
		{"rueidislimiter", 10_000, func(key string) error { _, err := rueidisLimiter.Allow(ctx, key); return err }},
		{"ulule/limiter", 10_000, func(key string) error { _, err := ululeLimiter.Get(ctx, key); return err }},
		{"redis_rate", 10_000, func(key string) error { _, err := rates.Allow(ctx, key, redis_rate.PerSecond(plenty)); return err }},
		{"throttled", 10_000, func(key string) error { _, _, err := throttledLimiter.RateLimitCtx(ctx, key, 1); return err }},
		{"merlon, leased, 16 hot keys", 16, merlonAllow(leased)},
	}
	t := newTable("Over Redis: decisions a second at 1, 16 and 64 callers; at 64 latency, and µs of processor a decision here and in Redis",
		"1", "16", "64", "p50 µs", "p99 µs", "client", "server", "a CPU second", "errors")
	callers := []int{1, 16, 64}
	for _, c := range contestants { // connect and send scripts outside of what is measured
		load(100*time.Millisecond, 64, c.keys, c.allow)
	}
	for range f.rounds {
		for _, n := range callers {
			for _, c := range contestants {
				client, server := clientCPU(), serverCPU(pool)
				m := load(f.time, n, c.keys, c.allow)
				client, server = clientCPU()-client, serverCPU(pool)-server
				t.add(c.name, strconv.Itoa(n), m.rate)
				t.add(c.name, "errors", float64(m.failed))
				if n < 64 {
					continue
				}
				t.add(c.name, "p50 µs", m.latencies[len(m.latencies)/2])
				t.add(c.name, "p99 µs", m.latencies[len(m.latencies)*99/100])
				t.add(c.name, "client", micros(client)/float64(m.total))
				t.add(c.name, "server", micros(server)/float64(m.total))
				t.add(c.name, "a CPU second", float64(m.total)/(client+server).Seconds())
			}
		}
	}
	t.print()
	return nil
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// clientCPU is the processor time that this process has used.
func clientCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// serverCPU is the processor time that Redis has used.
func serverCPU(client *goredis.Client) time.Duration {
	total := 0.0
	for line := range strings.Lines(must(client.Info(context.Background(), "cpu").Result())) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			total += must(strconv.ParseFloat(value, 64))
		}
	}
	return time.Duration(total * float64(time.Second))
}

// settledStore skips the 15 seconds in which a new node takes no leases.
type settledStore struct{ ratelimit.Store }

func (s settledStore) Nodes() (int, bool) {
	n, _ := s.Store.Nodes()
	return n, true
}

// A measurement is what load found out.
type measurement struct {
	rate      float64   // decisions a second
	latencies []float64 // of every eighth, in µs, in order
	total     int
	failed    int
}

// load has callers decide about keys for some time.
func load(d time.Duration, callers, keys int, allow func(string) error) (m measurement) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	names := make([]string, keys)
	for i := range names {
		names[i] = "key-" + strconv.Itoa(i)
	}
	start := time.Now()
	for c := range callers {
		wg.Go(func() {
			var own []float64
			n, bad := 0, 0
			one := func() {
				if err := allow(names[(c*7919+n)%keys]); err != nil {
					bad++
				}
				n++
			}
			for now := start; now.Sub(start) < d; now = time.Now() {
				one() // timed; the others are not, as the clock costs as much as a leased decision
				own = append(own, micros(time.Since(now)))
				for range 7 {
					one()
				}
			}
			mu.Lock()
			defer mu.Unlock()
			m.total, m.failed = m.total+n, m.failed+bad
			m.latencies = append(m.latencies, own...)
		})
	}
	wg.Wait()
	m.rate = float64(m.total) / time.Since(start).Seconds()
	slices.Sort(m.latencies)
	return m
}
