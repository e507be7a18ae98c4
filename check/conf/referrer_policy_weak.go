package conf

import (
	"slices"

	"github.com/merlon-go/merlon/check"
)

func referrerPolicyWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "referrer-policy-weak",
		Title:  "SECURE_REFERRER_POLICY tells other sites whole addresses",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "headers"},
		Why:    "Paths and queries, which may hold tokens, are sent to other sites.",
		Fix:    "Set SECURE_REFERRER_POLICY=same-origin or strict-origin-when-cross-origin.",
		More:   "Django's check accepts unsafe-url.",
		CWE:    []int{200},
		ASVS:   []string{"V3.4.5"},
		OWASP:  "A02",
	}, func(l *look) {
		all := tokens(l.set.Headers.ReferrerPolicy)
		if len(all) == 0 {
			return
		}
		// A browser takes the last it knows.
		if last := all[len(all)-1]; slices.Contains([]string{"unsafe-url", "no-referrer-when-downgrade"}, last) {
			l.add("SECURE_REFERRER_POLICY", "SECURE_REFERRER_POLICY is %s, which tells other sites whole addresses", last)
		}
	})
}
