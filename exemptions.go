package merlon

import "strings"

// An Exemption is a place where a control does less than on the rest of the
// site. Every one of them can be listed, so that one that outlives its reason
// is seen: `check` prints them.
type Exemption struct {
	// Control is the package, such as "csrf".
	Control string
	// Pattern is the ServeMux pattern it holds for, or what is exempt; "" is
	// the whole site.
	Pattern string
	// What says what differs.
	What string
	// Reason is the one given where it is declared; "" if there is none.
	Reason string
	// Weakens says that it takes protection away, and not only changes it.
	Weakens bool
}

// Exemptions lists where controls of the site do less than elsewhere, without
// Merlon's own: browsers send CSP reports without cookies, so that route has
// no CSRF token.
func (s *Site) Exemptions() []Exemption {
	var all []Exemption
	add := func(e Exemption) {
		if !strings.Contains(e.Pattern, "/-/") {
			all = append(all, e)
		}
	}
	for _, e := range s.csrf.Exemptions() {
		what := map[string]string{"exempt": "forged requests are not refused", "tokenless": "no token is asked for", "trusted-origin": "this origin may send forms"}[e.Kind]
		add(Exemption{Control: "csrf", Pattern: e.Pattern, What: what, Weakens: e.Kind == "exempt"})
	}
	for _, e := range s.headers.Exemptions() {
		if e.Pattern == "" {
			continue // a setting, which has checks of its own
		}
		what := e.Header + " is not sent"
		if e.Value != "" {
			what = e.Header + " is " + e.Value
		}
		add(Exemption{Control: "headers", Pattern: e.Pattern, What: what, Reason: e.Reason, Weakens: e.Value == ""})
	}
	for _, r := range s.csp.Routes() {
		for _, c := range r.Changes {
			add(Exemption{Control: "csp", Pattern: r.Pattern, What: c.String(), Weakens: strings.HasPrefix(c.String(), "exempt")})
		}
	}
	for _, pattern := range s.gate.RedirectExempt() {
		add(Exemption{Control: "hosts", Pattern: pattern, What: "answered over plain http"})
	}
	return all
}
