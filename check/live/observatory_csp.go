package live

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

// An observedCSP maps directives to the sources that stand after all policies
// of a page were intersected the way the Observatory does it.
type observedCSP struct {
	sources  map[string][]string
	repeated bool // only report-uri or report-to were given twice
}

func (o *observedCSP) has(directive string) bool { return o.sources[directive] != nil }

// first returns the sources of the first directive that is there, or "*".
func (o *observedCSP) first(directives ...string) []string {
	for _, d := range directives {
		if s := o.sources[d]; s != nil {
			return slices.Clone(s)
		}
	}
	return []string{"*"}
}

var errObservedCSP = errors.New("live: not a policy")

// observedSource is one source while policies are put together.
type observedSource struct {
	text string
	from int // policy
	keep bool
}

// observeCSP puts policies together. A policy of fewer than six characters and
// a directive given twice in one policy are errors.
func observeCSP(policies []string) (*observedCSP, error) {
	o := &observedCSP{sources: map[string][]string{}}
	for i, p := range policies {
		policies[i] = strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(p))
		if len(policies[i]) < 6 {
			return nil, errObservedCSP
		}
	}
	all := map[string][]observedSource{}
	for n, policy := range policies {
		seen := map[string]bool{}
		for entry := range strings.SplitSeq(policy, ";") {
			fields := strings.Fields(entry)
			if len(fields) == 0 {
				continue
			}
			directive := strings.ToLower(fields[0])
			if seen[directive] {
				if directive != "report-uri" && directive != "report-to" {
					return nil, errObservedCSP
				}
				o.repeated = true
			}
			seen[directive] = true
			kept, err := intersect(all[directive], fields[1:], directive, n)
			if err != nil {
				return nil, err
			}
			if n == 0 && len(policies) > 1 {
				for i := range kept {
					kept[i].keep = false
				}
			}
			all[directive] = kept
		}
	}
	for directive, sources := range all {
		list := []string{}
		for _, s := range sources {
			if !slices.Contains(list, s.text) {
				list = append(list, s.text)
			}
		}
		if len(list) == 0 {
			list = []string{"'none'"}
		}
		o.sources[directive] = list
	}
	return o, nil
}

// intersect adds the values of policy number n to what earlier ones left. In
// the first policy everything stays but what a shorter neighbour covers; of
// later ones what a neighbour of another policy covers.
func intersect(have []observedSource, values []string, directive string, n int) ([]observedSource, error) {
	if n == 0 {
		have = nil
	}
	combined := slices.Clone(have)
	if len(values) == 0 && strings.HasSuffix(directive, "-src") {
		values = []string{"'none'"}
	}
	for _, v := range values {
		combined = append(combined, observedSource{strings.ToLower(v), n, n == 0})
	}
	slices.SortStableFunc(combined, func(a, b observedSource) int { return collate(a.text, b.text) })
	for i := 1; i < len(combined); i++ {
		prev, s := combined[i-1], &combined[i]
		if s.from == prev.from {
			if strings.HasPrefix(s.text, prev.text) {
				s.keep = false
			}
			continue
		}
		covered, err := covers(prev.text, s.text)
		if err != nil {
			return nil, err
		}
		if covered {
			s.keep = true
		}
	}
	return slices.DeleteFunc(combined, func(s observedSource) bool { return !s.keep }), nil
}

// covers reports whether the path-like text a stands for b too.
func covers(a, b string) (bool, error) {
	if a == "" || a == "/" && b == "" {
		return true, nil
	}
	exact := !strings.HasSuffix(a, "/")
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	if len(as) > len(bs) || exact && len(as) != len(bs) {
		return false, nil
	}
	if !exact {
		as = as[:len(as)-1]
	}
	for i := range as {
		x, err := url.PathUnescape(as[i])
		if err != nil {
			return false, errObservedCSP
		}
		y, err := url.PathUnescape(bs[i])
		if err != nil {
			return false, errObservedCSP
		}
		if x != y {
			return false, nil
		}
	}
	return true, nil
}

// collation is the order of ASCII in the Unicode Collation Algorithm, which
// decides which sources are neighbours.
const collation = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"

func collate(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := strings.IndexByte(collation, a[i]), strings.IndexByte(collation, b[i]); x != y {
			return x - y
		}
	}
	return len(a) - len(b)
}

var (
	cspBroad  = []string{"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
	cspInline = append(slices.Clone(cspBroad), "'unsafe-inline'", "data:")
)

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func unverified(s string) bool { return strings.HasPrefix(s, "http:") || strings.HasPrefix(s, "ftp:") }

func trusted(list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool {
		return strings.HasPrefix(s, "'sha256-") || strings.HasPrefix(s, "'sha384-") || strings.HasPrefix(s, "'sha512-") || strings.HasPrefix(s, "'nonce-")
	})
}

// csp returns the result key of the test content-security-policy, and the
// policy if there is one.
func (o *observation) csp() (string, *observedCSP) {
	header, meta := o.cspHeader(), o.split(o.page.metaCSP)
	csp, err := observeCSP(slices.Concat(header, meta))
	if err != nil {
		return "csp-header-invalid", nil
	}
	if !o.cspCounts(header, meta) {
		if o.auto.header.Get("Content-Security-Policy-Report-Only") != "" {
			return "csp-not-implemented-but-reporting-enabled", nil
		}
		return "csp-not-implemented", nil
	}
	key := csp.key(o.secure())
	switch key {
	case "csp-implemented-with-no-unsafe", "csp-implemented-with-no-unsafe-default-src-none",
		"csp-implemented-with-unsafe-inline-in-style-src-only", "csp-implemented-with-insecure-scheme-in-passive-content-only":
		if csp.repeated {
			key = "csp-implemented-but-duplicate-directives"
		}
	}
	return key, csp
}

// cspHeader returns the policies of the header: one that is there and empty is
// a policy that is too short.
func (o *observation) cspHeader() []string {
	if !o.auto.has("Content-Security-Policy") {
		return nil
	}
	return o.split([]string{o.auto.get("Content-Security-Policy")})
}

// split returns a copy of the policies. Algorithm 6 takes a comma for the end
// of one, as browsers do in the header, and does so in meta elements too.
func (o *observation) split(policies []string) []string {
	if o.algorithm < 6 || len(policies) == 0 {
		return slices.Clone(policies)
	}
	return strings.Split(strings.Join(policies, ","), ",")
}

// cspCounts reports whether any directive is left where it may stand.
func (o *observation) cspCounts(header, meta []string) bool {
	if h, err := observeCSP(slices.Clone(header)); err == nil && len(h.sources) > 0 {
		return true
	}
	m, err := observeCSP(slices.Clone(meta))
	if err != nil {
		return false
	}
	for _, d := range []string{"frame-ancestors", "report-uri", "sandbox"} {
		delete(m.sources, d)
	}
	return len(m.sources) > 0
}

// governs returns the name of the first directive that is there, or "".
func (o *observedCSP) governs(directives ...string) string {
	for _, d := range directives {
		if o.has(d) {
			return d
		}
	}
	return ""
}

// drop removes sources from a directive; where default-src stands in for
// another, the Observatory removes them from default-src itself.
func (o *observedCSP) drop(directive string, gone func(string) bool) {
	if o.has(directive) {
		o.sources[directive] = slices.DeleteFunc(o.sources[directive], gone)
	}
}

// neutralise removes what a browser passes over because of nonces, hashes and
// 'strict-dynamic'. It returns false for 'strict-dynamic' without either.
func (o *observedCSP) neutralise() bool {
	inline := func(s string) bool { return s == "'unsafe-inline'" }
	for _, d := range []string{o.governs("script-src", "default-src"), o.governs("style-src", "default-src")} {
		if trusted(o.sources[d]) {
			o.drop(d, inline)
		}
	}
	d := o.governs("script-src", "default-src")
	if !slices.Contains(o.sources[d], "'strict-dynamic'") {
		return true
	}
	if !trusted(o.sources[d]) {
		return false
	}
	o.drop(d, func(s string) bool {
		return s == "'self'" || inline(s) || slices.ContainsFunc(cspBroad, func(b string) bool { return strings.HasPrefix(s, b) })
	})
	return true
}

// key judges a policy.
func (o *observedCSP) key(https bool) string {
	if !o.neutralise() {
		return "csp-header-invalid"
	}
	script := o.first("script-src", "default-src")
	style := o.first("style-src", "default-src")
	object := o.first("object-src", "default-src")
	active := slices.Clone(script)
	for d, sources := range o.sources {
		if d != "img-src" && d != "media-src" && d != "script-src" {
			active = append(active, sources...)
		}
	}
	var passive []string
	for _, d := range []string{"img-src", "media-src"} {
		passive = append(passive, o.sources[o.governs(d, "default-src")]...)
	}
	switch def := o.sources["default-src"]; {
	case overlaps(script, cspInline) || overlaps(object, cspBroad):
		return "csp-implemented-with-unsafe-inline"
	case https && slices.ContainsFunc(active, unverified):
		return "csp-implemented-with-insecure-scheme"
	case slices.Contains(script, "'unsafe-eval'") || slices.Contains(style, "'unsafe-eval'"):
		return "csp-implemented-with-unsafe-eval"
	case https && slices.ContainsFunc(passive, unverified):
		return "csp-implemented-with-insecure-scheme-in-passive-content-only"
	case overlaps(style, cspInline):
		return "csp-implemented-with-unsafe-inline-in-style-src-only"
	case len(def) == 1 && def[0] == "'none'":
		return "csp-implemented-with-no-unsafe-default-src-none"
	}
	return "csp-implemented-with-no-unsafe"
}
