package settings

import "time"

// Lockout is what follows wrong passwords. Package lockout reads the parameters.
type Lockout struct {
	// FailureLimit is how many failures lock, Cooloff for how long. With a
	// longer MaxCooloff each further lock lasts twice as long, up to it.
	FailureLimit        int
	Cooloff, MaxCooloff time.Duration
	// Parameters are what failures are counted by.
	Parameters string
	// HardLimit is how many failures in a row lock an account until its owner
	// or an administrator unlocks it; 0 is none.
	HardLimit int
	// AllowNetworks are never locked nor counted, DenyNetworks always refused.
	AllowNetworks, DenyNetworks []string
	// Hidden answers to a lock as to a wrong password.
	Hidden bool
	// Store is where failures are counted: "sql", the database, or "redis".
	Store string
}

func (l *Lockout) settings() []Setting {
	return []Setting{
		Int("LOCKOUT_FAILURE_LIMIT", &l.FailureLimit, 5, 1, 1000, "Failures that lock."),
		Duration("LOCKOUT_COOLOFF", &l.Cooloff, 15*time.Minute, time.Second, 30*day, "How long a lock lasts."),
		Duration("LOCKOUT_MAX_COOLOFF", &l.MaxCooloff, 0, 0, 400*day, "If longer than LOCKOUT_COOLOFF, each further lock lasts twice as long as the one before, up to this. 0 is none."),
		Text("LOCKOUT_PARAMETERS", &l.Parameters, "user+network,user,network", "What failures are counted by; + joins, a comma separates."),
		Int("LOCKOUT_HARD_LIMIT", &l.HardLimit, 0, 0, 1000, "Failures in a row, however far apart, that lock an account until a mailed link, a new password or an administrator unlocks it; 100 is what NIST allows. 0 is none."),
		List("LOCKOUT_ALLOW_NETWORKS", &l.AllowNetworks, "", "Addresses and CIDR networks that are never locked and whose failures are not counted: for a monitor."),
		List("LOCKOUT_DENY_NETWORKS", &l.DenyNetworks, "", "Addresses and CIDR networks that cannot sign in: 403, not counted."),
		Bool("LOCKOUT_HIDDEN", &l.Hidden, false, "Answer to a lock as to a wrong password. People then cannot tell why they are kept out."),
		Choice("LOCKOUT_STORE", &l.Store, "sql", "Where failures are counted: sql is DATABASE_URL, redis is REDIS_URL.", "sql", "redis"),
	}
}
