package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
)

type userSetPasswordOptions struct {
	program       *Program
	out           io.Writer
	who           string
	passwordStdin bool
	dev           bool
}

func newUserSetPassword(p *Program, run func(context.Context, *userSetPasswordOptions) error) *cobra.Command {
	o := &userSetPasswordOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "set-password EMAIL",
		Short: "Give an account another password, and end its sessions",
		Long:  "Give an account another password, end its sessions, and tell its owner by mail.",
		Args:  arguments("EMAIL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.who = args[0]
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.passwordStdin, "password-stdin", false, "read the password from the first line of standard input")
	devFlag(cmd, &o.dev)
	return cmd
}

func userSetPassword(ctx context.Context, o *userSetPasswordOptions) error {
	password, err := o.program.password(o.passwordStdin)
	if err != nil {
		return err
	}
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		if err := site.Accounts().SetPassword(ctx, o.who, password); err != nil {
			return err
		}
		_, err := fmt.Fprintln(o.out, "the password was changed, and all sessions were ended")
		return err
	})
}
