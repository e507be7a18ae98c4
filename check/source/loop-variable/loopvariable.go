// Package loopvariable finds what keeps the variable of a loop beyond its step,
// in code of Go before 1.22, where all steps share one variable: addresses that
// are stored, and functions that run later. What uses them at once is right,
// and so is what leaves the loop with one.
//
// It follows a value through variables of the step and functions of the
// package; of other functions it knows some by name.
package loopvariable

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "loop-variable", Title: "The variable of a loop is kept beyond its step", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "concurrency"},
	Why: "All that was kept sees the last element: a check that is meant for each is made for one, and one user is shown the data of another.",
	Fix: "Ask for go 1.22 or later in go.mod, where each step has its own variable, or copy it at the top of the body: v := v.",
	More: "Only code in the language of Go before 1.22 is judged, by the go line of go.mod or the file's go:build line. Let's Encrypt checked one " +
		"name ten times instead of ten names once for such a variable, and had to revoke three million certificates.\n\n" +
		"A goroutine that the step waits for, a function that is called at once and an address that is only read are let pass.",
	CWE: []int{1126, 362}, ASVS: []string{"V15.4.1"}, OWASP: "A06",
	References: []string{"https://go.dev/blog/loopvar-preview", "https://bugzilla.mozilla.org/show_bug.cgi?id=1619047"},
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	l := &looker{read: read, functions: map[types.Object]*ast.FuncDecl{}}
	for _, f := range read.Files() {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				l.functions[read.Object(fn.Name)] = fn
			}
		}
	}
	for _, f := range read.Files() {
		if read.Before(f.File, "go1.22") {
			l.file = f
			ast.Inspect(f.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.RangeStmt:
					if n.Tok == token.DEFINE {
						l.loop(n, n.Body, n.Key, n.Value)
					}
				case *ast.ForStmt:
					if init, ok := n.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
						l.loop(n, n.Body, init.Lhs...)
					}
				}
				return true
			})
		}
	}
}

type looker struct {
	read      *code.Reader
	file      *code.File
	functions map[types.Object]*ast.FuncDecl // of the package
	parents   map[ast.Node]map[ast.Node]ast.Node
}

// loop judges the variables of one loop, and reports once what keeps several.
func (l *looker) loop(loop ast.Node, body *ast.BlockStmt, variables ...ast.Expr) {
	s := &scope{looker: l, loop: loop, body: body, above: l.above(body)}
	found := map[ast.Node]*fault{}
	var order []*fault
	for _, e := range variables {
		id, ok := e.(*ast.Ident)
		if !ok || id.Name == "_" || l.read.Object(id) == nil {
			continue
		}
		for _, use := range s.uses(l.read.Object(id)) {
			at, f := s.judge(use)
			switch known := found[at]; {
			case f.how == "":
			case known == nil:
				found[at] = &fault{at, f, []*ast.Ident{id}}
				order = append(order, found[at])
			case !slices.Contains(known.variables, id):
				known.variables = append(known.variables, id)
			}
		}
	}
	for _, f := range order {
		l.report(f, body)
	}
}

// A fault is what keeps variables of a loop.
type fault struct {
	at ast.Node
	fate
	variables []*ast.Ident
}

// report reports a fault, with copies of the variables as the repair.
func (l *looker) report(f *fault, body *ast.BlockStmt) {
	var names []string
	first := body.List[0]
	safe := l.read.Position(first.Pos()).Line > l.read.Position(body.Lbrace).Line
	for _, id := range f.variables {
		names = append(names, id.Name)
		safe = safe && !l.changed(body, l.read.Object(id))
	}
	message := f.how + " " + strings.Join(names, " and ") + ", which all steps of the loop share before Go 1.22"
	if !safe {
		l.read.Report(f.at, f.category, "%s", message)
		return
	}
	list := strings.Join(names, ", ")
	copied := analysis.TextEdit{Pos: first.Pos(), End: first.Pos(), NewText: []byte(list + " := " + list + "\n")}
	l.read.Fix(f.at, f.category, message, "copy "+list, copied)
}

// changed reports whether the body sets the variable, which a copy would hide
// from the loop.
func (l *looker) changed(body *ast.BlockStmt, object types.Object) bool {
	found := false
	is := func(e ast.Expr) {
		id, ok := ast.Unparen(e).(*ast.Ident)
		found = found || ok && l.read.Object(id) == object
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				is(left)
			}
		case *ast.IncDecStmt:
			is(n.X)
		}
		return !found
	})
	return found
}

// above maps the nodes of a body to what they are part of.
func (l *looker) above(body ast.Node) map[ast.Node]ast.Node {
	if l.parents == nil {
		l.parents = map[ast.Node]map[ast.Node]ast.Node{}
	}
	if known, ok := l.parents[body]; ok {
		return known
	}
	above := map[ast.Node]ast.Node{}
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			above[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		return true
	})
	l.parents[body] = above
	return above
}
