package conf

import "github.com/merlon-go/merlon/check"

func mailPlaintext() check.Rule {
	return onSettings(check.Rule{
		ID:     "mail-plaintext",
		Title:  "Mail crosses the network in the clear",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "mail", "tls"},
		Why:    "Whoever is on the way reads one-time links and takes over accounts.",
		Fix:    "Remove tls=none from EMAIL_URL, or use smtps://.",
		CWE:    []int{319},
		ASVS:   []string{"V12.3.1"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Mail.URL
		if u.Scheme == "smtp" && u.Option("tls") == "none" && far(u.Hosts) != here {
			f := l.add("EMAIL_URL", "EMAIL_URL turns TLS off")
			if far(u.Hosts) == near {
				f.Level = check.Warning
			}
		}
	})
}
