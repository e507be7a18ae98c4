package redis_test

import (
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
		options.Timeout = 5 * time.Second // tests of behaviour must not fail on a busy machine
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
	url := services.Redis(t)
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		return open(t, url, redis.Options{Prefix: "test:" + t.Name() + ":", Now: now}).RateLimits()
	})
}
