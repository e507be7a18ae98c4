package source

import (
	"go/ast"
	"go/token"
	"strconv"
	"sync"
)

// A demand finds out which declarations of imported packages are needed. Few
// are: a program uses a handful of the thousands of names that its dependencies
// declare, and what nobody can name need not be checked, nor be held in memory
// until the last package is analysed.
//
// Needed are the declarations that a file's text may name in the packages that
// it imports, the methods of needed types that anybody may call, and what all
// these mention. Every doubt keeps.
type demand struct {
	u       *universe
	methods map[string]bool           // names under which a method may be called
	unnamed map[string][]*declaration // methods of needed types that nobody has called yet
	open    []*declaration            // needed; what they mention is not looked at yet
	fresh   []*outside                // to be parsed
	parsed  []*outside
}

// A declaration is what is needed or not as a whole: a function, a method, a
// type, variables that are set together, constants that count on each other.
type declaration struct {
	in     *outsideFile
	node   ast.Node   // *ast.FuncDecl, *ast.TypeSpec or *ast.ValueSpec
	more   []ast.Node // the other constants that count on each other
	needed bool
}

// An outsideFile is a file of an imported package, with what its imports are
// called in it.
type outsideFile struct {
	*ast.File
	of       *outside
	byName   map[string]*ast.ImportSpec
	doubtful []*ast.ImportSpec // those whose path does not say their name
	used     map[*ast.ImportSpec]bool
}

// An index of a parsed package holds its declarations.
type index struct {
	all     []*declaration
	names   map[string]*declaration
	methods map[string][]*declaration // by the name of the receiver's type
}

// asked are the methods that analysers ask types for by name, and the one of
// the type error.
var asked = []string{
	"Error", "MarshalJSON", "MarshalXML", "MarshalYAML", "MarshalText", "MarshalTOML", "ProtoReflect", "ProtoMessage",
	"Header", "WriteHeader", "Close", "Stat", "String", "GoString", "Format",
	"LogValue", "MarshalLogObject", "MarshalZerologObject",
}

func newDemand(u *universe) *demand {
	d := &demand{u: u, methods: map[string]bool{}, unnamed: map[string][]*declaration{}}
	for _, name := range asked {
		d.methods[name] = true
	}
	return d
}

// reach returns the package that an import means; it is parsed in the next
// round if it is new.
func (d *demand) reach(mod *goModule, name string, inStd bool) *outside {
	p, fresh := d.u.reach(mod, name, inStd)
	if fresh && !p.missing {
		d.fresh = append(d.fresh, p)
	}
	return p
}

// parse reads the packages that were reached.
func (d *demand) parse() {
	batch := d.fresh
	d.fresh = nil
	each(d.u.workers, batch, func(p *outside) {
		d.u.parse(p)
		p.index = newIndex(p)
	})
	for _, p := range batch {
		d.parsed = append(d.parsed, p)
		if p.whole {
			for _, in := range p.scopes {
				for _, spec := range append(in.doubtful, in.byName["."]) {
					if spec != nil {
						d.use(in, spec, "")
					}
				}
			}
			for _, decl := range p.index.all {
				if !decl.hidden() {
					d.need(decl)
				}
			}
		}
		for _, name := range p.wanted {
			d.need(p.index.names[name])
		}
		p.wanted = nil
	}
}

// mention needs what the texts of files may name.
func (d *demand) mention(files []mention) {
	var mu sync.Mutex
	each(d.u.workers, files, func(m mention) {
		src, err := readBounded(m.file)
		if err != nil {
			return // it will be missed where it is loaded
		}
		words := capitals(src)
		mu.Lock()
		defer mu.Unlock()
		for word := range words {
			d.call(word)
		}
		for _, name := range m.imports {
			p := d.u.pkgs[outsideKey{m.mod, name}]
			if p == nil || p.index == nil {
				continue
			}
			for word := range words {
				d.need(p.index.names[word])
			}
		}
	})
}

// capitals returns the words of a text that may be names which a package
// exports.
func capitals(src []byte) map[string]bool {
	words := map[string]bool{}
	for i := 0; i < len(src); i++ {
		if !letter(src[i]) {
			continue
		}
		start := i
		for i < len(src) && (letter(src[i]) || '0' <= src[i] && src[i] <= '9') {
			i++
		}
		if c := src[start]; 'A' <= c && c <= 'Z' || c >= 0x80 {
			if word := src[start:i]; !words[string(word)] {
				words[string(word)] = true
			}
		}
	}
	return words
}

func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// settle looks at what is needed until nothing is left that can be told
// without parsing.
func (d *demand) settle() {
	for len(d.open) > 0 {
		decl := d.open[len(d.open)-1]
		d.open = d.open[:len(d.open)-1]
		switch n := decl.node.(type) {
		case *ast.FuncDecl:
			d.walk(decl.in, n.Type)
			continue
		case *ast.TypeSpec:
			d.methodsOf(decl.in.of, n.Name.Name)
		}
		d.walk(decl.in, decl.node)
		for _, n := range decl.more {
			d.walk(decl.in, n)
		}
	}
}

// methodsOf needs the methods of a type that anybody may call.
func (d *demand) methodsOf(p *outside, name string) {
	for _, method := range p.index.methods[name] {
		called := method.node.(*ast.FuncDecl).Name.Name
		if p.whole || d.methods[called] {
			d.need(method)
		} else {
			d.unnamed[called] = append(d.unnamed[called], method)
		}
	}
}

func (d *demand) need(decl *declaration) {
	if decl != nil && !decl.needed {
		decl.needed = true
		d.open = append(d.open, decl)
	}
}

// call needs every method of the name.
func (d *demand) call(name string) {
	if d.methods[name] {
		return
	}
	d.methods[name] = true
	for _, method := range d.unnamed[name] {
		d.need(method)
	}
	delete(d.unnamed, name)
}

// walk needs what a declaration mentions.
func (d *demand) walk(in *outsideFile, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field: // its name is no mention
			d.walk(in, n.Type)
			return false
		case *ast.InterfaceType:
			for _, f := range n.Methods.List {
				for _, name := range f.Names {
					d.call(name.Name) // who implements it must have the method
				}
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && d.selected(in, x.Name, n.Sel.Name) {
				return false
			}
			d.call(n.Sel.Name) // the value of a variable may call it
		case *ast.Ident:
			d.need(in.of.index.names[n.Name])
			if spec := in.byName["."]; spec != nil {
				d.use(in, spec, n.Name)
			}
		}
		return true
	})
}

// selected needs what x.name means if x is an import.
func (d *demand) selected(in *outsideFile, x, name string) bool {
	if spec := in.byName[x]; spec != nil {
		d.use(in, spec, name)
		return true
	}
	for _, spec := range in.doubtful {
		d.use(in, spec, name)
	}
	return false
}

// use needs a name of an import.
func (d *demand) use(in *outsideFile, spec *ast.ImportSpec, name string) {
	in.used[spec] = true
	p := d.imported(in, spec)
	switch {
	case p == nil:
	case p.index != nil:
		d.need(p.index.names[name])
	default:
		p.wanted = append(p.wanted, name)
	}
}

// imported returns the package that a file imports; nil if it has none.
func (d *demand) imported(in *outsideFile, spec *ast.ImportSpec) *outside {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil || path == "C" || path == "unsafe" {
		return nil
	}
	p, known := in.of.imports[path]
	if !known {
		p = d.reach(in.of.key.mod, path, in.of.key.mod == nil)
		in.of.imports[path] = p
	}
	return p
}

// hidden reports whether nobody outside of the package can name it.
func (decl *declaration) hidden() bool {
	fn, ok := decl.node.(*ast.FuncDecl)
	return ok && fn.Recv == nil && !fn.Name.IsExported()
}

// newIndex files the declarations of a parsed package.
func newIndex(p *outside) *index {
	x := &index{names: map[string]*declaration{}, methods: map[string][]*declaration{}}
	for _, f := range p.files {
		in := newOutsideFile(p, f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				x.function(in, d)
			case *ast.GenDecl:
				x.group(in, d)
			}
		}
		p.scopes = append(p.scopes, in)
	}
	return x
}

func (x *index) function(in *outsideFile, fn *ast.FuncDecl) {
	if fn.Recv == nil {
		x.add(&declaration{in: in, node: fn}, fn.Name)
		return
	}
	decl := &declaration{in: in, node: fn}
	x.all = append(x.all, decl)
	if len(fn.Recv.List) > 0 {
		if base := receiver(fn.Recv.List[0].Type); base != "" {
			x.methods[base] = append(x.methods[base], decl)
		}
	}
}

// receiver names the type of a receiver.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	}
	return ""
}

// group files the declarations between one pair of parentheses.
func (x *index) group(in *outsideFile, g *ast.GenDecl) {
	if g.Tok == token.IMPORT {
		return
	}
	if g.Tok == token.CONST && counts(g) {
		decl := &declaration{in: in}
		for _, s := range g.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				if decl.node == nil {
					decl.node = v
					x.all = append(x.all, decl)
				} else {
					decl.more = append(decl.more, v)
				}
				x.name(decl, v.Names...)
			}
		}
		return
	}
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			x.add(&declaration{in: in, node: s}, s.Name)
		case *ast.ValueSpec:
			x.add(&declaration{in: in, node: s}, s.Names...)
		}
	}
}

// counts reports whether constants depend on their place among the others.
func counts(g *ast.GenDecl) bool {
	found := false
	for _, s := range g.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || len(v.Values) == 0 {
			return true
		}
		for _, e := range v.Values {
			ast.Inspect(e, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && id.Name == "iota"
				return !found
			})
		}
	}
	return found
}

func (x *index) add(decl *declaration, names ...*ast.Ident) {
	x.all = append(x.all, decl)
	x.name(decl, names...)
}

func (x *index) name(decl *declaration, names ...*ast.Ident) {
	for _, id := range names {
		if x.names[id.Name] == nil && id.Name != "_" && id.Name != "init" { // a name that is declared twice is the first's
			x.names[id.Name] = decl
		}
	}
}
