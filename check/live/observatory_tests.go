package live

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// corsKey never is the key of universal access: the Observatory looks for the
// Origin it sent where its HTTP client does not keep it.
func (o *observation) corsKey() string {
	const key = "cross-origin-resource-sharing-"
	if !o.cors.ok() || o.cors.status < 200 || o.cors.status > 299 {
		return key + "not-implemented" // its HTTP client takes other answers for none
	}
	switch o.cors.get("Access-Control-Allow-Origin") {
	case "":
		return key + "not-implemented"
	case "*":
		return key + "implemented-with-public-access"
	}
	return key + "implemented-with-restricted-access"
}

func (o *observation) redirectionKey() string {
	switch {
	case o.http == nil:
		return "redirection-not-needed-no-http"
	case !o.httpValid:
		return "redirection-invalid-cert"
	case !slices.ContainsFunc(o.route, func(u *url.URL) bool { return !o.preloaded(u.Hostname()) }):
		return "redirection-all-redirects-preloaded"
	case len(o.route) == 1:
		return "redirection-missing"
	case o.route[len(o.route)-1].Scheme != "https":
		return "redirection-not-to-https"
	case o.route[1].Scheme == "http":
		return "redirection-not-to-https-on-initial-redirection"
	case o.route[0].Hostname() != o.route[1].Hostname():
		return "redirection-off-host-from-http"
	}
	return "redirection-to-https"
}

var (
	privateReferrers = []string{"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
	openReferrers    = []string{"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}
)

// lastReferrer returns the last policy of the list that browsers know, or "".
func lastReferrer(list string) string {
	last := ""
	for word := range strings.SplitSeq(strings.ToLower(list), ",") {
		if word = strings.TrimSpace(word); slices.Contains(privateReferrers, word) || slices.Contains(openReferrers, word) {
			last = word
		}
	}
	return last
}

func (o *observation) referrerKey() string {
	list := o.auto.get("Referrer-Policy")
	if o.page.referrer != "" {
		list += ", " + o.page.referrer
	}
	switch last := lastReferrer(list); {
	case list == "" && !o.auto.has("Referrer-Policy"):
		return "referrer-policy-not-implemented"
	case slices.Contains(privateReferrers, last):
		return "referrer-policy-private"
	case last != "":
		return "referrer-policy-unsafe"
	}
	return "referrer-policy-header-invalid"
}

func (o *observation) hstsKey() string {
	switch {
	case (o.http != nil || o.https != nil) && o.preloaded(o.host) && o.https != nil:
		return "hsts-preloaded"
	case o.https == nil:
		return "hsts-not-implemented-no-https"
	case !o.httpsValid:
		return "hsts-invalid-cert"
	}
	value := o.https.get("Strict-Transport-Security")
	switch age, ok := observedAge(value); {
	case !o.https.has("Strict-Transport-Security"):
		return "hsts-not-implemented"
	case strings.Contains(value, ",") || !ok:
		return "hsts-header-invalid"
	case age < 15_552_000:
		return "hsts-implemented-max-age-less-than-six-months"
	}
	return "hsts-implemented-max-age-at-least-six-months"
}

// observedAge reads max-age as JavaScript's parseInt does: digits at the
// beginning, and what has none is no number, which no comparison finds small.
func observedAge(value string) (age float64, ok bool) {
	for part := range strings.SplitSeq(strings.ToLower(clip(value, 1024)), ";") {
		text, found := strings.CutPrefix(strings.TrimSpace(part), "max-age=")
		if !found {
			continue
		}
		ok = true
		text = strings.TrimSpace(text)
		end := 0
		for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[0] == '-' || text[0] == '+')) {
			end++
		}
		n, err := strconv.ParseFloat(text[:end], 64)
		if err != nil {
			n = 1e18
		}
		age = n
	}
	return age, ok
}

var integrityOrder = []string{
	"sri-implemented-and-all-scripts-loaded-securely", "sri-implemented-and-external-scripts-loaded-securely",
	"sri-implemented-but-external-scripts-not-loaded-securely", "sri-not-implemented-but-external-scripts-loaded-securely",
	"sri-not-implemented-and-external-scripts-not-loaded-securely",
}

func (o *observation) integrityKey() string {
	if _, read := o.html(); !read {
		return "sri-not-implemented-response-not-html"
	}
	scripts := slices.Concat(o.page.scripts, o.page.unscripted)
	if len(scripts) == 0 && o.page.inlineAll == 0 {
		return "sri-not-implemented-but-no-scripts-loaded"
	}
	key, foreign := "", false
	for _, s := range scripts {
		own, secure := o.ownScript(s)
		if own {
			if s.integrity != "" && secure && key == "" {
				key = integrityOrder[0]
			}
			continue
		}
		foreign = true
		switch {
		case s.integrity != "" && !secure:
			key = worse(integrityOrder, key, "sri-implemented-but-external-scripts-not-loaded-securely")
		case s.integrity == "" && secure:
			key = worse(integrityOrder, key, "sri-not-implemented-but-external-scripts-loaded-securely")
		case s.integrity == "":
			key = worse(integrityOrder, key, "sri-not-implemented-and-external-scripts-not-loaded-securely")
		}
	}
	switch {
	case key != "":
		return key
	case foreign:
		return "sri-implemented-and-external-scripts-loaded-securely"
	}
	return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
}

// ownScript reports whether the Observatory takes the script for the site's
// own, and whether it is loaded securely. A URL without a scheme is foreign
// and insecure to it.
func (o *observation) ownScript(s resource) (own, secure bool) {
	u := s.url
	if o.page.baseTarget { // one that stands behind the script counts too
		u, _ = o.page.base.Parse(s.raw)
	}
	low := s.raw
	if o.algorithm < 6 { // whose document writes an address as a browser does
		low = strings.ToLower(low)
	}
	switch {
	case o.page.baseTarget && u != nil:
	case strings.HasPrefix(low, "http://"), strings.HasPrefix(low, "https://"):
	case strings.HasPrefix(low, "//") && !strings.HasPrefix(low, "///"):
		return false, false
	default:
		return true, o.secure()
	}
	if u == nil {
		return true, o.secure()
	}
	return registrable(u.Hostname()) == registrable(o.host), u.Scheme == "https"
}

// registrable returns the domain that somebody registered, "" for an address.
func registrable(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host))
	if err != nil || strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":") {
		return ""
	}
	return domain
}

func (o *observation) sniffKey() string {
	switch value := o.auto.get("X-Content-Type-Options"); {
	case value == "":
		return "x-content-type-options-not-implemented"
	case strings.EqualFold(strings.TrimSpace(value), "nosniff"):
		return "x-content-type-options-nosniff"
	}
	return "x-content-type-options-header-invalid"
}

func (o *observation) frameKey(policy *observedCSP) string {
	if policy != nil && policy.has("frame-ancestors") {
		return "x-frame-options-implemented-via-csp"
	}
	switch value := strings.ToLower(strings.TrimSpace(o.auto.get("X-Frame-Options"))); {
	case value == "":
		return "x-frame-options-not-implemented"
	case value == "deny", value == "sameorigin":
		return "x-frame-options-sameorigin-or-deny"
	case strings.HasPrefix(value, "allow-from"):
		return "x-frame-options-allow-from-origin"
	}
	return "x-frame-options-header-invalid"
}

func (o *observation) resourceKey() string {
	switch value := strings.ToLower(strings.TrimSpace(o.auto.get("Cross-Origin-Resource-Policy"))); value {
	case "":
		return "corp-not-implemented"
	case "same-origin", "same-site", "cross-origin":
		return "corp-implemented-with-" + value
	}
	return "corp-header-invalid"
}

// tokenItem is an Item of RFC 9651 that is a token, with its parameters.
var tokenItem = func() *regexp.Regexp {
	const (
		token = `[A-Za-z*][!#$%&'*+.^_|~0-9A-Za-z:/\x60-]*`
		key   = `[a-z*][a-z0-9_.*-]*`
		value = `-?\d{1,12}\.\d{1,3}|@?-?\d{1,15}|"(?:[ !#-\[\]-~]|\\["\\])*"|%"(?:[ !#$&-~]|%[0-9a-f]{2})*"|\?[01]|:(?:[A-Za-z0-9+/]{2,}=*)?:|` + token
	)
	return regexp.MustCompile(`^(` + token + `)(?:; *` + key + `(?:=(?:` + value + `))?)*$`)
}()

// tokenKey judges a header that is one token with parameters.
func (o *observation) tokenKey(test, header string, known ...string) string {
	value := o.auto.get(header)
	if value == "" {
		return test + "-not-implemented"
	}
	if m := tokenItem.FindStringSubmatch(strings.TrimSpace(value[:min(len(value), 1024)])); m != nil && slices.Contains(known, m[1]) {
		return test + "-implemented-with-" + m[1]
	}
	return test + "-header-invalid"
}
