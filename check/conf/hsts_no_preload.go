package conf

import "github.com/merlon-go/merlon/check"

func hstsNoPreload() check.Rule {
	return onSettings(check.Rule{
		ID:         "hsts-no-preload",
		Title:      "HSTS begins with the first visit",
		Level:      check.Info,
		Deploy:     true,
		Tags:       []string{"settings", "headers", "tls"},
		Why:        "Only a domain on the browsers' preload list is safe on the very first visit.",
		Fix:        "When HSTS has lasted a year with subdomains, set SECURE_HSTS_PRELOAD=true and submit the domain at hstspreload.org.",
		More:       "A note, where Django warns: getting off the list takes months.",
		CWE:        []int{319},
		ASVS:       []string{"V3.7.4"},
		OWASP:      "A02",
		Django:     "security.W021",
		References: []string{"https://hstspreload.org/"},
	}, func(l *look) {
		if !l.set.Sound("SECURE_HSTS_SECONDS", "SECURE_HSTS_RAMP_START") {
			return
		}
		if h := l.set.Headers; (h.HSTSSeconds > 0 || !h.HSTSRampStart.IsZero()) && !h.HSTSPreload {
			l.add("SECURE_HSTS_PRELOAD", "")
		}
	})
}
