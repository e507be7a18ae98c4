package conf

import (
	"strconv"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/secrets"
)

func secretKeyFallbackWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "secret-key-fallback-weak",
		Title:  "A fallback key can be guessed",
		Level:  check.Error,
		Tags:   []string{"settings", "keys"},
		Why:    "A fallback verifies like the key itself: whoever guesses it forges what the site then accepts.",
		Fix:    "Remove the fallback; everybody it still served signs in again.",
		CWE:    []int{330, 1391},
		ASVS:   []string{"V11.5.1", "V13.2.3"},
		OWASP:  "A04",
		Django: "security.W025",
	}, func(l *look) {
		for i, key := range l.set.Keys.Fallbacks {
			if why := secrets.Weakness(key); why != "" {
				l.add("SECRET_KEY_FALLBACKS", "Entry %d of SECRET_KEY_FALLBACKS %s", i+1, why).Key = strconv.Itoa(i)
			}
		}
	})
}
