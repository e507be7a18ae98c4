package csp

import (
	"slices"
	"strings"
)

// Outcome is what a policy would do with something that was reported.
type Outcome string

// The outcomes. NeedsNonce is a block that runs if the page gives it the
// response's nonce.
const (
	Allowed    Outcome = "allowed"
	Blocked    Outcome = "blocked"
	NeedsNonce Outcome = "needs-nonce"
)

// A Verdict is what a policy would do with what one Report tells.
type Verdict struct {
	Report  Report  `json:"report"`
	Outcome Outcome `json:"outcome"`
}

// WouldBlock returns what policy would do with the violations among reports,
// in their order. It knows what was reported only: a policy stricter than the
// one that made the reports blocks more than they tell, and an origin stands
// for every path on it.
func WouldBlock(policy Policy, reports []Report) []Verdict {
	var all []Verdict
	for _, r := range reports {
		if r.Kind == KindViolation {
			all = append(all, Verdict{r, policy.outcome(r)})
		}
	}
	return all
}

// outcome judges what r tells.
func (p Policy) outcome(r Report) Outcome {
	d, ok := p.effective(Directive(r.Directive))
	if !ok {
		return Allowed
	}
	values := p[d]
	switch lookup(d).kind {
	case sourceList, ancestors:
	case policyNames:
		if slices.Contains(values, "*") || slices.Contains(values, Source(r.Sample)) {
			return Allowed
		}
		return Blocked
	case sinkGroups, sandboxKind:
		return Blocked
	default:
		return Allowed
	}
	if matches(values, r) {
		return Allowed
	}
	if takesNonce(r) && slices.ContainsFunc(values, isNonce) {
		return NeedsNonce
	}
	return Blocked
}

// takesNonce reports whether what was blocked is an element that can carry a nonce.
func takesNonce(r Report) bool {
	switch Directive(r.Directive) {
	case ScriptSrc, ScriptSrcElem, StyleSrc, StyleSrcElem:
		return r.Blocked == BlockedInline || r.Blocked == BlockedSelf || strings.Contains(r.Blocked, "://")
	}
	return false
}

// matches reports whether the sources allow what r says was blocked.
func matches(values []Source, r Report) bool {
	has := func(s Source) bool { return slices.Contains(values, s) && !ignored(s, values) }
	switch r.Blocked {
	case BlockedInline:
		return has(UnsafeInline) || !strings.HasSuffix(r.Directive, "-attr") && isWhole(r.Sample) && has(Hash(r.Sample))
	case BlockedEval:
		return has(UnsafeEval)
	case BlockedWasmEval:
		return has(WasmUnsafeEval) || has(UnsafeEval)
	case BlockedSelf:
		return has(Self) || has("*") || has("https:")
	}
	if strings.HasSuffix(r.Blocked, ":") {
		return has(Source(r.Blocked))
	}
	for _, v := range values {
		if !ignored(v, values) && !strings.HasPrefix(string(v), "'") && matchesOrigin(v, r.Blocked) {
			return true
		}
	}
	return false
}

// isWhole reports whether a sample is the whole block: browsers cut at 40
// characters.
func isWhole(sample string) bool {
	return sample != "" && len(sample) < maxSample && !strings.Contains(sample, "?")
}

// matchesOrigin reports whether a scheme or host source allows an origin (CSP
// 3 section 6.7.2.8). A path is taken to match; without a scheme, the page is
// taken to be on https.
func matchesOrigin(s Source, origin string) bool {
	scheme, hostport, ok := strings.Cut(origin, "://")
	if !ok {
		return false
	}
	network := scheme == "https" || scheme == "http" || scheme == "ws" || scheme == "wss"
	text := lowerASCII(string(s))
	if text == "*" {
		return network
	}
	if only, ok := strings.CutSuffix(text, ":"); ok && isScheme(only) {
		return schemeMatches(only, scheme)
	}
	wanted := "https"
	if before, rest, ok := strings.Cut(text, "://"); ok {
		wanted, text = before, rest
	}
	if !schemeMatches(wanted, scheme) {
		return false
	}
	text, _, _ = strings.Cut(text, "/")
	host, port, _ := strings.Cut(text, ":")
	if strings.HasPrefix(hostport, "[") {
		return host == "*"
	}
	name, number, _ := strings.Cut(hostport, ":")
	if port != "*" && port != number && !(number == "" && (port == "443" || port == "80")) {
		return false
	}
	if domain, ok := strings.CutPrefix(host, "*"); ok {
		return domain == "" || strings.HasSuffix(name, domain) && len(name) > len(domain)
	}
	return host == name
}

// schemeMatches reports whether a source's scheme allows another: the secure
// one of its kind too.
func schemeMatches(wanted, scheme string) bool {
	switch wanted {
	case scheme:
		return true
	case "http":
		return scheme == "https"
	case "ws":
		return scheme == "wss" || scheme == "http" || scheme == "https"
	case "wss":
		return scheme == "https"
	case "https":
		return scheme == "wss"
	}
	return false
}
