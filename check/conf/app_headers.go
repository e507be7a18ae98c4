package conf

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func appHeaders() check.Rule {
	return onApp(check.Rule{
		ID:    "app-headers",
		Title: "A handler weakens a security header",
		Level: check.Warning,
		Tags:  []string{"headers", "app"},
		Why:   "A handler's own value wins over the site's; one line copied from elsewhere can take a protection away.",
		Fix:   "Remove the line from the handler, or declare the change for its route with the control.",
		More:  "The program's front page, and a page that does not exist, are asked for in this process and compared with what the controls alone send.",
		CWE:   []int{693},
		ASVS:  []string{"V3.4.3", "V3.4.4", "V3.4.5", "V3.4.6"},
		OWASP: "A02",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		alone := l.ask(ctx, l.Site.Protect(probes()), probe{path: pathOK})
		front, _ := l.front(ctx, protected)
		for _, path := range []string{front.path, "/merlon-check-no-such-page"} {
			p := probe{path: path}
			a := l.ask(ctx, protected, p)
			for _, name := range []string{
				"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
				"Cross-Origin-Resource-Policy", "Permissions-Policy", "Strict-Transport-Security",
			} {
				want, got := alone.sent.Get(name), strings.Join(a.sent.Values(name), ", ")
				switch {
				case want == "" || got == want || name == "Content-Security-Policy" && withoutNonce(got) == withoutNonce(want):
				case got == "":
					l.saw(p, a, "A handler takes %s away", name)
				case weakerValue(name, got, want):
					l.saw(p, a, "A handler weakens %s", name).Evidence = name + ": " + got
				default:
					f := l.saw(p, a, "A handler sets %s itself", name)
					f.Level, f.Evidence = check.Info, name+": "+got
				}
			}
		}
	})
}

// withoutNonce takes out what differs from answer to answer.
func withoutNonce(policy string) string {
	var words []string
	for word := range strings.FieldsSeq(policy) {
		if !strings.HasPrefix(word, "'nonce-") {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// weakerValue reports a value known to protect less than what the site sends.
func weakerValue(name, got, want string) bool {
	lower := strings.ToLower(got)
	switch name {
	case "X-Content-Type-Options":
		return lower != "nosniff"
	case "X-Frame-Options":
		return !strings.EqualFold(got, "deny") && strings.EqualFold(want, "deny")
	case "Referrer-Policy":
		return strings.Contains(lower, "unsafe-url") || strings.Contains(lower, "no-referrer-when-downgrade")
	case "Cross-Origin-Opener-Policy":
		return lower == "unsafe-none"
	case "Cross-Origin-Resource-Policy":
		return lower == "cross-origin"
	case "Strict-Transport-Security":
		return maxAge(got) < maxAge(want)
	case "Content-Security-Policy":
		return strings.Contains(lower, "'unsafe-inline'") && !strings.Contains(lower, "'nonce-") || strings.Contains(lower, "'unsafe-eval'") ||
			!strings.Contains(lower, "script-src") && !strings.Contains(lower, "default-src")
	}
	return false
}

func maxAge(hsts string) int64 {
	for part := range strings.SplitSeq(strings.ToLower(hsts), ";") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			seconds, err := strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
			if err != nil {
				return 0
			}
			return seconds
		}
	}
	return 0
}
