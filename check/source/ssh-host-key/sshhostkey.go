// Package sshhostkey finds SSH clients that do not ask who the server is.
package sshhostkey

import (
	"go/ast"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "ssh-host-key", Title: "The SSH server's key is not checked", Level: check.Error, Confidence: check.High, Tags: []string{"source", "tls"},
	Why: "Whoever sits between the two sides takes the server's place, and gets the password and all that follows.",
	Fix: "Use ssh.FixedHostKey or golang.org/x/crypto/ssh/knownhosts.",
	CWE: []int{322}, ASVS: []string{"V12.3.2"}, OWASP: "A07",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("golang.org/x/crypto/ssh.InsecureIgnoreHostKey") {
		read.Report(call, "", "any SSH server is accepted")
	}
	judge := func(value ast.Expr) {
		from := read.Origin(value)
		if call, ok := from.(*ast.CallExpr); ok && len(call.Args) == 1 && code.Last(call.Fun) == "HostKeyCallback" { // a conversion
			from = read.Origin(call.Args[0])
		}
		if fn, ok := from.(*ast.FuncLit); ok && returnsNil(fn.Body) {
			read.Report(value, "", "any SSH server is accepted")
		}
	}
	for _, lit := range read.Literals("golang.org/x/crypto/ssh.ClientConfig") {
		judge(code.Field(lit.CompositeLit, "HostKeyCallback"))
	}
	for _, set := range read.Sets("golang.org/x/crypto/ssh.ClientConfig.HostKeyCallback") {
		judge(set.Right)
	}
}

// returnsNil reports whether a function does nothing but return nil.
func returnsNil(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	r, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 || code.Last(r.Results[0]) != "nil" {
		return false
	}
	returns := 0
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.ReturnStmt); ok {
			returns++
		}
		return true
	})
	return returns == 1
}
