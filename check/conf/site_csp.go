package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func siteCSP() check.Rule {
	return onSite(check.Rule{
		ID:    "site-csp",
		Title: "The content security policy does not stand on every answer",
		Level: check.Error,
		Tags:  []string{"headers", "csp"},
		Why:   "A script injected into an error page runs as the visitor, like one in any page.",
		Fix:   "Let merlon.New compose the site, and give every handler to Site.Protect.",
		More:  "Django's policy can be sent empty, or be lost above the middleware that refuses; it has no check for that.",
		CWE:   []int{693, 79},
		ASVS:  []string{"V3.4.3"},
		OWASP: "A02",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		for _, want := range []struct{ name, policy string }{
			{"Content-Security-Policy", l.set.CSP.Policy},
			{"Content-Security-Policy-Report-Only", l.set.CSP.ReportOnly},
		} {
			if strings.TrimSpace(want.policy) == "" {
				continue
			}
			for _, s := range statuses() {
				if a := l.ask(ctx, protected, s.probe); strings.TrimSpace(a.sent.Get(want.name)) == "" {
					l.saw(s.probe, a, "%s lacks %s", upper(s.what), want.name)
				}
			}
		}
	})
}
