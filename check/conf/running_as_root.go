package conf

import "github.com/merlon-go/merlon/check"

func runningAsRoot() check.Rule {
	return onSettings(check.Rule{
		ID:     "running-as-root",
		Title:  "The program runs as root",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "process"},
		Why:    "A fault in the site, or in a library of it, then owns the whole machine.",
		Fix:    "Run it as a user of its own; a port below 1024 needs CAP_NET_BIND_SERVICE only.",
		More:   "A note only, because the user of a pipeline is not that of the deployment; serve warns in its log.",
		CWE:    []int{250},
		ASVS:   []string{"V13.2.2"},
		OWASP:  "A02",
	}, func(l *look) {
		if l.Root {
			l.found = append(l.found, check.Finding{})
		}
	})
}
