package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func siteHost() check.Rule {
	return onSite(check.Rule{
		ID:     "site-host",
		Title:  "The site answers to a forged host",
		Level:  check.Error,
		Tags:   []string{"hosts"},
		Why:    "An attacker chooses the host of a request: reset mails with poisoned links, poisoned caches, DNS rebinding.",
		Fix:    "Let merlon.New compose the site, and list its own hosts in ALLOWED_HOSTS.",
		CWE:    []int{644},
		ASVS:   []string{"V13.2.5"},
		OWASP:  "A02",
		Django: "security.W020",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		own := l.host()
		for _, host := range []string{"forged.merlon-check.invalid", own + ".forged.merlon-check.invalid", "a..b", own + "@forged.merlon-check.invalid"} {
			p := probe{path: pathOK, host: host}
			if a := l.ask(ctx, protected, p); a.status != http.StatusBadRequest {
				l.saw(p, a, "The site answers to the host %s", host)
			}
		}
		p := probe{path: pathOK}
		if a := l.ask(ctx, protected, p); a.status == http.StatusBadRequest && !strings.Contains(own, "merlon-check") {
			l.saw(p, a, "The site refuses its own host %s", own)
		}
	})
}
