package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/settings"
)

type settingsOptions struct {
	program *Program
	out     io.Writer
	errs    io.Writer
	format  string
	dev     bool
	set     bool
	name    string // of the only setting to show; "" shows all
}

func newSettings(p *Program, run func(context.Context, *settingsOptions) error) *cobra.Command {
	o := &settingsOptions{program: p, out: p.Env.Stdout, errs: p.Env.Stderr}
	cmd := &cobra.Command{
		Use:   "settings [NAME]",
		Short: "Show every setting, where its value comes from, with secrets masked",
		Long: "Show every setting, where its value comes from, with secrets masked; or one, with its default and what it does.\n\n" +
			"Values come from, in this order: flags, the environment, a file named by <NAME>_FILE, .env, merlon.toml, defaults. If any setting is wrong, all that are wrong are listed instead.\n\n" +
			"NAME is with or without the prefix of the environment, in capital or small letters.",
		Example: "  " + p.Name + " settings --set\n  " + p.Name + " settings ALLOWED_HOSTS",
		Args:    optional("NAME"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, k := range settings.Keys() {
				names = append(names, k.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.name = args[0]
			}
			return run(cmd.Context(), o)
		},
	}
	formatFlag(cmd, &o.format, "text", "json")
	devFlag(cmd, &o.dev)
	cmd.Flags().BoolVar(&o.set, "set", false, "show only the settings that are not at their default")
	return cmd
}

func showSettings(ctx context.Context, o *settingsOptions) error {
	t := o.program.target(o.dev, false, nil)
	set := t.Settings
	for _, w := range set.Warnings() {
		fmt.Fprintf(o.errs, "%s: warning: %s\n", o.program.Name, oneLine(w.Error()))
	}
	unsafe := o.program.alsoUnsafe(ctx, t, t.SiteErr)
	if o.name != "" {
		return o.one(set, t.SiteErr, unsafe)
	}
	if t.SiteErr != nil {
		return o.program.badSettings(errors.Join(t.SiteErr, unsafe))
	}
	o.warn(unsafe)
	return o.all(set)
}

// warn tells of settings that hold, and that a site does not start with.
func (o *settingsOptions) warn(unsafe error) {
	for _, one := range settings.Flatten(unsafe) {
		fmt.Fprintf(o.errs, "%s: warning: %s\n", o.program.Name, oneLine(one.Error()))
	}
}

func (o *settingsOptions) all(set *settings.Settings) error {
	values := set.Explain()
	if o.set {
		kept := values[:0]
		for _, v := range values {
			if !strings.HasPrefix(v.Source, "default") {
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

// one shows a single setting, or what is wrong with it. Others may be wrong: who
// asks for one wants to mend that one.
func (o *settingsOptions) one(set *settings.Settings, wrong, unsafe error) error {
	key, ok := set.Key(strings.ReplaceAll(o.name, "-", "_"))
	if !ok {
		return o.unknown(set)
	}
	mine, others := about(key.Name, wrong)
	weak, more := about(key.Name, unsafe)
	var hints []string
	if others || more {
		hints = append(hints, fmt.Sprintf("more is wrong, with other settings; run %q", o.program.Name+" settings"))
	}
	if len(mine) > 0 {
		e := &Error{Text: mine[0].Error(), Hints: append([]string{key.Name + " is a " + key.Type + ": " + key.Doc}, hints...)}
		for _, one := range mine[1:] {
			e.Lines = append(e.Lines, one.Error())
		}
		return e
	}
	o.warn(weak)
	for _, hint := range hints {
		fmt.Fprintf(o.errs, "hint: %s\n", hint)
	}
	return o.describe(set, key)
}

// about returns the errors in err about one setting, and whether there are others.
func about(name string, err error) (mine settings.Errors, others bool) {
	for _, err := range settings.Flatten(err) {
		if one, ok := err.(*settings.Error); ok && one.Name == name {
			mine = append(mine, one)
		} else {
			others = true
		}
	}
	return mine, others
}

// described is one setting as `settings NAME --format json` shows it.
type described struct {
	settings.Value
	Type       string `json:"type"`
	Default    string `json:"default"`
	DevDefault string `json:"dev_default"`
	Required   bool   `json:"required"`
	Doc        string `json:"doc"`
}

func (o *settingsOptions) describe(set *settings.Settings, key settings.Key) error {
	d := described{Type: key.Type, Default: key.Default, DevDefault: key.DevDefault, Required: key.Required, Doc: key.Doc}
	for _, v := range set.Explain() {
		if v.Key == key.Name {
			d.Value = v
		}
	}
	if o.format == "json" {
		return writeJSON(o.out, d)
	}
	fallback := cmp.Or(key.Default, "none")
	if key.Required {
		fallback = "none; required"
	}
	if key.DevDefault != "" {
		fallback += "; with --dev " + key.DevDefault
	} else if key.Required {
		fallback += " except with --dev"
	}
	w := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
	for _, row := range [][2]string{
		{"setting", key.Name}, {"value", cmp.Or(d.Value.Value, "-")}, {"from", d.Source}, {"default", fallback}, {"type", key.Type}, {"meaning", key.Doc},
	} {
		fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
	}
	return w.Flush()
}

func (o *settingsOptions) unknown(set *settings.Settings) error {
	var names []string
	for _, v := range set.Explain() {
		names = append(names, v.Key)
	}
	like, note := settings.Nearest(strings.TrimPrefix(strings.ToUpper(o.name), o.program.Prefix), names)
	hint := fmt.Sprintf("run %q for all of them", o.program.Name+" settings")
	within := slices.DeleteFunc(names, func(name string) bool { return !strings.Contains(name, strings.ToUpper(clip(o.name))) })
	switch {
	case len(within) > 0:
		hint = "there are " + strings.Join(within, ", ")
	case like != "":
		hint = "did you mean " + like + "?"
	case note != "":
		hint = note
	}
	return usage(fmt.Sprintf("there is no setting %q", clip(o.name)), hint)
}
