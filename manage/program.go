package manage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

// An App is a site built on Merlon. The zero App is Merlon's own site.
type App struct {
	// Name is the program's, as its user types it; "" means "merlon".
	Name string
	// Version is shown by `version`; "" means what the build recorded.
	Version string
	// SiteName is what pages and mails call the site; "" means its host.
	SiteName string
	// Short says in one line what the program is; "" means Merlon's own line.
	Short string
	// Prefix is that of the environment variables; "" means "MERLON_".
	Prefix string
	// Handler makes the site's handler, which the controls then protect; nil
	// serves Merlon's own pages alone. check calls it too, with a site whose
	// stores are empty, and asks what it returns for a few pages with GET.
	Handler func(*merlon.Site) http.Handler
	// Compose, if set, changes how the site is composed where no setting says
	// it: pages of its own, a CAPTCHA. It is called for every command that
	// composes the site.
	Compose func(c *merlon.Config)
	// Extra are settings of the program's own, loaded beside Merlon's.
	Extra []settings.Setting
	// Providers resolve references such as vault://path in settings.
	Providers map[string]settings.Provider
	// Rules are checks of the program's own, added to those of package conf.
	Rules []check.Rule
	// Known are ids of checks that other programs run on the same settings:
	// silencing one of them is no mistake.
	Known []string
	// Paths lets `check` take paths, for rules that read files.
	Paths bool
	// CheckFlags adds flags to `check`, for rules that can be told how far to
	// look; nil adds none.
	CheckFlags func(*pflag.FlagSet)
	// Commands are the program's own, added to those of this package; one with
	// the name of a built-in command takes its place.
	Commands []func(*Program) *cobra.Command
}

// A Program is an App and the Env it runs in. Commands are given it.
type Program struct {
	App
	Env *Env
}

// Run runs the command that env.Args names and returns the exit code. It
// writes results to env.Stdout and everything else to env.Stderr.
func Run(ctx context.Context, app App, env *Env) int {
	own := *env
	out := &results{to: env.Stdout}
	own.Stdout = out
	p := newProgram(app, &own)
	root := p.root()
	root.SetArgs(env.Args)
	err := root.ExecuteContext(ctx)
	if err == nil && out.err != nil {
		err = failed("writing to standard output", reason(out.err))
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	return complain(env.Stderr, p.Name, p.explainError(root, err))
}

// results is standard output that remembers whether it took everything: who
// sends results to a full disk must not read in the exit code that they are there.
type results struct {
	to  io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

func newProgram(app App, env *Env) *Program {
	if app.Name == "" {
		app.Name = "merlon"
	}
	if app.Short == "" {
		app.Short = "Everything a Go site needs to be safe, and the check that proves it"
	}
	if app.Prefix == "" {
		app.Prefix = "MERLON_"
	}
	return &Program{App: app, Env: env}
}

// compose composes the site as the program wants it.
func (p *Program) compose(c merlon.Config) (*merlon.Site, error) {
	if p.Compose != nil {
		p.Compose(&c)
	}
	return merlon.Compose(c)
}

// commands lists what every site has, in the order of the help text.
func (p *Program) commands() []*cobra.Command {
	return []*cobra.Command{
		newServe(p, serve),
		newCheck(p, runCheck),
		newExplain(p, explain),
		newSettings(p, showSettings),
		newMigrate(p, migrate),
		newUser(p),
		newLockout(p),
		newCSP(p),
		newAudit(p),
		newSecret(p),
		newMan(p, man),
		newVersion(p, version),
	}
}

// root builds the tree of commands.
func (p *Program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           p.Name + " COMMAND",
		Short:         p.Short,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	group(root)
	root.SetIn(p.Env.Stdin)
	root.SetOut(p.Env.Stdout)
	root.SetErr(p.Env.Stderr)
	root.SetFlagErrorFunc(flagError)
	root.Version = p.versionInfo().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().BoolP("version", "v", false, "show which version this is")
	root.InitDefaultHelpFlag()
	root.CompletionOptions.HiddenDefaultCmd = false
	own := p.commands()
	var order []string
	for _, c := range own {
		order = append(order, c.Name())
	}
	root.AddCommand(own...)
	for _, build := range p.Commands {
		added := build(p)
		if old := child(root, added.Name()); old != nil {
			root.RemoveCommand(old)
		} else {
			order = append(order, added.Name())
		}
		root.AddCommand(added)
	}
	root.SetHelpCommand(helpCommand(p))
	root.InitDefaultHelpCmd()
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = io.WriteString(p.Env.Stdout, p.help(cmd, order))
	})
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			group(c)
		}
	}
	return root
}

// group makes cmd a command that only has commands below it: called alone it
// shows its help, and a word that is none of them is a mistake with a hint.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || args[0] == "help" {
			return nil
		}
		var names []string
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				names = append(names, c.Name())
			}
		}
		hints := []string{fmt.Sprintf("run %q for the list of commands", cmd.CommandPath()+" --help")}
		if near := nearest(args[0], names); near != "" {
			hints = []string{fmt.Sprintf("did you mean %q?", cmd.CommandPath()+" "+near)}
		}
		return usage(fmt.Sprintf("unknown command %q", clip(args[0])), hints...)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			if below := child(cmd, args[1]); below != nil {
				return below.Help()
			}
		}
		return cmd.Help()
	}
	return cmd
}

// flagError adds to an error about a flag the one that was probably meant, and
// says in a person's words what package strconv says in a programmer's.
func flagError(cmd *cobra.Command, err error) error {
	hints := []string{fmt.Sprintf("run %q for its flags", cmd.CommandPath()+" --help")}
	text := err.Error()
	name, ok := strings.CutPrefix(text, "unknown flag: --")
	if _, letters, short := strings.Cut(text, "unknown shorthand flag: "); short {
		_, name, ok = strings.Cut(letters, " in -") // one dash too few, as in -dev
		ok = ok && len(name) > 1
	}
	if ok {
		name, _, _ = strings.Cut(name, "=")
		switch near := nearest(name, flagNames(cmd)); {
		case name == "json" && cmd.Flags().Lookup("format") != nil:
			hints = []string{"did you mean --format json?"}
		case near != "":
			hints = []string{fmt.Sprintf("did you mean --%s?", near)}
		}
	}
	for of, words := range map[string]string{
		"strconv.ParseInt: ": "not a whole number", "strconv.ParseBool: ": "true or false, if anything, belongs there", "time: ": "not a duration; write it like 90s, 15m or 2h",
	} {
		if before, _, found := strings.Cut(text, `" flag: `+of); found {
			text = before + `" flag: ` + words
		}
	}
	return usage(clipTo(text, 300), hints...)
}

// explainError turns what cobra itself complains about into usage errors.
func (p *Program) explainError(root *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	text := err.Error()
	for _, mine := range []string{"unknown command ", "required flag(s) ", "if any flags in the group "} {
		if strings.HasPrefix(text, mine) {
			return usage(text, fmt.Sprintf("run %q", root.Name()+" --help"))
		}
	}
	return err
}

// arguments accepts exactly the arguments named, as in "EMAIL".
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage(names[len(args)]+" is missing", "usage: "+cmd.UseLine())
		case len(args) > len(names):
			return usage(fmt.Sprintf("unexpected argument %q", clip(args[len(names)])), "usage: "+cmd.UseLine())
		}
		return nil
	}
}

// optional accepts one argument, or none.
func optional(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return arguments(name)(cmd, args)
	}
}
