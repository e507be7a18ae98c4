package conf

import "github.com/merlon-go/merlon/check"

func sslRedirectOff() check.Rule {
	return onSettings(check.Rule{
		ID:     "ssl-redirect-off",
		Title:  "Plain http is answered",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "tls"},
		Why:    "Whoever is on the way reads and changes pages, passwords and cookies of everybody who types the address without https.",
		Fix:    "Set SECURE_SSL_REDIRECT=true, or silence this if the proxy in front redirects.",
		CWE:    []int{319},
		ASVS:   []string{"V12.2.1", "V4.1.2"},
		OWASP:  "A04",
		Django: "security.W008",
	}, func(l *look) {
		if !l.set.Hosts.SSLRedirect {
			l.add("SECURE_SSL_REDIRECT", "")
		}
	})
}
