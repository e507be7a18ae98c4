package conf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/secrets"
)

func secretKeyWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "secret-key-weak",
		Title:  "SECRET_KEY can be guessed",
		Level:  check.Error,
		Tags:   []string{"settings", "keys"},
		Why:    "Whoever guesses the key forges everything the site signs, offline and unseen.",
		Fix:    "Run `secret generate` for a new key, and put the old one into SECRET_KEY_FALLBACKS until what it signed has expired.",
		More:   "Django asks for 50 characters, 5 of them different, and no sample prefix. That lets a repeated alphabet of 50 characters pass. Here entropy is estimated: repetitions, sequences, keyboard walks, words and sample values do not count, and 32 random bytes in hexadecimal or base64 always pass.",
		CWE:    []int{330, 1391},
		ASVS:   []string{"V11.5.1", "V13.2.3"},
		OWASP:  "A04",
		Django: "security.W009",
	}, func(l *look) {
		key := l.set.Keys.SecretKey
		if key.IsZero() {
			return // secret-key-missing says so
		}
		if why := secrets.Weakness(key); why != "" {
			l.add("SECRET_KEY", "SECRET_KEY %s", why)
		}
	})
}
