package headers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// An Exemption is a place where a site sends less, or something else, than it
// would.
type Exemption struct {
	Pattern string // the route's pattern, or "" for the whole site
	Header  string
	Value   string // what is sent, or "" for nothing
	Instead string // what would be sent: the site's value, or for the whole site the default
	Reason  string // as given in the Override
}

// Exemptions returns where the site's headers are weaker than the defaults, and
// every route whose headers differ from the site's, in a stable order.
func (p *Policy) Exemptions() []Exemption { return slices.Clone(p.exemptions) }

// siteExemptions lists where the whole site is weaker than the standard. A ramp
// is not: it grows by itself.
func (p *Policy) siteExemptions(standard set) (all []Exemption) {
	for _, e := range compare("", standard, p.site, "") {
		if e.Value == "" || weaker(e.Header, e.Instead, e.Value) {
			all = append(all, e)
		}
	}
	e := Exemption{Header: nameStrictTransportSecurity, Instead: hstsValue(defaultHSTS, Config{})}
	switch {
	case p.hsts == nil:
		all = append(all, e)
	case p.hsts.steps == nil && weakerHSTS(e.Instead, p.hsts.values[0][0]):
		e.Value = p.hsts.values[0][0]
		all = append(all, e)
	}
	return all
}

// compare lists what differs between from and to.
func compare(pattern string, from, to set, reason string) (all []Exemption) {
	for _, name := range Names() {
		if instead, value := from.get(name), to.get(name); instead != value {
			all = append(all, Exemption{pattern, name, value, instead, reason})
		}
	}
	return all
}

// Weaker returns where the header h of the answer to r protects less than the
// policy asks for: headers that a handler took away or set to a weaker value.
// A stricter value is not listed. The check runs it on the answers of a site.
func (p *Policy) Weaker(h http.Header, r *http.Request) (all []Exemption) {
	wanted := http.Header{}
	p.Apply(wanted, r)
	for _, name := range Names() {
		want := wanted.Get(name)
		if want == "" {
			continue
		}
		got := strings.Join(h.Values(name), ", ")
		if got == "" || weaker(name, want, got) {
			all = append(all, Exemption{Pattern: r.Pattern, Header: name, Value: got, Instead: want})
		}
	}
	return all
}

// weaker reports whether the value got of the header name protects less than want.
func weaker(name, want, got string) bool {
	if want == "" { // not asked for, so that anything is more
		return false
	}
	switch name {
	case nameStrictTransportSecurity:
		return weakerHSTS(want, got)
	case namePermissionsPolicy:
		w, err := ParsePermissionsPolicy(want)
		if err != nil {
			return false
		}
		g, err := ParsePermissionsPolicy(got)
		return err != nil || g.weaker(w)
	case nameReferrerPolicy: // the last of the list counts
		want, got = want[strings.LastIndexByte(want, ',')+1:], got[strings.LastIndexByte(got, ',')+1:]
	}
	rank := func(value string) int {
		return slices.IndexFunc(strictness(name), func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(value)) })
	}
	return rank(got) < 0 || rank(got) > rank(want)
}

func weakerHSTS(want, got string) bool {
	age := func(value string) (seconds int64, subdomains bool) {
		for part := range strings.SplitSeq(strings.ToLower(value), ";") {
			part = strings.TrimSpace(part)
			if text, ok := strings.CutPrefix(part, "max-age="); ok {
				seconds, _ = strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
			}
			subdomains = subdomains || part == "includesubdomains"
		}
		return seconds, subdomains
	}
	wantAge, wantSub := age(want)
	gotAge, gotSub := age(got)
	return gotAge < wantAge || wantSub && !gotSub
}
