package manage

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/csp"
)

type cspReportsOptions struct {
	cspPeriod
	format string
}

func newCSPReports(p *Program, run func(context.Context, *cspReportsOptions) error) *cobra.Command {
	o := &cspReportsOptions{cspPeriod: cspPeriod{program: p}}
	cmd := &cobra.Command{
		Use:   "reports",
		Short: "Show what browsers reported: what was blocked, where, how often, by which browsers",
		Long: "Show what browsers reported: what was blocked, where, how often, by which browsers.\n\n" +
			"Reports about the same thing are one entry. Anyone can send a made-up report, and an attack is reported just like a forgotten script.",
		Example: "  " + p.Name + " csp reports\n  " + p.Name + " csp reports --since 24h --format json",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	formatFlag(cmd, &o.format, "text", "json")
	return cmd
}

func cspReports(ctx context.Context, o *cspReportsOptions) error {
	set, reports, err := o.read(ctx)
	if err != nil {
		return err
	}
	env := o.program.Env
	if o.format == "json" {
		return writeJSON(env.Stdout, append([]csp.Report{}, reports...))
	}
	if len(reports) == 0 {
		o.nothing(set)
		return nil
	}
	s := &sheet{color: env.color(env.StdoutTerminal)}
	var all int64
	for _, part := range []struct {
		title, sgr string
		holds      func(csp.Report) bool
	}{
		{"BLOCKED", red, func(r csp.Report) bool { return r.Kind == csp.KindViolation && r.Enforced }},
		{"WOULD BE BLOCKED", yellow, func(r csp.Report) bool { return r.Kind == csp.KindViolation && !r.Enforced }},
		{"OTHER REPORTS", cyan, func(r csp.Report) bool { return r.Kind != csp.KindViolation }},
	} {
		var found []csp.Report
		for _, r := range reports {
			if part.holds(r) {
				found = append(found, r)
				all += r.Count
			}
		}
		if len(found) == 0 {
			continue
		}
		s.head(part.sgr, part.title, len(found))
		for _, r := range found {
			s.report(r)
		}
	}
	kinds := "1 kind"
	if len(reports) > 1 {
		kinds = fmt.Sprintf("%d kinds", len(reports))
	}
	fmt.Fprintf(s, "%s of reports in the last %s, sent %s.\n", kinds, o.since, times(all))
	_, err = env.Stdout.Write([]byte(s.String()))
	return err
}

// report adds one entry.
func (s *sheet) report(r csp.Report) {
	what := plainText(r.Directive)
	if r.Kind != csp.KindViolation {
		what = plainText(r.Kind) + "  " + what
	}
	if r.Blocked != "" {
		what += "  " + plainText(r.Blocked)
	}
	fmt.Fprintf(s, "  %s  %s\n", s.paint(bold, what), s.paint(dim, times(r.Count)))
	s.row("page", r.Route)
	if r.Source != "" && r.Line > 0 {
		s.row("by", fmt.Sprintf("%s:%d", r.Source, r.Line))
	} else {
		s.row("by", r.Source)
	}
	s.row("text", r.Sample)
	seen := when(&r.Last)
	if first := when(&r.First); first != seen {
		seen += ", first " + first
	}
	if len(r.Browsers) > 0 {
		seen += ", " + strings.Join(r.Browsers, ", ")
	}
	s.row("seen", seen)
	s.WriteByte('\n')
}
