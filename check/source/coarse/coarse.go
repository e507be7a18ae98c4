// Package coarse follows values through one function by its syntax, where the
// taint engine cannot go because code does not type-check: a dependency that
// is not on the disk, a file half written. It knows the sources and sinks that
// most faults are made of, and no function but the one it is in.
//
// It is less sure than the engine and says so: nothing it reports has high
// confidence.
//
//	source.Check{Rule: sqlinjection.Rule, Analyzer: sqlinjection.Analyzer, Fallback: coarse.New(sqlinjection.Rule)}
package coarse

import (
	"go/ast"
	"go/token"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// flows finds all that New's analysers report, once for a package.
var flows = &analysis.Analyzer{
	Name: "coarse", Doc: "follow values through single functions by their syntax",
	Requires: []*analysis.Analyzer{code.Analyzer}, RunDespiteErrors: true, ResultType: reflect.TypeFor[map[string][]fault](),
	Run: func(pass *analysis.Pass) (any, error) {
		return find(pass.ResultOf[code.Analyzer].(*code.Reader)), nil
	},
}

// A fault is a value that reaches what it can harm.
type fault struct {
	at       ast.Node
	category string
	title    string
}

// New makes the fallback for the analyser of a taint rule.
func New(rule check.Rule) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: strings.ReplaceAll(rule.ID, "-", "") + "coarse", Doc: rule.Title, URL: rule.HelpURI(),
		Requires: []*analysis.Analyzer{flows}, RunDespiteErrors: true,
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.ResultOf[flows].(map[string][]fault)[rule.ID] {
				pass.Report(analysis.Diagnostic{Pos: f.at.Pos(), End: f.at.End(), Category: f.category, Message: f.title})
			}
			return nil, nil
		},
	}
}

func find(read *code.Reader) map[string][]fault {
	found := map[string][]fault{}
	for _, file := range read.Files() {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				f := &function{read: read, file: file, taint: map[any]level{}, values: map[any][]ast.Expr{}, found: found, types: map[string]string{}}
				f.parameters(fn.Type)
				f.follow(fn.Body)
			}
		}
	}
	return found
}

// A level says where a value comes from.
type level int

const (
	clean    level = iota
	unknown        // a parameter: from the caller
	operator       // from the command line or the environment
	request        // from a request
)

// A function is the analysis of one declared function, literals included.
type function struct {
	read   *code.Reader
	file   *code.File
	taint  map[any]level      // by object, or by name where there is none
	values map[any][]ast.Expr // what variables are set to, where types do not tell
	types  map[string]string  // parameters whose type is not known: name → type as written
	found  map[string][]fault
	late   bool // sinks are judged
}

func (f *function) parameters(t *ast.FuncType) {
	for _, field := range t.Params.List {
		name := f.read.Name(f.file, field.Type)
		for _, id := range field.Names {
			f.types[id.Name] = name
			switch {
			case f.text(field.Type):
				f.set(id, unknown)
			case isRequest(name):
				f.set(id, clean) // its methods are sources
			}
		}
	}
}

// text reports whether a type as written is string, []byte or []string.
func (f *function) text(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "string" || e.Name == "any"
	case *ast.ArrayType:
		id, ok := e.Elt.(*ast.Ident)
		return ok && (id.Name == "byte" || id.Name == "string")
	case *ast.Ellipsis:
		return f.text(e.Elt)
	}
	return false
}

// follow walks the body twice: values first, so that loops carry them round,
// then sinks.
func (f *function) follow(body *ast.BlockStmt) {
	for _, f.late = range []bool{false, true} {
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				f.parameters(n.Type)
			case *ast.AssignStmt:
				f.assign(n)
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if i < len(n.Values) {
						f.set(id, f.level(n.Values[i]))
					}
				}
			case *ast.RangeStmt:
				l := f.level(n.X)
				f.setExpr(n.Value, l)
				if _, isMap := n.X.(*ast.CallExpr); isMap {
					f.setExpr(n.Key, l)
				}
			case *ast.CallExpr:
				f.call(n)
			}
			return true
		})
	}
}

func (f *function) assign(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		var right ast.Expr
		switch len(n.Rhs) {
		case len(n.Lhs):
			right = n.Rhs[i]
		case 1:
			right = n.Rhs[0]
		}
		l := f.level(right)
		if id, ok := left.(*ast.Ident); ok && !f.late && i < len(n.Rhs) && right != nil {
			f.values[f.key(id)] = append(f.values[f.key(id)], right)
		}
		if n.Tok == token.ADD_ASSIGN {
			l = max(l, f.level(left))
		}
		f.setExpr(left, l)
	}
}

func (f *function) setExpr(e ast.Expr, l level) {
	switch e := e.(type) {
	case *ast.Ident:
		f.set(e, l)
	case *ast.SelectorExpr, *ast.IndexExpr:
		if l > clean {
			f.setExpr(rootOf(e), max(l, f.level(rootOf(e))))
		}
	}
}

// rootOf returns the variable that a field or element belongs to.
func rootOf(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return e
		}
	}
}

func (f *function) key(id *ast.Ident) any {
	if object := f.read.Object(id); object != nil {
		return object
	}
	return id.Name
}

func (f *function) set(id *ast.Ident, l level) {
	if id.Name == "_" {
		return
	}
	key := f.key(id)
	if !f.late {
		l = max(l, f.taint[key])
	}
	f.taint[key] = l
}

func (f *function) report(id string, at ast.Node, l level, what string) {
	if l == clean {
		return
	}
	category, from := "medium", "data from the request"
	switch l {
	case unknown:
		category, from = "warning low", "a value of the caller's"
	case operator:
		category, from = "low", "data from the command line or environment"
	}
	for _, other := range f.found[id] {
		if other.at.Pos() == at.Pos() {
			return
		}
	}
	f.found[id] = append(f.found[id], fault{at, category, from + " reaches " + what})
}
