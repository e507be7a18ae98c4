package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
)

// maxMends bounds how often a unit is cut and checked again.
const maxMends = 8

// mend returns the part of a broken unit that type-checks: functions with an
// error in them lose their body, declarations with one are left out, until no
// error is left. It returns nil if nothing can be saved. What was cut is read
// by the analysers that bear missing types.
func (d *driver) mend(l *loaded) *loaded {
	m := &loaded{unit: l.unit, fset: token.NewFileSet(), source: l.source, result: l.result}
	for _, f := range l.unit.files {
		full := filepath.Join(l.dir, f.name)
		if src, ok := l.source[full]; ok {
			if parsed, err := parser.ParseFile(m.fset, full, src, parser.ParseComments|parser.SkipObjectResolution); err == nil {
				m.files = append(m.files, parsed)
			}
		}
	}
	if len(m.files) == 0 {
		return nil
	}
	for _, f := range m.files {
		cutSpecs(f, func(s ast.Spec) bool {
			spec, ok := s.(*ast.ImportSpec)
			return ok && spec.Path.Value == `"C"`
		})
	}
	for range maxMends {
		m.check(d)
		if len(m.errs) == 0 {
			return m
		}
		for _, e := range m.errs {
			if !cut(m.files, e.Pos) {
				return nil
			}
		}
	}
	return nil
}

// cut takes out the declaration that a position is in, or the body alone if it
// is in one.
func cut(files []*ast.File, pos token.Pos) bool {
	at := slices.IndexFunc(files, func(f *ast.File) bool { return f.FileStart <= pos && pos <= f.FileEnd })
	if at < 0 {
		return false
	}
	f := files[at]
	in := func(n ast.Node) bool { return n.Pos() <= pos && pos <= n.End() }
	for i, d := range f.Decls {
		if !in(d) {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil && in(d.Body) && len(d.Body.List) > 0 && !emptied(d.Body) {
				empty(d.Body)
			} else {
				f.Decls = slices.Delete(f.Decls, i, i+1)
			}
		case *ast.GenDecl:
			cutSpecs(f, func(s ast.Spec) bool { return in(s) })
		default:
			return false
		}
		return true
	}
	return true // what it was in is gone already
}

// cutSpecs takes specs out of a file's declarations.
func cutSpecs(f *ast.File, out func(ast.Spec) bool) {
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			return false
		}
		g.Specs = slices.DeleteFunc(g.Specs, out)
		return len(g.Specs) == 0
	})
	f.Imports = slices.DeleteFunc(f.Imports, func(s *ast.ImportSpec) bool { return out(s) })
}

// empty makes a body that only panics, so that it returns nothing.
func empty(body *ast.BlockStmt) {
	at := body.Lbrace
	body.List = []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
		Fun: &ast.Ident{NamePos: at, Name: "panic"}, Lparen: at, Rparen: at,
		Args: []ast.Expr{&ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: `""`}},
	}}}
}

func emptied(body *ast.BlockStmt) bool {
	return len(body.List) == 1 && body.List[0].Pos() == body.Lbrace
}

// check gives the files their types, anew.
func (l *loaded) check(d *driver) {
	l.errs = nil
	l.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{
		Importer: importer{d.universe, l.mod}, Sizes: types.SizesFor("gc", l.plat.arch), FakeImportC: true, GoVersion: languageVersion(l.mod.goVersion),
		DisableUnusedImportCheck: true,
		Error: func(err error) {
			if te, ok := err.(types.Error); ok && !te.Soft {
				l.errs = append(l.errs, te)
			}
		},
	}
	l.pkg, _ = conf.Check(l.path, l.fset, l.files, l.info) // errors went to Error
}

// A span is a part of a file, by offsets.
type span struct {
	file     string
	from, to int
}

// saved returns the functions of a mended unit that nothing was cut from.
func (l *loaded) saved() []span {
	var list []span
	for _, f := range l.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && !emptied(fn.Body) {
				from, to := l.fset.Position(fn.Pos()), l.fset.Position(fn.End())
				list = append(list, span{filepath.Base(from.Filename), from.Offset, to.Offset})
			}
		}
	}
	return list
}

// isSettled reports whether a position is in a function that was judged with
// its types.
func (a *analysed) isSettled(pos token.Pos) bool {
	if len(a.settled) == 0 || !pos.IsValid() {
		return false
	}
	at := a.fset.Position(pos)
	return slices.ContainsFunc(a.settled, func(s span) bool {
		return s.file == filepath.Base(at.Filename) && s.from <= at.Offset && at.Offset <= s.to
	})
}
