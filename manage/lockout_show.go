package manage

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/lockout"
)

type lockoutShowOptions struct {
	program *Program
	out     io.Writer
	who     string
	format  string
	dev     bool
}

func newLockoutShow(p *Program, run func(context.Context, *lockoutShowOptions) error) *cobra.Command {
	o := &lockoutShowOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "show EMAIL|ADDRESS",
		Short: "Show what is counted for an account or an address, with the last attempts",
		Args:  arguments("EMAIL or ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.who = args[0]
			return run(cmd.Context(), o)
		},
	}
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

func lockoutShow(ctx context.Context, o *lockoutShowOptions) error {
	client, isAddress, err := address(o.who)
	if err != nil {
		return err
	}
	return o.program.withGuard(ctx, o.dev, func(guard *lockout.Guard) error {
		var list []lockout.Status
		var err error
		if isAddress {
			list, err = guard.ShowNetwork(ctx, client)
		} else {
			list, err = guard.Show(ctx, o.who)
		}
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b lockout.Status) int {
			return cmp.Or(b.LockedUntil.Compare(a.LockedUntil), cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.Kind, b.Kind))
		})
		all := []statusJSON{}
		for _, s := range list {
			all = append(all, statusInfo(s, true))
		}
		return showStatuses(o.out, o.format, all)
	})
}
