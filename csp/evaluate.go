package csp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Severity is how much a [Finding] matters.
type Severity int

// From a remark to a policy that does not hold.
const (
	Info   Severity = iota // worth knowing
	Low                    // could be tighter
	Medium                 // weak, or not what it seems
	High                   // an injected script runs
)

// String returns "info", "low", "medium" or "high".
func (s Severity) String() string {
	switch s {
	case High:
		return "high"
	case Medium:
		return "medium"
	case Low:
		return "low"
	}
	return "info"
}

// MarshalText returns what String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Finding is a weakness of a policy.
type Finding struct {
	ID        string    `json:"id"` // stable, such as "script-unsafe-inline"
	Severity  Severity  `json:"severity"`
	Directive Directive `json:"directive"`
	Source    Source    `json:"source,omitempty"` // "" if it is about the directive as a whole
	Message   string    `json:"message"`          // what it means
	Fix       string    `json:"fix"`              // what to do
}

// Evaluate returns the weaknesses of a policy as a browser of today applies it
// (CSP 3), the worst first. It judges what [Parse] accepts and what
// [ParseHeader] reads from other sites alike. It follows Google's
// csp_evaluator, and goes further on framing, forms and hosts for uploads.
func Evaluate(p Policy) []Finding {
	e := &evaluation{policy: p, script: newScriptRules(p)}
	e.syntax()
	e.missing()
	e.scripts()
	e.objects()
	e.nonces()
	e.sources()
	e.strictness()
	slices.SortStableFunc(e.findings, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
	return e.findings
}

type evaluation struct {
	policy   Policy
	script   scriptRules
	findings []Finding
}

func (e *evaluation) add(id string, s Severity, d Directive, source Source, message, fix string) {
	e.findings = append(e.findings, Finding{id, s, d, source, message, fix})
}

// scriptRules are the directives that govern scripts.
type scriptRules struct {
	names  []Directive // effective, without duplicates
	nonce  bool
	hash   bool
	strict bool // 'strict-dynamic' on what loads scripts
}

func newScriptRules(p Policy) scriptRules {
	var r scriptRules
	for _, d := range []Directive{ScriptSrc, ScriptSrcElem, ScriptSrcAttr} {
		if name, ok := p.effective(d); ok && !slices.Contains(r.names, name) {
			r.names = append(r.names, name)
		}
	}
	for _, d := range r.names {
		r.nonce = r.nonce || slices.ContainsFunc(p[d], isNonce)
		r.hash = r.hash || slices.ContainsFunc(p[d], isHash)
	}
	if name, ok := p.effective(ScriptSrcElem); ok {
		r.strict = slices.Contains(p[name], StrictDynamic)
	}
	return r
}

// effective returns the directive whose sources govern d, by the fallbacks of
// CSP 3 section 6.8.3.
func (p Policy) effective(d Directive) (Directive, bool) {
	for _, name := range fallbacks(d) {
		if p[name] != nil {
			return name, true
		}
	}
	return d, false
}

func fallbacks(d Directive) []Directive {
	switch d {
	case ScriptSrcElem, ScriptSrcAttr:
		return []Directive{d, ScriptSrc, DefaultSrc}
	case StyleSrcElem, StyleSrcAttr:
		return []Directive{d, StyleSrc, DefaultSrc}
	case WorkerSrc:
		return []Directive{d, ChildSrc, ScriptSrc, DefaultSrc}
	case FrameSrc, FencedFrameSrc:
		return []Directive{d, FrameSrc, ChildSrc, DefaultSrc}
	case DefaultSrc:
		return []Directive{d}
	}
	if lookup(d).kind == sourceList && d != NavigateTo {
		return []Directive{d, DefaultSrc}
	}
	return []Directive{d}
}

func isNonce(s Source) bool { return s == NonceSource || strings.HasPrefix(string(s), "'nonce-") }

func isHash(s Source) bool { return strings.HasPrefix(string(s), "'sha") }

// ignored reports whether a browser of CSP 3 passes over s among sources.
func ignored(s Source, sources []Source) bool {
	strict := slices.Contains(sources, StrictDynamic)
	switch {
	case s == UnsafeInline:
		return strict || slices.ContainsFunc(sources, isNonce) || slices.ContainsFunc(sources, isHash)
	case s == Self, !strings.HasPrefix(string(s), "'"):
		return strict
	}
	return false
}

// syntax finds what is not as it was meant.
func (e *evaluation) syntax() {
	for _, d := range e.policy.names() {
		s := lookup(d)
		if s.kind == unknownKind {
			fix := "remove it"
			if n := nearest(string(d), directiveNames()); n != "" {
				fix = "did you mean " + n + "?"
			}
			e.add("unknown-directive", Medium, d, "", "browsers ignore this directive", fix)
			continue
		}
		if s.deprecated != "" {
			e.add("deprecated-directive", Info, d, "", "this directive is deprecated: "+s.deprecated, "remove it")
		}
		values := e.policy[d]
		if len(values) > 1 && slices.Contains(values, None) {
			e.add("none-ignored", Medium, d, None, "'none' beside other sources is ignored", "remove it, or the others")
		}
		for _, v := range values {
			if lookup(Directive(lowerASCII(string(v)))).kind != unknownKind && s.kind != references {
				e.add("missing-semicolon", Medium, d, v, "a directive's name stands among the sources: the semicolon before it is missing", "write ; before it")
			} else if (s.kind == sourceList || s.kind == ancestors) && !isNonce(v) {
				if err := s.kind.check(v); err != nil {
					e.add("invalid-source", Medium, d, v, "browsers ignore this source: "+err.Error(), "correct it")
				}
			}
		}
	}
}

// missing finds directives that no other stands in for.
func (e *evaluation) missing() {
	if _, ok := e.policy.effective(ScriptSrc); !ok {
		e.add("missing-script-src", High, ScriptSrc, "", "nothing restricts scripts", "add script-src, or default-src")
	}
	if _, ok := e.policy.effective(ObjectSrc); !ok {
		e.add("missing-object-src", High, ObjectSrc, "", "an injected plugin can run scripts", "add object-src 'none'")
	}
	if e.policy[BaseURI] == nil {
		if e.script.nonce || e.script.hash && e.script.strict {
			e.add("missing-base-uri", High, BaseURI, "", "an injected base element sends the page's relative script URLs, nonces and all, to another host", "add base-uri 'none'")
		} else {
			e.add("missing-base-uri", Low, BaseURI, "", "an injected base element redirects the page's relative URLs", "add base-uri 'none'")
		}
	}
	if e.policy[FrameAncestors] == nil {
		e.add("missing-frame-ancestors", Low, FrameAncestors, "", "any site may frame the page, unless X-Frame-Options says otherwise (clickjacking)", "add frame-ancestors 'none' or 'self'")
	}
	if e.policy[FormAction] == nil {
		e.add("missing-form-action", Low, FormAction, "", "an injected form may send what the visitor types, or a password manager fills in, anywhere; default-src does not cover it", "add form-action 'self'")
	}
	if !slices.Contains(e.policy[RequireTrustedTypesFor], Script) {
		e.add("missing-trusted-types", Info, RequireTrustedTypesFor, "", "scripts may pass any text to innerHTML and the like (DOM XSS)", "add require-trusted-types-for 'script'")
	}
	if e.policy[ReportURI] == nil && e.policy[ReportTo] == nil {
		e.add("no-reporting", Info, ReportTo, "", "violations are not reported", "set a report endpoint")
	}
}

// scripts judges what may run as a script.
func (e *evaluation) scripts() {
	for _, d := range e.script.names {
		values := e.policy[d]
		for _, v := range values {
			if ignored(v, values) {
				continue
			}
			switch v {
			case UnsafeInline:
				e.add("script-unsafe-inline", High, d, v, "injected scripts and event handlers run", "use nonces ('nonce') or hashes")
			case UnsafeEval:
				e.add("script-unsafe-eval", Medium, d, v, "text that reaches eval and the like runs", "replace eval; for WebAssembly 'wasm-unsafe-eval' is enough")
			case UnsafeHashes:
				e.add("script-unsafe-hashes", Medium, d, v, "injected event handlers with a listed hash run", "attach handlers in a script")
			case Self:
				if d != ScriptSrcAttr {
					e.add("script-self", Medium, d, v, "what the site serves runs as a script, uploads and JSONP too", "use nonces ('nonce') with 'strict-dynamic'")
				}
			default:
				e.scriptHost(d, v, values)
			}
		}
	}
}

// scriptHost judges a host or scheme among script sources.
func (e *evaluation) scriptHost(d Directive, v Source, values []Source) {
	if strings.HasPrefix(string(v), "'") || e.broad(d, v) || d == ScriptSrcAttr || checkHost(string(v)) != nil || strings.HasSuffix(string(v), ":") {
		return
	}
	host, why := findBypass(v, slices.Contains(values, UnsafeEval))
	_, path := sourceHost(v)
	switch {
	case why == "":
		e.add("script-host", Medium, d, v, "every script, library and JSONP answer of this host runs", "use nonces ('nonce') with 'strict-dynamic'")
	case path != "" && !strings.HasSuffix(path, "/"):
		e.add("script-host-bypass", Medium, d, v, host+" "+string(why)+"; the path narrows it, but browsers do not compare paths after a redirect", "serve the script yourself, or use a nonce or hash")
	default:
		e.add("script-host-bypass", High, d, v, host+" "+string(why), "serve the scripts yourself, or use nonces ('nonce') with 'strict-dynamic'")
	}
}

// broad finds sources that stand for any host.
func (e *evaluation) broad(d Directive, v Source) bool {
	if host, _ := sourceHost(v); host == "*" {
		e.add("wildcard", High, d, v, "every host is allowed", "name the hosts, or use nonces for scripts")
		return true
	}
	switch lowerASCII(string(v)) {
	case "https:", "http:", "data:", "blob:", "filesystem:", "ws:", "wss:":
		severity := High
		if v == "blob:" || v == "filesystem:" { // made by scripts that run already
			severity = Medium
		}
		e.add("plain-scheme", severity, d, v, "whatever an attacker puts behind this scheme is allowed", "name the hosts, or use nonces for scripts")
		return true
	}
	return false
}

// objects judges plugins and base elements, which lead to scripts too.
func (e *evaluation) objects() {
	d, ok := e.policy.effective(ObjectSrc)
	if ok && !slices.Contains(e.script.names, d) || d == ObjectSrc {
		for _, v := range e.policy[d] {
			if v != None && !e.broad(d, v) && d == ObjectSrc {
				e.add("object-host", Medium, d, v, "plugins of this source can run scripts", "use object-src 'none'")
			}
		}
	}
	for _, v := range e.policy[BaseURI] {
		if v != None && v != Self && !e.broad(BaseURI, v) {
			e.add("base-uri-host", Medium, BaseURI, v, "a base element may name another host", "use base-uri 'none'")
		}
	}
}

// nonces judges nonces that stand in the policy itself.
func (e *evaluation) nonces() {
	for _, d := range e.policy.names() {
		for _, v := range e.policy[d] {
			text, ok := strings.CutPrefix(string(v), "'nonce-")
			if !ok {
				continue
			}
			text = strings.TrimRight(strings.TrimSuffix(text, "'"), "=")
			const fix = "use a nonce of 16 random bytes, made for each response"
			switch {
			case strings.ContainsFunc(text, func(r rune) bool {
				return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+/-_", r))
			}):
				e.add("nonce-charset", Medium, d, v, "a nonce is base64", fix)
			case len(text) < 8:
				e.add("nonce-short", Medium, d, v, "a nonce this short can be guessed", fix)
			case len(text)*6 < nonceSize*8:
				e.add("nonce-short", Low, d, v, "a nonce has 128 bits or more", fix)
			}
		}
	}
}

// sources finds single values that are odd in any directive.
func (e *evaluation) sources() {
	for _, d := range e.policy.names() {
		k := lookup(d).kind
		if k != sourceList && k != ancestors && k != references {
			continue
		}
		for _, v := range e.policy[d] {
			low := lowerASCII(string(v))
			if strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "ws://") {
				e.add("http-source", Medium, d, v, "whoever is on the network can replace what comes from it", "use https")
			}
			host, _ := sourceHost(v)
			if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && k != references {
				message := "browsers ignore addresses other than 127.0.0.1"
				if a.String() == "127.0.0.1" {
					message = "the visitor's own machine is allowed"
				}
				e.add("ip-source", Info, d, v, message, "remove it")
			}
			if k == sourceList && !slices.Contains(fallbacks(d), ScriptSrc) && d != DefaultSrc && !strings.HasPrefix(string(d), "style-src") &&
				(isNonce(v) || isHash(v) || v == UnsafeInline || v == UnsafeEval || v == StrictDynamic) {
				e.add("useless-source", Info, d, v, "it means nothing in this directive", "remove it")
			}
		}
	}
	if d, ok := e.policy.effective(StyleSrc); ok && slices.Contains(e.policy[d], UnsafeInline) && !ignored(UnsafeInline, e.policy[d]) {
		e.add("style-unsafe-inline", Low, d, UnsafeInline, "injected styles can read what is on the page, letter by letter, and cover it", "use nonces ('nonce') or classes")
	}
}

// strictness finds what keeps a policy from being a strict one.
func (e *evaluation) strictness() {
	d, ok := e.policy.effective(ScriptSrcElem)
	if !ok {
		return
	}
	values := e.policy[d]
	if e.script.strict {
		if !e.script.nonce && !e.script.hash {
			e.add("strict-dynamic-alone", Medium, d, StrictDynamic, "without a nonce or hash no script runs at all", "add 'nonce' or hashes")
		}
		return
	}
	for _, v := range values {
		if v == Self || !strings.HasPrefix(string(v), "'") {
			message := "allow lists of hosts can usually be bypassed"
			if e.script.nonce || e.script.hash {
				message = "beside the nonces or hashes, everything that these hosts serve runs"
			}
			e.add("no-strict-dynamic", Low, d, "", fmt.Sprintf("%s (%d sources)", message, len(values)), "use nonces ('nonce') with 'strict-dynamic'")
			return
		}
	}
	if e.script.nonce {
		e.add("no-strict-dynamic", Info, d, "", "scripts that load scripts must hand the nonce on", "add 'strict-dynamic'")
	}
}
