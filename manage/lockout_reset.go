package manage

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/lockout"
)

type lockoutResetOptions struct {
	program *Program
	out     io.Writer
	who     string
	all     bool
	dev     bool
}

func newLockoutReset(p *Program, run func(context.Context, *lockoutResetOptions) error) *cobra.Command {
	o := &lockoutResetOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "reset EMAIL|ADDRESS",
		Short: "Forget the failures of an account or an address, and so unlock it",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.all {
				return arguments()(cmd, args)
			}
			return arguments("EMAIL or ADDRESS")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !o.all {
				o.who = args[0]
			}
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "forget all failures of everybody")
	devFlag(cmd, &o.dev)
	return cmd
}

func lockoutReset(ctx context.Context, o *lockoutResetOptions) error {
	var client netip.Addr
	var isAddress bool
	if !o.all {
		var err error
		if client, isAddress, err = address(o.who); err != nil {
			return err
		}
	}
	return o.program.withGuard(ctx, o.dev, func(guard *lockout.Guard) error {
		var n int
		var err error
		switch {
		case o.all:
			n, err = guard.UnlockAll(ctx)
		case isAddress:
			n, err = guard.UnlockNetwork(ctx, client)
		default:
			n, err = guard.Unlock(ctx, o.who)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(o.out, unlocked(n))
		return err
	})
}
