package conf

import (
	"slices"

	"github.com/merlon-go/merlon/check"
)

func redisUnverified() check.Rule {
	return onSettings(check.Rule{
		ID:     "redis-unverified",
		Title:  "The certificate of Redis is not checked",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "stores", "tls"},
		Why:    "Whoever is on the way can pose as Redis and take its password.",
		Fix:    "Remove the option from REDIS_URL; name your own authority instead.",
		CWE:    []int{295},
		ASVS:   []string{"V12.3.2"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Store.RedisURL
		for _, name := range []string{"skip_verify", "insecure", "insecure_skip_verify", "tls_insecure"} {
			if on, err := u.Bool(name, false); on && err == nil {
				l.add("REDIS_URL", "REDIS_URL sets %s", name).Key = name
			}
		}
		if slices.Contains([]string{"none", "CERT_NONE"}, u.Option("ssl_cert_reqs")) {
			l.add("REDIS_URL", "REDIS_URL sets ssl_cert_reqs=none").Key = "ssl_cert_reqs"
		}
	})
}
