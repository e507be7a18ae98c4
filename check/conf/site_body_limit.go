package conf

import (
	"context"
	"io"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func siteBodyLimit() check.Rule {
	return onSite(check.Rule{
		ID:    "site-body-limit",
		Title: "The limit of a request's body does not hold",
		Level: check.Error,
		Tags:  []string{"limits"},
		Why:   "A few clients can fill memory and disk.",
		Fix:   "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:   []int{770},
		ASVS:  []string{"V5.2.1"},
		OWASP: "A06",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		limit := l.set.Server.BodyLimit
		if limit <= 0 || limit > 64<<20 {
			return // body-limit-large says so
		}
		header, ok := l.honest(ctx, protected)
		if !ok {
			l.cannot(check.Place{Request: pathToken}, "the site hands out no CSRF token")
			return
		}
		p := probe{method: http.MethodPost, path: pathEcho, header: header, body: io.LimitReader(zeros{}, limit+1)}
		if a := l.ask(ctx, protected, p); a.status < 400 {
			l.saw(p, a, "A body longer than BODY_LIMIT is read").Evidence = a.body.String()
		}
	})
}

// zeros reads as bytes without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
