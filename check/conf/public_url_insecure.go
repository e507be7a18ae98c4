package conf

import "github.com/merlon-go/merlon/check"

func publicURLInsecure() check.Rule {
	return onSettings(check.Rule{
		ID:     "public-url-insecure",
		Title:  "PUBLIC_URL is plain http",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "hosts", "tls"},
		Why:    "Links with one-time tokens, as in reset mails, then cross the network in the clear on the first click.",
		Fix:    "Write https:// in PUBLIC_URL.",
		CWE:    []int{319},
		ASVS:   []string{"V12.2.1"},
		OWASP:  "A04",
	}, func(l *look) {
		if u := l.set.Hosts.PublicURL; u != nil && u.Scheme != "https" {
			l.add("PUBLIC_URL", "PUBLIC_URL begins with %s://", u.Scheme)
		}
	})
}
