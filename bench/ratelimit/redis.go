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
	t := newTable("Over Redis, decisions a second and latency at 1, 16 and 64 callers",
		"1", "16", "64", "p50 µs, 64", "p99 µs, 64", "errors")
	for range f.rounds {
		for _, c := range contestants {
			for _, callers := range []int{1, 16, 64} {
				rate, latencies, failed := load(f.time, callers, c.keys, c.allow)
				t.add(c.name, strconv.Itoa(callers), rate)
				t.add(c.name, "errors", float64(failed))
				if callers == 64 {
					t.add(c.name, "p50 µs, 64", latencies[len(latencies)/2])
					t.add(c.name, "p99 µs, 64", latencies[len(latencies)*99/100])
				}
			}
		}
	}
	t.print()
	return nil
}

// settledStore skips the 15 seconds in which a new node takes no leases.
type settledStore struct{ ratelimit.Store }

func (s settledStore) Nodes() (int, bool) {
	n, _ := s.Store.Nodes()
	return n, true
}

// load returns decisions a second and the latencies in µs, in order.
func load(d time.Duration, callers, keys int, allow func(string) error) (rate float64, latencies []float64, failed int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	names := make([]string, keys)
	for i := range names {
		names[i] = "key-" + strconv.Itoa(i)
	}
	total := 0
	start := time.Now()
	for c := range callers {
		wg.Go(func() {
			var own []float64
			n, bad := 0, 0
			for now := start; now.Sub(start) < d; n++ {
				if err := allow(names[(c*7919+n)%keys]); err != nil {
					bad++
				}
				done := time.Now()
				if n%8 == 0 {
					own = append(own, float64(done.Sub(now).Nanoseconds())/1000)
				}
				now = done
			}
			mu.Lock()
			defer mu.Unlock()
			total, failed = total+n, failed+bad
			latencies = append(latencies, own...)
		})
	}
	wg.Wait()
	slices.Sort(latencies)
	return float64(total) / time.Since(start).Seconds(), latencies, failed
}
