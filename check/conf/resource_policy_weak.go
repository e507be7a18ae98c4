package conf

import "github.com/merlon-go/merlon/check"

func resourcePolicyWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "resource-policy-weak",
		Title:  "Every site may embed what this one answers",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "headers"},
		Why:    "Pages of signed-in people can be loaded into another site's process and be measured there.",
		Fix:    "Set SECURE_CROSS_ORIGIN_RESOURCE_POLICY=same-origin, and open single routes where others may embed.",
		CWE:    []int{346},
		ASVS:   []string{"V3.5.8"},
		OWASP:  "A02",
	}, func(l *look) {
		if value := l.set.Headers.CrossOriginResourcePolicy; value == "cross-origin" {
			l.add("SECURE_CROSS_ORIGIN_RESOURCE_POLICY", "")
		}
	})
}
