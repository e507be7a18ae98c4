package conf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func bodyLimitLarge() check.Rule {
	return onSettings(check.Rule{
		ID:     "body-limit-large",
		Title:  "Very large requests are read",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "limits"},
		Why:    "A few clients can fill memory and disk with requests that the site only throws away.",
		Fix:    "Keep BODY_LIMIT small and let single upload routes take more with http.MaxBytesReader.",
		CWE:    []int{770, 400},
		ASVS:   []string{"V5.2.1"},
		OWASP:  "A06",
	}, func(l *look) {
		if n := l.set.Server.BodyLimit; n <= 0 || n > 64<<20 {
			l.add("BODY_LIMIT", "Bodies up to %s are read", settings.FormatSize(n))
		}
	})
}
