package manage

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

type settingsOptions struct {
	program *Program
	out     io.Writer
	errs    io.Writer
	format  string
	dev     bool
	set     bool
}

func newSettings(p *Program, run func(context.Context, *settingsOptions) error) *cobra.Command {
	o := &settingsOptions{program: p, out: p.Env.Stdout, errs: p.Env.Stderr}
	cmd := &cobra.Command{
		Use:   "settings",
		Short: "Show every setting, where its value comes from, with secrets masked",
		Long:  "Show every setting, where its value comes from, with secrets masked.\n\nValues come from, in this order: flags, the environment, a file named by <NAME>_FILE, .env, merlon.toml, defaults. If any setting is wrong, all that are wrong are listed instead.",
		Args:  arguments(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	cmd.Flags().BoolVar(&o.set, "set", false, "show only the settings that are not at their default")
	return cmd
}

func showSettings(_ context.Context, o *settingsOptions) error {
	set, err := o.program.Load(o.dev, nil)
	if err != nil {
		return err
	}
	for _, w := range set.Warnings() {
		fmt.Fprintf(o.errs, "%s: warning: %s\n", o.program.Name, oneLine(w.Error()))
	}
	values := set.Explain()
	if o.set {
		kept := values[:0]
		for _, v := range values {
			if v.Source != "default" && v.Source != "default with --dev" {
				kept = append(kept, v)
			}
		}
		values = kept
	}
	if o.format == "json" {
		return writeJSON(o.out, values)
	}
	w := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM")
	for _, v := range values {
		value := v.Value
		if value == "" {
			value = "-"
		}
		if len(value) > 72 {
			value = value[:71] + "…"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, value, v.Source)
	}
	return w.Flush()
}
