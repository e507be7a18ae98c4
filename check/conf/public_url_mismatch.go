package conf

import "github.com/merlon-go/merlon/check"

func publicURLMismatch() check.Rule {
	return onSettings(check.Rule{
		ID:    "public-url-mismatch",
		Title: "PUBLIC_URL is not among ALLOWED_HOSTS",
		Level: check.Error,
		Tags:  []string{"settings", "hosts"},
		Why:   "Links in mails lead to a host that this site refuses, or that is somebody else's.",
		Fix:   "Add the host of PUBLIC_URL to ALLOWED_HOSTS, or correct PUBLIC_URL.",
		CWE:   []int{1188},
		ASVS:  []string{"V13.2.5"},
		OWASP: "A02",
	}, func(l *look) {
		if !l.set.Sound("ALLOWED_HOSTS") {
			return
		}
		u := l.set.Hosts.PublicURL
		if u != nil && len(l.set.Hosts.Allowed) > 0 && !allows(l.set.Hosts.Allowed, u.Hostname()) {
			l.add("PUBLIC_URL", "PUBLIC_URL names %s, which ALLOWED_HOSTS does not admit", u.Hostname())
		}
	})
}
