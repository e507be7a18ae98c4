package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func siteRedirect() check.Rule {
	return onSite(check.Rule{
		ID:     "site-redirect",
		Title:  "Plain http is not redirected",
		Level:  check.Error,
		Tags:   []string{"tls"},
		Why:    "Whoever is on the way reads and changes pages, passwords and cookies.",
		Fix:    "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:    []int{319},
		ASVS:   []string{"V12.2.1", "V4.1.2"},
		OWASP:  "A04",
		Django: "security.W008",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		if !l.set.Hosts.SSLRedirect {
			return // ssl-redirect-off says so
		}
		host := l.host()
		if l.set.Hosts.SSLHost != "" {
			host = l.set.Hosts.SSLHost
		}
		for method, status := range map[string]int{http.MethodGet: http.StatusMovedPermanently, http.MethodPost: http.StatusPermanentRedirect} {
			p := probe{method: method, path: pathOK + "?a=b", plain: true}
			a := l.ask(ctx, protected, p)
			to := a.sent.Get("Location")
			switch {
			case a.status != status:
				l.saw(p, a, "%s over plain http is not redirected with %d", method, status)
			case !strings.HasPrefix(to, "https://"+host+"/") || !strings.HasSuffix(to, pathOK+"?a=b"):
				l.saw(p, a, "%s over plain http is redirected to another page", method).Evidence = "Location: " + to
			}
		}
	})
}
