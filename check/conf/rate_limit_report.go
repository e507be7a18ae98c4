package conf

import (
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/ratelimit"
)

func rateLimitReport() check.Rule {
	return onSettings(check.Rule{
		ID:     "rate-limit-report",
		Title:  "A rate limit only reports",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "limits"},
		Why:    "A rule on trial refuses nobody; forgotten, it is no limit at all.",
		Fix:    "Remove the word report from the rule once its numbers are right.",
		More:   "A warning where the rule takes the place of a built-in one for accounts.",
		CWE:    []int{307, 770},
		ASVS:   []string{"V6.3.1", "V2.4.1"},
		OWASP:  "A06",
	}, func(l *look) {
		rules, err := ratelimit.ParseRules(l.set.RateLimit.Rules)
		if err != nil {
			return // settings-invalid says so
		}
		for _, r := range rules {
			if !r.Report {
				continue
			}
			f := l.add("RATE_LIMITS", "The rate limit %s only reports", r.Name)
			f.Key = r.Name
			if slices.ContainsFunc(ratelimit.Defaults(), func(d ratelimit.Rule) bool { return d.Name == r.Name && strings.Contains(d.Pattern, "/account/") }) {
				f.Level = check.Warning
			}
		}
	})
}
