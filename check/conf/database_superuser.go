package conf

import (
	"slices"

	"github.com/merlon-go/merlon/check"
)

func databaseSuperuser() check.Rule {
	return onSettings(check.Rule{
		ID:         "database-superuser",
		Title:      "The site uses the database's superuser",
		Level:      check.Warning,
		Deploy:     true,
		Confidence: check.Medium,
		Tags:       []string{"settings", "stores"},
		Why:        "One injected statement then owns every database of the server, and can read files and run programs on it.",
		Fix:        "Make a user that owns this database alone, with a password of its own.",
		CWE:        []int{250, 1392},
		ASVS:       []string{"V13.2.2", "V13.2.3"},
		OWASP:      "A02",
	}, func(l *look) {
		u := l.set.Store.DatabaseURL
		if u.Scheme != "postgres" {
			return
		}
		if slices.Contains([]string{"postgres", "root", "admin", "superuser", "sa"}, u.User) {
			l.add("DATABASE_URL", "The site signs in to the database as %s", u.User).Key = "user"
		}
		if password := u.Password.Reveal(); password != "" && (password == u.User || slices.Contains([]string{"postgres", "password", "admin", "secret", "changeme", "root", "123456"}, password)) {
			l.add("DATABASE_URL", "The database's password is a default one").Key = "password"
		}
	})
}
