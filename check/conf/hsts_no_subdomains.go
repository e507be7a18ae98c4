package conf

import "github.com/merlon-go/merlon/check"

func hstsNoSubdomains() check.Rule {
	return onSettings(check.Rule{
		ID:     "hsts-no-subdomains",
		Title:  "HSTS leaves subdomains out",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "headers", "tls"},
		Why:    "A plain page on a subdomain can set cookies for the whole domain and be used to attack it.",
		Fix:    "Set SECURE_HSTS_INCLUDE_SUBDOMAINS=true once every subdomain has https.",
		More:   "A note, where Django warns: the switch breaks every subdomain that has no https, and only its owner knows.",
		CWE:    []int{319},
		ASVS:   []string{"V3.4.1"},
		OWASP:  "A02",
		Django: "security.W005",
	}, func(l *look) {
		if !l.set.Sound("SECURE_HSTS_SECONDS", "SECURE_HSTS_RAMP_START") {
			return
		}
		if h := l.set.Headers; (h.HSTSSeconds > 0 || !h.HSTSRampStart.IsZero()) && !h.HSTSIncludeSubdomains {
			l.add("SECURE_HSTS_INCLUDE_SUBDOMAINS", "")
		}
	})
}
