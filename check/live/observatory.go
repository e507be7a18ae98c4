package live

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// An Observatory is what MDN's HTTP Observatory would say about the same
// answers. It is shown for comparison and has no part in the grade.
type Observatory struct {
	// Algorithm is the version of the Observatory's rules, 4 or 6.
	Algorithm int `json:"algorithm"`
	// Score is from 0 up; more than 100 is possible.
	Score int   `json:"score"`
	Grade Grade `json:"grade"`
	// Tests are its tests, in the order of its documentation.
	Tests []ObservatoryTest `json:"tests"`
	// Note says why there is no score; then Tests is empty.
	Note string `json:"note,omitempty"`
}

// An ObservatoryTest is one test of the Observatory.
type ObservatoryTest struct {
	Name     string `json:"name"`
	Result   string `json:"result"` // the result key
	Modifier int    `json:"modifier"`
	Pass     bool   `json:"pass"`
}

// An observation is what the Observatory looks at.
type observation struct {
	algorithm int
	host      string
	auto      *answer // the page judged: that of https if there is one
	page      *page   // of auto; empty if it is no HTML
	// The last answer of each chain, nil if nothing answers there, and whether
	// its certificates were good.
	http, https           *answer
	httpValid, httpsValid bool
	route                 []*url.URL // of the chain that begins with http
	cookies               []cookie   // of the chain judged
	cors                  *answer    // to its preflight
	preloaded             func(host string) bool
}

// secure reports whether the page judged came of a chain that began with https.
func (o *observation) secure() bool { return o.https != nil }

// observe runs the tests and adds the score up.
func (o *observation) observe() Observatory {
	result := Observatory{Algorithm: o.algorithm}
	if o.auto == nil {
		result.Note = "the Observatory takes a site for down whose redirects lead where nothing answers"
		return result
	}
	if s := o.auto.status; s < 200 || s >= 400 && s != http.StatusUnauthorized && s != http.StatusForbidden {
		result.Note = "the Observatory refuses a site that answers with status " + http.StatusText(s)
		return result
	}
	csp, policy := o.csp()
	keys := []struct{ name, key string }{
		{"content-security-policy", csp},
		{"cookies", o.cookieKey()},
		{"cross-origin-resource-sharing", o.corsKey()},
		{"redirection", o.redirectionKey()},
		{"referrer-policy", o.referrerKey()},
		{"strict-transport-security", o.hstsKey()},
		{"subresource-integrity", o.integrityKey()},
		{"x-content-type-options", o.sniffKey()},
		{"x-frame-options", o.frameKey(policy)},
		{"cross-origin-resource-policy", o.resourceKey()},
	}
	if o.algorithm >= 6 {
		keys = append(keys,
			struct{ name, key string }{"cross-origin-opener-policy", o.tokenKey("coop", "Cross-Origin-Opener-Policy", "same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none")},
			struct{ name, key string }{"cross-origin-embedder-policy", o.tokenKey("coep", "Cross-Origin-Embedder-Policy", "require-corp", "credentialless", "unsafe-none")})
	}
	bonus, malus := 0, 0
	for _, k := range keys {
		t := ObservatoryTest{Name: k.name, Result: k.key, Modifier: modifier(k.key, o.algorithm), Pass: passes(k.key)}
		result.Tests = append(result.Tests, t)
		if t.Modifier > 0 {
			bonus += t.Modifier
		} else {
			malus += t.Modifier
		}
	}
	result.Score, result.Grade = observatoryScore(bonus, malus)
	return result
}

// observatoryScore adds bonuses only where the rest is at least 90.
func observatoryScore(bonus, malus int) (int, Grade) {
	score := 100 + malus
	if score >= 90 {
		score += bonus
	}
	score = max(score, 0)
	step := min(score, 100) / 5 * 5
	for _, g := range observatoryGrades {
		if step >= g.least {
			return score, g.grade
		}
	}
	return score, F
}

var observatoryGrades = []struct {
	least int
	grade Grade
}{{100, APlus}, {90, A}, {85, AMinus}, {80, BPlus}, {70, B}, {65, BMinus}, {60, CPlus}, {50, C}, {45, CMinus}, {40, DPlus}, {30, D}, {25, DMinus}, {0, F}}

// modifiers are the result keys that do not leave the score as it is.
var modifiers = map[string]int{
	"csp-implemented-with-no-unsafe-default-src-none":              10,
	"csp-implemented-with-no-unsafe":                               5,
	"csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
	"csp-implemented-with-unsafe-eval":                             -10,
	"csp-implemented-with-unsafe-inline":                           -20,
	"csp-implemented-with-insecure-scheme":                         -20,
	"csp-header-invalid":                                           -25,
	"csp-not-implemented":                                          -25,
	"csp-not-implemented-but-reporting-enabled":                    -25,

	"cookies-secure-with-httponly-sessions-and-samesite":              5,
	"cookies-without-secure-flag-but-protected-by-hsts":               -5,
	"cookies-session-without-secure-flag-but-protected-by-hsts":       -10,
	"cookies-without-secure-flag":                                     -20,
	"cookies-samesite-flag-invalid":                                   -20,
	"cookies-anticsrf-without-samesite-flag":                          -20,
	"cookies-session-without-httponly-flag":                           -30,
	"cookies-session-without-secure-flag":                             -40,
	"cross-origin-resource-sharing-implemented-with-universal-access": -50,

	"redirection-off-host-from-http":                  -5,
	"redirection-not-to-https-on-initial-redirection": -10,
	"redirection-not-to-https":                        -20,
	"redirection-missing":                             -20,
	"redirection-invalid-cert":                        -20,
	"referrer-policy-private":                         5,
	"referrer-policy-unsafe":                          -5,
	"referrer-policy-header-invalid":                  -5,
	"hsts-preloaded":                                  5,
	"hsts-implemented-max-age-less-than-six-months":   -10,
	"hsts-not-implemented":                            -20,
	"hsts-header-invalid":                             -20,
	"hsts-not-implemented-no-https":                   -20,
	"hsts-invalid-cert":                               -20,

	"sri-implemented-and-all-scripts-loaded-securely":              5,
	"sri-implemented-and-external-scripts-loaded-securely":         5,
	"sri-not-implemented-but-external-scripts-loaded-securely":     -5,
	"sri-implemented-but-external-scripts-not-loaded-securely":     -20,
	"sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
	"html-not-parseable": -20,

	"x-content-type-options-not-implemented": -5,
	"x-content-type-options-header-invalid":  -5,
	"x-frame-options-implemented-via-csp":    5,
	"x-frame-options-sameorigin-or-deny":     5,
	"x-frame-options-not-implemented":        -20,
	"x-frame-options-header-invalid":         -20,

	"corp-implemented-with-same-origin":              10,
	"corp-implemented-with-same-site":                10,
	"corp-header-invalid":                            -5,
	"coop-implemented-with-same-origin":              10,
	"coop-implemented-with-same-origin-allow-popups": 10,
	"coop-implemented-with-noopener-allow-popups":    10,
	"coop-header-invalid":                            -5,
	"coep-implemented-with-require-corp":             10,
	"coep-implemented-with-credentialless":           10,
	"coep-header-invalid":                            -5,
}

func modifier(key string, algorithm int) int {
	if key == "x-frame-options-sameorigin-or-deny" && algorithm < 6 {
		return 0
	}
	return modifiers[key]
}

// passes reports whether the Observatory counts the test as passed: that is
// apart from the score, and mostly the keys that cost nothing.
func passes(key string) bool {
	return modifiers[key] >= 0 || key == "csp-implemented-with-insecure-scheme-in-passive-content-only"
}

// worse returns the later of two keys in the order from best to worst.
func worse(order []string, a, b string) string {
	if a == "" || slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

var cookieOrder = []string{
	"cookies-without-secure-flag-but-protected-by-hsts", "cookies-without-secure-flag", "cookies-session-without-secure-flag-but-protected-by-hsts",
	"cookies-samesite-flag-invalid", "cookies-anticsrf-without-samesite-flag", "cookies-session-without-httponly-flag", "cookies-session-without-secure-flag",
}

func (o *observation) cookieKey() string {
	hsts := o.hstsKey()
	covered := hsts == "hsts-preloaded" || hsts == "hsts-implemented-max-age-at-least-six-months"
	jar := o.jar()
	if len(jar) == 0 {
		return "cookies-not-found"
	}
	key, everySite := "", true
	note := func(k string) { key = worse(cookieOrder, key, k) }
	if slices.ContainsFunc(o.auto.header.Values("Set-Cookie"), oddSameSite) {
		note("cookies-samesite-flag-invalid")
	}
	for _, c := range jar {
		name := strings.ToLower(c.name)
		session := strings.Contains(name, "login") || strings.Contains(name, "sess")
		site := slices.Contains([]string{"lax", "strict", "none"}, c.sameSite)
		if !c.secure && c.sameSite == "none" {
			note("cookies-samesite-flag-invalid")
		}
		switch {
		case !c.secure && covered:
			note("cookies-without-secure-flag-but-protected-by-hsts")
		case !c.secure:
			note("cookies-without-secure-flag")
		}
		if strings.Contains(name, "csrf") && !site {
			note("cookies-anticsrf-without-samesite-flag")
		}
		switch {
		case session && !c.secure && covered:
			note("cookies-session-without-secure-flag-but-protected-by-hsts")
		case session && !c.secure:
			note("cookies-session-without-secure-flag")
		}
		if session && !c.httpOnly {
			note("cookies-session-without-httponly-flag")
		}
		everySite = everySite && site
	}
	switch {
	case key != "":
		return key
	case everySite:
		return "cookies-secure-with-httponly-sessions-and-samesite"
	}
	return "cookies-secure-with-httponly-sessions"
}

// oddSameSite reports whether any part of the line, not just the one that
// counts, is a SameSite that browsers do not know.
func oddSameSite(line string) bool {
	for part := range strings.SplitSeq(strings.ToLower(line), ";") {
		fields := strings.SplitN(part, "=", 3)
		if strings.TrimSpace(fields[0]) == "samesite" && (len(fields) == 1 || !slices.Contains([]string{"lax", "strict", "none"}, strings.TrimSpace(fields[1]))) {
			return true
		}
	}
	return false
}

// defaultPath is the path of a cookie that names none (RFC 6265 section 5.1.4).
func defaultPath(u *url.URL) string {
	if i := strings.LastIndexByte(u.Path, '/'); i > 0 {
		return u.Path[:i]
	}
	return "/"
}

// jar returns the cookies as the Observatory's jar holds them: of one name,
// domain and path the last, none for a domain that is not the host's, and none
// that breaks the promise of a prefix, which counts in this case alone.
func (o *observation) jar() []cookie {
	var jar []cookie
	for _, c := range o.cookies {
		if c.name == "heroku-session-affinity" || c.domain != "" && c.domain != o.host && !strings.HasSuffix(o.host, "."+c.domain) {
			continue
		}
		if !strings.HasPrefix(c.path, "/") {
			c.path = defaultPath(c.page.url)
		}
		if strings.HasPrefix(c.name, "__Host-") && (!c.secure || c.domain != "" || c.path != "/") || strings.HasPrefix(c.name, "__Secure-") && !c.secure {
			continue
		}
		jar = slices.DeleteFunc(jar, func(old cookie) bool { return old.name == c.name && old.domain == c.domain && old.path == c.path })
		jar = append(jar, c)
	}
	return jar
}
