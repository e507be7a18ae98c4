package source

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// prune takes out of a package what its importers cannot see: the values of
// variables whose type is written down, and the names of parameters.
func prune(files []*ast.File) {
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					pruneValues(spec.(*ast.ValueSpec))
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				unname(n.Recv)
			case *ast.FuncType:
				unname(n.Params)
				unname(n.Results)
			}
			return true
		})
	}
}

// unname drops the names of parameters: they fill scopes, and importers do not
// see them.
func unname(list *ast.FieldList) {
	if list == nil {
		return
	}
	for i := 0; i < len(list.List); i++ {
		f := list.List[i]
		if more := len(f.Names) - 1; more > 0 {
			list.List = slices.Insert(list.List, i, slices.Repeat([]*ast.Field{f}, more)...)
			i += more
		}
		f.Names = nil
	}
}

// pruneValues replaces a value by its type where that is written.
func pruneValues(spec *ast.ValueSpec) {
	if spec.Type == nil && len(spec.Names) == 1 && len(spec.Values) == 1 {
		spec.Type = writtenType(spec.Values[0])
	}
	if spec.Type != nil {
		spec.Values = nil
	}
}

// writtenType returns the type of an expression that says it, nil for others.
func writtenType(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.CompositeLit:
		if array, ok := e.Type.(*ast.ArrayType); ok {
			if _, open := array.Len.(*ast.Ellipsis); open {
				return nil
			}
		}
		return e.Type
	case *ast.FuncLit:
		return e.Type
	case *ast.UnaryExpr:
		if lit, ok := e.X.(*ast.CompositeLit); ok && e.Op == token.AND && lit.Type != nil {
			return &ast.StarExpr{Star: e.OpPos, X: lit.Type}
		}
	}
	return nil
}

// newOutsideFile finds out what the imports of a file are called in it.
func newOutsideFile(p *outside, f *ast.File) *outsideFile {
	in := &outsideFile{File: f, of: p, byName: map[string]*ast.ImportSpec{}, used: map[*ast.ImportSpec]bool{}}
	for _, spec := range f.Imports {
		if spec.Name != nil {
			if spec.Name.Name != "_" {
				in.byName[spec.Name.Name] = spec
			}
			continue
		}
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		// A package is nearly always named like the last element of its path;
		// where it is not, one type stays unknown.
		if base := path.Base(name); token.IsIdentifier(base) && !isVersion(base) {
			in.byName[base] = spec
		} else {
			in.doubtful = append(in.doubtful, spec)
		}
	}
	return in
}

// isVersion reports whether base is the major version at the end of a path.
func isVersion(base string) bool {
	return len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == ""
}

// sweep drops the declarations that are not needed, and the imports that only
// these used.
func (p *outside) sweep() {
	needed := map[ast.Node]bool{}
	for _, decl := range p.index.all {
		if decl.needed {
			needed[decl.node] = true
			for _, n := range decl.more {
				needed[n] = true
			}
		}
	}
	for _, in := range p.scopes {
		in.Imports = slices.DeleteFunc(in.Imports, func(s *ast.ImportSpec) bool { return !in.used[s] })
		in.Decls = slices.DeleteFunc(in.Decls, func(d ast.Decl) bool {
			switch d := d.(type) {
			case *ast.FuncDecl:
				return !needed[d]
			case *ast.GenDecl:
				d.Specs = slices.DeleteFunc(d.Specs, func(s ast.Spec) bool {
					if spec, ok := s.(*ast.ImportSpec); ok {
						return !in.used[spec]
					}
					return !needed[s]
				})
				return len(d.Specs) == 0 // an empty one without parentheses has no end
			}
			return false
		})
	}
	p.index, p.scopes = nil, nil
}
