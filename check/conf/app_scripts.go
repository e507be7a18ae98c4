package conf

import (
	"context"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"github.com/merlon-go/merlon/check"
)

func appScripts() check.Rule {
	return onApp(check.Rule{
		ID:     "app-scripts",
		Title:  "A page holds a script that its own policy blocks",
		Level:  check.Warning,
		Tags:   []string{"csp", "app"},
		Why:    "The page breaks in browsers, and the usual cure is to weaken the policy for the whole site.",
		Fix:    "Give the script element nonce=\"{{nonce}}\" through safehtml, and replace on… attributes by listeners.",
		More:   "This is what Django's W027 is about: a policy with a nonce, and templates that have none.",
		CWE:    []int{79},
		ASVS:   []string{"V3.4.3"},
		OWASP:  "A05",
		Django: "security.W027",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		p, a := l.front(ctx, protected)
		policy := a.sent.Get("Content-Security-Policy")
		if !strings.Contains(a.sent.Get("Content-Type"), "html") || policy == "" || blessesInline(policy) {
			return
		}
		bare, handlers := inlineScripts(a.body.String())
		if bare > 0 {
			l.saw(p, a, "%d script element(s) without a nonce", bare)
		}
		if handlers > 0 {
			l.saw(p, a, "%d on… attribute(s), which the policy blocks", handlers)
		}
	})
}

// blessesInline reports a policy that lets every inline script run.
func blessesInline(policy string) bool {
	return strings.Contains(policy, "'unsafe-inline'") && !strings.Contains(policy, "'nonce-") && !strings.Contains(policy, "'sha") ||
		!strings.Contains(policy, "script-src") && !strings.Contains(policy, "default-src")
}

// inlineScripts counts script elements that run and have neither nonce nor
// src, and attributes that hold scripts.
func inlineScripts(page string) (bare, handlers int) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return bare, handlers
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			runs, covered := token.Data == "script", false
			for _, attr := range token.Attr {
				switch key := strings.ToLower(attr.Key); {
				case strings.HasPrefix(key, "on") && len(key) > 2:
					handlers++
				case key == "nonce" && attr.Val != "", key == "src":
					covered = true
				case key == "type" && strings.Contains(attr.Val, "json"):
					runs = false
				}
			}
			if runs && !covered {
				bare++
			}
		}
	}
}
