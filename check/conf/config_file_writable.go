package conf

import (
	"fmt"

	"github.com/merlon-go/merlon/check"
)

func configFileWritable() check.Rule {
	return onSettings(check.Rule{
		ID:    "config-file-writable",
		Title: "Others can change merlon.toml",
		Level: check.Error,
		Tags:  []string{"settings", "files"},
		Why:   "Whoever can write the settings turns protections off, or points the site at another database.",
		Fix:   "Run chmod go-w merlon.toml.",
		CWE:   []int{732},
		ASVS:  []string{"V13.3.2"},
		OWASP: "A02",
	}, func(l *look) {
		if mode, ok := l.mode("merlon.toml"); ok && mode&othersWrite != 0 {
			l.inFile("merlon.toml", fmt.Sprintf("Others can change merlon.toml (mode %04o)", mode))
		}
	})
}
