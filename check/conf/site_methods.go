package conf

import (
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func siteMethods() check.Rule {
	return onSite(check.Rule{
		ID:    "site-methods",
		Title: "TRACE is answered",
		Level: check.Warning,
		Tags:  []string{"limits"},
		Why:   "TRACE hands cookies and internal headers back to whoever sent it.",
		Fix:   "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:   []int{693},
		ASVS:  []string{"V13.4.4", "V4.1.4"},
		OWASP: "A02",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		for _, method := range []string{http.MethodTrace, "TRACK"} {
			p := probe{method: method, path: pathOK}
			if a := l.ask(ctx, protected, p); a.status < 400 {
				l.saw(p, a, "%s is answered", method)
			}
		}
	})
}
