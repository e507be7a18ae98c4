package redis_test

import (
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/redis"
)

func TestEvicts(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"--maxmemory-policy", "allkeys-lru"}, ""}, // nothing is ever full
		{[]string{"--maxmemory", "50mb"}, ""},
		{[]string{"--maxmemory", "50mb", "--maxmemory-policy", "volatile-ttl"}, "volatile-ttl"},
	} {
		url, process := services.OwnRedis(t, c.args...)
		db := open(t, url, redis.Options{})
		if got, err := db.Evicts(t.Context()); got != c.want || err != nil {
			t.Errorf("%v: %q, %v", c.args, got, err)
		}
		if process.Kill(); c.want != "" {
			if _, err := db.Evicts(t.Context()); err == nil {
				t.Error("a server that is gone evicts nothing")
			}
		}
	}
}
