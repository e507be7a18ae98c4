package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func cspMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "csp-missing",
		Title:  "No content security policy is enforced",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "headers", "csp"},
		Why:    "One forgotten escape in a page is then enough to run an attacker's script as the visitor.",
		Fix:    "Set CSP=strict; try it first beside the site with CSP_REPORT_ONLY=strict.",
		More:   "Django's checks do not notice an absent policy.",
		CWE:    []int{693, 79},
		ASVS:   []string{"V3.4.3"},
		OWASP:  "A02",
	}, func(l *look) {
		switch {
		case strings.TrimSpace(l.set.CSP.Policy) != "":
		case strings.TrimSpace(l.set.CSP.ReportOnly) != "":
			l.add("CSP", "The content security policy is only reported, not enforced")
		default:
			l.add("CSP", "")
		}
	})
}
