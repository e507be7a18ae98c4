package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/mail"
)

type userCreateOptions struct {
	program       *Program
	out           io.Writer
	email         string
	passwordStdin bool
	noPassword    bool
	unverified    bool
	staff         bool
	dev           bool
	format        string
}

func newUserCreate(p *Program, run func(context.Context, *userCreateOptions) error) *cobra.Command {
	o := &userCreateOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:     "create EMAIL",
		Short:   "Create an account",
		Long:    "Create an account. The password is asked for at the terminal, without showing it, or read from standard input.",
		Example: "  " + p.Name + " user create ann@example.com\n  " + p.Name + " user create ann@example.com --password-stdin < password.txt",
		Args:    arguments("EMAIL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.email = args[0]
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.passwordStdin, "password-stdin", false, "read the password from the first line of standard input")
	f.BoolVar(&o.noPassword, "no-password", false, "set none; the owner sets one by a reset mail")
	f.BoolVar(&o.unverified, "unverified", false, "the owner must confirm the address first")
	f.BoolVar(&o.staff, "staff", false, "let the account use the console")
	cmd.MarkFlagsMutuallyExclusive("password-stdin", "no-password")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

func userCreate(ctx context.Context, o *userCreateOptions) error {
	if _, _, err := mail.Canonical(o.email); err != nil {
		return accountError(mail.ErrAddress)
	}
	var password string
	if !o.noPassword {
		var err error
		if password, err = o.program.password(o.passwordStdin); err != nil {
			return err
		}
	}
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		user, err := site.Accounts().Create(ctx, o.email, password, !o.unverified)
		if err != nil {
			return err
		}
		if o.staff {
			if err := site.Accounts().SetStaff(ctx, user.ID, true); err != nil {
				return err
			}
			user.Staff = true
		}
		if o.format == "json" {
			return writeJSON(o.out, userInfo(user))
		}
		_, err = fmt.Fprintf(o.out, "created %s (%s)\n", plainText(user.Email), user.ID)
		return err
	})
}
