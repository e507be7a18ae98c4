package conf

import (
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func siteHSTS() check.Rule {
	return onSite(check.Rule{
		ID:     "site-hsts",
		Title:  "HSTS does not stand on every answer over https",
		Level:  check.Error,
		Tags:   []string{"headers", "tls"},
		Why:    "A browser that only saw an error page, or a redirect, still begins with plain http next time.",
		Fix:    "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:    []int{319},
		ASVS:   []string{"V3.4.1"},
		OWASP:  "A02",
		Django: "security.W001, security.W004",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		const name = "Strict-Transport-Security"
		if h := l.set.Headers; l.set.Dev || h.HSTSSeconds <= 0 && h.HSTSRampStart.IsZero() {
			return // hsts-missing says so
		}
		for _, s := range statuses() {
			if a := l.ask(ctx, protected, s.probe); a.sent.Get(name) == "" {
				l.saw(s.probe, a, "%s lacks %s", upper(s.what), name)
			}
		}
		plain := probe{path: pathOK, plain: true}
		if a := l.ask(ctx, protected, plain); a.sent.Get(name) != "" {
			l.saw(plain, a, "An answer over plain http carries %s, which browsers ignore there", name).Level = check.Warning
		}
	})
}
