package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func csrfOriginBroad() check.Rule {
	return onSettings(check.Rule{
		ID:    "csrf-origin-broad",
		Title: "CSRF_TRUSTED_ORIGINS trusts names that strangers can register",
		Level: check.Error,
		Tags:  []string{"settings", "csrf"},
		Why:   "Anybody with a name below that suffix can send forms to this site in its visitors' name.",
		Fix:   "Name the origins one by one, or the wildcard of a domain that is yours alone.",
		CWE:   []int{352, 183},
		ASVS:  []string{"V3.5.1"},
		OWASP: "A01",
	}, func(l *look) {
		for _, origin := range l.set.CSRF.TrustedOrigins {
			_, host, ok := splitOrigin(origin)
			if base, wild := strings.CutPrefix(host, "*."); ok && wild && publicSuffix(base) {
				l.add("CSRF_TRUSTED_ORIGINS", "CSRF_TRUSTED_ORIGINS trusts %s, where anybody can register a name", origin).Key = origin
			}
		}
	})
}
