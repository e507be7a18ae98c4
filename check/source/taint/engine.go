package taint

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// Engine follows values through a package once, for all analysers made by
// [New]. Its result is a *Result.
var Engine = &analysis.Analyzer{
	Name:       "taint",
	Doc:        "follow values from sources to sinks, for the analysers that report them",
	Run:        run,
	Requires:   []*analysis.Analyzer{buildssa.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	FactTypes:  []analysis.Fact{(*Package)(nil)},
}

// A Result is what [Engine] found in a package, in order of position.
type Result struct {
	Findings []Finding
	// Unjudged are the functions that could not be followed, with the reason.
	Unjudged []Step
}

// NotJudged calls f for every function that could not be followed.
func (r *Result) NotJudged(f func(file string, line int, reason string)) {
	for _, u := range r.Unjudged {
		f(u.At.File, u.At.Line, u.Text)
	}
}

// The bounds of the fixed points. What is not stable then stays as it is:
// something may be missed, nothing hangs.
const (
	maxRounds  = 8 // over one function
	maxCycle   = 5 // over functions that call each other
	maxPackage = 3 // over the package, for globals
	maxInstrs  = 60000
	maxWork    = 3000000 // steps within one function
)

// An engine is the analysis of one package.
type engine struct {
	pass      *analysis.Pass
	functions []*ssa.Function
	summaries map[*ssa.Function]*Summary
	findings  map[*ssa.Function][]Finding
	imported  map[*types.Package]*Package
	facts     map[*types.Func]*Summary // of functions of other packages
	globals   map[string][]Flow
	targets   *targets
	names     map[string]*model
	fielded   map[string]bool       // types of which the tables name a field
	holders   map[types.Type]string // their names; empty for all others
	contexts  map[types.Type]Class  // types of fields, with what lies in them
	called    map[*types.Func]*model
	texts     map[token.Pos]string
	mentions  map[token.Pos]string
	constants map[string]string // texts that are secrets, with their names
	anchors   map[*ssa.Global]string
	below     map[string][]Flow // the globals of packages imported, by name
	failed    map[*ssa.Function]string
	newGlobal bool
	rpc       bool // the package serves net/rpc
}

func run(pass *analysis.Pass) (any, error) {
	result := &Result{}
	if standard(pass) {
		return result, nil
	}
	built := pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	e := &engine{
		pass:      pass,
		summaries: map[*ssa.Function]*Summary{},
		findings:  map[*ssa.Function][]Finding{},
		imported:  map[*types.Package]*Package{},
		facts:     map[*types.Func]*Summary{},
		globals:   map[string][]Flow{},
		names:     models().names,
		fielded:   models().fielded,
		holders:   map[types.Type]string{},
		contexts:  map[types.Type]Class{},
		called:    map[*types.Func]*model{},
		failed:    map[*ssa.Function]string{},
	}
	e.functions = functions(built)
	e.rpc = slices.ContainsFunc(pass.Pkg.Imports(), func(p *types.Package) bool { return p.Path() == "net/rpc" })
	e.texts = assigned(pass.Files)
	e.mentions = mentioned(pass.Files, pass.TypesInfo)
	e.constants = secretConstants(pass.Files, pass.TypesInfo)
	e.targets = newTargets(e, built.Pkg)
	e.anchors = patterns(built.Pkg)
	order := components(e.functions, e.targets)
	for range maxPackage {
		e.newGlobal = false
		for _, group := range order {
			e.analyse(group)
		}
		if !e.newGlobal {
			break
		}
	}
	for _, fn := range e.functions {
		result.Findings = append(result.Findings, e.findings[fn]...)
		if reason := e.failed[fn]; reason != "" {
			result.Unjudged = append(result.Unjudged, Step{At: e.position(fn.Pos()), Text: "values are not followed through " + fn.Name() + ", which is " + reason})
		}
	}
	result.Findings = tidy(result.Findings)
	e.export()
	return result, nil
}

// standard reports whether the package belongs to the Go distribution, which
// the tables describe.
func standard(pass *analysis.Pass) bool {
	if len(pass.Files) == 0 {
		return true
	}
	name := pass.Fset.Position(pass.Files[0].Package).Filename
	return strings.HasPrefix(name, filepath.Join(build.Default.GOROOT, "src")+string(filepath.Separator))
}

// functions returns all functions with bodies, in the order of the source.
func functions(built *buildssa.SSA) []*ssa.Function {
	var all []*ssa.Function
	seen := map[*ssa.Function]bool{}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		if seen[fn] || len(fn.Blocks) == 0 {
			return
		}
		seen[fn] = true
		all = append(all, fn)
		for _, inner := range fn.AnonFuncs {
			add(inner)
		}
	}
	for _, fn := range built.SrcFuncs {
		add(fn)
	}
	if init := built.Pkg.Func("init"); init != nil {
		add(init)
	}
	slices.SortStableFunc(all, func(a, b *ssa.Function) int { return int(a.Pos()) - int(b.Pos()) })
	return all
}

// analyse brings the summaries of functions that call each other to a fixed
// point.
func (e *engine) analyse(group []*ssa.Function) {
	for range maxCycle {
		changed := false
		for _, fn := range group {
			size := 0
			for _, b := range fn.Blocks {
				size += len(b.Instrs)
			}
			if size > maxInstrs {
				e.failed[fn] = "too large"
				continue
			}
			summary, findings := e.guarded(fn)
			if !same(e.summaries[fn], summary) {
				changed = true
			}
			e.summaries[fn] = summary
			e.findings[fn] = findings
		}
		if !changed || len(group) == 1 && !e.targets.recursive(group[0]) {
			return
		}
	}
}

// guarded is function, but a fault of the engine's own costs one function
// rather than the run.
func (e *engine) guarded(fn *ssa.Function) (sum *Summary, found []Finding) {
	defer func() {
		if p := recover(); p != nil {
			e.failed[fn] = fmt.Sprintf("beyond the engine (%v)", p)
			sum, found = &Summary{Params: len(fn.Params)}, nil
		}
	}()
	return e.function(fn)
}

// summary returns what is known of a function: of this package by analysis,
// of others by their facts; nil if nothing is.
func (e *engine) summary(fn *ssa.Function) *Summary {
	if fn = unwrapped(fn); fn.Origin() != nil {
		fn = fn.Origin()
	}
	if len(fn.Blocks) > 0 {
		if s, ok := e.summaries[fn]; ok {
			return s
		}
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		return e.fact(obj)
	}
	return nil
}

// fact returns the summary of a function of another package, or nil.
func (e *engine) fact(fn *types.Func) *Summary {
	fn = fn.Origin()
	pkg := fn.Pkg()
	if pkg == nil || pkg == e.pass.Pkg {
		return nil
	}
	known, ok := e.facts[fn]
	if !ok {
		known = e.recorded(fn, pkg)
		e.facts[fn] = known
	}
	return known
}

// recorded reads the summary of a function of another package from its facts.
func (e *engine) recorded(fn *types.Func, pkg *types.Package) *Summary {
	known := e.packageFact(pkg)
	if known == nil {
		return nil
	}
	name := fn.FullName()
	if s := known.function(name); s != nil || known.unknown(name) {
		return s
	}
	sig := fn.Signature() // it has a body, which does nothing with what it is given
	n := sig.Params().Len()
	if sig.Recv() != nil {
		n++
		if types.IsInterface(sig.Recv().Type()) {
			return nil
		}
	}
	return &Summary{Params: n}
}

func (e *engine) packageFact(pkg *types.Package) *Package {
	known, ok := e.imported[pkg]
	if !ok {
		var fact Package
		if e.pass.ImportPackageFact(pkg, &fact) {
			known = &fact
		}
		e.imported[pkg] = known
	}
	return known
}

// export makes the fact for the packages that import this one.
func (e *engine) export() {
	byName := map[string]*Summary{}
	for _, fn := range e.functions {
		obj, ok := fn.Object().(*types.Func)
		s := e.summaries[fn]
		if !ok || s == nil || s.empty() {
			continue
		}
		for i := range s.Sinks {
			if sink := &s.Sinks[i]; sink.pos.IsValid() {
				sink.At = e.position(sink.pos)
			}
		}
		byName[obj.FullName()] = s
	}
	w := newPacker()
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		w.function(name, byName[name], e.steps)
	}
	for _, name := range slices.Sorted(maps.Keys(e.globals)) {
		w.global(name, e.globals[name], e.steps)
	}
	unknown := map[string]bool{}
	e.unfollowed(unknown)
	e.pass.ExportPackageFact(w.pack(unknown))
}

// unfollowed lists the functions without a body, such as those in assembly,
// and those that exceeded the bounds.
func (e *engine) unfollowed(out map[string]bool) {
	for _, file := range e.pass.Files {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body == nil {
				if obj, ok := e.pass.TypesInfo.Defs[fn.Name].(*types.Func); ok {
					out[obj.FullName()] = true
				}
			}
		}
	}
	for fn := range e.failed {
		if obj, ok := fn.Object().(*types.Func); ok {
			out[obj.FullName()] = true
		}
	}
}

func (e *engine) position(pos token.Pos) Position {
	p := e.pass.Fset.Position(pos)
	return Position{File: p.Filename, Line: p.Line, Col: p.Column}
}

// steps writes a trace out, first station first.
func (e *engine) steps(s *step) []Step {
	stations := s.stations()
	if len(stations) == 0 {
		return nil
	}
	list := make([]Step, 0, len(stations))
	for _, one := range stations {
		station := Step{Text: one.text}
		if one.far != nil {
			station = *one.far
		} else {
			station.At = e.position(one.pos)
		}
		if station.At.Line > 0 {
			list = append(list, station)
		}
	}
	return list
}
