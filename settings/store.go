package settings

// Store is where data lives.
type Store struct {
	// DatabaseURL has the scheme "sqlite" or "postgres".
	DatabaseURL URL
	// RedisURL is zero if there is no Redis.
	RedisURL URL
}

func (s *Store) settings() []Setting {
	return []Setting{
		ServiceURL("DATABASE_URL", &s.DatabaseURL, "sqlite:///merlon.db", "Database: sqlite:///relative.db, sqlite:////absolute.db, postgres://user:password@host/name.",
			ParseDatabaseURL, "sqlite", "postgres").Dev("sqlite:///merlon-dev.db").Unprefixed(),
		ServiceURL("REDIS_URL", &s.RedisURL, "", "Redis or Valkey for shared limits and caches: redis://, rediss:// (TLS), redis+sentinel://, redis+cluster://.",
			ParseCacheURL, "redis", "rediss", "valkey", "valkeys", "unix", "redis+sentinel", "rediss+sentinel", "valkey+sentinel", "valkeys+sentinel",
			"redis+cluster", "rediss+cluster", "valkey+cluster", "valkeys+cluster").Unprefixed(),
	}
}
