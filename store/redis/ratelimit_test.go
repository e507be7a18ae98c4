package redis_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/redis"
	"github.com/merlon-go/merlon/store/storetest"
)

// open returns a connected DB.
func open(tb testing.TB, url string, options redis.Options) *redis.DB {
	tb.Helper()
	if options.Timeout == 0 {
		options.Timeout = patience // tests of behaviour must not fail on a busy machine
	}
	db, err := redis.Open(url, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(db.Close)
	if err := db.Ping(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	url := services.Redis(t)
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		return open(t, url, redis.Options{Prefix: "test:" + t.Name() + ":", Now: now}).RateLimits()
	})
}

func nobody(*http.Request) string { return "" }

// TestNodes has nodes come and go.
func TestNodes(t *testing.T) {
	t.Parallel()
	url := services.Redis(t)
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	options := redis.Options{Now: func() time.Time { return time.Unix(0, now.Load()) }}
	touch := func(stores ...*redis.RateLimits) {
		t.Helper()
		now.Add(int64(4 * time.Second))
		for _, s := range stores {
			if _, err := s.Take(t.Context(), []ratelimit.Cell{{Interval: time.Second, Burst: 1, Cost: 1}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(s *redis.RateLimits, n int, settled bool) {
		t.Helper()
		if gotN, gotSettled := s.Nodes(); gotN != n || gotSettled != settled {
			t.Errorf("%d nodes, settled %t; want %d, %t", gotN, gotSettled, n, settled)
		}
	}
	first, second, third := open(t, url, options), open(t, url, options), open(t, url, options)
	a, b, c := first.RateLimits(), second.RateLimits(), third.RateLimits()
	want(a, 1, false)
	touch(a)
	want(a, 1, false)
	touch(a, b)
	want(b, 2, false)
	touch(a, b, c)
	want(a, 2, false) // c came after a asked
	touch(a, b, c)
	want(a, 3, false)
	touch(a, b, c)
	want(a, 3, true) // the others have counted it for 15 s
	want(c, 3, false)
	third.Close()
	touch(a, b)
	want(a, 2, true)
	for range 4 { // b says nothing for more than 15 s
		touch(a)
	}
	want(a, 1, true)
}
