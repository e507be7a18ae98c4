package conf

import "github.com/merlon-go/merlon/check"

func secretKeyMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "secret-key-missing",
		Title:  "SECRET_KEY is not set",
		Level:  check.Critical,
		Tags:   []string{"settings", "keys"},
		Why:    "Without a key nothing can be signed: anybody could forge CSRF tokens, reset links and remembered choices.",
		Fix:    "Run `secret generate` and set SECRET_KEY, or SECRET_KEY_FILE to a file that holds it.",
		CWE:    []int{321},
		ASVS:   []string{"V11.5.1", "V13.3.1"},
		OWASP:  "A04",
		Django: "security.W009",
	}, func(l *look) {
		if l.set.Keys.SecretKey.IsZero() && !l.set.Dev { // under --dev, serve makes one
			l.add("SECRET_KEY", "")
		}
	})
}
