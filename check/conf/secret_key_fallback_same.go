package conf

import (
	"strconv"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/secrets"
)

func secretKeyFallbackSame() check.Rule {
	return onSettings(check.Rule{
		ID:    "secret-key-fallback-same",
		Title: "A fallback key equals another key",
		Level: check.Warning,
		Tags:  []string{"settings", "keys"},
		Why:   "A rotation that did not change the key is no rotation: what leaked still opens everything.",
		Fix:   "Set SECRET_KEY to a new key from `secret generate`, and keep each older key once.",
		CWE:   []int{324},
		ASVS:  []string{"V13.3.4"},
		OWASP: "A04",
	}, func(l *look) {
		if !l.set.Sound("SECRET_KEY") {
			return
		}
		keys := append([]secrets.Secret{l.set.Keys.SecretKey}, l.set.Keys.Fallbacks...)
		for i := 1; i < len(keys); i++ {
			for j := range i {
				if !keys[i].Equal(keys[j]) {
					continue
				}
				other := "SECRET_KEY"
				if j > 0 {
					other = "entry " + strconv.Itoa(j)
				}
				l.add("SECRET_KEY_FALLBACKS", "Entry %d of SECRET_KEY_FALLBACKS equals %s", i, other).Key = strconv.Itoa(i)
				break
			}
		}
	})
}
