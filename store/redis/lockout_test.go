package redis_test

import (
	"strings"
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
	try := guess("00000001")
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

// guess is a try at one counter of an account and a network.
func guess(mark string) lockout.Try {
	return lockout.Try{Now: time.Now(), Mark: mark, Guesses: []lockout.Guess{{
		ID: lockout.ID{1}, Account: lockout.ID{2}, Network: lockout.ID{3}, Mark: mark, Limit: 5, Window: time.Hour, Cooloff: time.Hour, MaxCooloff: time.Hour,
	}}}
}

// What the server refuses is an error and counts nothing; a script that it forgot
// is sent again.
func TestLockoutServerRefuses(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := open(t, url, redis.Options{}).Lockout()
	for i, fault := range []struct{ breaks, mends []string }{
		{[]string{"CONFIG", "SET", "maxmemory", "1"}, []string{"CONFIG", "SET", "maxmemory", "0"}},
		{[]string{"REPLICAOF", "127.0.0.1", "1"}, []string{"REPLICAOF", "NO", "ONE"}},
	} {
		before, counted, err := s.Reserve(t.Context(), guess("0000000"+string(rune('1'+i))))
		if !counted || err != nil {
			t.Fatalf("%v: counted %t, %v", fault.mends, counted, err)
		}
		command(t, url, fault.breaks...)
		if _, counted, err := s.Reserve(t.Context(), guess("00000009")); counted || err == nil {
			t.Errorf("%v: counted %t, %v", fault.breaks, counted, err)
		}
		command(t, url, fault.mends...)
		after, err := s.Load(t.Context(), []lockout.ID{{1}}, time.Now())
		if err != nil || len(after) != 1 || after[0].Ring != before[0].Ring {
			t.Errorf("%v: %+v became %+v, %v", fault.breaks, before, after, err)
		}
	}
	command(t, url, "SCRIPT", "FLUSH")
	if _, counted, err := s.Reserve(t.Context(), guess("00000008")); !counted || err != nil {
		t.Errorf("a forgotten script: %t, %v", counted, err)
	}
}

// A counter dies by itself where nobody purges, and what belongs to an account or
// a network with it.
func TestLockoutKeysDie(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := open(t, url, redis.Options{}).Lockout()
	for _, mark := range []string{"00000001", "00000002"} {
		if _, counted, err := s.Reserve(t.Context(), guess(mark)); !counted || err != nil {
			t.Fatal(counted, err)
		}
	}
	found, began := 0, time.Now()
	for _, name := range keys(t, url) {
		if kind := strings.TrimPrefix(name, "merlon:lockout:{0}:"); strings.HasPrefix(kind, "c:") || strings.HasPrefix(kind, "a:") || strings.HasPrefix(kind, "n:") {
			found++
			if left := lives(t, url, name); left+time.Since(began) < time.Hour || left > time.Hour+time.Minute+time.Second {
				t.Errorf("%s lives for %v", name, left)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d of 3 keys: %q", found, keys(t, url))
	}
}

func BenchmarkLockout(b *testing.B) {
	storetest.BenchmarkLockout(b, open(b, services.Redis(b), redis.Options{}).Lockout())
}
