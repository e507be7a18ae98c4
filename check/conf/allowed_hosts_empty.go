package conf

import "github.com/merlon-go/merlon/check"

func allowedHostsEmpty() check.Rule {
	return onSettings(check.Rule{
		ID:     "allowed-hosts-empty",
		Title:  "ALLOWED_HOSTS is empty",
		Level:  check.Error,
		Tags:   []string{"settings", "hosts"},
		Why:    "Without it the site answers to no host, or, if that check is taken away, to any: links in mails then lead where the attacker wants.",
		Fix:    "List the hosts of the site, as in ALLOWED_HOSTS=www.example.com,.example.org.",
		CWE:    []int{644},
		ASVS:   []string{"V13.2.5"},
		OWASP:  "A02",
		Django: "security.W020",
	}, func(l *look) {
		if len(l.set.Hosts.Allowed) == 0 {
			l.add("ALLOWED_HOSTS", "")
		}
	})
}
