package manage

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/settings"
)

type cspSuggestOptions struct {
	cspPeriod
	policy string
	format string
}

func newCSPSuggest(p *Program, run func(context.Context, *cspSuggestOptions) error) *cobra.Command {
	o := &cspSuggestOptions{cspPeriod: cspPeriod{program: p}}
	cmd := &cobra.Command{
		Use:   "suggest",
		Short: "Propose the smallest change under which what was reported would work",
		Long: "Propose the smallest change under which what was reported would work, with the reason and the risk of each line, and say what the policy would then still have blocked.\n\n" +
			"Where adding a source would undo the policy, the page has to change: 'unsafe-inline' is never the answer. Whether something is meant to be there, only you know.\n\n" +
			"The policy to start from is --policy, or CSP_REPORT_ONLY, or CSP. The formats header, go and toml write the policy alone, and everything else to standard error.",
		Example: "  " + p.Name + " csp suggest --since 30d\n  " + p.Name + " csp suggest --policy strict\n  " + p.Name + " csp suggest --format toml >> merlon.toml",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.policy, "policy", "", "start from the policy `TEXT`, or from a preset of that name")
	formatFlag(cmd, &o.format, "text", "header", "go", "toml", "json")
	return cmd
}

// advice is what the reports of a period mean for a policy. It is what
// `csp suggest --format json` writes.
type advice struct {
	Policy      string           `json:"policy"`
	From        string           `json:"from"`
	Suggestions []csp.Suggestion `json:"suggestions"`
	Proposed    string           `json:"proposed"`
	// Blocked is what the policy would have blocked, StillBlocked what the
	// proposed one would.
	Blocked      []csp.Verdict `json:"blocked"`
	StillBlocked []csp.Verdict `json:"still_blocked"`

	before, after csp.Policy
}

func cspSuggest(ctx context.Context, o *cspSuggestOptions) error {
	if o.policy != "" { // before anything is opened
		if _, err := csp.Parse(o.policy); err != nil {
			return usage("--policy: " + strings.ReplaceAll(err.Error(), "csp: ", ""))
		}
	}
	set, reports, err := o.read(ctx)
	if err != nil {
		return err
	}
	a, err := o.advise(set, reports)
	if err != nil {
		return err
	}
	env := o.program.Env
	switch o.format {
	case "json":
		return writeJSON(env.Stdout, a)
	case "text":
		if len(reports) == 0 {
			o.nothing(set)
			return nil
		}
		return a.write(env.Stdout, env.color(env.StdoutTerminal), true)
	}
	text, err := a.after.Format(o.format)
	if err != nil {
		return err
	}
	if o.format == "toml" && a.From == "CSP_REPORT_ONLY" {
		text = "csp_report_only" + strings.TrimPrefix(text, "csp")
	}
	if err := a.write(env.Stderr, env.color(env.StderrTerminal), false); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.Stdout, text)
	return err
}

// advise finds the policy to start from and what to make of it.
func (o *cspSuggestOptions) advise(set *settings.Settings, reports []csp.Report) (*advice, error) {
	a := &advice{From: "--policy"}
	text := o.policy
	if text == "" {
		text, a.From = set.CSP.ReportOnly, "CSP_REPORT_ONLY"
	}
	if text == "" {
		text, a.From = set.CSP.Policy, "CSP"
	}
	if text == "" {
		return nil, usage("there is no policy to start from", "--policy strict starts from the strict one")
	}
	var err error
	if a.before, err = csp.Parse(text); err != nil {
		return nil, failed(a.From+" ("+set.Where(a.From)+")", err)
	}
	a.Policy = a.before.String()
	a.Suggestions = append([]csp.Suggestion{}, csp.Suggest(reports, a.before)...)
	a.after = csp.Apply(a.before, a.Suggestions)
	a.Proposed = a.after.String()
	a.Blocked, a.StillBlocked = blockedBy(a.before, reports), blockedBy(a.after, reports)
	return a, nil
}

// blockedBy returns what policy would not have allowed.
func blockedBy(policy csp.Policy, reports []csp.Report) []csp.Verdict {
	return slices.DeleteFunc(append([]csp.Verdict{}, csp.WouldBlock(policy, reports)...),
		func(v csp.Verdict) bool { return v.Outcome == csp.Allowed })
}

// name is what the policy is called in a text.
func (a *advice) name() string {
	if a.From == "--policy" {
		return "THIS POLICY"
	}
	return a.From
}

// write explains the advice for people; with policy set, the proposed policy is
// part of it.
func (a *advice) write(w io.Writer, color, policy bool) error {
	s := &sheet{color: color}
	var add, change []csp.Suggestion
	for _, one := range a.Suggestions {
		if one.Add != "" {
			add = append(add, one)
		} else {
			change = append(change, one)
		}
	}
	if len(add) > 0 {
		s.head(cyan, "ADD TO THE POLICY", len(add))
		for _, one := range add {
			risk := dim
			if one.Risk >= csp.Medium {
				risk = yellow
			}
			fmt.Fprintf(s, "  %s  %s\n", s.paint(bold, plainText(string(one.Directive)+"  "+string(one.Add))), s.paint(risk, one.Risk.String()+" risk"))
			s.suggestion(one)
		}
	}
	if len(change) > 0 {
		s.head(yellow, "CHANGE THE PAGE, NOT THE POLICY", len(change))
		for _, one := range change {
			fmt.Fprintf(s, "  %s  %s\n", s.paint(bold, plainText(string(one.Directive))), s.paint(dim, times(one.Count)))
			s.suggestion(one)
		}
	}
	if policy {
		s.policies(a)
	}
	s.blocked(a)
	_, err := io.WriteString(w, s.String())
	return err
}

func (s *sheet) suggestion(one csp.Suggestion) {
	s.row("why", one.Explain)
	s.row("do", one.Advice)
	s.row("risk", one.RiskText)
	s.WriteByte('\n')
}

// policies shows the proposed policy, a directive a line, what is new marked.
func (s *sheet) policies(a *advice) {
	if a.Policy == a.Proposed {
		return
	}
	fmt.Fprintf(s, "%s\n\n", s.paint(bold, a.name()+" WOULD BE"))
	for line := range strings.SplitSeq(a.Proposed, "; ") {
		name, values, _ := strings.Cut(line, " ")
		mark := " "
		var words []string
		for _, v := range strings.Fields(values) {
			if !slices.Contains(a.before[csp.Directive(name)], csp.Source(v)) {
				mark, v = s.paint(cyan, "+"), s.paint(cyan, v)
			}
			words = append(words, v)
		}
		fmt.Fprintf(s, "%s %s %s\n", mark, name, strings.Join(words, " "))
	}
	s.WriteByte('\n')
}

// blocked says what the policy would have blocked, and what the proposed one.
func (s *sheet) blocked(a *advice) {
	if len(a.Blocked) == 0 {
		fmt.Fprintln(s, a.name()+" would have blocked nothing of what was reported.")
		return
	}
	after := map[string]csp.Outcome{}
	for _, v := range a.StillBlocked {
		after[v.Report.Key()] = v.Outcome
	}
	s.head(red, a.name()+" WOULD HAVE BLOCKED", len(a.Blocked))
	for _, v := range a.Blocked {
		note := times(v.Report.Count)
		switch outcome, still := after[v.Report.Key()]; {
		case !still:
			note += "; not with what is added above"
		case outcome == csp.NeedsNonce:
			note += "; not if the element has the nonce"
		}
		fmt.Fprintf(s, "  %s  %s\n", plainText(v.Report.Directive+"  "+v.Report.Blocked+"  on "+v.Report.Route), s.paint(dim, note))
	}
}
