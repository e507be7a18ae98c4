package conf

import "github.com/merlon-go/merlon/check"

func sslRedirectLoop() check.Rule {
	return onSettings(check.Rule{
		ID:     "ssl-redirect-loop",
		Title:  "The redirect to https never ends",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "tls", "proxies"},
		Why:    "Merlon speaks plain http to the proxy in front and believes nobody who says that the client used https: each request is redirected again, and the usual cure is to turn the redirect off.",
		Fix:    "Set TRUSTED_PROXIES to the proxy's address, as in TRUSTED_PROXIES=loopback, and let it send X-Forwarded-Proto.",
		More:   "Django's check does not see this loop, since it does not know whether a proxy is there.",
		CWE:    []int{835},
		ASVS:   []string{"V4.1.3"},
		OWASP:  "A02",
	}, func(l *look) {
		if !l.set.Sound("SECURE_SSL_REDIRECT") {
			return
		}
		if l.set.Hosts.SSLRedirect && len(l.set.Hosts.TrustedProxies) == 0 {
			l.add("TRUSTED_PROXIES", "SECURE_SSL_REDIRECT is on and no proxy is trusted, so the redirect to https never ends")
		}
	})
}
