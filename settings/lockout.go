package settings

import "time"

// Lockout is what follows wrong passwords. Package lockout reads the parameters.
type Lockout struct {
	// FailureLimit is how many failures lock, Cooloff for how long.
	FailureLimit int
	Cooloff      time.Duration
	// Parameters are what failures are counted by.
	Parameters string
	// HardLimit is how many failures in a row lock an account until its owner
	// or an administrator unlocks it; 0 is none.
	HardLimit int
	// Store is where failures are counted: "sql", the database, or "redis".
	Store string
}

func (l *Lockout) settings() []Setting {
	return []Setting{
		Int("LOCKOUT_FAILURE_LIMIT", &l.FailureLimit, 5, 1, 1000, "Failures that lock."),
		Duration("LOCKOUT_COOLOFF", &l.Cooloff, 15*time.Minute, time.Second, 30*day, "How long a lock lasts."),
		Text("LOCKOUT_PARAMETERS", &l.Parameters, "user+network,user,network", "What failures are counted by; + joins, a comma separates."),
		Int("LOCKOUT_HARD_LIMIT", &l.HardLimit, 0, 0, 1000, "Failures in a row, however far apart, that lock an account until a mailed link, a new password or an administrator unlocks it; 100 is what NIST allows. 0 is none."),
		Choice("LOCKOUT_STORE", &l.Store, "sql", "Where failures are counted: sql is DATABASE_URL, redis is REDIS_URL.", "sql", "redis"),
	}
}
