package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func databaseVolatile() check.Rule {
	return onSettings(check.Rule{
		ID:     "database-volatile",
		Title:  "The database is lost with the process",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "stores"},
		Why:    "Accounts, locks and the audit trail vanish with each restart.",
		Fix:    "Set DATABASE_URL to a file on a lasting disk, or to PostgreSQL.",
		CWE:    []int{404},
		ASVS:   []string{"V16.4.2"},
		OWASP:  "A09",
	}, func(l *look) {
		u := l.set.Store.DatabaseURL
		if u.Scheme != "sqlite" {
			return
		}
		switch {
		case u.Path == "" || strings.Contains(u.Path, ":memory:") || u.Option("mode") == "memory":
			l.add("DATABASE_URL", "The database is held in memory")
		case strings.HasPrefix(u.Path, "/tmp/") || strings.HasPrefix(u.Path, "/dev/shm/"):
			l.add("DATABASE_URL", "The database is in a folder that is emptied").Level = check.Warning
		}
	})
}
