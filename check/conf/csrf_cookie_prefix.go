package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func csrfCookiePrefix() check.Rule {
	return onSettings(check.Rule{
		ID:         "csrf-cookie-prefix",
		Title:      "The CSRF cookie's name has no __Host- prefix",
		Level:      check.Warning,
		Deploy:     true,
		Tags:       []string{"settings", "cookies", "csrf"},
		Why:        "Without the prefix a subdomain, or a plain page on the way, can put its own cookie in place of the site's.",
		Fix:        "Set CSRF_COOKIE_NAME=__Host-csrftoken.",
		More:       "The prefix makes browsers insist on Secure, on the path / and on this host alone, which covers what Django asks of CSRF_COOKIE_SECURE.",
		CWE:        []int{614, 565},
		ASVS:       []string{"V3.3.1", "V3.3.3"},
		OWASP:      "A02",
		Django:     "security.W016",
		References: []string{"https://www.rfc-editor.org/rfc/rfc6265#section-5.3", "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes"},
	}, func(l *look) {
		if !strings.HasPrefix(l.set.CSRF.CookieName, "__Host-") {
			l.add("CSRF_COOKIE_NAME", "")
		}
	})
}
