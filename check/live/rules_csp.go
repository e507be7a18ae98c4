package live

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/csp"
)

const cspRef = "https://www.w3.org/TR/CSP3/"

func policyRules() []rule {
	base := func(id, title string, level check.Level, cap Grade, why, fix string, judge func(*survey) []check.Finding) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"csp", "headers"}, Why: why, Fix: fix, CWE: []int{79, 693},
			ASVS: []string{"V3.4.3"}, OWASP: "A05", References: []string{cspRef}}, cap, judge}
	}
	weak := func(severity ...string) func(*survey) []check.Finding {
		return func(s *survey) []check.Finding { return s.weaknesses(severity...) }
	}
	return []rule{
		base("live-csp-missing", "There is no Content-Security-Policy", check.Error, C,
			"A script that someone manages to place in a page runs: nothing stands between one forgotten escape and every session.",
			"Send a policy with nonces; try it with Content-Security-Policy-Report-Only first.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					if len(policiesOf(v)) > 0 {
						return "", ""
					}
					if tried := v.answer.get("Content-Security-Policy-Report-Only"); tried != "" {
						return "The Content-Security-Policy is only tried (report-only) and blocks nothing", tried
					}
					return "There is no Content-Security-Policy", ""
				})
			}),
		base("live-csp-bypassed", "The Content-Security-Policy can be passed by", check.Error, C,
			"The policy is there and an injected script runs all the same.",
			"Allow scripts by nonce with 'strict-dynamic', and set object-src and base-uri to 'none'.", weak("high")),
		base("live-csp-weak", "The Content-Security-Policy is weak, or not what it seems", check.Warning, B,
			"The policy stops the usual injections and not the ones made for it, or a slip of the pen leaves a gap.",
			"Allow scripts by nonce with 'strict-dynamic'; correct what browsers ignore.", weak("medium")),
		base("live-csp-loose", "The Content-Security-Policy could be tighter", check.Info, A,
			"What is left open is used together with another fault, by forms, frames or styles.",
			"Name every directive, and allow no more than the page needs.", weak("low")),
		base("live-csp-hint", "A remark on the Content-Security-Policy", check.Info, APlus,
			"It does not weaken the policy; it would make it stronger or shorter.",
			"As the remark says.", weak("info")),
		base("live-csp-form", "Forms of the page may send to any host", check.Warning, B,
			"An injected form sends what the password manager fills in to a stranger; script rules do not stop it.",
			"Set form-action to 'self' or to the hosts that forms send to.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					for _, p := range policiesOf(v) {
						if sources := p[csp.FormAction]; sources != nil && !slices.ContainsFunc(sources, anyHost) {
							return "", ""
						}
					}
					for _, p := range policiesOf(v) {
						if sources := p[csp.FormAction]; sources != nil {
							return "form-action allows any host", fmt.Sprint("form-action ", sources)
						}
					}
					return "", "" // missing: live-csp-loose says it
				})
			}),
		base("live-csp-styles", "Styles may come from any host", check.Info, A,
			"An injected stylesheet covers the page, and reads what it holds letter by letter.",
			"Name the hosts that styles come from.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					title, evidence := "", "" // where no policy speaks of styles, live-csp-loose says it
					for _, p := range policiesOf(v) {
						sources := p[csp.StyleSrc]
						if sources == nil {
							sources = p[csp.DefaultSrc]
						}
						switch {
						case sources == nil:
						case slices.ContainsFunc(sources, anyHost):
							title, evidence = "style-src allows any host", fmt.Sprint("style-src ", sources)
						default:
							return "", ""
						}
					}
					return title, evidence
				})
			}),
		base("live-csp-meta", "The Content-Security-Policy stands in the page alone", check.Info, A,
			"What comes before the meta element is not covered, and frame-ancestors, sandbox and reports do not work there.",
			"Send the policy as a header.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					if len(csp.ParseHeader(v.answer.header.Values("Content-Security-Policy")...)) == 0 && len(v.page.metaCSP) > 0 {
						return "The Content-Security-Policy is in a meta element and not in a header", v.page.metaCSP[0]
					}
					return "", ""
				})
			}),
		base("live-nonce-reused", "Two loads of the page had the same nonce", check.Error, C,
			"A nonce that stays can be read once and written into every injected script: the policy then allows all of them.",
			"Make 128 random bits for each answer, and keep pages with a nonce out of caches.", func(s *survey) []check.Finding {
				if !s.second.ok() {
					return nil
				}
				first, again := noncesOf(s.auto), noncesOf(s.second)
				for _, n := range first {
					if slices.Contains(again, n) {
						return one(s.auto, "Two loads of the page had the same nonce in their policies", "'nonce-"+n+"'")
					}
				}
				return nil
			}),
		base("live-nonce-cached", "A page with a nonce may be kept by shared caches", check.Warning, B,
			"From a shared cache the nonce is everybody's, the attacker's included.",
			"Send Cache-Control: private, no-store with pages that have a nonce.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					if value := v.answer.get("Cache-Control"); len(noncesOf(v.answer)) > 0 && sharedCacheable(v.answer) {
						return "A page with a nonce may be kept by shared caches", value
					}
					return "", ""
				})
			}),
	}
}

func anyHost(s csp.Source) bool {
	host := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(string(s)), "https://"), "http://")
	return host == "*" || s == "https:" || s == "http:" || strings.HasPrefix(host, "*:")
}

// sharedCacheable reports whether a cache on the way may keep the answer and
// is told so: public, or a life time for shared caches.
func sharedCacheable(a *answer) bool {
	value := strings.ToLower(a.get("Cache-Control"))
	if strings.Contains(value, "no-store") || strings.Contains(value, "private") {
		return false
	}
	if value == "" { // the older header counts where the newer is missing (RFC 9111 section 5.3)
		at, err := http.ParseTime(a.header.Get("Expires"))
		sent, dated := http.ParseTime(a.header.Get("Date"))
		return fromCache(a) || err == nil && dated == nil && at.After(sent)
	}
	return strings.Contains(value, "public") || strings.Contains(value, "s-maxage=") || strings.Contains(value, "max-age=") && !strings.Contains(value, "max-age=0")
}

// policiesOf returns the policies that a browser enforces on the page.
func policiesOf(v visit) []csp.Policy {
	policies := csp.ParseHeader(v.answer.header.Values("Content-Security-Policy")...)
	for _, p := range csp.ParseHeader(v.page.metaCSP...) {
		for _, d := range []csp.Directive{csp.FrameAncestors, csp.Sandbox, csp.ReportURI} {
			delete(p, d)
		}
		if len(p) > 0 {
			policies = append(policies, p)
		}
	}
	return policies
}

// noncesOf returns the nonces that the header allows.
func noncesOf(a *answer) []string {
	var list []string
	for _, p := range csp.ParseHeader(a.header.Values("Content-Security-Policy")...) {
		for _, sources := range p {
			for _, source := range sources {
				if n, ok := strings.CutPrefix(string(source), "'nonce-"); ok {
					list = append(list, strings.TrimSuffix(n, "'"))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// slips are findings about how a policy is written: they count in any policy.
// All others count if every policy of the page has them, since browsers
// enforce all.
var slips = []string{"unknown-directive", "none-ignored", "missing-semicolon", "invalid-source", "nonce-charset", "nonce-short", "strict-dynamic-alone"}

// weaknesses are what the evaluator finds, of the severities.
func (s *survey) weaknesses(severities ...string) []check.Finding {
	var found []check.Finding
	count := map[string]int{}
	for _, v := range s.documents() {
		for _, w := range evaluate(v) {
			if !slices.Contains(severities, severityOf(w)) {
				continue
			}
			key := w.ID + " " + string(w.Directive) + " " + string(w.Source)
			if count[key]++; count[key] > 1 {
				continue
			}
			name := string(w.Directive)
			if w.Source != "" {
				name += " " + string(w.Source)
			}
			f := one(v.answer, clip(name, 120)+": "+clip(w.Message, 300), directiveOf(v, w.Directive))
			f[0].Fix, f[0].Key = sentence(w.Fix), w.ID+" "+string(w.Directive)
			found = append(found, f...)
		}
	}
	return found
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return capital(strings.TrimSuffix(text, ".")) + "."
}

// directiveOf is the directive as the page has it, "" if no policy does.
func directiveOf(v visit, d csp.Directive) string {
	for _, p := range policiesOf(v) {
		if sources := p[d]; sources != nil {
			words := []string{string(d)}
			for _, s := range sources {
				words = append(words, string(s))
			}
			return strings.Join(words, " ")
		}
	}
	return ""
}

// severityOf is the evaluator's, but for one thing: scripts of the site itself
// are the common, honest policy, and no gap by themselves.
func severityOf(w csp.Finding) string {
	if w.ID == "script-self" {
		return "low"
	}
	return w.Severity.String()
}

// evaluate returns what is weak in the page's policies together, and slips of
// any. A weakness of one policy stands unless another one has a say in the
// matter and not the same weakness.
func evaluate(v visit) []csp.Finding {
	policies := policiesOf(v)
	every := make([][]csp.Finding, len(policies))
	for i, p := range policies {
		every[i] = csp.Evaluate(p)
	}
	var list []csp.Finding
	for i, findings := range every {
		for _, w := range findings {
			same := func(o csp.Finding) bool { return o.ID == w.ID && matter(o.Directive) == matter(w.Directive) }
			mended := false
			for j, other := range every {
				mended = mended || j != i && governs(policies[j], w.Directive) && !slices.ContainsFunc(other, same)
			}
			switch {
			case w.ID == "missing-frame-ancestors" && goodFrameOptions(v.answer): // live-framing-legacy says it
			case slices.Contains(slips, w.ID), !mended && !slices.ContainsFunc(list, same):
				list = append(list, w)
			}
		}
	}
	return list
}

// matter is what a directive is about: several speak of scripts.
func matter(d csp.Directive) csp.Directive {
	switch d {
	case csp.DefaultSrc, csp.ScriptSrcElem, csp.ScriptSrcAttr, csp.WorkerSrc:
		return csp.ScriptSrc
	case csp.ReportURI:
		return csp.ReportTo
	}
	return d
}

// governs reports whether the policy has a say in what the directive is about.
func governs(p csp.Policy, d csp.Directive) bool {
	d = matter(d)
	switch {
	case p[d] != nil:
		return true
	case d == csp.ReportTo:
		return p[csp.ReportURI] != nil
	}
	return strings.HasSuffix(string(d), "-src") && p[csp.DefaultSrc] != nil || d == csp.ScriptSrc && p[csp.ScriptSrcElem] != nil
}
