package conf

import (
	"fmt"

	"github.com/merlon-go/merlon/check"
)

func databaseFileReadable() check.Rule {
	return onSettings(check.Rule{
		ID:    "database-file-readable",
		Title: "Others can read the database",
		Level: check.Error,
		Tags:  []string{"settings", "files", "stores"},
		Why:   "Every user and every broken service of the machine can copy accounts and password hashes.",
		Fix:   "Run chmod 600 on the database and on the files beside it that end in -wal and -shm.",
		CWE:   []int{732},
		ASVS:  []string{"V13.3.2"},
		OWASP: "A02",
	}, func(l *look) {
		u := l.set.Store.DatabaseURL
		if u.Scheme != "sqlite" || u.Path == "" || u.Path == ":memory:" {
			return
		}
		for _, name := range []string{u.Path, u.Path + "-wal", u.Path + "-shm"} {
			if mode, ok := l.mode(name); ok && mode&(othersRead|othersWrite) != 0 {
				f := l.inFile(name, fmt.Sprintf("Others can read the database (mode %04o)", mode))
				if mode&(strangers|othersWrite) == 0 {
					f.Level = check.Warning // the group alone
				}
			}
		}
	})
}
