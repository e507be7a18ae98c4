package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/internal/replace"
)

type checkOptions struct {
	program       *Program
	out, errs     io.Writer
	deploy        bool
	verbose       bool
	tags          []string
	listTags      bool
	failLevel     string
	format        string
	output        string
	baseline      string
	writeBaseline string
	category      string
	dev           bool
	diff          string
	base          string // the commit that diff names
	fix           bool
	paths         []string
}

func newCheck(p *Program, run func(context.Context, *checkOptions) error) *cobra.Command {
	o := &checkOptions{program: p, out: p.Env.Stdout, errs: p.Env.Stderr}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the settings and the composed site; with --deploy as a deployment",
		Long: "Check the settings and the composed site; with --deploy as a deployment.\n\n" +
			"Nothing is changed: the site is composed in this process, with empty stores, and asked there. Nothing is connected to but, for a Go module in a path, the database of known vulnerabilities.\n\n" +
			"Exit code 0: fine. 1: something could not be judged. 2: wrong usage. 3: findings at or above the fail level, which is warning with --deploy and error without.",
		Example: "  " + p.Name + " check --deploy\n  " + p.Name + " check --deploy --format sarif --output merlon.sarif\n  " + p.Name + " explain hsts-missing",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.paths = args; o.diff != "" && len(args) == 0 {
				o.paths = []string{"."}
			}
			return run(cmd.Context(), o)
		},
	}
	if p.Paths {
		cmd.Use, cmd.Args = "check [PATH…]", nil
		cmd.Flags().StringVar(&o.diff, "diff", "", "leave out what was there at the commit `BASE` already; without PATH, read this folder")
		cmd.Flags().BoolVar(&o.fix, "fix", false, "repair what can be repaired without a person, then check again")
	}
	f := cmd.Flags()
	f.BoolVar(&o.deploy, "deploy", false, "add the checks that matter for a deployment")
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "run only the checks tagged `TAG`; may be repeated")
	f.BoolVar(&o.listTags, "list-tags", false, "list the tags and stop")
	f.Var(&choice{&o.failLevel, []string{"critical", "error", "warning", "info", "debug"}}, "fail-level", "the `LEVEL` from which a finding fails the check: critical, error, warning, info, debug")
	f.StringVarP(&o.output, "output", "o", "", "write the report to `FILE`")
	f.StringVar(&o.baseline, "baseline", "", "leave out the findings that `FILE` lists")
	f.StringVar(&o.writeBaseline, "write-baseline", "", "write the findings to `FILE` as a baseline, and do not fail")
	f.StringVar(&o.category, "sarif-category", "", "`CATEGORY` of the SARIF report, to tell several uploads apart")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say why, which standard, what was hidden and what was skipped")
	formatFlag(cmd, &o.format, "text", "json", "sarif", "junit", "html")
	devFlag(cmd, &o.dev)
	if p.CheckFlags != nil {
		p.CheckFlags(f)
	}
	return cmd
}

func runCheck(ctx context.Context, o *checkOptions) error {
	rules := o.program.rules()
	if o.listTags {
		_, err := fmt.Fprintln(o.out, strings.Join(check.Tags(rules, o.deploy), "\n"))
		return err
	}
	options := check.Options{Rules: rules, Known: o.program.Known, Tags: o.tags, Deploy: o.deploy}
	if o.failLevel != "" {
		level, err := check.ParseLevel(o.failLevel)
		if err != nil {
			return usage(err.Error())
		}
		options.FailLevel = level
	}
	var err error
	if options.Baseline, err = o.readBaseline(); err != nil {
		return err
	}
	if err := o.exist(); err != nil {
		return err
	}
	for _, name := range []string{o.output, o.writeBaseline} {
		if name == "" {
			continue
		}
		if err := replace.Possible(o.program.Env.Path(name)); err != nil { // better now than when all is read
			return failed("cannot write "+clip(name), reason(err))
		}
	}
	if o.diff != "" {
		if options.Baseline, err = o.merge(ctx, options); err != nil {
			return err
		}
	}
	o.aim(&options)
	report, err := o.run(ctx, options)
	if err != nil {
		return err
	}
	if o.fix {
		changed, err := o.repair(options.Target, report)
		if err != nil {
			return err
		}
		if changed {
			o.aim(&options)
			if report, err = o.run(ctx, options); err != nil {
				return err
			}
		}
	}
	return o.finish(report)
}

// exist refuses paths that are not there: a typing error must not look like
// code without a fault.
func (o *checkOptions) exist() error {
	for _, name := range o.paths {
		if _, err := os.Stat(o.program.Env.Path(cmp.Or(strings.TrimSuffix(name, "..."), "."))); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return usage(fmt.Sprintf("there is no %q", clip(name)))
		}
	}
	return nil
}

// aim sets what is checked: a target can be used once.
func (o *checkOptions) aim(options *check.Options) {
	if len(o.paths) > 0 && !o.dev && !o.program.configured() {
		// Source is judged, and there is no site here that could be.
		options.Target = &check.Target{Dir: o.program.Env.Dir, Now: o.program.Env.Now, GoVersion: o.program.Env.GoVersion}
	} else {
		options.Target = o.program.target(o.dev, true, nil)
	}
	options.Target.Paths, options.Target.CacheDir, options.Target.Base = o.paths, o.program.cacheDir(), o.base
	if set := options.Target.Settings; set != nil {
		options.Silenced = set.Check.Silenced
	}
}

// merge adds what was there at the commit o.diff to the baseline.
func (o *checkOptions) merge(ctx context.Context, options check.Options) (*check.Baseline, error) {
	before, err := o.before(ctx, options)
	if err == nil && options.Baseline != nil {
		before.Findings = append(before.Findings, options.Baseline.Findings...)
	}
	return before, err
}

func (o *checkOptions) run(ctx context.Context, options check.Options) (*check.Report, error) {
	bar := newProgress(o.program.Env, "checks")
	options.Progress, options.Target.Progress = bar.step, bar.step
	report, err := check.Run(ctx, options)
	bar.done()
	if err != nil {
		return nil, o.wrongTag(options.Rules, err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() // a report of all that was not judged helps nobody
	}
	if o.diff != "" { // a repaired fault is what a change is for
		report.Findings = slices.DeleteFunc(report.Findings, func(f check.Finding) bool { return f.ID == "baseline-stale" })
	}
	return report, nil
}

// wrongTag shortens the error about a tag, which lists all there are.
func (o *checkOptions) wrongTag(rules []check.Rule, err error) error {
	text, _, listed := strings.Cut(strings.TrimPrefix(err.Error(), "check: "), " (known: ")
	if !listed {
		return usage(text)
	}
	known := check.Tags(rules, o.deploy)
	for _, tag := range o.tags {
		if near := nearest(tag, known); near != "" && !slices.Contains(known, tag) {
			return usage(text, fmt.Sprintf("did you mean %s?", near))
		}
	}
	return usage(text, fmt.Sprintf("run %q for all tags", o.program.Name+" check --list-tags"))
}

// finish writes the report and turns it into an exit code.
func (o *checkOptions) finish(report *check.Report) error {
	if o.writeBaseline != "" {
		if err := writeTo(o.program.Env.Path(o.writeBaseline), func(w io.Writer) error { return check.WriteBaseline(w, report) }); err != nil {
			return failed("writing the baseline", reason(err))
		}
		left := ""
		if n := len(report.Incomplete); n > 0 {
			left = fmt.Sprintf("; %d could not be judged, which a baseline does not accept: check says what", n)
		}
		fmt.Fprintf(o.errs, "%s written to %s%s\n", plural(len(report.Findings), "finding"), o.writeBaseline, left)
		return nil
	}
	env := o.program.Env
	options := check.WriteOptions{
		Version: o.program.versionInfo().Version, Title: o.title(), Category: o.category,
		Text: check.TextOptions{Color: o.output == "" && env.color(env.StdoutTerminal), Verbose: o.verbose},
	}
	if o.output == "" && env.StdoutTerminal {
		options.Text.Width = env.Columns // lines of a file or a pipe are not broken: grep reads them
	}
	write := func(w io.Writer) error { return check.Write(w, report, check.Format(o.format), options) }
	var err error
	if o.output != "" {
		err = writeTo(env.Path(o.output), write)
	} else {
		err = write(o.out)
	}
	if err != nil {
		return failed("writing the report", reason(err))
	}
	if code := report.ExitCode(); code != ExitOK {
		return &Error{Code: code} // the report has said it all
	}
	return nil
}

// configured reports whether there are any settings of a site: variables with
// its prefix, also in a .env, which other programs have too, or a merlon.toml.
func (p *Program) configured() bool {
	for _, entry := range p.Env.Environ {
		if strings.HasPrefix(entry, p.Prefix) {
			return true
		}
	}
	text, err := p.dotenv()
	if strings.Contains(text, p.Prefix) || errors.Is(err, fs.ErrPermission) { // settings-invalid says so
		return true
	}
	_, err = os.Stat(p.Env.Path("merlon.toml"))
	return err == nil
}

// dotenv is the text of .env, "" if it is no file: a pipe can be read only once,
// by who needs the values.
func (p *Program) dotenv() (string, error) {
	name := p.Env.Path(".env")
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
		return "", err
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// title is what the report is called: a site's program by its name, code by
// the folder that it lies in.
func (o *checkOptions) title() string {
	if !o.program.Paths {
		return o.program.Name
	}
	folder := "."
	if len(o.paths) > 0 {
		folder = strings.TrimSuffix(o.paths[0], "...")
	}
	whole, err := filepath.Abs(o.program.Env.Path(folder))
	if err != nil {
		return o.program.Name
	}
	return filepath.Base(whole)
}

// cacheDir is where checks that read much keep results, "" if there is no place.
func (p *Program) cacheDir() string {
	if dir := p.Env.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "merlon")
	}
	if home := p.Env.Getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".cache", "merlon")
	}
	return ""
}

func (o *checkOptions) readBaseline() (b *check.Baseline, err error) {
	if o.baseline == "" {
		return nil, nil
	}
	f, err := os.Open(o.program.Env.Path(o.baseline))
	if err != nil {
		return nil, &Error{Code: ExitUsage, Text: "the baseline cannot be read", Err: reason(err), Hints: []string{"check --write-baseline FILE makes one"}}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if b, err = check.ReadBaseline(f); err != nil {
		return nil, usage(o.baseline+": "+strings.TrimPrefix(err.Error(), "check: "), "check --write-baseline FILE makes one")
	}
	return b, nil
}

// writeTo makes the file anew with what write writes.
func writeTo(name string, write func(io.Writer) error) error {
	return replace.File(name, 0o666, func(f *os.File) error { return write(f) })
}
