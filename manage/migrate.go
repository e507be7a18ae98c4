package manage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/store"
)

type migrateOptions struct {
	program *Program
	out     io.Writer
	format  string
	plan    bool
	dev     bool
}

func newMigrate(p *Program, run func(context.Context, *migrateOptions) error) *cobra.Command {
	o := &migrateOptions{program: p, out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date",
		Long:  "Bring the database's schema up to date: all that is pending, or nothing, in one transaction under a lock.\n\n`serve` does this by itself on SQLite. On PostgreSQL it asks for this command, or for --migrate, so that a deployment of several nodes decides when.",
		Args:  arguments(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.plan, "plan", false, "show what would be applied, and change nothing")
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	return cmd
}

// migrationJSON is one entry of `migrate --format json`.
type migrationJSON struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Applied bool   `json:"applied"`
}

func migrate(ctx context.Context, o *migrateOptions) (err error) {
	set, err := o.program.Load(o.dev, nil)
	if err != nil {
		return err
	}
	if o.plan && o.program.absent(set) != "" {
		folder, err := os.MkdirTemp(o.program.Env.TempDir, "merlon-plan-") // a plan leaves no file
		if err != nil {
			return failed("planning", reason(err))
		}
		defer os.RemoveAll(folder)
		set.Store.DatabaseURL.Path = filepath.ToSlash(filepath.Join(folder, "plan.db"))
	}
	db, err := o.program.Open(ctx, set, o.plan)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var list []store.Migration
	if o.plan {
		list, err = db.Plan(ctx)
	} else {
		list, err = db.Migrate(ctx)
	}
	if err != nil {
		return storeError(err)
	}
	return o.show(list)
}

func (o *migrateOptions) show(list []store.Migration) error {
	if o.format == "json" {
		all := []migrationJSON{}
		for _, m := range list {
			all = append(all, migrationJSON{m.String(), m.Version, m.Applied || !o.plan})
		}
		return writeJSON(o.out, all)
	}
	if !o.plan {
		for _, m := range list {
			fmt.Fprintf(o.out, "applied %s\n", m)
		}
		if len(list) == 0 {
			fmt.Fprintln(o.out, "the schema is up to date")
		}
		return nil
	}
	pending := 0
	for _, m := range list {
		state := "applied"
		if !m.Applied {
			state = "pending"
			pending++
		}
		fmt.Fprintf(o.out, "%s  %s\n", state, m)
	}
	fmt.Fprintf(o.out, "%d pending\n", pending)
	return nil
}
