package conf

import (
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// referrerPolicies are the values of the standard, the strictest first.
var referrerPolicies = []string{
	"no-referrer", "same-origin", "strict-origin", "origin", "strict-origin-when-cross-origin",
	"origin-when-cross-origin", "no-referrer-when-downgrade", "unsafe-url",
}

// tokens splits a list at commas; empty elements are dropped.
func tokens(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

func referrerPolicyInvalid() check.Rule {
	return onSettings(check.Rule{
		ID:         "referrer-policy-invalid",
		Title:      "SECURE_REFERRER_POLICY is no policy",
		Level:      check.Error,
		Tags:       []string{"settings", "headers"},
		Why:        "A browser ignores a value it does not know and falls back to its own, so the setting does nothing.",
		Fix:        "Write one of no-referrer, same-origin, strict-origin, strict-origin-when-cross-origin.",
		CWE:        []int{1188},
		ASVS:       []string{"V3.4.5"},
		OWASP:      "A02",
		Django:     "security.E023",
		References: []string{"https://www.w3.org/TR/referrer-policy/"},
	}, func(l *look) {
		for _, token := range tokens(l.set.Headers.ReferrerPolicy) {
			if !slices.Contains(referrerPolicies, token) {
				l.wrong("SECURE_REFERRER_POLICY", l.set.Headers.ReferrerPolicy, "SECURE_REFERRER_POLICY holds %q, which is no policy", token).Key = token
			}
		}
	})
}
