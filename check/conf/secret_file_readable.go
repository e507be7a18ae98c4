package conf

import (
	"fmt"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func secretFileReadable() check.Rule {
	return onSettings(check.Rule{
		ID:    "secret-file-readable",
		Title: "Others can read a secret's file",
		Level: check.Warning,
		Tags:  []string{"settings", "files", "keys"},
		Why:   "Every user and every broken service of the machine can read the secret.",
		Fix:   "Run chmod 600 on the file, or 640 with a group of its own.",
		More:  "Files under /run/secrets are left out: there the container decides who sees them.",
		CWE:   []int{732},
		ASVS:  []string{"V13.3.2"},
		OWASP: "A02",
	}, func(l *look) {
		for key, name := range l.SecretFiles {
			if strings.HasPrefix(name, "/run/secrets/") {
				continue
			}
			if mode, ok := l.mode(name); ok && mode&(strangers|othersWrite) != 0 {
				f := l.add(key, "Others can read the file that holds %s (mode %04o)", key, mode)
				f.Place.File = name
			}
		}
		if mode, ok := l.mode("merlon-dev.key"); ok && mode&(othersRead|othersWrite) != 0 {
			l.inFile("merlon-dev.key", fmt.Sprintf("Others can read merlon-dev.key (mode %04o)", mode))
		}
	})
}
