package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func secretInConfigFile() check.Rule {
	return onSettings(check.Rule{
		ID:    "secret-in-config-file",
		Title: "A secret stands in merlon.toml",
		Level: check.Warning,
		Tags:  []string{"settings", "keys", "files"},
		Why:   "merlon.toml is meant to be committed; a secret in it is in every clone and in the history for ever.",
		Fix:   "Move it to the environment, to a file named by <NAME>_FILE, or to a secret manager, and then change the secret.",
		CWE:   []int{260, 540},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A04",
	}, func(l *look) {
		for _, v := range l.set.Explain() {
			if strings.HasPrefix(v.Source, "merlon.toml") && v.Value != "" && (v.Secret || strings.Contains(v.Value, ":***@")) {
				l.add(v.Key, "%s is written in merlon.toml", v.Key)
			}
		}
	})
}
