package conf

import "github.com/merlon-go/merlon/check"

func hstsPreloadUnfit() check.Rule {
	return onSettings(check.Rule{
		ID:         "hsts-preload-unfit",
		Title:      "HSTS asks for preloading without what that needs",
		Level:      check.Error,
		Tags:       []string{"settings", "headers", "tls"},
		Why:        "The preload list refuses a domain without a year of max-age and includeSubDomains, so the word promises what is not there.",
		Fix:        "Set SECURE_HSTS_SECONDS=31536000 and SECURE_HSTS_INCLUDE_SUBDOMAINS=true, or remove SECURE_HSTS_PRELOAD.",
		CWE:        []int{1188},
		ASVS:       []string{"V3.7.4", "V3.4.1"},
		OWASP:      "A02",
		References: []string{"https://hstspreload.org/"},
	}, func(l *look) {
		if !l.set.Sound("SECURE_HSTS_SECONDS", "SECURE_HSTS_RAMP_START", "SECURE_HSTS_INCLUDE_SUBDOMAINS") {
			return
		}
		h := l.set.Headers
		if !h.HSTSPreload {
			return
		}
		if h.HSTSRampStart.IsZero() && h.HSTSSeconds < year {
			l.add("SECURE_HSTS_PRELOAD", "SECURE_HSTS_PRELOAD is on and HSTS lasts less than a year").Key = "age"
		}
		if !h.HSTSIncludeSubdomains {
			l.add("SECURE_HSTS_PRELOAD", "SECURE_HSTS_PRELOAD is on without SECURE_HSTS_INCLUDE_SUBDOMAINS").Key = "subdomains"
		}
	})
}
