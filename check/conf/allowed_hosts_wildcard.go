package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func allowedHostsWildcard() check.Rule {
	return onSettings(check.Rule{
		ID:    "allowed-hosts-wildcard",
		Title: "ALLOWED_HOSTS admits every host",
		Level: check.Error,
		Tags:  []string{"settings", "hosts"},
		Why:   "An attacker chooses the host of a request: reset mails with poisoned links, poisoned caches, DNS rebinding.",
		Fix:   "List the hosts of the site instead of *.",
		More:  "Django's own checks accept a wildcard.",
		CWE:   []int{644, 183},
		ASVS:  []string{"V13.2.5"},
		OWASP: "A02",
	}, func(l *look) {
		for _, host := range l.set.Hosts.Allowed {
			if strings.Contains(host, "*") || strings.Trim(host, ". ") == "" {
				l.add("ALLOWED_HOSTS", "ALLOWED_HOSTS holds %q", host).Key = host
			}
		}
	})
}
