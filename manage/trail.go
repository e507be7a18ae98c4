package manage

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/redis"
)

// trail is the audit trail in the database, each record sealed with the one
// before under the site's key.
func (p *Program) trail(set *settings.Settings, db Database) (*audit.Trail, error) {
	ring, err := secrets.NewRing(set.Keys.SecretKey, set.Keys.Fallbacks...)
	if err != nil {
		return nil, failed("SECRET_KEY cannot be used", err)
	}
	return audit.NewTrail(audit.TrailConfig{Store: db.Audit(), MAC: ring.MAC("audit"), Now: p.Env.Now})
}

// stores are what a site is composed over: the database, and Redis for what
// nodes share, which the caller closes; it is nil if there is none.
func (p *Program) stores(set *settings.Settings, db Database) (stores merlon.Stores, shared *redis.DB, err error) {
	trail, err := p.trail(set, db)
	if err != nil {
		return merlon.Stores{}, nil, err
	}
	stores = merlon.Stores{
		Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Reports: db.CSPReports(), Audit: kept{trail}, Lockout: db.Lockout(), Ping: db.Ping,
	}
	if set.Store.RedisURL.IsZero() {
		return stores, nil, nil
	}
	shared, err = redis.Open(set.Store.RedisURL.Reveal(), redis.Options{Timeout: set.Store.RedisTimeout})
	if err != nil {
		return merlon.Stores{}, nil, failed("REDIS_URL cannot be used", err)
	}
	stores.RateLimit = shared.RateLimits()
	if set.Lockout.Store == "redis" {
		stores.Lockout = shared.Lockout()
	}
	return stores, shared, nil
}

// sharedPatience bounds how long Redis is asked about itself at the start,
// unless the settings say that it is given longer each time.
const sharedPatience = time.Second

// lookAtShared warns of a Redis that is not there, or forgets. A site starts all
// the same: what counts there is refused, or counted by each node alone.
func lookAtShared(ctx context.Context, shared *redis.DB, timeout time.Duration, logger *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, max(sharedPatience, timeout))
	defer cancel()
	switch policy, err := shared.Evicts(ctx); {
	case err != nil:
		logger.Warn("Redis does not answer", slog.String("error", err.Error()))
	case policy != "":
		logger.Warn("Redis forgets counts when its memory is full: set maxmemory-policy noeviction", slog.String("maxmemory_policy", policy))
	}
}

// kept passes on to a trail what happens to accounts, sessions and privileges.
// Refused requests go to the log alone: whoever can make the site refuse a
// request must not be able to make it write to the database each time.
type kept struct{ trail audit.Sink }

func (k kept) Record(ctx context.Context, e audit.Event) error {
	for _, prefix := range []string{"authn_", "authz_", "session_", "user_", "privilege_", "sys_"} {
		if strings.HasPrefix(string(e.Name), prefix) {
			return k.trail.Record(ctx, e)
		}
	}
	return nil
}
