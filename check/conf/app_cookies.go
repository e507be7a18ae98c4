package conf

import (
	"context"
	"net/http"

	"github.com/merlon-go/merlon/check"
)

func appCookies() check.Rule {
	return onApp(check.Rule{
		ID:     "app-cookies",
		Title:  "A handler sets a cookie without protection",
		Level:  check.Warning,
		Tags:   []string{"cookies", "app"},
		Why:    "Such a cookie travels in the clear, is read by an injected script, or is sent with forged requests.",
		Fix:    "Set Secure, HttpOnly and SameSite, and begin the name with __Host-.",
		CWE:    []int{614, 1004, 1275},
		ASVS:   []string{"V3.3.1", "V3.3.2", "V3.3.4"},
		OWASP:  "A02",
		Django: "security.W012, security.W015",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		p, a := l.front(ctx, protected)
		for _, c := range a.cookies() {
			if c.Name == l.set.CSRF.CookieName || c.Name == l.set.Sessions.CookieName {
				continue // Merlon's own have rules of their own
			}
			if !c.Secure && !l.set.Dev {
				l.saw(p, a, "The cookie %s is set without Secure", c.Name)
			}
			if !c.HttpOnly {
				f := l.saw(p, a, "Scripts can read the cookie %s", c.Name)
				f.Level = check.Info
			}
			if c.SameSite == http.SameSiteNoneMode && !c.Secure {
				l.saw(p, a, "The cookie %s has SameSite=None without Secure, so browsers drop it", c.Name)
			}
		}
	})
}
