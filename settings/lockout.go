package settings

import "time"

// Lockout is what follows wrong passwords. Package lockout reads the parameters.
type Lockout struct {
	// FailureLimit is how many failures lock, Cooloff for how long.
	FailureLimit int
	Cooloff      time.Duration
	// Parameters are what failures are counted by.
	Parameters string
}

func (l *Lockout) settings() []Setting {
	return []Setting{
		Int("LOCKOUT_FAILURE_LIMIT", &l.FailureLimit, 5, 1, 1000, "Failures that lock."),
		Duration("LOCKOUT_COOLOFF", &l.Cooloff, 15*time.Minute, time.Second, 30*day, "How long a lock lasts. It always ends."),
		Text("LOCKOUT_PARAMETERS", &l.Parameters, "user+network,user,network", "What failures are counted by; + joins, a comma separates."),
	}
}
