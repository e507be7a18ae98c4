// Package ignorederror finds calls whose error nobody looks at. It lets pass
// what cannot fail, what cleans up, what is said again by a later call, and
// what stands where another error is being dealt with already; an error that
// is given to _ was seen by whoever wrote that. Answers of security checks are
// the business of package ignoredsecurityerror.
package ignorederror

import (
	"cmp"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
	ignoredsecurityerror "github.com/merlon-go/merlon/check/source/ignored-security-error"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "ignored-error", Title: "An error that nobody looks at", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "errors"},
	Why: "The program goes on as if it had worked: what was not written, read or revoked is missed later, by somebody else.",
	Fix: "Handle the error or return it; where nothing depends on it, say so with _ = in front of the call.",
	More: "Reported are calls that stand alone, by go too. Not reported: an error given to _; deferred calls, which have nowhere to put it; " +
		"what cannot fail (bytes.Buffer, strings.Builder, hashes, functions of the package that always return nil); what prints, logs or answers a client who is gone; " +
		"what cleans up (Close of what was read, Remove, Rollback, Shutdown); what says it again later (bufio.Writer until Flush, csv.Writer until Error); " +
		"and calls in the branch that deals with another error.\n\n" +
		"Where a package throws away the error of a function five times and never looks at it, one finding says so. " +
		"Many findings are written as one in the text report. ignored-security-error has the calls whose error decides who gets in.",
	CWE: []int{252, 391, 703}, ASVS: []string{"V16.5.2", "V16.5.3"}, OWASP: "A10",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	l := &looker{read: read, nils: alwaysNil(read), makers: map[types.Object][]*ast.CallExpr{}}
	for _, f := range read.Files() {
		ast.Inspect(f.File, l.maker)
	}
	for _, f := range read.Files() {
		if !ast.IsGenerated(f.File) {
			l.file = f
			l.walk(f.File)
		}
	}
	l.report()
}

type looker struct {
	read   *code.Reader
	file   *code.File
	found  []*call
	nils   map[types.Object]bool            // functions of the package that always return nil
	makers map[types.Object][]*ast.CallExpr // the calls whose first result a variable or field is set to
}

// custom is from how many calls on it is the custom of a package not to look at
// the errors of a function: one finding then says so.
const custom = 5

// report reports what was found, a custom once.
func (l *looker) report() {
	alike := map[string]int{}
	for _, c := range l.found {
		alike[c.name]++
	}
	said := map[string]bool{}
	for _, c := range l.found {
		what := cmp.Or(c.method, "a function")
		switch known := c.name != "" && c.name[0] != '?'; {
		case !known || alike[c.name] < custom || alike[c.name] < len(l.read.Calls(c.name)):
			l.read.Report(c, "", "the error of %s is thrown away", what)
		case !said[c.name]:
			said[c.name] = true
			l.read.Report(c, "", "the error of %s is thrown away wherever this package calls it", what)
		}
	}
}

// maker notes what a call makes.
func (l *looker) maker(n ast.Node) bool {
	a, ok := n.(*ast.AssignStmt)
	if !ok {
		return true
	}
	for i, right := range a.Rhs {
		if by, ok := ast.Unparen(right).(*ast.CallExpr); ok && i < len(a.Lhs) {
			if object := l.read.Denoted(a.Lhs[i]); object != nil {
				l.makers[object] = append(l.makers[object], by)
			}
		}
	}
	return true
}

// walk visits the statements of a file, but for branches that an error led to.
func (l *looker) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			return l.branch(n)
		case *ast.CaseClause:
			for _, e := range n.List {
				if failed, _ := l.tests(e); failed {
					return false
				}
			}
		case *ast.GoStmt:
			l.alone(n.Call)
		case *ast.ExprStmt:
			if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok {
				l.alone(call)
			}
		}
		return true
	})
}

// branch walks the parts of an if statement, and reports whether that is left
// to do.
func (l *looker) branch(n *ast.IfStmt) bool {
	failed, fine := l.tests(n.Cond)
	if !failed && !fine {
		return true
	}
	if n.Init != nil {
		l.walk(n.Init)
	}
	l.walk(n.Cond)
	if !failed {
		l.walk(n.Body)
	}
	if n.Else != nil && !fine {
		l.walk(n.Else)
	}
	return false
}

// tests reports whether a condition holds only if there was an error, or only
// if there was none.
func (l *looker) tests(cond ast.Expr) (failed, fine bool) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch e.Op.String() {
		case "!=":
			return l.isError(e.X) || l.isError(e.Y), false
		case "==":
			if isNil(e.X) || isNil(e.Y) {
				return false, l.isError(e.X) || l.isError(e.Y)
			}
			return l.isError(e.X), false // err == io.EOF
		case "&&":
			a, _ := l.tests(e.X)
			b, _ := l.tests(e.Y)
			return a || b, false
		case "||":
			a, _ := l.tests(e.X)
			b, _ := l.tests(e.Y)
			return a && b, false
		}
	case *ast.CallExpr:
		name := l.read.Name(l.file, e.Fun)
		return name == "errors.Is" || name == "errors.As", false
	}
	return false, false
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

func (l *looker) isError(e ast.Expr) bool {
	if id, ok := e.(*ast.Ident); ok && l.read.Type(e) == nil {
		return strings.HasSuffix(strings.ToLower(id.Name), "err") // of a call that is not known
	}
	return !isNil(e) && isErrorType(l.read.Type(e))
}

func isErrorType(t types.Type) bool {
	_, pointer := t.(*types.Pointer)
	return t != nil && !pointer && code.TypeName(t) == "error"
}

// alone judges a call whose results nobody takes.
func (l *looker) alone(n *ast.CallExpr) {
	if !fails(l.read.Type(n)) {
		return
	}
	c := &call{CallExpr: n, looker: l, name: l.read.Name(l.file, n.Fun), method: code.Last(n.Fun)}
	if ignoredsecurityerror.Watches(c.name) || l.nils[l.read.Denoted(n.Fun)] || c.harmless() || l.explained(n) {
		return
	}
	l.found = append(l.found, c)
}

// reason is how people say beside a call that its error was thought of.
var reason = regexp.MustCompile(`(?i)ignor|best.effort|(never|can ?not|can't|cannot|won't|not) fail|does ?n[o']t matter|errcheck|#nosec|on purpose|deliberate`)

// explained reports whether a comment on the call's line, or alone on the one
// before, says that the error was thought of.
func (l *looker) explained(n ast.Node) bool {
	line := l.read.Position(n.Pos()).Line
	return slices.ContainsFunc(l.file.Comments, func(g *ast.CommentGroup) bool {
		from, to := l.read.Position(g.Pos()).Line, l.read.Position(g.End()).Line
		return from <= line && to >= line-1 && slices.ContainsFunc(g.List, func(c *ast.Comment) bool { return reason.MatchString(c.Text) })
	})
}

// fails reports whether the results of a call end with an error.
func fails(t types.Type) bool {
	if list, ok := t.(*types.Tuple); ok && list.Len() > 0 {
		t = list.At(list.Len() - 1).Type()
	}
	return isErrorType(t)
}

// alwaysNil returns the functions of the package that return an error because
// an interface asks for it, and always nil.
func alwaysNil(read *code.Reader) map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, f := range read.Files() {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && returnsNil(fn.Body) {
				found[read.Object(fn.Name)] = true
			}
		}
	}
	return found
}

// returnsNil reports whether every return of a function ends with nil.
func returnsNil(body *ast.BlockStmt) bool {
	some, all := false, true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			some = true
			all = all && len(n.Results) > 0 && isNil(n.Results[len(n.Results)-1])
		}
		return true
	})
	return some && all
}
