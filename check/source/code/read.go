package code

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
)

func read(pass *analysis.Pass) *Reader {
	r := &Reader{
		pass: pass, calls: map[string][]*Call{}, literals: map[string][]*Literal{}, sets: map[string][]*Set{},
		uses: map[string][]*Use{}, values: map[types.Object][]ast.Expr{},
	}
	for _, f := range pass.Files {
		file := &File{File: f, Imports: map[string]string{}}
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			name := packageName(p)
			if object, ok := pass.TypesInfo.Implicits[spec].(*types.PkgName); ok && object.Imported().Complete() {
				name = object.Imported().Name()
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			file.Imports[name] = p
		}
		r.files = append(r.files, file)
		(&visitor{r: r, file: file}).walk(f)
	}
	return r
}

// A visitor walks one file.
type visitor struct {
	r    *Reader
	file *File
	in   *Func
}

func (v *visitor) walk(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body == nil || v.in != nil {
				return true
			}
			v.inside(n, n.Body)
			return false
		case *ast.FuncLit:
			v.inside(n, n.Body)
			return false
		default:
			v.node(n)
		}
		return true
	})
}

func (v *visitor) inside(n ast.Node, body *ast.BlockStmt) {
	outer := v.in
	v.in = &Func{Node: n, Outer: outer, File: v.file}
	v.walk(body)
	v.in = outer
}

func (v *visitor) node(n ast.Node) {
	r := v.r
	switch n := n.(type) {
	case *ast.CallExpr:
		v.call(n, false, false)
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok {
			v.call(call, true, false)
		}
	case *ast.DeferStmt:
		v.call(n.Call, true, true)
	case *ast.GoStmt:
		v.call(n.Call, true, true)
	case *ast.CompositeLit:
		name := r.TypeOf(n)
		if name == "" && n.Type != nil {
			name = r.Name(v.file, n.Type)
		}
		r.literals[name] = append(r.literals[name], &Literal{n, v.in})
	case *ast.AssignStmt:
		v.assign(n)
	case *ast.ValueSpec:
		v.declare(n)
	case *ast.RangeStmt:
		v.unknown(n.Key, n.Value)
	case *ast.IncDecStmt:
		v.unknown(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND { // its address is taken: anybody may set it
			v.unknown(n.X)
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			r.compares = append(r.compares, &Compare{n, v.in})
		}
	case *ast.SelectorExpr:
		if r.pass.TypesInfo.Selections[n] == nil {
			if name := r.Name(v.file, n); name != "" && name[0] != '?' {
				r.uses[name] = append(r.uses[name], &Use{n, v.in})
			}
		}
	}
}

// call files a call; one that was filed as a plain call when its statement was
// met is not filed again.
func (v *visitor) call(n *ast.CallExpr, alone, deferred bool) {
	name := v.r.Name(v.file, n.Fun)
	list := v.r.calls[name]
	if last := len(list) - 1; last >= 0 && list[last].CallExpr == n {
		return
	}
	v.r.calls[name] = append(list, &Call{CallExpr: n, Name: name, In: v.in, Alone: alone, Defer: deferred})
}

func (v *visitor) assign(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		var right ast.Expr
		if len(n.Rhs) == len(n.Lhs) {
			right = n.Rhs[i]
		}
		if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
			right = nil // += and its like
		}
		if id, ok := left.(*ast.Ident); ok {
			v.value(id, right)
		}
		if name := v.r.Name(v.file, left); name != "" {
			v.r.sets[name] = append(v.r.sets[name], &Set{n, left, right, v.in})
		}
	}
}

func (v *visitor) declare(n *ast.ValueSpec) {
	for i, name := range n.Names {
		switch {
		case len(n.Values) == len(n.Names):
			v.value(name, n.Values[i])
		case len(n.Values) > 0:
			v.value(name, nil)
		}
	}
}

func (v *visitor) value(id *ast.Ident, to ast.Expr) {
	if object := v.r.pass.TypesInfo.ObjectOf(id); object != nil {
		v.r.values[object] = append(v.r.values[object], to)
	}
}

func (v *visitor) unknown(list ...ast.Expr) {
	for _, e := range list {
		if id, ok := e.(*ast.Ident); ok {
			v.value(id, nil)
		}
	}
}

func gather[T ast.Node](from map[string][]T, names []string) []T {
	if len(names) == 1 {
		return from[names[0]]
	}
	var all []T
	for _, name := range names {
		all = append(all, from[name]...)
	}
	slices.SortStableFunc(all, func(a, b T) int { return before(a, b) })
	return all
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
