package conf

import (
	"context"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func siteHeaders() check.Rule {
	return onSite(check.Rule{
		ID:     "site-headers",
		Title:  "A security header is missing from an answer",
		Level:  check.Error,
		Tags:   []string{"headers"},
		Why:    "An answer without the headers, be it an error page, can be framed, sniffed or leak its address.",
		Fix:    "Let merlon.New compose the site, and give every handler to Site.Protect.",
		More:   "Django looks for the names of its middleware in a list. Here the composed site is asked for a page, a page that does not exist, an error page and refusals, and each answer must carry every header.",
		CWE:    []int{693, 1021, 200},
		ASVS:   []string{"V3.4.4", "V3.4.5", "V3.4.6", "V3.4.8"},
		OWASP:  "A02",
		Django: "security.W001, security.W002, security.W006, security.W022",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		h := l.set.Headers
		wanted := []struct{ name, value string }{
			{"X-Content-Type-Options", "nosniff"},
			{"X-Frame-Options", h.FrameOptions},
			{"Referrer-Policy", h.ReferrerPolicy},
			{"Cross-Origin-Opener-Policy", h.CrossOriginOpenerPolicy},
			{"Cross-Origin-Resource-Policy", h.CrossOriginResourcePolicy},
			{"Permissions-Policy", "any"},
		}
		redirect := named{"the redirect to https", probe{path: pathOK, plain: true}}
		for _, s := range append(statuses(), redirect) {
			a := l.ask(ctx, protected, s.probe)
			var missing []string
			for _, want := range wanted {
				if want.value != "" && a.sent.Get(want.name) == "" {
					missing = append(missing, want.name)
				}
			}
			if len(missing) > 0 {
				l.saw(s.probe, a, "%s lacks %s", upper(s.what), strings.Join(missing, ", "))
			}
			if got := a.sent.Get("X-Content-Type-Options"); got != "" && !strings.EqualFold(got, "nosniff") {
				l.saw(s.probe, a, "%s has X-Content-Type-Options %q", upper(s.what), got)
			}
		}
	})
}

// upper begins a sentence.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
