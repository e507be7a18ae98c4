package conf

import "github.com/merlon-go/merlon/check"

func sslHostMismatch() check.Rule {
	return onSettings(check.Rule{
		ID:    "ssl-host-mismatch",
		Title: "SECURE_SSL_HOST is not among ALLOWED_HOSTS",
		Level: check.Error,
		Tags:  []string{"settings", "hosts", "tls"},
		Why:   "Every plain request is sent to a host that this site refuses, or that is somebody else's.",
		Fix:   "Add the host to ALLOWED_HOSTS, or correct SECURE_SSL_HOST.",
		CWE:   []int{601},
		ASVS:  []string{"V3.7.2"},
		OWASP: "A02",
	}, func(l *look) {
		if !l.set.Sound("ALLOWED_HOSTS") {
			return
		}
		host := hostname(l.set.Hosts.SSLHost)
		if host != "" && len(l.set.Hosts.Allowed) > 0 && !allows(l.set.Hosts.Allowed, host) {
			l.add("SECURE_SSL_HOST", "SECURE_SSL_HOST names %s, which ALLOWED_HOSTS does not admit", host)
		}
	})
}
