package conf

import (
	"fmt"

	"github.com/merlon-go/merlon/check"
)

func envFileReadable() check.Rule {
	return onSettings(check.Rule{
		ID:    "env-file-readable",
		Title: "Others can read .env",
		Level: check.Warning,
		Tags:  []string{"settings", "files"},
		Why:   "Every user and every broken service of the machine can read the site's keys and passwords.",
		Fix:   "Run chmod 600 .env.",
		CWE:   []int{732},
		ASVS:  []string{"V13.3.2"},
		OWASP: "A02",
	}, func(l *look) {
		if mode, ok := l.mode(".env"); ok && mode&(othersRead|othersWrite) != 0 {
			f := l.inFile(".env", fmt.Sprintf("Others can read .env (mode %04o)", mode))
			if mode&(strangers|othersWrite) != 0 {
				f.Level = check.Error
			}
		}
	})
}
