package manage

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
)

type userListOptions struct {
	program *Program
	out     io.Writer
	format  string
	dev     bool
	after   string
	limit   int
}

func newUserList(p *Program, run func(context.Context, *userListOptions) error) *cobra.Command {
	o := &userListOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List accounts, in the order they were created",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.limit < 0 {
				return usage("--limit must not be negative")
			}
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.after, "after", "", "begin after the account with this `ID`")
	cmd.Flags().IntVar(&o.limit, "limit", 0, "list at most `N`; 0 lists all")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

// listPage is how many accounts are read at a time.
const listPage = 1000

func userList(ctx context.Context, o *userListOptions) error {
	return o.program.withSite(ctx, o.dev, func(site *merlon.Site) error {
		all := []userJSON{}
		for after := o.after; ; {
			page := listPage
			if o.limit > 0 {
				page = min(page, o.limit-len(all))
			}
			users, err := site.Accounts().List(ctx, after, page)
			if err != nil {
				return err
			}
			for _, u := range users {
				all = append(all, userInfo(u))
				after = u.ID
			}
			if len(users) < page || o.limit > 0 && len(all) >= o.limit {
				break
			}
		}
		if o.format == "json" {
			return writeJSON(o.out, all)
		}
		w := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "EMAIL\tSTATE\tLAST SIGN-IN\tID")
		for _, u := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", plainText(u.Email), u.state(), when(u.LastLogin), u.ID)
		}
		return w.Flush()
	})
}

// plainText replaces what could steer a terminal.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
