package source

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"bytes"
)

// A universe holds the declarations of every package that others import, for
// one platform: the bodies of functions are cut away before parsing, and an
// import that only bodies use is not followed. What packages look like from
// outside costs a fraction of loading them whole, needs no compiler, no export
// data and no network, and is shared by all packages that are analysed. Of
// packages outside of the tree it holds what can be named from it.
type universe struct {
	mods    *modules
	ctxt    build.Context
	sizes   types.Sizes
	workers int
	pkgs    map[outsideKey]*outside
	tree    map[string]bool // the folders whose packages are analysed
}

// outsideKey names a package: two modules may see different versions of one
// path. The standard library belongs to none.
type outsideKey struct {
	mod  *goModule
	path string
}

// An outside is a package as its importers see it.
type outside struct {
	key     outsideKey
	dir     string
	fset    *token.FileSet
	files   []*ast.File // nil once checked
	imports map[string]*outside
	needs   []*outside // imports, as a list
	types   *types.Package
	missing bool
	whole   bool // of the tree: analysers look at what nobody names, too

	// As long as it is not known what is needed of the package.
	index  *index
	scopes []*outsideFile
	wanted []string // before it is parsed
}

func newUniverse(mods *modules, p platform, workers int, tree map[string]bool) *universe {
	return &universe{
		mods: mods, ctxt: mods.tools.context(p), workers: workers, tree: tree,
		sizes: types.SizesFor("gc", p.arch), pkgs: map[outsideKey]*outside{},
	}
}

// An imported is an import of a module's package.
type imported struct {
	mod  *goModule
	path string
}

// A mention is a file whose text may name what its imports declare.
type mention struct {
	file    string
	mod     *goModule
	imports []string
}

// load makes sure that of the imports, and of all they need, is there what the
// files may name. It is called once; importers are safe for concurrent use then.
func (u *universe) load(imports []imported, files []mention) {
	d := newDemand(u)
	for _, i := range imports {
		d.reach(i.mod, i.path, false)
	}
	d.parse()
	d.mention(files)
	for d.settle(); len(d.fresh) > 0; d.settle() {
		d.parse()
	}
	for _, p := range d.parsed {
		p.sweep()
		for _, other := range p.imports {
			if other != nil && !other.missing {
				p.needs = append(p.needs, other)
			}
		}
	}
	ordered(u.workers, d.parsed, func(p *outside) []*outside { return p.needs }, u.check)
}

// reach returns the package that a module's package means by a path, and
// whether it is new here.
func (u *universe) reach(mod *goModule, name string, inStd bool) (*outside, bool) {
	if inStd {
		mod = nil
	}
	key := outsideKey{mod, name}
	if p, ok := u.pkgs[key]; ok {
		return p, false
	}
	dir, std := u.mods.resolve(mod, name, inStd)
	real := key
	if std {
		real.mod = nil
		if p, ok := u.pkgs[real]; ok {
			u.pkgs[key] = p
			return p, false
		}
	}
	p := &outside{key: real, dir: dir, imports: map[string]*outside{}, missing: dir == "", whole: u.tree[dir]}
	u.pkgs[key], u.pkgs[real] = p, p
	return p, true
}

// parse reads the declarations of the package's files.
func (u *universe) parse(p *outside) {
	p.fset = token.NewFileSet()
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return
	}
	ctxt := u.ctxt
	if p.key.mod == nil {
		ctxt.CgoEnabled = false // the standard library looks the same without
	}
	name := ""
	for _, e := range entries {
		base := e.Name()
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") || base[0] == '_' || base[0] == '.' || !e.Type().IsRegular() {
			continue
		}
		full := filepath.Join(p.dir, base)
		src, err := readBounded(full)
		if err != nil || !matches(&ctxt, p.dir, base, src) {
			continue
		}
		f := parseDeclarations(p.fset, full, src)
		if f == nil || f.Name.Name == "documentation" {
			continue
		}
		if name == "" {
			name = f.Name.Name
		}
		if f.Name.Name == name {
			p.files = append(p.files, f)
		}
	}
	prune(p.files)
}

// matches judges the build constraints of a file, in its name and its text.
func matches(ctxt *build.Context, dir, base string, src []byte) bool {
	c := *ctxt
	c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(src)), nil }
	ok, err := c.MatchFile(dir, base)
	return err == nil && ok
}

// parseDeclarations parses a file without bodies, and without the imports that
// only bodies use.
func parseDeclarations(fset *token.FileSet, name string, src []byte) *ast.File {
	f, err := parser.ParseFile(fset, name, stripBodies(src), parser.SkipObjectResolution)
	if err != nil {
		if f, _ = parser.ParseFile(fset, name, src, parser.SkipObjectResolution); f == nil {
			return nil
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				d.Body = nil
			}
		}
	}
	fset.File(f.FileStart).SetLines([]int{0}) // nobody asks for a place in it
	return f
}

// check gives the package its types. Faults in it are its own business.
func (u *universe) check(p *outside) {
	conf := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true, DisableUnusedImportCheck: true,
		Sizes: u.sizes, Error: func(error) {}, Importer: p,
	}
	if len(p.files) == 0 {
		p.missing = true
		return
	}
	defer func() {
		p.files, p.fset = nil, nil
		if recover() != nil { // the type checker met something it does not bear
			p.types, p.missing = nil, true
		}
	}()
	p.types, _ = conf.Check(p.key.path, p.fset, p.files, nil) // the error was given to Error
	p.types.MarkComplete()
}

var errMissing = errors.New("package is not on the disk")

// Import implements types.Importer for a package's own imports.
func (p *outside) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	if other := p.imports[name]; other != nil && other.types != nil {
		return other.types, nil
	}
	return nil, errMissing
}

// An importer finds the packages that a module's package imports.
type importer struct {
	u   *universe
	mod *goModule
}

// Import implements types.Importer.
func (i importer) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	if p := i.u.pkgs[outsideKey{i.mod, name}]; p != nil && p.types != nil {
		return p.types, nil
	}
	return nil, errMissing
}

// each calls f for every item, several at a time.
func each[T any](workers int, items []T, f func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range min(workers, len(items)) {
		wg.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wg.Wait()
}
