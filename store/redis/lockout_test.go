package redis_test

import (
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/store/redis"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestLockout(t *testing.T) {
	url := services.Redis(t)
	storetest.TestLockout(t, func(t *testing.T) lockout.Store {
		return open(t, url, redis.Options{Prefix: "test:" + t.Name() + ":"}).Lockout()
	})
}

func TestLockoutOnCluster(t *testing.T) {
	t.Parallel()
	url := cluster(t)
	storetest.TestLockout(t, func(t *testing.T) lockout.Store {
		return open(t, url, redis.Options{Prefix: "test:" + t.Name() + ":"}).Lockout()
	})
}

// A server that is down is an error, never an open door.
func TestLockoutServerGone(t *testing.T) {
	url, process := services.OwnRedis(t)
	s := open(t, url, redis.Options{}).Lockout()
	try := lockout.Try{Now: time.Now(), Mark: "00000001", Guesses: []lockout.Guess{{ID: lockout.ID{1}, Mark: "00000001", Limit: 5, Window: time.Hour, Cooloff: time.Hour, MaxCooloff: time.Hour}}}
	if _, counted, err := s.Reserve(t.Context(), try); !counted || err != nil {
		t.Fatal(counted, err)
	}
	process.Kill()
	if _, counted, err := s.Reserve(t.Context(), try); counted || err == nil {
		t.Errorf("counted %t, %v", counted, err)
	}
	if err := s.Release(t.Context(), lockout.Release{Now: time.Now()}); err == nil {
		t.Error("a success was noted nowhere")
	}
}

func BenchmarkLockout(b *testing.B) {
	storetest.BenchmarkLockout(b, open(b, services.Redis(b), redis.Options{}).Lockout())
}
