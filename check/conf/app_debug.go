package conf

import (
	"bytes"
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func appDebug() check.Rule {
	return onApp(check.Rule{
		ID:    "app-debug",
		Title: "Profiles or metrics are open to everybody",
		Level: check.Error,
		Tags:  []string{"app"},
		Why:   "pprof hands out memory, with keys in it, to whoever asks, and a profile slows the site down.",
		Fix:   "Remove the import of net/http/pprof or expvar, and use ADMIN_LISTEN.",
		CWE:   []int{497, 749},
		ASVS:  []string{"V13.4.5"},
		OWASP: "A02",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		for path, mark := range map[string]string{"/debug/pprof/": "goroutine", "/debug/vars": "\"memstats\"", "/metrics": "# HELP "} {
			p := probe{path: path}
			a := l.ask(ctx, protected, p)
			if a.status == http.StatusOK && bytes.Contains(a.body.Bytes(), []byte(mark)) {
				if f := l.saw(p, a, "%s is open to everybody", path); path == "/metrics" {
					f.Level = check.Warning
				}
			}
		}
	})
}
