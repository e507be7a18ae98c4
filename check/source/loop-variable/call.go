package loopvariable

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// later are functions that run what they are given when the step is over.
var later = map[string]bool{
	"golang.org/x/sync/errgroup.Group.Go": true, "golang.org/x/sync/errgroup.Group.TryGo": true, "sync.WaitGroup.Go": true,
	"time.AfterFunc": true, "context.AfterFunc": true, "runtime.SetFinalizer": true,
	"net/http.HandleFunc": true, "net/http.Handle": true, "net/http.ServeMux.HandleFunc": true, "net/http.ServeMux.Handle": true,
	"net/http.Server.RegisterOnShutdown": true, "expvar.Publish": true, "os/signal.Notify": true,
}

// keepers are functions that keep what they are given.
var keepers = map[string]bool{
	"sync.Map.Store": true, "sync.Map.LoadOrStore": true, "sync.Map.Swap": true, "sync/atomic.Value.Store": true, "sync/atomic.Pointer.Store": true,
	"container/list.List.PushBack": true, "container/list.List.PushFront": true, "container/heap.Push": true, "sync.Pool.Put": true,
}

// verbs are how functions are called that keep what they are given, by what is
// known of others: functions for later, or anything.
var (
	lateVerbs = []string{"AddFunc", "AddHandler", "AddListener", "AddHook", "AddJob", "AddTask", "AddCommand", "Append", "Push", "Enqueue", "Register", "Handle", "On", "Subscribe", "Go", "Submit", "Schedule", "AfterFunc", "Defer", "Cleanup"}
	keepVerbs = []string{"Append", "Push", "Enqueue", "Register", "Subscribe"}
)

// call judges a call with the expression among its arguments, or as what is
// called.
func (s *scope) call(n *ast.CallExpr, e ast.Expr, late bool) fate {
	switch p := s.above[n].(type) {
	case *ast.GoStmt:
		if s.waited(p) {
			return fate{}
		}
		return s.kept(p, "a goroutine sees")
	case *ast.DeferStmt:
		if s.within(p) {
			return fate{}
		}
		return s.kept(p, "what is deferred sees")
	}
	if n.Fun == e {
		return fate{} // called at once
	}
	name := s.read.Name(s.file, n.Fun)
	switch {
	case name == "append":
		return fate{returned: n.Args[0] != e}
	case s.isType(n.Fun):
		return fate{returned: true} // a conversion
	case later[name] || keepers[name]:
		if s.waited(n) {
			return fate{}
		}
		return s.kept(n, code.Last(n.Fun)+" keeps")
	case printers[name] && s.prints(e):
		return fate{how: "the address itself is printed of", category: "info low"}
	}
	if fn := s.functions[s.read.Denoted(n.Fun)]; fn != nil {
		return s.callee(n, e, fn, late)
	}
	if _, part := e.(*ast.SliceExpr); part || s.standard(n.Fun) || s.waited(n) {
		return fate{} // a part of an array is mostly copied
	}
	verbs := keepVerbs
	if late {
		verbs = lateVerbs
	}
	for _, v := range verbs {
		if rest, ok := strings.CutPrefix(code.Last(n.Fun), v); ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z') {
			f := s.kept(n, code.Last(n.Fun)+" seems to keep")
			f.category = "info low"
			return f
		}
	}
	return fate{}
}

// callee judges by what a function of the package does with its parameter.
func (s *scope) callee(n *ast.CallExpr, e ast.Expr, fn *ast.FuncDecl, late bool) fate {
	if s.depth > maxDepth {
		return fate{}
	}
	i := -1
	for at, arg := range n.Args {
		if arg == e {
			i = at
		}
	}
	p := parameter(fn, i)
	if p == nil {
		return fate{}
	}
	inside := &scope{looker: s.looker, body: fn.Body, above: s.looker.above(fn.Body), depth: s.depth + 1}
	object := s.read.Object(p)
	for _, use := range inside.uses(object) {
		f := inside.becomes(use, late)
		if f.returned {
			return f
		}
		if f.how != "" && !s.waited(n) {
			if f = s.kept(n, code.Last(n.Fun)+" keeps"); f.how != "" {
				return f
			}
		}
	}
	return fate{}
}

// becomes judges a mention of a variable that has the value: by what it is
// given to, and by the function literals around it.
func (s *scope) becomes(use *ast.Ident, late bool) fate {
	if f := s.follow(use, late); f.how != "" || f.returned {
		return f
	}
	for n := s.above[use]; n != nil; n = s.above[n] {
		if lit, ok := n.(*ast.FuncLit); ok {
			if f := s.follow(lit, true); f.how != "" {
				return f
			}
		}
	}
	return fate{}
}

// parameter returns the i-th parameter of a function; a variadic one stands for
// all that follow.
func parameter(fn *ast.FuncDecl, i int) *ast.Ident {
	at := 0
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			if _, variadic := field.Type.(*ast.Ellipsis); at == i || variadic && i >= at {
				return name
			}
			at++
		}
	}
	return nil
}

// waited reports whether the step waits for what a statement began: by Wait, or
// by receiving something.
func (s *scope) waited(after ast.Node) bool {
	found := false
	ast.Inspect(s.body, func(n ast.Node) bool {
		if n == nil || n.End() <= after.End() {
			return true
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return n.Pos() < after.Pos() // one around it
		case *ast.CallExpr:
			found = found || n.Pos() > after.End() && code.Last(n.Fun) == "Wait"
		case *ast.UnaryExpr:
			found = found || n.Pos() > after.End() && n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// within reports whether a deferred call runs before the step is over, at the
// end of a function literal.
func (s *scope) within(at ast.Node) bool {
	for n := at; n != nil; n = s.above[n] {
		if _, ok := n.(*ast.FuncLit); ok {
			return true
		}
	}
	return s.loop == nil // at the end of the function that is called
}

// isType reports whether an expression is a type, so that its call converts.
func (s *scope) isType(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType, *ast.FuncType, *ast.InterfaceType, *ast.StarExpr:
		return true
	case *ast.Ident, *ast.SelectorExpr:
		_, ok := s.read.Denoted(e).(*types.TypeName)
		return ok
	}
	return false
}

// standard reports whether a function is of the standard library or built in,
// of which those that keep something are known.
func (s *scope) standard(fun ast.Expr) bool {
	fn := s.read.Denoted(fun)
	if fn == nil || fn.Pkg() == nil {
		return fn != nil
	}
	first, _, _ := strings.Cut(fn.Pkg().Path(), "/")
	return fn.Pkg().Path() != s.read.Path() && !strings.Contains(first, ".")
}

// printers are functions that write a pointer to most types as an address.
var printers = map[string]bool{
	"fmt.Print": true, "fmt.Println": true, "fmt.Printf": true, "fmt.Sprint": true, "fmt.Sprintln": true, "fmt.Sprintf": true, "fmt.Errorf": true,
	"fmt.Fprint": true, "fmt.Fprintln": true, "fmt.Fprintf": true, "fmt.Append": true, "fmt.Appendln": true, "fmt.Appendf": true,
	"log.Print": true, "log.Println": true, "log.Printf": true, "log.Fatal": true, "log.Fatalf": true, "log.Panic": true, "log.Panicf": true,
}

// prints reports whether a pointer is written as the address that it is, which
// tells the steps apart no more: not what it points to, and not what a method
// of it says.
func (s *scope) prints(e ast.Expr) bool {
	t := s.read.Type(e)
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	switch p.Elem().Underlying().(type) {
	case *types.Struct, *types.Map, *types.Slice, *types.Array:
		return false
	}
	for _, method := range []string{"String", "Error", "Format", "GoString"} {
		if object, _, _ := types.LookupFieldOrMethod(t, true, nil, method); object != nil {
			return false
		}
	}
	return true
}
