package source

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"go/version"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
)

// A result is what analysing a unit gave, with file names without folders.
type result struct {
	Findings []check.Finding
	Keys     []string // Finding.Key of each: it has no place in reports
	// Partial is what could not be judged of the unit.
	Partial []partial
	Facts   []byte
}

type partial struct {
	File   string
	Line   int
	Reason string
}

// A loaded is a unit with its syntax and types, as long as it is analysed.
type loaded struct {
	*unit
	fset   *token.FileSet
	files  []*ast.File
	source map[string][]byte // by full name
	pkg    *types.Package
	info   *types.Info
	errs   []types.Error
	broken bool // does not parse or does not type-check
	result *result
}

// loadUnit parses and type-checks the unit, as far as it goes.
func (d *driver) loadUnit(u *unit) *loaded {
	l := &loaded{unit: u, fset: token.NewFileSet(), source: map[string][]byte{}, result: &result{}}
	var faults []partial
	for _, f := range u.files {
		full := filepath.Join(u.dir, f.name)
		src, err := readBounded(full)
		if err != nil {
			faults = append(faults, partial{File: f.name, Reason: "could not be read again"})
			continue
		}
		parsed, err := parser.ParseFile(l.fset, full, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			l.broken = true
			faults = append(faults, partial{File: f.name, Line: lineOf(err), Reason: "does not parse (" + message(err) + "); read as far as it can be understood"})
		}
		if parsed != nil {
			l.source[full] = src
			l.files = append(l.files, parsed)
		}
	}
	l.check(d)
	l.result.Partial = faults
	if u.plat == d.tools.platform() {
		l.result.Partial = append(l.result.Partial, l.typeFaults()...)
	}
	l.broken = l.broken || len(l.errs) > 0 || slices.Contains(u.imports, "C")
	return l
}

// languageVersion is the version to type-check by: a newer one than this
// program knows is judged by the newest it knows.
func languageVersion(v string) string {
	if v == "" {
		return ""
	}
	v = "go" + v
	if !version.IsValid(v) || version.Compare(v, runtime.Version()) > 0 {
		return ""
	}
	return version.Lang(v)
}

// typeFaults names the first type error of each file, and how many more there
// are. A package that is not on the disk is the cause rather than what follows
// from it.
func (l *loaded) typeFaults() []partial {
	type fault struct {
		first types.Error
		n     int
	}
	var order []string
	byFile := map[string]*fault{}
	for _, e := range l.errs {
		file := filepath.Base(l.fset.Position(e.Pos).Filename)
		if l.only != nil && !l.only[file] {
			continue
		}
		if byFile[file] == nil {
			byFile[file] = &fault{first: e}
			order = append(order, file)
		}
		byFile[file].n++
	}
	var list []partial
	for _, file := range order {
		f := byFile[file]
		text := message(errors.New(f.first.Msg))
		if f.n > 1 {
			text += fmt.Sprintf(" and %d more", f.n-1)
		}
		list = append(list, partial{File: file, Line: l.fset.Position(f.first.Pos).Line, Reason: "does not type-check (" + text + "); read with the types that are known"})
	}
	return list
}

// message returns an error's first line, bounded, without its position.
func message(err error) string {
	text := err.Error()
	if list, rest, ok := strings.Cut(text, ": "); ok && strings.Contains(list, ".go:") {
		text = rest
	}
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > 160 {
		text = text[:160] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func lineOf(err error) int {
	if list, ok := errors.AsType[scanner.ErrorList](err); ok && len(list) > 0 {
		return list[0].Pos.Line
	}
	return 0
}

// An analysed runs the analysers over one loaded unit.
type analysed struct {
	*loaded
	driver *driver
	facts  *unitFacts
	values map[*analysis.Analyzer]any
	failed map[*analysis.Analyzer]error
	module *analysis.Module
	// settled are the functions that another analyser has judged with their
	// types; what is reported in them is dropped.
	settled []span
}

var errNeedsTypes = errors.New("needs a package that type-checks")

// analyse runs every check over the unit. What an analyser reports in files
// that do not count is dropped.
func (d *driver) analyse(l *loaded) *result {
	a := d.newAnalysed(l)
	whole := a                                    // what analysers that need types are given
	var saved []span                              // what of it is whole
	if l.broken && l.plat == d.tools.platform() { // other platforms' imports look different anyway
		if m := d.mend(l); m != nil {
			whole, saved = d.newAnalysed(m), m.saved()
		}
	}
	said := map[string]bool{}
	for i := range d.checks {
		c := &d.checks[i]
		on := a
		if !c.Analyzer.RunDespiteErrors {
			on = whole
		}
		err := on.run(c.Analyzer, &c.Rule)
		if err != nil && !errors.Is(err, errNeedsTypes) {
			a.incomplete(said, err)
		}
		if c.Fallback != nil && (err != nil || l.broken) {
			if a.settled = saved; err != nil {
				a.settled = nil
			}
			if err := a.run(c.Fallback, &c.Rule); err != nil {
				a.incomplete(said, err)
			}
			a.settled = nil
		}
	}
	whole.notJudged()
	if slices.Contains(l.imports, "C") && len(l.result.Partial) == 0 {
		a.incomplete(said, errors.New("imports C: values are not followed through functions that call it"))
	}
	if l.only == nil {
		facts, err := whole.facts.encode()
		if err != nil {
			a.incomplete(said, fmt.Errorf("what was learned about it cannot be kept: %w", err))
		}
		l.result.Facts = facts
	}
	return l.result
}

func (d *driver) newAnalysed(l *loaded) *analysed {
	return &analysed{
		loaded: l, driver: d, values: map[*analysis.Analyzer]any{}, failed: map[*analysis.Analyzer]error{},
		facts:  &unitFacts{store: d.facts, pkg: l.pkg, own: factSet{}},
		module: &analysis.Module{Path: l.mod.path, GoVersion: l.mod.goVersion},
	}
}

// incomplete notes, once, what kept the unit from being judged.
func (a *analysed) incomplete(said map[string]bool, err error) {
	if !said[err.Error()] {
		said[err.Error()] = true
		a.result.Partial = append(a.result.Partial, partial{File: a.anyFile(), Reason: message(err)})
	}
}

// notJudged notes what analysers say that they could not judge.
func (a *analysed) notJudged() {
	var list []partial
	for _, value := range a.values {
		v, ok := value.(interface {
			NotJudged(func(file string, line int, reason string))
		})
		if !ok {
			continue
		}
		v.NotJudged(func(file string, line int, reason string) {
			if file = filepath.Base(file); a.only == nil || a.only[file] {
				list = append(list, partial{File: file, Line: line, Reason: message(errors.New(reason))})
			}
		})
	}
	slices.SortFunc(list, func(x, y partial) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Reason, y.Reason))
	})
	a.result.Partial = append(a.result.Partial, list...)
}

func (a *analysed) anyFile() string {
	if len(a.unit.files) == 0 {
		return ""
	}
	for _, f := range a.unit.files {
		if a.only == nil || a.only[f.name] {
			return f.name
		}
	}
	return a.unit.files[0].name
}

// run runs an analyser after those it requires, each at most once. rule is nil
// for those.
func (a *analysed) run(z *analysis.Analyzer, rule *check.Rule) error {
	if err, ok := a.failed[z]; ok {
		return err
	}
	if _, ok := a.values[z]; ok {
		return nil
	}
	err := func() error {
		if a.broken && !z.RunDespiteErrors {
			return errNeedsTypes
		}
		inputs := map[*analysis.Analyzer]any{}
		for _, r := range z.Requires {
			if err := a.run(r, nil); err != nil {
				return err
			}
			inputs[r] = a.values[r]
		}
		value, err := a.guarded(z, rule, inputs)
		a.values[z] = value
		return err
	}()
	if err != nil {
		delete(a.values, z)
		a.failed[z] = err
	}
	return err
}

// guarded calls the analyser; a panic is an error.
func (a *analysed) guarded(z *analysis.Analyzer, rule *check.Rule, inputs map[*analysis.Analyzer]any) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the analyser %s failed: %s", z.Name, message(fmt.Errorf("%v", p)))
		}
	}()
	pass := &analysis.Pass{
		Analyzer: z, Fset: a.fset, Files: a.loaded.files, Pkg: a.pkg, TypesInfo: a.info, TypesSizes: types.SizesFor("gc", a.plat.arch),
		TypeErrors: a.errs, Module: a.module, ResultOf: inputs,
		ReadFile: func(name string) ([]byte, error) {
			if src, ok := a.source[name]; ok {
				return src, nil
			}
			return nil, errors.New("not a file of the package")
		},
		Report: func(diagnostic analysis.Diagnostic) {
			if rule != nil {
				a.report(rule, diagnostic)
			}
		},
	}
	a.facts.install(pass)
	if value, err = z.Run(pass); err != nil {
		return nil, fmt.Errorf("the analyser %s failed: %s", z.Name, message(err))
	}
	return value, nil
}
