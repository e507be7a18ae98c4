package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func siteCSRF() check.Rule {
	return onSite(check.Rule{
		ID:     "site-csrf",
		Title:  "A forged form is accepted",
		Level:  check.Critical,
		Tags:   []string{"csrf"},
		Why:    "Any page that a signed-in visitor opens can act on this site in their name.",
		Fix:    "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:    []int{352},
		ASVS:   []string{"V3.5.1"},
		OWASP:  "A01",
		Django: "security.W003",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		origin := "https://" + l.host()
		for what, header := range map[string]map[string]string{
			"from another site":        crossSite,
			"without any origin":       {"Content-Type": "application/x-www-form-urlencoded"},
			"with the origin null":     {"Origin": "null", "Content-Type": "application/x-www-form-urlencoded"},
			"from plain http":          {"Origin": "http://" + l.host(), "Content-Type": "application/x-www-form-urlencoded"},
			"of its own without token": {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"},
		} {
			p := probe{method: http.MethodPost, path: pathEcho, header: header, body: strings.NewReader("a=b")}
			if a := l.ask(ctx, protected, p); a.status < 400 {
				l.saw(p, a, "A form %s is accepted", what)
			}
		}
		p := probe{method: http.MethodPost, path: pathEcho, body: strings.NewReader("a=b")}
		var ok bool
		if p.header, ok = l.honest(ctx, protected); !ok {
			l.cannot(check.Place{Request: pathToken}, "the site hands out no CSRF token")
			return
		}
		if a := l.ask(ctx, protected, p); a.status != http.StatusOK {
			f := l.saw(p, a, "An honest form is refused")
			f.Level, f.Fix = check.Error, "Look at the audit event of the refusal; a probe with a valid token and origin did not pass."
		}
	})
}

// honest returns the headers of a form that the site itself made.
func (l *look) honest(ctx context.Context, protected http.Handler) (header map[string]string, ok bool) {
	a := l.ask(ctx, protected, probe{path: pathToken})
	token := a.body.String()
	if a.status != http.StatusOK || token == "" {
		return nil, false
	}
	var cookies []string
	for _, c := range a.cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return map[string]string{
		"Origin": "https://" + l.host(), "Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain",
		"Cookie": strings.Join(cookies, "; "), l.set.CSRF.HeaderName: token,
	}, true
}
