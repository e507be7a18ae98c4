package conf

import "github.com/merlon-go/merlon/check"

func csrfOriginInsecure() check.Rule {
	return onSettings(check.Rule{
		ID:    "csrf-origin-insecure",
		Title: "CSRF_TRUSTED_ORIGINS trusts plain http",
		Level: check.Error,
		Tags:  []string{"settings", "csrf"},
		Why:   "Whoever is on the way can answer for an http origin, and then send forms to this site in its visitors' name.",
		Fix:   "Write https:// and give that site a certificate.",
		CWE:   []int{352, 319},
		ASVS:  []string{"V3.5.1"},
		OWASP: "A01",
	}, func(l *look) {
		for _, origin := range l.set.CSRF.TrustedOrigins {
			scheme, host, ok := splitOrigin(origin)
			if ok && scheme == "http" && farName(host) != here {
				l.add("CSRF_TRUSTED_ORIGINS", "CSRF_TRUSTED_ORIGINS trusts %s", origin).Key = origin
			}
		}
	})
}
