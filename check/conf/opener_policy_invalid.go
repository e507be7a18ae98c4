package conf

import (
	"slices"

	"github.com/merlon-go/merlon/check"
)

func openerPolicyInvalid() check.Rule {
	return onSettings(check.Rule{
		ID:     "opener-policy-invalid",
		Title:  "SECURE_CROSS_ORIGIN_OPENER_POLICY is no policy",
		Level:  check.Error,
		Tags:   []string{"settings", "headers"},
		Why:    "A browser ignores a value it does not know, so the page shares a process with what opened it.",
		Fix:    "Write same-origin, or same-origin-allow-popups where sign-in windows of others are opened.",
		CWE:    []int{1188},
		ASVS:   []string{"V3.4.8"},
		OWASP:  "A02",
		Django: "security.E024",
	}, func(l *look) {
		known := []string{"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none", ""}
		if value := l.set.Headers.CrossOriginOpenerPolicy; !slices.Contains(known, value) {
			l.wrong("SECURE_CROSS_ORIGIN_OPENER_POLICY", value, "SECURE_CROSS_ORIGIN_OPENER_POLICY is %q, which is no policy", value)
		}
	})
}
