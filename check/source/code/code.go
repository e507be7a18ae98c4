// Package code is what pattern analysers read Go code with: one walk over a
// package finds every call, literal, assignment and comparison and files them
// under the full name of what they refer to, so that an analyser asks for
// "net/http.ListenAndServe" and need not walk again.
//
// It serves against the analyser that is blind where types are missing: a name
// is taken from the types where they are known, and from the file's imports
// where they are not. It follows no values beyond a variable that is set once.
//
//	read := pass.ResultOf[code.Analyzer].(*code.Reader)
//	for _, call := range read.Calls("net/http.ListenAndServe") {
//		pass.ReportRangef(call, "...")
//	}
//
// Names are import path, dot, name: "crypto/md5.New", for methods and fields
// with the type between: "net/http.Server.ReadTimeout", whether reached through
// a pointer or not. A major version at the end of an import path is left out.
// A method of something unknown is filed as "?.Name".
package code

import (
	"go/ast"
	"go/types"
	"path"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzer makes the Reader of a package.
var Analyzer = &analysis.Analyzer{
	Name: "code", Doc: "index calls, literals, assignments and comparisons by full name",
	Run:              func(pass *analysis.Pass) (any, error) { return read(pass), nil },
	RunDespiteErrors: true, ResultType: reflect.TypeFor[*Reader](),
}

// A Reader is the index of one package. It is not changed once made.
type Reader struct {
	pass     *analysis.Pass
	calls    map[string][]*Call
	literals map[string][]*Literal
	sets     map[string][]*Set
	uses     map[string][]*Use
	compares []*Compare
	values   map[types.Object][]ast.Expr // what a variable is set to; nil entries are unknown values
	files    []*File
}

// A File is a file of the package.
type File struct {
	*ast.File
	Imports map[string]string // name in the file → import path
}

// A Call is a call with the functions around it.
type Call struct {
	*ast.CallExpr
	Name  string
	In    *Func
	Alone bool // its results are not used
	Defer bool // called by defer or go
}

// A Literal is a composite literal.
type Literal struct {
	*ast.CompositeLit
	In *Func
}

// A Set is an assignment to a field or package variable.
type Set struct {
	*ast.AssignStmt
	Left, Right ast.Expr // Right is nil where several values come from one call
	In          *Func
}

// A Use is a mention of a package's function, variable, constant or type.
type Use struct {
	*ast.SelectorExpr
	In *Func
}

// A Compare is a comparison by == or !=.
type Compare struct {
	*ast.BinaryExpr
	In *Func
}

// A Func is a function with a body. Outer is the function that a literal
// stands in; nil for a declared one.
type Func struct {
	Node  ast.Node // *ast.FuncDecl or *ast.FuncLit
	Outer *Func
	File  *File
}

// Name is the declared function's name, "" outside of functions.
func (f *Func) Name() string {
	for ; f != nil; f = f.Outer {
		if d, ok := f.Node.(*ast.FuncDecl); ok {
			return d.Name.Name
		}
	}
	return ""
}

// FileOf is the file that the function stands in; nil outside of functions.
func (f *Func) FileOf() *File {
	if f == nil {
		return nil
	}
	return f.File
}

// Type returns the function's signature as written; nil for a nil Func.
func (f *Func) Type() *ast.FuncType {
	if f == nil {
		return nil
	}
	switch n := f.Node.(type) {
	case *ast.FuncDecl:
		return n.Type
	case *ast.FuncLit:
		return n.Type
	}
	return nil
}

// Body returns the function's body; nil for a nil Func.
func (f *Func) Body() *ast.BlockStmt {
	if f == nil {
		return nil
	}
	switch n := f.Node.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return nil
}

// Root returns the declared function around f, or f.
func (f *Func) Root() *Func {
	for f != nil && f.Outer != nil {
		f = f.Outer
	}
	return f
}

// Calls returns the calls of the named functions and methods, in order.
func (r *Reader) Calls(names ...string) []*Call { return gather(r.calls, names) }

// Literals returns the composite literals of the named types, in order.
func (r *Reader) Literals(names ...string) []*Literal { return gather(r.literals, names) }

// Sets returns the assignments to the named fields and variables, in order.
func (r *Reader) Sets(names ...string) []*Set { return gather(r.sets, names) }

// Uses returns the mentions of the named things of other packages, in order.
func (r *Reader) Uses(names ...string) []*Use { return gather(r.uses, names) }

// AllSets visits every assignment to a field or package variable.
func (r *Reader) AllSets(visit func(name string, s *Set)) {
	for _, name := range sortedKeys(r.sets) {
		for _, s := range r.sets[name] {
			visit(name, s)
		}
	}
}

// AllCalls visits every call, sorted by name.
func (r *Reader) AllCalls(visit func(*Call)) {
	for _, name := range sortedKeys(r.calls) {
		for _, c := range r.calls[name] {
			visit(c)
		}
	}
}

// AllLiterals visits every composite literal, sorted by type.
func (r *Reader) AllLiterals(visit func(name string, l *Literal)) {
	for _, name := range sortedKeys(r.literals) {
		for _, l := range r.literals[name] {
			visit(name, l)
		}
	}
}

// Compares returns the comparisons by == and !=.
func (r *Reader) Compares() []*Compare { return r.compares }

// Files returns the package's files.
func (r *Reader) Files() []*File { return r.files }

// Imports reports whether a file of the package imports the path, whatever its
// major version, and returns the first import of it.
func (r *Reader) Imports(name string) *ast.ImportSpec {
	for _, f := range r.files {
		for _, spec := range f.File.Imports {
			if p, err := strconv.Unquote(spec.Path.Value); err == nil && Unversioned(p) == name {
				return spec
			}
		}
	}
	return nil
}

// Unversioned returns an import path without its major version.
func Unversioned(p string) string {
	dir, base := path.Split(p)
	if len(base) > 1 && base[0] == 'v' && dir != "" && strings.Trim(base[1:], "0123456789") == "" {
		return strings.TrimSuffix(dir, "/")
	}
	return p
}

// packageName guesses the name of a package from its path.
func packageName(p string) string {
	base := path.Base(Unversioned(p))
	base, _, _ = strings.Cut(base, ".")
	base = strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
	return strings.ReplaceAll(base, "-", "")
}

// Name returns the full name of what an expression refers to, "" if it refers
// to nothing that has one.
func (r *Reader) Name(file *File, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.Name(file, e.X)
	case *ast.StarExpr:
		return r.Name(file, e.X)
	case *ast.IndexExpr:
		return r.Name(file, e.X)
	case *ast.IndexListExpr:
		return r.Name(file, e.X)
	case *ast.Ident:
		return r.objectName(r.pass.TypesInfo.ObjectOf(e))
	case *ast.SelectorExpr:
		return r.selector(file, e)
	}
	return ""
}

func (r *Reader) selector(file *File, e *ast.SelectorExpr) string {
	if s := r.pass.TypesInfo.Selections[e]; s != nil {
		if owner := fieldOwner(s); owner != "" {
			return owner + "." + e.Sel.Name
		}
		return "?." + e.Sel.Name
	}
	if object := r.pass.TypesInfo.Uses[e.Sel]; object != nil {
		return r.objectName(object)
	}
	if x, ok := e.X.(*ast.Ident); ok && file != nil {
		object := r.pass.TypesInfo.Uses[x]
		if p, ok := file.Imports[x.Name]; ok && (object == nil || isPackage(object)) {
			return Unversioned(p) + "." + e.Sel.Name
		}
	}
	return "?." + e.Sel.Name
}

func isPackage(object types.Object) bool {
	_, ok := object.(*types.PkgName)
	return ok
}

// fieldOwner names the type that declares the selected field or method.
func fieldOwner(s *types.Selection) string {
	if f, ok := s.Obj().(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			return TypeName(recv.Type())
		}
	}
	t := s.Recv()
	index := s.Index()
	for _, i := range index[:len(index)-1] {
		if st, ok := deref(t).Underlying().(*types.Struct); ok && i < st.NumFields() {
			t = st.Field(i).Type()
		}
	}
	return TypeName(t)
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// TypeName returns the full name of a named type or of what a pointer to one
// points to; "" for others.
func TypeName(t types.Type) string {
	if t == nil {
		return ""
	}
	switch t := types.Unalias(deref(t)).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return t.Obj().Name() // error
		}
		return Unversioned(t.Obj().Pkg().Path()) + "." + t.Obj().Name()
	case *types.Basic:
		if t.Kind() != types.Invalid {
			return t.Name()
		}
	}
	return ""
}

func (r *Reader) objectName(object types.Object) string {
	if object == nil {
		return ""
	}
	if f, ok := object.(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			return TypeName(recv.Type()) + "." + f.Name()
		}
	}
	if b, ok := object.(*types.Builtin); ok {
		if b.Pkg() != nil {
			return b.Pkg().Path() + "." + b.Name() // unsafe.Slice and its like
		}
		return b.Name()
	}
	if object.Pkg() == nil || object.Parent() != object.Pkg().Scope() {
		return ""
	}
	return Unversioned(object.Pkg().Path()) + "." + object.Name()
}

// TypeOf returns the full name of an expression's type, "" if unknown.
func (r *Reader) TypeOf(e ast.Expr) string { return TypeName(r.pass.TypesInfo.TypeOf(e)) }

// position orders nodes.
func before(a, b ast.Node) int { return int(a.Pos() - b.Pos()) }

// Inspect visits the nodes of the function's body; none for a nil Func.
func (f *Func) Inspect(visit func(ast.Node) bool) {
	if body := f.Body(); body != nil {
		ast.Inspect(body, visit)
	}
}
