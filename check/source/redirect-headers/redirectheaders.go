// Package redirectheaders finds clients that carry credentials along to
// wherever they are redirected.
package redirectheaders

import (
	"go/ast"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "redirect-headers", Title: "A redirect carries credentials to another host", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "secrets"},
	Why: "The server that was asked, or whoever gets it to redirect, is sent the credentials for another one.",
	Fix: "Leave headers to http.Client, which drops credentials when the host changes, or compare the hosts first.",
	CWE: []int{200, 601}, ASVS: []string{"V15.3.2"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	judge := func(value ast.Expr) {
		fn, ok := read.Origin(value).(*ast.FuncLit)
		if !ok || compares(fn) {
			return
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if name := code.Last(n.Fun); (name == "Set" || name == "Add" || name == "SetBasicAuth") && len(n.Args) > 0 {
					header, _ := read.String(n.Args[0])
					if name == "SetBasicAuth" || header == "Authorization" || header == "Cookie" || header == "" {
						read.Report(n, "", "credentials are set anew for every redirect")
						return false
					}
				}
			case *ast.AssignStmt:
				if code.Last(n.Lhs[0]) == "Header" {
					read.Report(n, "", "the headers of the first request go along with every redirect")
				}
			}
			return true
		})
	}
	for _, lit := range read.Literals("net/http.Client") {
		judge(code.Field(lit.CompositeLit, "CheckRedirect"))
	}
	for _, set := range read.Sets("net/http.Client.CheckRedirect") {
		judge(set.Right)
	}
}

// compares reports whether the function looks at a host.
func compares(fn *ast.FuncLit) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Host" || sel.Sel.Name == "Hostname") {
			found = true
		}
		return !found
	})
	return found
}
