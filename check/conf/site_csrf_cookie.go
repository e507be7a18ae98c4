package conf

import (
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func siteCSRFCookie() check.Rule {
	return onSite(check.Rule{
		ID:     "site-csrf-cookie",
		Title:  "The CSRF cookie is not protected",
		Level:  check.Error,
		Tags:   []string{"cookies", "csrf"},
		Why:    "A cookie that travels over plain http, or that others can set, lets them forge forms.",
		Fix:    "Keep CSRF_COOKIE_NAME=__Host-csrftoken and let merlon.New compose the site.",
		CWE:    []int{614, 1275},
		ASVS:   []string{"V3.3.1", "V3.3.2"},
		OWASP:  "A02",
		Django: "security.W016",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		if l.set.Dev {
			return // a developer's site is plain http
		}
		p := probe{path: pathToken}
		a := l.ask(ctx, protected, p)
		for _, c := range a.cookies() {
			if c.Name != l.set.CSRF.CookieName {
				continue
			}
			if !c.Secure {
				l.saw(p, a, "The cookie %s is sent without Secure", c.Name)
			}
			if c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode {
				l.saw(p, a, "The cookie %s is sent without SameSite", c.Name)
			}
			if c.Domain != "" || c.Path != "/" {
				l.saw(p, a, "The cookie %s is not bound to this host and the path /", c.Name)
			}
		}
	})
}
