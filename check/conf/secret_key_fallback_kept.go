package conf

import "github.com/merlon-go/merlon/check"

func secretKeyFallbackKept() check.Rule {
	return onSettings(check.Rule{
		ID:     "secret-key-fallback-kept",
		Title:  "Old keys are still accepted",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "keys"},
		Why:    "A key that is kept for ever makes the rotation worthless: what leaked with it still opens the site.",
		Fix:    "Remove a fallback once SESSION_COOKIE_AGE has passed since the rotation.",
		CWE:    []int{324},
		ASVS:   []string{"V13.3.4"},
		OWASP:  "A04",
	}, func(l *look) {
		switch n := len(l.set.Keys.Fallbacks); {
		case n > 2:
			l.add("SECRET_KEY_FALLBACKS", "%d old keys are still accepted", n).Level = check.Warning
		case n > 0:
			l.add("SECRET_KEY_FALLBACKS", "%d old key(s) are still accepted; remove each when what it signed has expired", n)
		}
	})
}
