package conf

import (
	"time"

	"github.com/merlon-go/merlon/check"
)

func securityTxtStale() check.Rule {
	const month = 30 * 24 * time.Hour
	return onSettings(check.Rule{
		ID:         "security-txt-stale",
		Title:      "security.txt goes stale",
		Level:      check.Warning,
		Deploy:     true,
		Tags:       []string{"settings"},
		Why:        "People who find a hole are told to disregard a file that has expired, and to doubt one that is good for more than a year.",
		Fix:        "See that the contacts still hold, then set SECURITY_TXT_EXPIRES to a day within a year, or remove it.",
		CWE:        []int{1059},
		ASVS:       []string{"V15.1.1"},
		OWASP:      "A09",
		References: []string{"https://www.rfc-editor.org/rfc/rfc9116#section-2.5.5"},
	}, func(l *look) {
		at := l.set.Security.Expires
		if len(l.set.Security.Contact) == 0 || at.IsZero() {
			return
		}
		switch left := at.Sub(l.Time()); {
		case left <= 0:
			l.add("SECURITY_TXT_EXPIRES", "security.txt has expired")
		case left < month:
			l.add("SECURITY_TXT_EXPIRES", "security.txt expires within a month")
		case left > year*time.Second:
			l.add("SECURITY_TXT_EXPIRES", "security.txt is good for more than a year")
		}
	})
}
