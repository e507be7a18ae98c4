package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/ratelimit"
)

func rateLimitOpen() check.Rule {
	return onSettings(check.Rule{
		ID:    "rate-limit-open",
		Title: "A rate limit gives way when Redis fails",
		Level: check.Info,
		Tags:  []string{"settings", "limits"},
		Why:   "Whoever can slow Redis down, or waits for it to fail, has no limit any more.",
		Fix:   "Remove the word open from the rule: it then counts in each process until Redis is back.",
		More:  "An error for rules below /account/, where guesses are what is limited.",
		CWE:   []int{307, 636},
		ASVS:  []string{"V6.3.1", "V16.5.3"},
		OWASP: "A10",
	}, func(l *look) {
		rules, err := ratelimit.ParseRules(l.set.RateLimit.Rules)
		if err != nil {
			return // settings-invalid says so
		}
		for _, r := range rules {
			if r.Fail != ratelimit.FailOpen {
				continue
			}
			f := l.add("RATE_LIMITS", "The rate limit %s gives way when Redis fails", r.Name)
			f.Key = r.Name
			if strings.Contains(r.Pattern, "/account/") {
				f.Level = check.Error
			}
		}
	})
}
