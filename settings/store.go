package settings

import "time"

// Store is where data lives.
type Store struct {
	// DatabaseURL has the scheme "sqlite" or "postgres".
	DatabaseURL URL
	// RedisURL is zero if there is no Redis.
	RedisURL URL
	// RedisTimeout bounds how long a rate limit waits for Redis.
	RedisTimeout time.Duration
}

func (s *Store) settings() []Setting {
	return []Setting{
		ServiceURL("DATABASE_URL", &s.DatabaseURL, "sqlite:///merlon.db", "Database: sqlite:///relative.db, sqlite:////absolute.db, postgres://user:password@host/name.",
			ParseDatabaseURL, "sqlite", "postgres").Dev("sqlite:///merlon-dev.db").Unprefixed(),
		ServiceURL("REDIS_URL", &s.RedisURL, "", "Redis or Valkey for shared limits and caches: redis://, rediss:// (TLS), redis+sentinel://, redis+cluster://.",
			ParseCacheURL, "redis", "rediss", "valkey", "valkeys", "unix", "redis+sentinel", "rediss+sentinel", "valkey+sentinel", "valkeys+sentinel",
			"redis+cluster", "rediss+cluster", "valkey+cluster", "valkeys+cluster").Unprefixed(),
		Duration("REDIS_TIMEOUT", &s.RedisTimeout, 50*time.Millisecond, time.Millisecond, time.Minute, "How long a rate limit waits for Redis; then the rule's fail mode decides."),
	}
}
