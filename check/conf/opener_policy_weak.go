package conf

import "github.com/merlon-go/merlon/check"

func openerPolicyWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "opener-policy-weak",
		Title:  "Pages keep a handle on windows of other sites",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "headers"},
		Why:    "A site that opens this one in a window can watch and steer it.",
		Fix:    "Set SECURE_CROSS_ORIGIN_OPENER_POLICY=same-origin.",
		CWE:    []int{1021},
		ASVS:   []string{"V3.4.8"},
		OWASP:  "A02",
	}, func(l *look) {
		if value := l.set.Headers.CrossOriginOpenerPolicy; value == "unsafe-none" {
			l.add("SECURE_CROSS_ORIGIN_OPENER_POLICY", "SECURE_CROSS_ORIGIN_OPENER_POLICY is %s", value)
		}
	})
}
