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
// variables whose type is written down, functions that are not exported, and
// the imports that only these used. What is left is a fraction, and
// so is what it imports in turn.
func prune(files []*ast.File) {
	called := map[string]bool{} // names that values of variables mention: their types are needed
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					pruneValues(spec.(*ast.ValueSpec), called)
				}
			}
		}
	}
	for _, f := range files {
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			fn, ok := d.(*ast.FuncDecl)
			return ok && fn.Recv == nil && !fn.Name.IsExported() && !called[fn.Name.Name]
		})
		pruneImports(f)
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
	var fields []*ast.Field
	for _, f := range list.List {
		for range max(len(f.Names), 1) {
			fields = append(fields, &ast.Field{Type: f.Type})
		}
	}
	list.List = fields
}

// pruneValues replaces a value by its type where that is written.
func pruneValues(spec *ast.ValueSpec, called map[string]bool) {
	if spec.Type == nil && len(spec.Names) == 1 && len(spec.Values) == 1 {
		spec.Type = writtenType(spec.Values[0])
	}
	if spec.Type != nil {
		spec.Values = nil
		return
	}
	for _, v := range spec.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				called[id.Name] = true
			}
			return true
		})
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

// pruneImports drops the imports whose name no declaration mentions. Where the
// name of a package cannot be told from its path the import stays.
func pruneImports(f *ast.File) {
	used := map[string]bool{}
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok {
					used[x.Name] = true
				}
			}
			return true
		})
	}
	drop := func(spec *ast.ImportSpec) bool {
		if spec.Name != nil {
			return spec.Name.Name != "." && !used[spec.Name.Name]
		}
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return true
		}
		// A package is nearly always named like the last element of its path;
		// where it is not, one type stays unknown.
		base := path.Base(name)
		return token.IsIdentifier(base) && !isVersion(base) && !used[base]
	}
	f.Imports = slices.DeleteFunc(f.Imports, drop)
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		imports, ok := d.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			return false
		}
		imports.Specs = slices.DeleteFunc(imports.Specs, func(s ast.Spec) bool { return drop(s.(*ast.ImportSpec)) })
		return len(imports.Specs) == 0 // an empty one without parentheses has no end
	})
}

// isVersion reports whether base is the major version at the end of a path.
func isVersion(base string) bool {
	return len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == ""
}
