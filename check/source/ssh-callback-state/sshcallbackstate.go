// Package sshcallbackstate finds SSH servers that remember a key while it is
// only asked about. A client may ask about many keys, in any order, before it
// proves that it holds one.
package sshcallbackstate

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "ssh-callback-state", Title: "An SSH server remembers a key that nobody proved to hold", Level: check.Error, Confidence: check.Medium, Tags: []string{"source", "authentication"},
	Why:  "A client asks about its own key last or first, proves that it holds that one, and is taken for the owner of another that it asked about.",
	Fix:  "Return what is known about the key in ssh.Permissions.Extensions: the connection has those of the key that was proven.",
	More: "This is CVE-2024-45337. PublicKeyCallback is called for every key that a client offers, before any signature.",
	CWE:  []int{287, 863}, ASVS: []string{"V6.3.4"}, OWASP: "A07", References: []string{"https://pkg.go.dev/vuln/GO-2024-3321"},
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	read.AllSets(func(name string, s *code.Set) {
		if strings.HasSuffix(name, "ServerConfig.PublicKeyCallback") {
			callback(read, s.Right)
		}
	})
	read.AllLiterals(func(name string, l *code.Literal) {
		if strings.HasSuffix(name, "ServerConfig") {
			callback(read, code.Field(l.CompositeLit, "PublicKeyCallback"))
		}
	})
}

// callback reports the first thing outside of a function that it changes.
func callback(read *code.Reader, e ast.Expr) {
	fn, ok := read.Origin(e).(*ast.FuncLit)
	if !ok {
		return
	}
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || found || a.Tok == token.DEFINE {
			return !found
		}
		for _, left := range a.Lhs {
			if outer(read, fn, left) {
				found = true
				read.Report(a, "", "%s is kept from a callback that is asked about many keys", code.Last(left))
				break
			}
		}
		return !found
	})
}

// outer reports whether what is set belongs to somebody outside the function.
func outer(read *code.Reader, fn *ast.FuncLit, e ast.Expr) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.Ident:
			object := read.Object(x)
			return x.Name != "_" && object != nil && (object.Pos() < fn.Pos() || object.Pos() > fn.End())
		default:
			return false
		}
	}
}
