package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func sslRedirectExempt() check.Rule {
	return onSettings(check.Rule{
		ID:     "ssl-redirect-exempt",
		Title:  "Paths are answered over plain http",
		Level:  check.Info,
		Deploy: true,
		Tags:   []string{"settings", "tls", "exemptions"},
		Why:    "What these paths send and receive can be read and changed on the way.",
		Fix:    "Keep SECURE_REDIRECT_EXEMPT to what must be plain, such as /.well-known/acme-challenge/.",
		CWE:    []int{319},
		ASVS:   []string{"V4.1.2", "V12.2.1"},
		OWASP:  "A04",
	}, func(l *look) {
		for _, pattern := range l.set.Hosts.RedirectExempt {
			f := l.add("SECURE_REDIRECT_EXEMPT", "%s is answered over plain http", pattern)
			f.Key = pattern
			path := pattern[max(strings.IndexByte(pattern, '/'), 0):]
			if path == "/" || strings.HasPrefix(path, "/{") {
				f.Level, f.Title = check.Error, "The whole site is exempt from the redirect to https"
			}
		}
	})
}
