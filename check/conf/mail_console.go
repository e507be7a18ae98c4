package conf

import "github.com/merlon-go/merlon/check"

func mailConsole() check.Rule {
	return onSettings(check.Rule{
		ID:     "mail-console",
		Title:  "Mail is not sent to anybody",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "mail"},
		Why:    "Mail with one-time links lands in a log, a file or nowhere: whoever reads logs takes over accounts, and their owners learn nothing.",
		Fix:    "Set EMAIL_URL to a mail server: smtp://user:password@host:587.",
		CWE:    []int{532, 489},
		ASVS:   []string{"V15.2.3", "V16.2.5"},
		OWASP:  "A02",
		Django: "mail.E001",
	}, func(l *look) {
		switch scheme := l.set.Mail.URL.Scheme; scheme {
		case "console", "file", "memory", "dummy":
			l.add("EMAIL_URL", "Mail goes to %s:, not to people", scheme)
		}
	})
}
