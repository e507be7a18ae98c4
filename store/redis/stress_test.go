package redis_test

import (
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/redis"
	"github.com/merlon-go/merlon/store/storetest"
)

// TestStress has two nodes of a site on one server, and on one Cluster.
func TestStress(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T) string{
		"server":  func(t *testing.T) string { return services.Redis(t) },
		"cluster": cluster,
	} {
		t.Run(name, func(t *testing.T) {
			storetest.TestStress(t, services.StressSteps(t), func(t *testing.T) (nodes []storetest.Stores) {
				url := start(t)
				for range 2 {
					db := open(t, url, redis.Options{})
					nodes = append(nodes, storetest.Stores{Lockout: db.Lockout(), RateLimit: db.RateLimits()})
				}
				return nodes
			})
		})
	}
}
