package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/accounts"
)

// userSwitchOptions serve the commands that change one thing about an account.
type userSwitchOptions struct {
	program *Program
	out     io.Writer
	verb    string
	who     string
	dev     bool
	change  func(*accounts.Accounts, context.Context, string) error
}

func newUserSwitch(p *Program, verb, short string, change func(*accounts.Accounts, context.Context, string) error, run func(context.Context, *userSwitchOptions) error) *cobra.Command {
	o := &userSwitchOptions{program: p, out: p.Env.Stdout, verb: verb, change: change}
	cmd := &cobra.Command{
		Use:   verb + " EMAIL",
		Short: short,
		Args:  arguments("EMAIL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.who = args[0]
			return run(cmd.Context(), o)
		},
	}
	devFlag(cmd, &o.dev)
	return cmd
}

func userSwitch(ctx context.Context, o *userSwitchOptions) error {
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		user, err := site.Accounts().Get(ctx, o.who)
		if err != nil {
			return err
		}
		if err := o.change(site.Accounts(), ctx, user.ID); err != nil {
			return err
		}
		done := map[string]string{"disable": "disabled", "enable": "enabled", "sign-out": "signed out"}[o.verb]
		_, err = fmt.Fprintf(o.out, "%s %s\n", done, plainText(user.Email))
		return err
	})
}

// userUnlock is lockout reset for one account that there is.
func userUnlock(ctx context.Context, o *userSwitchOptions) error {
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		user, err := site.Accounts().Get(ctx, o.who)
		if err != nil {
			return err
		}
		n, err := site.Lockout().Unlock(ctx, user.Email)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "unlocked %s, %s\n", plainText(user.Email), unlocked(n))
		return err
	})
}
