package hardcodedsecret

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// hole stands in a text for what only the running program knows.
const hole = "\x00"

// text returns what an expression is, as far as the code says: through
// variables and fields that are set once, functions of the package that return
// a constant, parameters that are given one, formats and concatenations.
func (s *scan) text(in *code.Func, e ast.Expr, depth int) string {
	if depth > 6 || e == nil {
		return hole
	}
	e = s.read.Origin(e)
	if text, ok := s.read.String(e); ok {
		return text
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return s.text(in, e.X, depth+1) + s.text(in, e.Y, depth+1)
		}
	case *ast.CallExpr:
		return s.called(in, e, depth)
	case *ast.SelectorExpr:
		return s.field(in, e, depth)
	case *ast.Ident:
		return s.parameter(in, e, depth)
	}
	return hole
}

// called returns what a call makes: a conversion, a format, or what a function
// of the package returns.
func (s *scan) called(in *code.Func, call *ast.CallExpr, depth int) string {
	if _, ok := call.Fun.(*ast.ArrayType); ok && len(call.Args) == 1 {
		return s.text(in, call.Args[0], depth+1)
	}
	if s.read.Name(in.FileOf(), call.Fun) == "fmt.Sprintf" && len(call.Args) > 0 {
		format, args := s.text(in, call.Args[0], depth+1), call.Args[1:]
		return verb.ReplaceAllStringFunc(format, func(string) string {
			if len(args) == 0 {
				return hole
			}
			arg := args[0]
			args = args[1:]
			return s.text(in, arg, depth+1)
		})
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok {
		return hole
	}
	if decl := s.function(id.Name); decl != nil && decl.Body != nil && len(decl.Body.List) == 1 {
		if ret, ok := decl.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			return s.text(nil, ret.Results[0], depth+1)
		}
	}
	return hole
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

func (s *scan) function(name string) *ast.FuncDecl {
	if s.decls == nil {
		s.decls = map[string]*ast.FuncDecl{}
		for _, f := range s.read.Files() {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
					s.decls[fn.Name.Name] = fn
				}
			}
		}
	}
	return s.decls[name]
}

// definition returns the literal that a variable or constant was set to, if
// that is all that it ever is.
func (s *scan) definition(id *ast.Ident) ast.Expr {
	e := s.read.Origin(id)
	if again, ok := e.(*ast.Ident); ok {
		if e = s.constants()[s.read.Object(again)]; e == nil {
			return nil
		}
	}
	for range 3 {
		switch x := ast.Unparen(e).(type) {
		case *ast.BasicLit:
			return x
		case *ast.CallExpr:
			if _, ok := x.Fun.(*ast.ArrayType); !ok || len(x.Args) != 1 {
				return nil
			}
			e = x.Args[0]
		}
	}
	return nil
}

// constants are the declared constants of the package with their values.
func (s *scan) constants() map[types.Object]ast.Expr {
	if s.values != nil {
		return s.values
	}
	s.values = map[types.Object]ast.Expr{}
	for _, f := range s.read.Files() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				return true
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						s.values[s.read.Object(name)] = v.Values[i]
					}
				}
			}
			return false
		})
	}
	return s.values
}

// field returns what a field holds if the package sets it in one place only.
func (s *scan) field(in *code.Func, e *ast.SelectorExpr, depth int) string {
	full := s.read.Name(in.FileOf(), e)
	dot := strings.LastIndexByte(full, '.')
	if dot <= 0 || full[0] == '?' || ast.IsExported(full[strings.LastIndexByte(full[:dot], '.')+1:dot]) {
		return hole
	}
	var values []ast.Expr
	for _, set := range s.read.Sets(full) {
		values = append(values, set.Right)
	}
	for _, lit := range s.read.Literals(full[:dot]) {
		if v := code.Field(lit.CompositeLit, e.Sel.Name); v != nil {
			values = append(values, v)
		} else if !code.Keyed(lit.CompositeLit) {
			return hole
		}
	}
	if len(values) != 1 {
		return hole
	}
	return s.text(nil, values[0], depth+1)
}

// parameter returns what a parameter is given if all calls in the package give
// it the same constant and others cannot call.
func (s *scan) parameter(in *code.Func, id *ast.Ident, depth int) string {
	if in == nil || in.Outer != nil {
		return hole
	}
	decl, ok := in.Node.(*ast.FuncDecl)
	if !ok || decl.Recv != nil || ast.IsExported(decl.Name.Name) {
		return hole
	}
	at, n := -1, 0
	for _, field := range decl.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == id.Name {
				at = n
			}
			n++
		}
	}
	calls := s.read.Calls(s.read.Name(in.FileOf(), decl.Name))
	if at < 0 || len(calls) == 0 || len(calls) > 16 {
		return hole
	}
	texts := make([]string, len(calls))
	for i, call := range calls {
		texts[i] = s.text(call.In, call.Arg(at), depth+1)
	}
	if len(slices.Compact(texts)) != 1 {
		return hole
	}
	return texts[0]
}
