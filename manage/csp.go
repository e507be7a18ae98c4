package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/settings"
)

func newCSP(p *Program) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "csp COMMAND",
		Short: "Show what browsers reported about the content security policy, and what to change",
	})
	cmd.AddCommand(newCSPReports(p, cspReports), newCSPSuggest(p, cspSuggest))
	return cmd
}

// A cspPeriod is which reports a command is about.
type cspPeriod struct {
	program *Program
	since   string
	from    time.Time
	dev     bool
}

func (o *cspPeriod) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.since, "since", "7d", "the reports of the last `TIME`, such as 90m, 24h or 30d")
	devFlag(cmd, &o.dev)
}

// complete turns --since into a time.
func (o *cspPeriod) complete() error {
	age, err := settings.ParseDuration(o.since)
	if err != nil || age <= 0 {
		return usage("--since: " + cmp.Or(errorText(err), "must be more than nothing"))
	}
	o.from = o.program.Env.Now().Add(-age)
	return nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// read returns the settings and the reports of the period, the most frequent first.
func (o *cspPeriod) read(ctx context.Context) (set *settings.Settings, reports []csp.Report, err error) {
	p := o.program
	if set, err = p.Load(o.dev, nil); err != nil {
		return nil, nil, err
	}
	db, err := p.ready(ctx, set)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	reports, err = db.CSPReports().Reports(ctx, o.from, csp.DefaultMaxReports)
	slices.SortFunc(reports, func(a, b csp.Report) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Directive, b.Directive), cmp.Compare(a.Blocked, b.Blocked), cmp.Compare(a.Route, b.Route))
	})
	return set, reports, err
}

// nothing says that there are no reports, and what that may mean.
func (o *cspPeriod) nothing(set *settings.Settings) {
	p := o.program
	fmt.Fprintf(p.Env.Stdout, "no reports in the last %s\n", o.since)
	if set.CSP.ReportOnly == "" {
		fmt.Fprintf(p.Env.Stderr, "hint: %sCSP_REPORT_ONLY=strict tries the strict policy and blocks nothing\n", p.Prefix)
	}
}

// A sheet is text for people, in colour where the terminal has it.
type sheet struct {
	strings.Builder
	color bool
}

// The colours of a sheet, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "1;36"
)

func (s *sheet) paint(sgr, text string) string {
	if !s.color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (s *sheet) head(sgr, title string, n int) {
	fmt.Fprintf(s, "%s\n\n", s.paint(sgr, fmt.Sprintf("%s %d", title, n)))
}

// row adds a fact below an entry, unless there is none.
func (s *sheet) row(name, text string) {
	if text != "" {
		fmt.Fprintf(s, "    %-5s %s\n", s.paint(dim, fmt.Sprintf("%-5s", name)), plainText(text))
	}
}

// times says how often something happened.
func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
