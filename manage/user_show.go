package manage

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
)

type userShowOptions struct {
	program *Program
	out     io.Writer
	who     string
	format  string
	dev     bool
}

func newUserShow(p *Program, run func(context.Context, *userShowOptions) error) *cobra.Command {
	o := &userShowOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "show EMAIL",
		Short: "Show an account, by its address or id",
		Args:  arguments("EMAIL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.who = args[0]
			return run(cmd.Context(), o)
		},
	}
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

func userShow(ctx context.Context, o *userShowOptions) error {
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		user, err := site.Accounts().Get(ctx, o.who)
		if err != nil {
			return err
		}
		info := userInfo(user)
		if o.format == "json" {
			return writeJSON(o.out, info)
		}
		w := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
		fmt.Fprintf(w, "email\t%s\nid\t%s\nstate\t%s\ncreated\t%s\nlast sign-in\t%s\n",
			plainText(info.Email), info.ID, info.state(), when(&info.Created), when(info.LastLogin))
		return w.Flush()
	})
}
