package conf

import "github.com/merlon-go/merlon/check"

func redisNoPassword() check.Rule {
	return onSettings(check.Rule{
		ID:     "redis-no-password",
		Title:  "Redis asks for no password",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "stores"},
		Why:    "Every machine that reaches the server can lift limits and lockouts.",
		Fix:    "Give Redis a user and password and write them in REDIS_URL.",
		CWE:    []int{306},
		ASVS:   []string{"V13.2.3"},
		OWASP:  "A02",
	}, func(l *look) {
		u := l.set.Store.RedisURL
		if !u.IsZero() && u.Password.IsZero() && far(u.Hosts) != here {
			if f := l.add("REDIS_URL", ""); far(u.Hosts) == remote {
				f.Level = check.Error
			}
		}
	})
}
