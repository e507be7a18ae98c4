// Package csrfbypass finds exemptions from http.CrossOriginProtection and from
// other CSRF controls that are broader than one handler.
package csrfbypass

import (
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "csrf-bypass", Title: "A broad exemption from CSRF protection", Level: check.Error, Confidence: check.High, Tags: []string{"source", "csrf"},
	Why:  "Every page on the web can make a visitor's browser send requests to what is exempt, with the visitor's cookies.",
	Fix:  "Exempt exact patterns only, and only handlers that do not rely on cookies.",
	More: "A pattern that ends in a slash or a wildcard exempts everything below it, also what is added later.",
	CWE:  []int{352}, ASVS: []string{"V3.5.1"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("net/http.CrossOriginProtection.AddInsecureBypassPattern", "?.AddInsecureBypassPattern") {
		pattern, ok := read.String(call.Arg(0))
		switch {
		case !ok:
			read.Report(call, "warning medium", "the exempt pattern is not a constant")
		case probe(pattern):
		case broad(pattern):
			read.Report(call, "", "the exemption of %q holds for everything below it", pattern)
		default:
			read.Report(call, "info medium", "%q is exempt from CSRF protection", pattern)
		}
	}
	for _, call := range read.Calls("github.com/gorilla/csrf.UnsafeSkipCheck") {
		read.Report(call, "warning medium", "the request is exempt from CSRF protection")
	}
	for _, call := range read.Calls("github.com/justinas/nosurf.CSRFHandler.ExemptFunc", "github.com/justinas/nosurf.CSRFHandler.ExemptRegexp", "?.ExemptRegexp", "?.ExemptGlob") {
		read.Report(call, "warning low", "handlers are exempt from CSRF protection by %s", code.Last(call.Fun))
	}
	for _, call := range read.Calls("net/http.CrossOriginProtection.AddTrustedOrigin") {
		if origin, ok := read.String(call.Arg(0)); ok && strings.HasPrefix(origin, "http://") && !strings.HasPrefix(origin, "http://localhost") && !strings.HasPrefix(origin, "http://127.0.0.1") {
			read.Report(call, "warning", "the trusted origin %q can be forged by whoever is on the network", origin)
		}
	}
}

// probe recognises what machines ask for and nobody is logged in to.
func probe(pattern string) bool {
	if method, path, ok := strings.Cut(pattern, " "); ok && method != "" {
		pattern = strings.TrimSpace(path)
	}
	return slices.Contains([]string{"/health", "/healthz", "/livez", "/readyz", "/live", "/ready", "/status", "/metrics", "/ping", "/version"}, pattern)
}

// broad reports whether the pattern matches more than one path.
func broad(pattern string) bool {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = strings.TrimSpace(path)
	}
	return strings.HasSuffix(pattern, "/") || strings.HasSuffix(pattern, "...}")
}
