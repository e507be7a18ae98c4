package conf

import (
	"time"

	"github.com/merlon-go/merlon/check"
)

const day = 24 * time.Hour

func sessionAgeLong() check.Rule {
	return onSettings(check.Rule{
		ID:     "session-age-long",
		Title:  "Sessions live very long",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "sessions"},
		Why:    "A session that was stolen, or left open on a lost machine, works for as long as it lives.",
		Fix:    "Set SESSION_COOKIE_AGE to 30 days at most.",
		CWE:    []int{613},
		ASVS:   []string{"V7.3.2"},
		OWASP:  "A07",
	}, func(l *look) {
		if age := l.set.Sessions.CookieAge; age > 30*day || age <= 0 {
			l.add("SESSION_COOKIE_AGE", "Sessions live for %d days", age/day)
		}
	})
}
