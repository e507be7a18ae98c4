package main

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// A driver runs analysers over packages, imported ones first, and carries
// facts between them. It knows nothing of caches: it measures.
type driver struct {
	mu      sync.Mutex
	facts   map[factKey]analysis.Fact
	results map[string]map[*analysis.Analyzer]any
	skipped []string
}

type factKey struct {
	pkg *types.Package
	t   reflect.Type
}

// load reads the packages; what they import only by its export data.
func load(dir string, patterns ...string) ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Dir: dir, Fset: token.NewFileSet(),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule,
	}, patterns...)
}

// run runs one analyser on all packages and returns its results by package.
func run(roots []*packages.Package, a *analysis.Analyzer) (map[string]any, []string) {
	d := &driver{facts: map[factKey]analysis.Fact{}, results: map[string]map[*analysis.Analyzer]any{}}
	byPath := map[string]*packages.Package{}
	for _, p := range roots {
		byPath[p.PkgPath] = p
	}
	done := map[string]bool{}
	out := map[string]any{}
	var visit func(p *packages.Package)
	visit = func(p *packages.Package) {
		if done[p.PkgPath] {
			return
		}
		done[p.PkgPath] = true
		for _, name := range sortedImports(p) {
			if dep := byPath[name]; dep != nil {
				visit(dep)
			}
		}
		if len(p.Errors) > 0 || p.IllTyped || len(p.Syntax) == 0 {
			d.skipped = append(d.skipped, fmt.Sprintf("%s: %v", p.PkgPath, p.Errors))
			return
		}
		d.results[p.PkgPath] = map[*analysis.Analyzer]any{}
		out[p.PkgPath] = d.one(p, a)
		delete(d.results, p.PkgPath)
	}
	for _, p := range roots {
		visit(p)
	}
	return out, d.skipped
}

func (d *driver) one(p *packages.Package, a *analysis.Analyzer) any {
	if r, ok := d.results[p.PkgPath][a]; ok {
		return r
	}
	inputs := map[*analysis.Analyzer]any{}
	for _, need := range a.Requires {
		inputs[need] = d.one(p, need)
	}
	pass := &analysis.Pass{
		Analyzer: a, Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo, TypesSizes: p.TypesSizes,
		ResultOf: inputs, Report: func(analysis.Diagnostic) {}, ReadFile: nil,
		ImportPackageFact: func(pkg *types.Package, f analysis.Fact) bool {
			have, ok := d.facts[factKey{pkg, reflect.TypeOf(f)}]
			if !ok {
				have, ok = d.byPath(pkg.Path(), reflect.TypeOf(f))
			}
			if ok {
				reflect.ValueOf(f).Elem().Set(reflect.ValueOf(have).Elem())
			}
			return ok
		},
		ExportPackageFact: func(f analysis.Fact) { d.facts[factKey{p.Types, reflect.TypeOf(f)}] = f },
		ImportObjectFact:  func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact:  func(types.Object, analysis.Fact) {},
	}
	result, err := a.Run(pass)
	if err != nil {
		panic(fmt.Sprintf("%s on %s: %v", a.Name, p.PkgPath, err))
	}
	d.results[p.PkgPath][a] = result
	return result
}

// byPath finds a fact by import path: a package read from export data is not
// the same object as the one read from source.
func (d *driver) byPath(path string, t reflect.Type) (analysis.Fact, bool) {
	for key, fact := range d.facts {
		if key.t == t && key.pkg.Path() == path {
			return fact, true
		}
	}
	return nil, false
}
