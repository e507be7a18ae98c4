package conf

import "github.com/merlon-go/merlon/check"

func databaseUnverified() check.Rule {
	return onSettings(check.Rule{
		ID:     "database-unverified",
		Title:  "The database's certificate is not checked",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "stores", "tls"},
		Why:    "Whoever is on the way can pose as the database and take its password.",
		Fix:    "Write sslmode=verify-full in DATABASE_URL.",
		CWE:    []int{295},
		ASVS:   []string{"V12.3.2"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Store.DatabaseURL
		mode := u.Option("sslmode")
		if u.Scheme != "postgres" || far(u.Hosts) == here || mode != "require" && mode != "verify-ca" {
			return
		}
		f := l.add("DATABASE_URL", "sslmode is %s, so the server's name is not checked", mode)
		if far(u.Hosts) == near {
			f.Level = check.Info
		}
	})
}
