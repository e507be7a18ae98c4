package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func allowedHostsBroad() check.Rule {
	return onSettings(check.Rule{
		ID:    "allowed-hosts-broad",
		Title: "ALLOWED_HOSTS admits names that strangers can register",
		Level: check.Error,
		Tags:  []string{"settings", "hosts"},
		Why:   "Below a public suffix everybody can have a name, so a forged Host header with such a name is accepted.",
		Fix:   "Name your own domain: .example.co.uk instead of .co.uk.",
		CWE:   []int{644, 183},
		ASVS:  []string{"V13.2.5"},
		OWASP: "A02",
	}, func(l *look) {
		for _, host := range l.set.Hosts.Allowed {
			if base, ok := strings.CutPrefix(host, "."); ok && publicSuffix(base) {
				l.add("ALLOWED_HOSTS", "ALLOWED_HOSTS holds %s, a suffix under which anybody can register", host).Key = host
			}
		}
	})
}
