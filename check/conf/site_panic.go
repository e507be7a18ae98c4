package conf

import (
	"bytes"
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func sitePanic() check.Rule {
	return onSite(check.Rule{
		ID:     "site-panic",
		Title:  "An error reaches the client as it is",
		Level:  check.Error,
		Tags:   []string{"errors"},
		Why:    "The text of an error tells an attacker about paths, queries and libraries; a lost connection tells nobody anything.",
		Fix:    "Let merlon.New compose the site, and give every handler to Site.Protect.",
		CWE:    []int{209, 248},
		ASVS:   []string{"V16.5.1", "V16.5.4"},
		OWASP:  "A10",
		Django: "security.W018",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		p := probe{path: pathPanic}
		a := l.ask(ctx, protected, p)
		switch {
		case a.panics != nil:
			l.saw(p, nil, "A panic of a handler ends the connection instead of the request")
		case a.status != http.StatusInternalServerError:
			l.saw(p, a, "A panic of a handler is not answered with 500")
		case !l.set.Debug && bytes.Contains(a.body.Bytes(), []byte(panicText)):
			l.saw(p, a, "The text of a panic is sent to the client")
		}
	})
}
