// Package websocketorigin finds WebSocket servers that accept every origin.
package websocketorigin

import (
	"go/ast"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "websocket-origin", Title: "A WebSocket for every site", Level: check.Error, Confidence: check.High, Tags: []string{"source", "csrf"},
	Why: "Every page on the web can open the connection with the visitor's cookies, and read and write in the visitor's name.",
	Fix: "Leave CheckOrigin out, which compares origin and host, or compare with a list.",
	CWE: []int{1385, 346}, ASVS: []string{"V4.4.2"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	judge := func(value ast.Expr) {
		if fn, ok := read.Origin(value).(*ast.FuncLit); ok && always(read, fn.Body) {
			read.Report(value, "", "connections from every origin are accepted")
		}
	}
	for _, lib := range []string{"github.com/gorilla/websocket.Upgrader", "github.com/fasthttp/websocket.FastHTTPUpgrader"} {
		for _, lit := range read.Literals(lib) {
			judge(code.Field(lit.CompositeLit, "CheckOrigin"))
		}
		for _, set := range read.Sets(lib + ".CheckOrigin") {
			judge(set.Right)
		}
	}
	for _, set := range read.Sets("?.CheckOrigin") {
		judge(set.Right)
	}
	for _, lib := range []string{"github.com/coder/websocket.AcceptOptions", "nhooyr.io/websocket.AcceptOptions"} {
		for _, lit := range read.Literals(lib) {
			if on, ok := read.Bool(code.Field(lit.CompositeLit, "InsecureSkipVerify")); ok && on {
				read.Report(lit, "", "connections from every origin are accepted")
			}
			if list, ok := code.Field(lit.CompositeLit, "OriginPatterns").(*ast.CompositeLit); ok {
				for _, e := range list.Elts {
					if text, ok := read.String(e); ok && text == "*" {
						read.Report(e, "", "connections from every origin are accepted")
					}
				}
			}
		}
	}
}

// always reports whether the function returns nothing but true.
func always(read *code.Reader, body *ast.BlockStmt) bool {
	returns, yes := 0, true
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			returns++
			value, known := read.Bool(r.Results[0])
			yes = yes && known && value
		}
		return true
	})
	return returns > 0 && yes
}
