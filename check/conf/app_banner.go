package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func appBanner() check.Rule {
	return onApp(check.Rule{
		ID:    "app-banner",
		Title: "A handler tells which software it is",
		Level: check.Info,
		Tags:  []string{"headers", "app"},
		Why:   "A version in a header tells an attacker which known fault to try.",
		Fix:   "Remove the header from the handler.",
		CWE:   []int{200},
		ASVS:  []string{"V13.4.6"},
		OWASP: "A02",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		p, a := l.front(ctx, protected)
		for _, name := range []string{"Server", "X-Powered-By", "X-Generator", "X-Aspnet-Version", "X-Runtime", "X-Version", "Via", "Sourcemap", "X-Sourcemap"} {
			if value := a.sent.Get(name); value != "" {
				l.saw(p, a, "A handler sends %s", name).Evidence = name + ": " + strings.ToValidUTF8(value, "")
			}
		}
	})
}
