package conf

import "github.com/merlon-go/merlon/check"

func debugOn() check.Rule {
	return onSettings(check.Rule{
		ID:     "debug-on",
		Title:  "DEBUG is on",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings"},
		Why:    "Error pages then show paths, queries and values that lead an attacker on.",
		Fix:    "Remove DEBUG or set it to false.",
		CWE:    []int{489, 209},
		ASVS:   []string{"V13.4.2", "V16.5.1"},
		OWASP:  "A02",
		Django: "security.W018",
	}, func(l *look) {
		if l.set.Debug {
			l.add("DEBUG", "")
		}
	})
}
