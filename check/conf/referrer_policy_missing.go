package conf

import "github.com/merlon-go/merlon/check"

func referrerPolicyMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "referrer-policy-missing",
		Title:  "SECURE_REFERRER_POLICY is empty",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "headers"},
		Why:    "Addresses of pages, which may hold tokens, are told to every site that a page links to or loads from.",
		Fix:    "Set SECURE_REFERRER_POLICY=same-origin, or remove the setting.",
		CWE:    []int{200},
		ASVS:   []string{"V3.4.5"},
		OWASP:  "A02",
		Django: "security.W022",
	}, func(l *look) {
		if len(tokens(l.set.Headers.ReferrerPolicy)) == 0 {
			l.add("SECURE_REFERRER_POLICY", "")
		}
	})
}
