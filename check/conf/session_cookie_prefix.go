package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func sessionCookiePrefix() check.Rule {
	return onSettings(check.Rule{
		ID:     "session-cookie-prefix",
		Title:  "The session cookie's name has no __Host- prefix",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "cookies", "sessions"},
		Why:    "Without the prefix a subdomain, or a plain page on the way, can sign a visitor in to the attacker's account.",
		Fix:    "Set SESSION_COOKIE_NAME=__Host-session.",
		More:   "The prefix makes browsers insist on Secure, on the path / and on this host alone, which covers what Django asks of SESSION_COOKIE_SECURE. HttpOnly is always set.",
		CWE:    []int{614, 565, 384},
		ASVS:   []string{"V3.3.1", "V3.3.3"},
		OWASP:  "A07",
		Django: "security.W010, security.W011, security.W012",
	}, func(l *look) {
		if !strings.HasPrefix(l.set.Sessions.CookieName, "__Host-") {
			l.add("SESSION_COOKIE_NAME", "")
		}
	})
}
