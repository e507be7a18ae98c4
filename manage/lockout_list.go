package manage

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/lockout"
)

type lockoutListOptions struct {
	program *Program
	out     io.Writer
	format  string
	dev     bool
	all     bool
}

func newLockoutList(p *Program, run func(context.Context, *lockoutListOptions) error) *cobra.Command {
	o := &lockoutListOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is locked",
		Args:  arguments(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "list what counts failures without being locked, too")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

func lockoutList(ctx context.Context, o *lockoutListOptions) error {
	return o.program.withGuard(ctx, o.dev, func(guard *lockout.Guard) error {
		all := []statusJSON{}
		for after := (lockout.ID{}); ; {
			page, err := guard.List(ctx, lockout.ListOptions{All: o.all, After: after, Limit: listPage})
			if err != nil {
				return err
			}
			for _, s := range page {
				all = append(all, statusInfo(s, false))
				after = s.ID
			}
			if len(page) < listPage {
				break
			}
		}
		return showStatuses(o.out, o.format, all)
	})
}

func showStatuses(out io.Writer, format string, all []statusJSON) error {
	if format == "json" {
		return writeJSON(out, all)
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "WHO\tCOUNTED BY\tFAILURES\tSTATE")
	for _, s := range all {
		failures := strconv.Itoa(s.Failures)
		if s.Limit > 0 {
			failures += " of " + strconv.Itoa(s.Limit)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.who(), s.Kind, failures, s.state())
		for _, a := range s.Attempts {
			result := "failed" // too early counts, too
			if a.Succeeded {
				result = "succeeded"
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", a.Time.Format("2006-01-02 15:04:05")+" UTC", result, a.Client, plainText(a.UserAgent))
		}
	}
	return w.Flush()
}
