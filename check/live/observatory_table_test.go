package live_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/live"
)

// TestModifiersOfAlgorithm6 is the table of the Observatory's result keys: 78,
// all of them.
func TestModifiersOfAlgorithm6(t *testing.T) {
	const table = `
csp-implemented-with-no-unsafe-default-src-none 10
csp-implemented-with-no-unsafe 5
csp-implemented-with-unsafe-inline-in-style-src-only 0
csp-implemented-but-duplicate-directives 0
csp-implemented-with-insecure-scheme-in-passive-content-only -10
csp-implemented-with-unsafe-eval -10
csp-implemented-with-unsafe-inline -20
csp-implemented-with-insecure-scheme -20
csp-header-invalid -25
csp-not-implemented -25
csp-not-implemented-but-reporting-enabled -25
cookies-secure-with-httponly-sessions-and-samesite 5
cookies-secure-with-httponly-sessions 0
cookies-not-found 0
cookies-without-secure-flag-but-protected-by-hsts -5
cookies-session-without-secure-flag-but-protected-by-hsts -10
cookies-without-secure-flag -20
cookies-samesite-flag-invalid -20
cookies-anticsrf-without-samesite-flag -20
cookies-session-without-httponly-flag -30
cookies-session-without-secure-flag -40
cross-origin-resource-sharing-not-implemented 0
cross-origin-resource-sharing-implemented-with-public-access 0
cross-origin-resource-sharing-implemented-with-restricted-access 0
cross-origin-resource-sharing-implemented-with-universal-access -50
redirection-all-redirects-preloaded 0
redirection-to-https 0
redirection-not-needed-no-http 0
redirection-off-host-from-http -5
redirection-not-to-https-on-initial-redirection -10
redirection-not-to-https -20
redirection-missing -20
redirection-invalid-cert -20
referrer-policy-private 5
referrer-policy-not-implemented 0
referrer-policy-unsafe -5
referrer-policy-header-invalid -5
hsts-preloaded 5
hsts-implemented-max-age-at-least-six-months 0
hsts-implemented-max-age-less-than-six-months -10
hsts-not-implemented -20
hsts-header-invalid -20
hsts-not-implemented-no-https -20
hsts-invalid-cert -20
sri-implemented-and-all-scripts-loaded-securely 5
sri-implemented-and-external-scripts-loaded-securely 5
sri-not-implemented-response-not-html 0
sri-not-implemented-but-no-scripts-loaded 0
sri-not-implemented-but-all-scripts-loaded-from-secure-origin 0
sri-not-implemented-but-external-scripts-loaded-securely -5
sri-implemented-but-external-scripts-not-loaded-securely -20
sri-not-implemented-and-external-scripts-not-loaded-securely -50
html-not-parseable -20
x-content-type-options-nosniff 0
x-content-type-options-not-implemented -5
x-content-type-options-header-invalid -5
x-frame-options-implemented-via-csp 5
x-frame-options-sameorigin-or-deny 5
x-frame-options-allow-from-origin 0
x-frame-options-not-implemented -20
x-frame-options-header-invalid -20
corp-implemented-with-same-origin 10
corp-implemented-with-same-site 10
corp-implemented-with-cross-origin 0
corp-not-implemented 0
corp-header-invalid -5
coop-implemented-with-same-origin 10
coop-implemented-with-same-origin-allow-popups 10
coop-implemented-with-noopener-allow-popups 10
coop-implemented-with-unsafe-none 0
coop-not-implemented 0
coop-header-invalid -5
coep-implemented-with-require-corp 10
coep-implemented-with-credentialless 10
coep-implemented-with-unsafe-none 0
coep-not-implemented 0
coep-header-invalid -5`
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, line := range lines {
		key, want, _ := strings.Cut(line, " ")
		if got := live.Modifier(key, 6); strings.TrimSpace(want) != itoa(got) {
			t.Errorf("%s: %d, want %s", key, got, want)
		}
	}
	if live.Modifier("x-frame-options-sameorigin-or-deny", 4) != 0 {
		t.Error("algorithm 4 gives nothing for X-Frame-Options")
	}
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestObservatoryScore(t *testing.T) {
	for _, c := range []struct {
		bonus, malus, score int
		grade               live.Grade
	}{
		{0, 0, 100, live.APlus}, {55, 0, 155, live.APlus}, {55, -10, 145, live.APlus}, {55, -15, 85, live.AMinus}, {0, -5, 95, live.A}, {0, -10, 90, live.A},
		{50, -20, 80, live.BPlus}, {0, -25, 75, live.B}, {0, -30, 70, live.B}, {0, -35, 65, live.BMinus}, {0, -40, 60, live.CPlus}, {0, -45, 55, live.C}, {0, -50, 50, live.C},
		{0, -55, 45, live.CMinus}, {0, -60, 40, live.DPlus}, {0, -65, 35, live.D}, {0, -70, 30, live.D}, {0, -75, 25, live.DMinus}, {0, -80, 20, live.F}, {0, -300, 0, live.F},
	} {
		if score, grade := live.ObservatoryScore(c.bonus, c.malus); score != c.score || grade != c.grade {
			t.Errorf("%+d %+d: %d %s, want %d %s", c.bonus, c.malus, score, grade, c.score, c.grade)
		}
	}
}

// TestObservatoryAlgorithm6 holds what algorithm 6 does otherwise.
func TestObservatoryAlgorithm6(t *testing.T) {
	key := func(algorithm int, test string, pairs ...string) string {
		h := http.Header{"Content-Type": {"text/html"}}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		for _, r := range live.Observe(algorithm, h, "", false).Tests {
			if r.Name == test {
				return r.Result
			}
		}
		return ""
	}
	for _, c := range []struct{ want, test, header, value string }{
		{"coop-not-implemented", "cross-origin-opener-policy", "X", "y"},
		{"coop-implemented-with-same-origin", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "same-origin"},
		{"coop-implemented-with-same-origin", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", `same-origin; report-to="a"`},
		{"coop-implemented-with-same-origin-allow-popups", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "same-origin-allow-popups"},
		{"coop-implemented-with-noopener-allow-popups", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "noopener-allow-popups"},
		{"coop-implemented-with-unsafe-none", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "unsafe-none"},
		{"coop-header-invalid", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "same-origin, same-origin"},
		{"coop-header-invalid", "cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "nonsense"},
		{"coep-not-implemented", "cross-origin-embedder-policy", "X", "y"},
		{"coep-implemented-with-require-corp", "cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", "require-corp"},
		{"coep-implemented-with-credentialless", "cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", "credentialless"},
		{"coep-implemented-with-unsafe-none", "cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", "unsafe-none"},
		{"coep-header-invalid", "cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", "'require-corp'"},
		{"csp-implemented-with-unsafe-inline", "content-security-policy", "Content-Security-Policy", "default-src 'none', script-src 'unsafe-inline'"},
	} {
		got := key(6, c.test, c.header, c.value)
		if strings.HasPrefix(c.want, "csp-") {
			// A directive that only the second policy has counts as 'none'.
			if got != "csp-implemented-with-no-unsafe-default-src-none" {
				t.Errorf("policies split at a comma: %s", got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s: %s, want %s", c.header, c.value, got, c.want)
		}
		if key(4, c.test, c.header, c.value) != "" {
			t.Errorf("algorithm 4 has no test %s", c.test)
		}
	}
	if got := len(live.Observe(6, http.Header{}, "", false).Tests); got != 12 {
		t.Errorf("%d tests, want 12", got)
	}
	for _, r := range live.Observe(6, http.Header{}, "", true).Tests {
		if r.Name == "redirection" && r.Result != "redirection-all-redirects-preloaded" || r.Name == "strict-transport-security" && r.Result != "hsts-preloaded" {
			t.Errorf("preloaded: %s", r.Result)
		}
	}
}
