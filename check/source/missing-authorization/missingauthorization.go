// Package missingauthorization finds handlers on a Merlon site that are
// registered under a path for staff or accounts without accounts.Require
// around them.
package missingauthorization

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "missing-authorization", Title: "A handler for the few is open to all", Level: check.Warning, Confidence: check.Low, Tags: []string{"source", "access"},
	Why:  "Whoever knows or guesses the path uses it without having signed in.",
	Fix:  "Wrap the handler in one of the Require functions of accounts, or mark it with merlon:ignore and say why everybody may use it.",
	More: "Looked at are handlers registered by constant patterns whose path speaks of administration or of one's own account, in packages that import Merlon. A wrapper whose name speaks of authentication is believed.",
	CWE:  []int{862, 306}, ASVS: []string{"V8.2.1", "V8.3.1"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var private = []string{"admin", "console", "internal", "staff", "manage", "dashboard", "settings", "billing", "users", "backoffice", "private", "debug"}

var guards = []string{"require", "auth", "login", "protect", "guard", "staff", "admin", "only", "permission", "role", "session", "signed", "restrict", "allow"}

func look(read *code.Reader) {
	if !merlon(read) {
		return
	}
	for _, call := range read.Calls("net/http.ServeMux.Handle", "net/http.ServeMux.HandleFunc", "net/http.Handle", "net/http.HandleFunc") {
		pattern, ok := read.String(call.Arg(0))
		if !ok || !forFew(pattern) || guarded(read, call) {
			continue
		}
		read.Report(call, "", "nothing asks who may use %q", pattern)
	}
}

func merlon(read *code.Reader) bool {
	for _, f := range read.Files() {
		for _, path := range f.Imports {
			if path == "github.com/merlon-go/merlon" || strings.HasPrefix(path, "github.com/merlon-go/merlon/") {
				return true
			}
		}
	}
	return false
}

func forFew(pattern string) bool {
	_, path, ok := strings.Cut(pattern, " ")
	if !ok {
		path = pattern
	}
	for _, part := range strings.Split(strings.ToLower(path), "/") {
		for _, word := range private {
			if part == word {
				return true
			}
		}
	}
	return false
}

// guarded reports whether a name in the handler, or around the registration,
// speaks of a guard.
func guarded(read *code.Reader, call *code.Call) bool {
	if len(call.Args) < 2 {
		return true
	}
	found := false
	names := func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			name := strings.ToLower(code.Last(c.Fun))
			for _, g := range guards {
				found = found || strings.Contains(name, g)
			}
		}
		return !found
	}
	ast.Inspect(call.Args[1], names)
	if to := call.Receiver(); to != nil && !found {
		// The mux may be guarded as a whole where it is mounted or returned.
		id := code.Last(to)
		if _, field := ast.Unparen(to).(*ast.SelectorExpr); field && packageGuards(read) {
			return true // a field is mounted by another method
		}
		if mux, ok := ast.Unparen(to).(*ast.Ident); ok && returns(call.In.Root(), mux.Name) && code.Mentions(call.In.Name(), guards...) {
			return true // whoever mounts it is told by the function's name
		}
		call.In.Root().Inspect(func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && c != call.CallExpr {
				for _, arg := range c.Args {
					if code.Last(arg) == id {
						names(c)
					}
				}
			}
			return !found
		})
	}
	return found
}

// packageGuards reports whether the package calls something that asks who it is.
func packageGuards(read *code.Reader) (found bool) {
	read.AllCalls(func(c *code.Call) {
		name := strings.ToLower(code.Last(c.Fun))
		found = found || strings.Contains(name, "require") || strings.Contains(name, "guard") || strings.Contains(name, "staff")
	})
	return found
}

// returns reports whether a function returns the variable.
func returns(f *code.Func, name string) (found bool) {
	f.Inspect(func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			for _, e := range r.Results {
				id, ok := e.(*ast.Ident)
				found = found || ok && id.Name == name
			}
		}
		return !found
	})
	return found
}
