package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func redisPlaintext() check.Rule {
	return onSettings(check.Rule{
		ID:     "redis-plaintext",
		Title:  "Redis is reached without TLS",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "stores", "tls"},
		Why:    "Whoever is on the way reads the password, resets limits and lockouts, and changes cached sessions.",
		Fix:    "Write rediss:// in REDIS_URL.",
		More:   "An error if the server is on the Internet, a note if it is in a private network.",
		CWE:    []int{319},
		ASVS:   []string{"V12.3.1"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Store.RedisURL
		if u.IsZero() || u.Scheme == "unix" || encryptedRedis(u.Scheme) || far(u.Hosts) == here {
			return
		}
		if f := l.add("REDIS_URL", "REDIS_URL begins with %s://, which has no TLS", u.Scheme); far(u.Hosts) == near {
			f.Level = check.Info
		}
	})
}

func encryptedRedis(scheme string) bool {
	name, _, _ := strings.Cut(scheme, "+")
	return name == "rediss" || name == "valkeys"
}
