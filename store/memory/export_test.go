package memory

// LimitSessions sets how many sessions fit, for tests.
func (db *DB) LimitSessions(n int) { db.sessions.limit = n }
