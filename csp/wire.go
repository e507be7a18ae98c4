package csp

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"
)

// The bounds of what one request may bring.
const (
	maxLegacyBody = 16 << 10 // application/csp-report: one report
	maxBatchBody  = 64 << 10 // application/reports+json: several
	maxBatch      = 64       // reports of one request
)

// received is one report as a browser sent it, before it is judged.
type received struct {
	kind      string
	age       time.Duration
	document  string
	userAgent string // "" if the report does not say
	body      body
}

// body has the members of all kinds of reports that are of use.
type body struct {
	Directive   string `json:"effectiveDirective"`
	Blocked     string `json:"blockedURL"`
	Disposition string `json:"disposition"`
	Sample      string `json:"sample"`
	SourceFile  string `json:"sourceFile"`
	Line        number `json:"lineNumber"`
	ID          string `json:"id"`       // deprecation, intervention
	Type        string `json:"type"`     // coop, coep, network-error
	Reason      string `json:"reason"`   // crash
	PolicyID    string `json:"policyId"` // permissions-policy-violation
	Message     string `json:"message"`
	Destination string `json:"destination"` // integrity-violation, coep
}

// legacy is the body of application/csp-report (CSP 2 and 3 section 5.3).
type legacy struct {
	Report *struct {
		Document    string `json:"document-uri"`
		Blocked     string `json:"blocked-uri"`
		Effective   string `json:"effective-directive"`
		Violated    string `json:"violated-directive"`
		Disposition string `json:"disposition"`
		Sample      string `json:"script-sample"`
		SourceFile  string `json:"source-file"`
		Line        number `json:"line-number"`
	} `json:"csp-report"`
}

// number is a line number. Some browsers send it as text, some as null.
type number int

// UnmarshalJSON never fails: a line number is no reason to lose a report.
func (n *number) UnmarshalJSON(text []byte) error {
	var value int32
	if json.Unmarshal(bytes.Trim(text, `"`), &value) == nil && value > 0 {
		*n = number(value)
	}
	return nil
}

var errMalformed = errors.New("csp: malformed report")

func readLegacy(text []byte) (received, error) {
	var l legacy
	if err := json.Unmarshal(text, &l); err != nil || l.Report == nil {
		return received{}, errMalformed
	}
	r := l.Report
	directive := r.Effective
	if directive == "" { // CSP 2: the violated directive with its sources
		directive, _, _ = strings.Cut(strings.TrimSpace(r.Violated), " ")
	}
	return received{kind: KindViolation, document: r.Document, body: body{
		Directive: directive, Blocked: r.Blocked, Disposition: r.Disposition,
		Sample: r.Sample, SourceFile: r.SourceFile, Line: r.Line,
	}}, nil
}

// readBatch reads application/reports+json: a list of reports, or one alone. A
// report that cannot be read is left out, and malformed tells how many were.
func readBatch(text []byte) (all []received, malformed int, err error) {
	var items []json.RawMessage
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		items = []json.RawMessage{text}
		if !json.Valid(text) {
			return nil, 0, errMalformed
		}
	} else if err := json.Unmarshal(text, &items); err != nil {
		return nil, 0, errMalformed
	}
	for _, item := range items[:min(len(items), maxBatch)] {
		var r struct {
			Type      string  `json:"type"`
			Age       float64 `json:"age"` // milliseconds
			URL       string  `json:"url"`
			UserAgent string  `json:"user_agent"`
			Body      *body   `json:"body"`
		}
		if err := json.Unmarshal(item, &r); err != nil || r.Body == nil || r.Type == "" {
			malformed++
			continue
		}
		age := time.Duration(min(max(r.Age, 0), 24*60*60*1000)) * time.Millisecond
		all = append(all, received{kind: r.Type, age: age, document: r.URL, userAgent: r.UserAgent, body: *r.Body})
	}
	return all, malformed + max(0, len(items)-maxBatch), nil
}

// noise are schemes of pages and sources that belong to the browser and its
// extensions: no policy of the site could or should allow them.
var noise = [...]string{
	"about", "android-app", "brave", "chrome", "chrome-extension", "chrome-search", "chromeinvoke", "chromenull", "edge",
	"gsa", "iframe", "jar", "mbinit", "moz-extension", "ms-browser-extension", "mx", "opera", "resource", "safari-extension",
	"safari-web-extension", "sandbox", "user-script", "webkit-masked-url", "webviewprogressproxy", "wyciwyg",
}

// injectors are hosts from which programs on the visitor's machine put scripts
// into every page.
var injectors = [...]string{
	"kaspersky-labs.com", "kis.v2.scr.kaspersky-labs.com", "eluxer.net", "superfish.com", "ff.avast.com", "safe.search.tools",
}

// isNoise reports whether text, a URL or word from a report, comes from the
// browser itself or an extension.
func isNoise(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok {
		scheme, rest = text, ""
	}
	scheme = lowerASCII(scheme)
	for _, n := range noise {
		if scheme == n {
			return true
		}
	}
	host := strings.TrimPrefix(rest, "//")
	if i := strings.IndexAny(host, ":/?#"); i >= 0 {
		host = host[:i]
	}
	for _, n := range injectors {
		if isBelow(lowerASCII(host), n) {
			return true
		}
	}
	return false
}

// isBelow reports whether host is domain or below it.
func isBelow(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

// originOf returns scheme and host of a URL in lower case without the scheme's
// own port, or scheme and colon for a URL without host.
func originOf(u *url.URL) string {
	scheme := lowerASCII(u.Scheme)
	if u.Host == "" {
		return scheme + ":"
	}
	host := lowerASCII(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port != "" && !(port == "443" && (scheme == "https" || scheme == "wss") || port == "80" && (scheme == "http" || scheme == "ws")) {
		host += ":" + port
	}
	return scheme + "://" + host
}

// withoutQuery returns a URL's text without user, query and fragment.
func withoutQuery(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	if u.Host == "" {
		return clean(u.Path, maxRoute)
	}
	return clean(originOf(u)+u.EscapedPath(), maxRoute)
}

// clean returns text cut to size, with control and non-ASCII bytes replaced.
func clean(text string, size int) string {
	cut := len(text) > size
	if cut {
		text = text[:size]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}
