package conf

import "github.com/merlon-go/merlon/check"

func hstsMissing() check.Rule {
	return onSettings(check.Rule{
		ID:         "hsts-missing",
		Title:      "HSTS is off",
		Level:      check.Warning,
		Deploy:     true,
		Tags:       []string{"settings", "headers", "tls"},
		Why:        "Without Strict-Transport-Security a browser begins with plain http, where an attacker on the way can keep it.",
		Fix:        "Set SECURE_HSTS_RAMP_START to today: max-age then grows from minutes to a year by itself.",
		CWE:        []int{319, 523},
		ASVS:       []string{"V3.4.1"},
		OWASP:      "A02",
		Django:     "security.W004",
		References: []string{"https://www.rfc-editor.org/rfc/rfc6797"},
	}, func(l *look) {
		if !l.set.Sound("SECURE_HSTS_RAMP_START") {
			return
		}
		if h := l.set.Headers; h.HSTSSeconds <= 0 && h.HSTSRampStart.IsZero() {
			l.add("SECURE_HSTS_SECONDS", "")
		}
	})
}
