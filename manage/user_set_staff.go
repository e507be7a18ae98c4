package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
)

type userSetStaffOptions struct {
	program *Program
	out     io.Writer
	who     string
	remove  bool
	dev     bool
}

func newUserSetStaff(p *Program, run func(context.Context, *userSetStaffOptions) error) *cobra.Command {
	o := &userSetStaffOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "set-staff EMAIL",
		Short: "Let an account use the console, or with --remove no longer",
		Long:  "Let an account use the console, or with --remove no longer. It counts from the account's next request.",
		Args:  arguments("EMAIL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.who = args[0]
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.remove, "remove", false, "take the console away")
	devFlag(cmd, &o.dev)
	return cmd
}

func userSetStaff(ctx context.Context, o *userSetStaffOptions) error {
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		user, err := site.Accounts().Get(ctx, o.who)
		if err != nil {
			return err
		}
		if err := site.Accounts().SetStaff(ctx, user.ID, !o.remove); err != nil {
			return err
		}
		state := "is staff now"
		if o.remove {
			state = "is no longer staff"
		}
		_, err = fmt.Fprintf(o.out, "%s %s\n", plainText(user.Email), state)
		return err
	})
}
