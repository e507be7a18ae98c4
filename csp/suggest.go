package csp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Suggestion is one way to deal with what was blocked: a source to add to
// the policy, or, where that would undo it, a change to the page.
type Suggestion struct {
	// Directive is the directive that blocked, or to which to add.
	Directive Directive `json:"directive"`
	// Add is the source to add. Empty means that the policy should stay and
	// the page change.
	Add Source `json:"add,omitempty"`
	// Explain says what was blocked, how often, where, and by which browsers.
	Explain string `json:"explain"`
	// Advice says what to do.
	Advice string `json:"advice"`
	// Risk is what adding the source gives away, RiskText says it.
	Risk     Severity `json:"risk"`
	RiskText string   `json:"risk_text,omitempty"`
	// Count, Routes and Browsers sum up the reports behind it.
	Count    int64    `json:"count"`
	Routes   []string `json:"routes"`
	Browsers []string `json:"browsers,omitempty"`
}

// Suggest returns the smallest changes to policy under which what was reported
// would have been allowed, most reported first. It never proposes
// 'unsafe-inline' or 'unsafe-eval', nor what the policy allows by now. Whether
// something was legitimate it cannot know: an attack is reported just like a
// forgotten script, and anyone can send a made-up report. A person decides.
func Suggest(reports []Report, policy Policy) []Suggestion {
	var all []*Suggestion
	for _, r := range reports {
		if r.Kind != KindViolation {
			continue
		}
		outcome := policy.outcome(r)
		if outcome == Allowed {
			continue
		}
		s := suggest(r, outcome, policy)
		if s.Directive == "" {
			continue
		}
		i := slices.IndexFunc(all, func(o *Suggestion) bool {
			return o.Directive == s.Directive && o.Add == s.Add && o.Advice == s.Advice
		})
		if i < 0 {
			all = append(all, &s)
			i = len(all) - 1
		}
		all[i].count(r)
	}
	out := make([]Suggestion, len(all))
	for i, s := range all {
		s.explain()
		out[i] = *s
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Directive, b.Directive), cmp.Compare(a.Add, b.Add), cmp.Compare(a.Advice, b.Advice))
	})
	return out
}

// Apply returns policy with what the suggestions add. A directive that
// default-src or another stood in for gets the sources of that one first.
func Apply(policy Policy, suggestions []Suggestion) Policy {
	p := policy.copy(len(suggestions))
	for _, s := range suggestions {
		if s.Add == "" {
			continue
		}
		if p[s.Directive] == nil {
			if from, ok := p.effective(s.Directive); ok {
				p[s.Directive] = slices.Clone(p[from])
			}
		}
		p = p.Update(Policy{s.Directive: {s.Add}})
	}
	return p
}

func (s *Suggestion) count(r Report) {
	s.Count += r.Count
	if !slices.Contains(s.Routes, r.Route) {
		s.Routes = append(s.Routes, r.Route)
	}
	for _, b := range r.Browsers {
		if !slices.Contains(s.Browsers, b) {
			s.Browsers = append(s.Browsers, b)
		}
	}
	if s.Explain == "" {
		s.Explain = what(r)
	}
}

// what says what a report is about.
func what(r Report) string {
	text := r.Directive + " blocked " + r.Blocked
	if r.Blocked == BlockedInline {
		text = r.Directive + " blocked an inline block"
	}
	if !r.Enforced {
		text = strings.Replace(text, "blocked", "would block", 1)
	}
	if r.Sample != "" {
		text += fmt.Sprintf(" that begins %q", r.Sample)
	}
	if r.Source != "" {
		text += " by " + r.Source
		if r.Line > 0 {
			text += fmt.Sprintf(":%d", r.Line)
		}
	}
	return text
}

func (s *Suggestion) explain() {
	slices.Sort(s.Routes)
	slices.Sort(s.Browsers)
	times := fmt.Sprintf("%d times", s.Count)
	if s.Count == 1 {
		times = "once, which may be an extension or an attack"
	}
	s.Explain += ": " + times + ", on " + few(s.Routes)
	if len(s.Browsers) > 0 {
		s.Explain += ", by " + few(s.Browsers)
	}
	if len(s.Routes) == 1 && s.Add != "" && s.Risk >= Medium {
		s.Advice += "; a route for " + s.Routes[0] + " alone keeps the other pages as strict as they are"
	}
}

// few lists up to three texts.
func few(all []string) string {
	if len(all) > 3 {
		return fmt.Sprintf("%s and %d others", strings.Join(all[:3], ", "), len(all)-3)
	}
	return strings.Join(all, ", ")
}

// target returns the directive to change so that no other kind of source is
// touched: the one that blocked if the policy has it, or a new one in place of
// default-src.
func target(policy Policy, d Directive) Directive {
	if name, ok := policy.effective(d); ok && name != DefaultSrc {
		if lookup(d).kind != sourceList || slices.Contains(families(d), name) {
			return name
		}
	}
	return families(d)[len(families(d))-1]
}

// families returns the directives that are about the same kind of source as d,
// the most general last.
func families(d Directive) []Directive {
	switch d {
	case ScriptSrcElem, ScriptSrcAttr:
		return []Directive{d, ScriptSrc}
	case StyleSrcElem, StyleSrcAttr:
		return []Directive{d, StyleSrc}
	}
	return []Directive{d}
}

// suggest returns what to do about one report.
func suggest(r Report, outcome Outcome, policy Policy) Suggestion {
	d := target(policy, Directive(r.Directive))
	s := Suggestion{Directive: d}
	switch {
	case d == DefaultSrc:
		s.Advice = "the browser is too old to say which kind of source it was; wait for reports of others"
	case outcome == NeedsNonce:
		s.Advice = "the policy has a nonce; give this element " + nonceAttribute
	case d == Sandbox:
		s.Advice = "the page does what the sandbox forbids; add the allow- word only if the page may do it"
	case d == RequireTrustedTypesFor:
		s.Advice = "a script passes text to a sink such as innerHTML; use textContent, or make the value in a Trusted Types policy"
	case d == TrustedTypes:
		s.trustedTypes(r)
	case d == BaseURI || d == ObjectSrc:
		s.Advice = "the page should not need this; take the element out"
	case isScript(d) || strings.HasPrefix(string(d), "style-src"):
		s.code(r, policy)
	default:
		s.resource(r)
	}
	if s.Add != "" && !s.isNamed() {
		return Suggestion{}
	}
	return s
}

// isNamed reports whether what to add is one thing. Anyone may send a report
// that names "https://*", or a host that no browser would load from.
func (s *Suggestion) isNamed() bool {
	if lookup(s.Directive).kind == policyNames {
		return true
	}
	return checkText(s.Add) == nil && checkSource(s.Add) == nil && !strings.Contains(string(s.Add), "*")
}

const nonceAttribute = `nonce="{{nonce}}"`

func isScript(d Directive) bool { return strings.HasPrefix(string(d), "script-src") || d == WorkerSrc }

func (s *Suggestion) trustedTypes(r Report) {
	if checkText(Source(r.Sample)) != nil || checkName(r.Sample, "-#=_/@.%") != nil {
		s.Advice = "a script makes a Trusted Types policy whose name is not listed; list it if the script is yours"
		return
	}
	s.Add, s.Risk = Source(r.Sample), Medium
	s.Advice = "list the policy if the script that makes it is yours"
	s.RiskText = "whoever can reach that policy passes text to the sinks"
}

// code deals with scripts and styles.
func (s *Suggestion) code(r Report, policy Policy) {
	kind := "script"
	if strings.HasPrefix(string(s.Directive), "style-src") {
		kind = "style"
	}
	from, _ := policy.effective(s.Directive)
	values := policy[from]
	switch {
	case strings.HasSuffix(r.Directive, "-attr") && kind == "script":
		s.Advice = "an event handler stands in an attribute; attach it in a script with addEventListener"
	case strings.HasSuffix(r.Directive, "-attr"):
		s.Advice = "a style stands in an attribute; use a class, or set it from a script through element.style"
	case r.Blocked == BlockedInline && s.Directive != WorkerSrc:
		s.inline(r, values, kind)
	case kind == "script" && r.Blocked == BlockedEval:
		s.Advice = "a script turns text into code; replace eval, new Function and timers with text, or the library that needs them"
	case kind == "script" && r.Blocked == BlockedWasmEval:
		s.Add, s.Risk = WasmUnsafeEval, Low
		s.Advice, s.RiskText = "allow WebAssembly, which is not eval", "scripts that run already may compile WebAssembly"
	case r.Blocked == "blob:" && s.Directive == WorkerSrc:
		s.Add, s.Risk = "blob:", Medium
		s.Advice, s.RiskText = "allow workers made by scripts, or serve the worker from a file", "a script that runs already may start workers from text"
	case strings.HasSuffix(r.Blocked, ":"):
		s.Advice = "a " + kind + " comes from a " + r.Blocked + " URL, which an attacker can write as well; serve it from a file"
	case kind == "script" && slices.Contains(values, StrictDynamic):
		s.Advice = "load it from a script that has the nonce or hash; hosts do not count beside 'strict-dynamic'"
	case isPlace(r.Blocked):
		s.codeHost(r, kind)
	default:
		s.Directive = "" // no browser reports this
	}
}

// isPlace reports whether what was blocked is the site itself or an origin.
func isPlace(blocked string) bool { return blocked == BlockedSelf || strings.Contains(blocked, "://") }

func (s *Suggestion) inline(r Report, values []Source, kind string) {
	if slices.ContainsFunc(values, isHash) && isWhole(r.Sample) {
		s.Add, s.Risk = Hash(r.Sample), Low
		s.Advice, s.RiskText = "allow this very block by its hash", "none beyond this block, but the page must not let a visitor repeat it"
		return
	}
	s.Add, s.Risk = NonceSource, Low
	s.Advice = "allow blocks by nonce and give this element " + nonceAttribute + "; on a page that is the same for everybody use csp.Hash of its text instead"
	s.RiskText = "only a " + kind + " that the template marks runs; the page is no longer stored by shared caches"
}

// codeHost deals with a script or style from a host, under a policy that lists hosts.
func (s *Suggestion) codeHost(r Report, kind string) {
	s.Risk = Medium
	if r.Blocked == BlockedSelf {
		s.Add = Self
		s.Advice = "allow " + kind + "s that the site serves"
		s.RiskText = "what visitors can place on the site, uploads too, counts as a " + kind
		return
	}
	s.Add = secured(r.Blocked)
	s.Advice = "allow this host if the " + kind + " is meant to be there; a nonce on the element is safer"
	s.RiskText = "every " + kind + " of this host runs"
	if kind != "script" {
		s.RiskText = "every style of this host applies, and can read what is on the page"
		return
	}
	if host, why := findBypass(s.Add, false); why != "" {
		s.Risk = High
		s.RiskText = host + " " + string(why)
		s.Advice = "do not allow this host; serve the script yourself, or use a nonce on the element"
		s.Add = ""
	}
}

// resource deals with what is not code.
func (s *Suggestion) resource(r Report) {
	switch s.Directive {
	case FrameAncestors:
		s.Risk, s.RiskText = High, "that site can lay the page under its own and have visitors click it (clickjacking)"
	case FormAction:
		s.Risk, s.RiskText = Medium, "what visitors type can be sent there"
	case ConnectSrc:
		s.Risk, s.RiskText = Low, "scripts of the page can send data there"
	case FrameSrc, ChildSrc, FencedFrameSrc:
		s.Risk, s.RiskText = Low, "that site's pages can be shown inside this one"
	default:
		s.Risk, s.RiskText = Low, "the address of what is loaded can carry data there"
	}
	switch {
	case r.Blocked == BlockedSelf:
		s.Add, s.Advice = Self, "allow what the site itself serves"
		if s.Directive != FrameAncestors {
			s.RiskText = "what visitors can place on the site is allowed as well"
		}
	case strings.HasSuffix(r.Blocked, ":"):
		s.scheme(r)
	case !isPlace(r.Blocked):
		s.Directive = "" // no browser reports this
	default:
		s.Add = secured(r.Blocked)
		s.Advice = "allow this host if the page is meant to use it"
		if string(s.Add) != r.Blocked {
			s.Advice += "; the page asked over plain HTTP, change its address to https"
		}
	}
}

func (s *Suggestion) scheme(r Report) {
	inner := s.Directive == ImgSrc || s.Directive == MediaSrc || s.Directive == FontSrc || s.Directive == ConnectSrc && r.Blocked == "blob:"
	if inner && (r.Blocked == "data:" || r.Blocked == "blob:" || r.Blocked == "mediastream:" || r.Blocked == "filesystem:") {
		s.Add = Source(r.Blocked)
		s.Advice = "allow " + r.Blocked + " URLs, whose content is in the page or made by its scripts"
		s.RiskText = "an injected element can show content of its own"
		return
	}
	s.Risk, s.RiskText = Info, ""
	s.Advice = "a whole scheme would be allowed for anybody; serve it from a file, or check that it is not an extension"
}

// secured returns an origin as a source, over a secure connection.
func secured(origin string) Source {
	if rest, ok := strings.CutPrefix(origin, "http://"); ok {
		return Source("https://" + rest)
	}
	if rest, ok := strings.CutPrefix(origin, "ws://"); ok {
		return Source("wss://" + rest)
	}
	return Source(origin)
}
