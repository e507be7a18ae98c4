package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/csp"
)

// maxPolicy bounds a policy that is tried on the page, in bytes.
const maxPolicy = 6 << 10

// A period is how far back the page looks.
type period struct {
	Value, Label string
	Current      bool
	length       time.Duration
}

var periods = [...]period{
	{Value: "24h", Label: "24 hours", length: 24 * time.Hour},
	{Value: "7d", Label: "7 days", length: 7 * 24 * time.Hour},
	{Value: "30d", Label: "30 days", length: 30 * 24 * time.Hour},
}

// cspPage is the page about the content security policy.
type cspPage struct {
	page
	Periods []period
	Since   period
	// Violations and Others are what was reported, the most reported first.
	Violations, Others []csp.Report
	// Times counts all violations.
	Times int64
	// Enforced and ReportOnly are the site's policies, "" for none.
	Enforced, ReportOnly string
	// Tried is the policy that the advice is about, From what it is, Problem
	// why it cannot be read.
	Tried, From, Problem string
	Additions, Changes   []csp.Suggestion
	Proposed             []line
	Header, Go, TOML     string
	Blocked              []verdict
}

// A verdict is something that the policy would have blocked, and what helps.
type verdict struct {
	csp.Report
	Helps string
}

// A line is one directive of a policy.
type line struct {
	Name    csp.Directive
	Sources []source
}

// A source is one of a directive's; New if the proposal adds it.
type source struct {
	Text string
	New  bool
}

func (c *Console) csp(w http.ResponseWriter, r *http.Request) {
	p := cspPage{page: c.page(), Since: periods[1], Periods: slices.Clone(periods[:])}
	asked := r.URL.Query()
	for i := range p.Periods {
		if asked.Get("since") == p.Periods[i].Value {
			p.Since = p.Periods[i]
		}
	}
	for i := range p.Periods {
		p.Periods[i].Current = p.Periods[i].Value == p.Since.Value
	}
	reports, err := c.config.Reports.Reports(r.Context(), p.Now.Add(-p.Since.length), csp.DefaultMaxReports)
	if err != nil {
		c.config.Site.Refuse(w, r, &merlon.Refusal{Status: http.StatusServiceUnavailable, Control: "console", Reason: "store", Err: err})
		return
	}
	for _, one := range reports {
		if one.Kind == csp.KindViolation {
			p.Violations = append(p.Violations, one)
			p.Times += one.Count
		} else {
			p.Others = append(p.Others, one)
		}
	}
	most := func(a, b csp.Report) int { return cmp.Compare(b.Count, a.Count) }
	slices.SortStableFunc(p.Violations, most)
	slices.SortStableFunc(p.Others, most)
	if policy := p.choose(c.config.Site.CSP(), strings.TrimSpace(asked.Get("policy"))); policy != nil {
		p.advise(policy)
	}
	c.render(w, r, "console/csp", p)
}

// choose returns the policy that the advice is about: the one asked for, else
// the one that is tried, else the one that is enforced; nil if there is none.
func (p *cspPage) choose(site *csp.Protection, asked string) csp.Policy {
	enforced, tried := site.Policies()
	p.Enforced, p.ReportOnly = enforced.String(), tried.String()
	switch {
	case len(asked) > maxPolicy:
		p.From, p.Problem = "your policy", "it is too long"
		return nil
	case asked != "":
		policy, err := csp.Parse(asked)
		p.From, p.Tried = "your policy", asked
		if err != nil {
			p.Problem = strings.ReplaceAll(err.Error(), "csp: ", "")
			return nil
		}
		return policy
	case tried != nil:
		p.From, p.Tried = "the policy that is tried", p.ReportOnly
		return tried
	}
	p.From, p.Tried = "the policy that is enforced", p.Enforced
	return enforced
}

// advise fills in what the violations mean for a policy.
func (p *cspPage) advise(policy csp.Policy) {
	suggestions := csp.Suggest(p.Violations, policy)
	for _, s := range suggestions {
		if s.Add != "" {
			p.Additions = append(p.Additions, s)
		} else {
			p.Changes = append(p.Changes, s)
		}
	}
	after := csp.Apply(policy, suggestions)
	for text := range strings.SplitSeq(after.String(), "; ") {
		name, values, _ := strings.Cut(text, " ")
		l := line{Name: csp.Directive(name)}
		for _, v := range strings.Fields(values) {
			l.Sources = append(l.Sources, source{v, !slices.Contains(policy[l.Name], csp.Source(v))})
		}
		p.Proposed = append(p.Proposed, l)
	}
	p.Header = after.String()
	// The formats are constants, which Format knows.
	p.Go, _ = after.Format("go")
	p.TOML, _ = after.Format("toml")
	then := csp.WouldBlock(after, p.Violations)
	for i, v := range csp.WouldBlock(policy, p.Violations) {
		if v.Outcome == csp.Allowed {
			continue
		}
		helps := map[csp.Outcome]string{csp.Allowed: "not with what is added", csp.NeedsNonce: "not if the element has the nonce"}
		p.Blocked = append(p.Blocked, verdict{v.Report, helps[then[i].Outcome]})
	}
}
