package live

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// A rule is a check.Rule that judges a survey, and the best grade that a site
// with its fault can have.
type rule struct {
	check.Rule
	cap   Grade
	judge func(*survey) []check.Finding
}

// table lists the rules, in the order of their documentation.
func table() []rule {
	all := slices.Concat(transportRules(), hstsRules(), headerRules(), bannerRules(), policyRules(), cookieRules(), sessionRules(), pageRules(), servedRules(), corsRules(), probeRules(), proxyRules(), fileRules(), tlsRules(), certificateRules())
	for i := range all {
		r := &all[i]
		r.Tags = append([]string{"live"}, r.Tags...)
		if r.OWASP == "" {
			r.OWASP = "A02"
		}
		grade := "It does not lower the grade."
		if r.cap < APlus {
			grade = "A site with this fault gets at most " + r.cap.String() + "."
		}
		r.More = strings.TrimSpace(r.More + "\n\n" + grade)
	}
	return all
}

// Rules returns the rules as documentation, for `merlon explain` and for the
// list of all checks. They judge what [Scan] gathers; asked by check.Run they
// do not apply.
func Rules() []check.Rule {
	rules := table()
	list := make([]check.Rule, len(rules))
	for i := range rules {
		list[i] = rules[i].Rule
		list[i].Run = func(context.Context, *check.Target) ([]check.Finding, error) {
			return nil, fmt.Errorf("merlon scan asks a running site: %w", check.ErrNotApplicable)
		}
	}
	return list
}

// Caps returns the best grade that a site with the fault can have, for each
// rule. Each call returns a new map.
func Caps() map[string]Grade {
	caps := map[string]Grade{}
	for _, r := range table() {
		caps[r.ID] = r.cap
	}
	return caps
}

// one returns a list of one finding about an answer, or of none if title is "".
func one(a *answer, title, evidence string) []check.Finding {
	if title == "" {
		return nil
	}
	f := check.Finding{Title: title, Evidence: clip(evidence, 300)}
	if a != nil {
		f.Place.Request = a.request()
	}
	return []check.Finding{f}
}

// documents are the pages that browsers show.
func (s *survey) documents() []visit {
	var list []visit
	for _, v := range s.pages {
		if v.answer.html() {
			list = append(list, v)
		}
	}
	return list
}

// onDocuments makes one finding of a fault that several pages have: at the
// first, with how many others. fault returns the title and what was seen, ""
// if the page is fine.
func (s *survey) onDocuments(fault func(v visit) (title, evidence string)) []check.Finding {
	var found []check.Finding
	count := map[string]int{}
	for _, v := range s.documents() {
		title, evidence := fault(v)
		if title == "" {
			continue
		}
		if count[title]++; count[title] > 1 {
			continue
		}
		f := one(v.answer, title, evidence)
		f[0].Key = title
		found = append(found, f...)
	}
	for i := range found {
		if n := count[found[i].Title] - 1; n > 0 {
			found[i].Title += fmt.Sprintf("%s%d more)", counted, n)
		}
	}
	return found
}

// counted begins what a title says of further pages, and uncounted is the title
// without it: how many there are depends on how many were looked at.
const counted = " (and on "

func uncounted(title string) string {
	bare, _, _ := strings.Cut(title, counted)
	return bare
}

// everything returns all answers that came, in a fixed order.
func (s *survey) everything() []*answer {
	list := slices.Concat(s.https.answers, s.http.answers, []*answer{s.second, s.missing, s.malformed, s.trace, s.logout, s.security})
	for _, v := range s.pages {
		list = append(list, v.answer)
	}
	for _, p := range slices.Concat(s.cors, s.preflight) {
		list = append(list, p.answer)
	}
	list = slices.Concat(list, s.refused, s.assets, s.data, s.upgrades)
	seen := map[*answer]bool{}
	return slices.DeleteFunc(list, func(a *answer) bool {
		drop := !a.ok() || seen[a]
		seen[a] = true
		return drop
	})
}
