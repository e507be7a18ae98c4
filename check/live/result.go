package live

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/merlon-go/merlon/check"
)

// A Result is what a scan found.
type Result struct {
	// URL is the address that was given, Page the one that was judged after
	// redirects, Pages all that were looked at.
	URL, Page string
	Pages     []string
	Addresses []netip.Addr
	// Requests counts requests and handshakes.
	Requests int
	// Grade is the worst cap of what was proven, APlus if nothing lowers it.
	Grade Grade
	// Decisive are the ids of the rules that keep the grade from being better,
	// and Next is the grade that the site would have without their findings.
	Decisive []string
	Next     Grade
	// Subjects are the parts that were judged, each by itself, Headers what the
	// judged page sends, and Ways how http and https lead to it.
	Subjects []Subject
	Headers  []Header
	Ways     [][]Hop
	// Observatory is MDN's score for the same answers; TLS is nil if the site
	// does not speak it.
	Observatory Observatory
	TLS         *TLSInfo
	// Notes say what was not looked at, and why.
	Notes []string
	// Report holds the findings.
	Report *check.Report

	caps map[string]Grade
}

// Cap returns the best grade that a site with the finding can have. What is
// only likely does not lower the grade.
func (r *Result) Cap(f *check.Finding) Grade {
	cap, ok := r.caps[f.ID]
	if !ok || f.Confidence < check.High {
		return APlus
	}
	return cap
}

// A gap is what could not be judged for one reason.
type gap struct{ What, Reason string }

// unjudged lists what could not be judged, once for each reason.
func (r *Result) unjudged() []gap {
	var list []gap
	for _, in := range r.Report.Incomplete {
		i := slices.IndexFunc(list, func(g gap) bool { return g.Reason == in.Reason })
		if i < 0 {
			list = append(list, gap{in.Rule, in.Reason})
			continue
		}
		list[i].What += ", " + in.Rule
	}
	return list
}

// accept puts aside the findings that somebody gave a reason for, and notes
// reasons that nothing needs any more.
func (r *Result) accept(reasons map[string]string) {
	for _, id := range slices.Sorted(maps.Keys(reasons)) {
		before := len(r.Report.Findings)
		r.Report.Findings = slices.DeleteFunc(r.Report.Findings, func(f check.Finding) bool {
			if f.ID == id {
				r.Report.Hidden = append(r.Report.Hidden, check.Hidden{Finding: f, By: "accepted", Reason: reasons[id]})
			}
			return f.ID == id
		})
		if len(r.Report.Findings) == before {
			r.Notes = append(r.Notes, "What was accepted as "+id+" was not found")
		}
	}
}

// decide sets the grade: the worst fault decides.
func (r *Result) decide() {
	r.Grade, r.Next = APlus, APlus
	for i := range r.Report.Findings {
		r.Grade = min(r.Grade, r.Cap(&r.Report.Findings[i]))
	}
	for i := range r.Report.Findings {
		f := &r.Report.Findings[i]
		switch cap := r.Cap(f); {
		case cap > r.Grade:
			r.Next = min(r.Next, cap)
		case cap < APlus && !slices.Contains(r.Decisive, f.ID):
			r.Decisive = append(r.Decisive, f.ID)
		}
	}
	slices.Sort(r.Decisive)
}

// group returns the findings that cap the grade at g, in the order of the report.
func (r *Result) group(g Grade) []*check.Finding {
	var list []*check.Finding
	for i := range r.Report.Findings {
		if f := &r.Report.Findings[i]; r.Cap(f) == g {
			list = append(list, f)
		}
	}
	return list
}
