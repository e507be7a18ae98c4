package conf

import "github.com/merlon-go/merlon/check"

func sessionIdleLong() check.Rule {
	return onSettings(check.Rule{
		ID:     "session-idle-long",
		Title:  "Sessions survive long idleness",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "sessions"},
		Why:    "Whoever finds a browser left open weeks ago is still signed in.",
		Fix:    "Set SESSION_IDLE_AGE to 7 days at most.",
		CWE:    []int{613},
		ASVS:   []string{"V7.3.1"},
		OWASP:  "A07",
	}, func(l *look) {
		if idle := l.set.Sessions.IdleAge; idle > 7*day || idle <= 0 {
			l.add("SESSION_IDLE_AGE", "Sessions survive %d days without a request", idle/day)
		}
	})
}
