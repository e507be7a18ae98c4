package conf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/csp"
)

func cspInvalid() check.Rule {
	return onSettings(check.Rule{
		ID:     "csp-invalid",
		Title:  "A content security policy cannot be read",
		Level:  check.Error,
		Tags:   []string{"settings", "headers", "csp"},
		Why:    "Browsers silently ignore what they do not understand in a policy, so it protects less than it says.",
		Fix:    "Correct the policy, or use a preset: strict, basic, api.",
		CWE:    []int{1188},
		ASVS:   []string{"V3.4.3"},
		OWASP:  "A02",
		Django: "security.E026",
	}, func(l *look) {
		for key, text := range map[string]string{"CSP": l.set.CSP.Policy, "CSP_REPORT_ONLY": l.set.CSP.ReportOnly} {
			if text == "" {
				continue
			}
			if _, err := csp.Parse(text); err != nil {
				l.wrong(key, text, "%s cannot be read: %v", key, err)
			}
		}
	})
}
