package conf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/csp"
)

func cspWeak() check.Rule {
	return onSettings(check.Rule{
		ID:         "csp-weak",
		Title:      "The content security policy can be got around",
		Level:      check.Warning,
		Deploy:     true,
		Tags:       []string{"settings", "headers", "csp"},
		Why:        "A policy with a hole looks like protection and lets an injected script run all the same.",
		Fix:        "Set CSP=strict, or tighten the directive named.",
		More:       "The policy is judged as browsers of today apply it. What lets a script run, or makes the policy other than it seems, is a warning; what could be tighter is a note. Django's checks do not read the policy.",
		CWE:        []int{693, 79},
		ASVS:       []string{"V3.4.3", "V3.4.6"},
		OWASP:      "A02",
		References: []string{"https://www.w3.org/TR/CSP3/", "https://csp.withgoogle.com/docs/strict-csp.html"},
	}, func(l *look) {
		text := l.set.CSP.Policy
		policy, err := csp.Parse(text)
		if text == "" || err != nil {
			return // csp-missing and csp-invalid say so
		}
		for _, weakness := range csp.Evaluate(policy) {
			if weakness.ID == "no-reporting" {
				continue // the composer adds where to report to
			}
			f := l.add("CSP", "CSP: %s", weakness.Message)
			f.Key, f.Fix = weakness.ID+" "+string(weakness.Directive)+" "+string(weakness.Source), weakness.Fix
			if weakness.Severity < csp.Medium {
				f.Level = check.Info
			}
		}
	})
}
