package conf

import (
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

// year is the max-age that ASVS and the preload list ask for, in seconds.
const year = 365 * 24 * 60 * 60

func hstsShort() check.Rule {
	return onSettings(check.Rule{
		ID:         "hsts-short",
		Title:      "HSTS is forgotten too soon",
		Level:      check.Info,
		Deploy:     true,
		Tags:       []string{"settings", "headers", "tls"},
		Why:        "A visitor who comes back after max-age begins with plain http again, where an attacker on the way can keep them.",
		Fix:        "Set SECURE_HSTS_RAMP_START to today, or SECURE_HSTS_SECONDS=31536000 once https has worked for a while.",
		More:       "Below one hour this is a warning, below one year a note: a site may begin with an hour, as this one does by default, and grow. Django's check accepts any number, even a negative one.",
		CWE:        []int{319, 523},
		ASVS:       []string{"V3.4.1"},
		OWASP:      "A02",
		References: []string{"https://hstspreload.org/"},
	}, func(l *look) {
		if !l.set.Sound("SECURE_HSTS_RAMP_START") {
			return
		}
		h := l.set.Headers
		if !h.HSTSRampStart.IsZero() || h.HSTSSeconds <= 0 || h.HSTSSeconds >= year {
			return
		}
		f := l.add("SECURE_HSTS_SECONDS", "HSTS lasts %s only", settings.FormatDuration(time.Duration(h.HSTSSeconds)*time.Second))
		if h.HSTSSeconds < 3600 {
			f.Level = check.Warning
		}
	})
}
