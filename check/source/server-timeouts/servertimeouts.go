// Package servertimeouts finds HTTP servers that wait for ever: made by
// http.ListenAndServe and its like, or without ReadHeaderTimeout.
package servertimeouts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "server-timeouts", Title: "A server that waits for ever", Level: check.Warning, Confidence: check.High, Tags: []string{"source", "availability"},
	Why: "A few thousand connections that send a byte a minute (Slowloris) keep all others out.",
	Fix: "Make an http.Server with ReadHeaderTimeout, IdleTimeout and ReadTimeout, or serve by Merlon.",
	CWE: []int{400, 770}, ASVS: []string{"V13.2.6", "V15.2.2"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

const server = "net/http.Server"

func look(read *code.Reader) {
	for _, call := range read.Calls("net/http.ListenAndServe", "net/http.ListenAndServeTLS", "net/http.Serve", "net/http.ServeTLS", "net/http/fcgi.Serve") {
		if call.Name == "net/http/fcgi.Serve" {
			continue // the web server in front has its own
		}
		category := ""
		if inside(read, call) {
			category = "info low"
		}
		read.Report(call, category, "http.%s has no timeouts", call.Name[len("net/http."):])
	}
	for _, lit := range read.Literals(server) {
		if !code.Keyed(lit.CompositeLit) || bounded(read, lit) {
			continue
		}
		edit := read.AddField(lit.CompositeLit, "ReadHeaderTimeout: 10 * time.Second")
		if read.Imported(lit.Pos(), "time") {
			read.Fix(lit, "", "the http.Server has no ReadHeaderTimeout", "add ReadHeaderTimeout", edit)
			continue
		}
		read.Report(lit, "", "the http.Server has no ReadHeaderTimeout")
	}
}

// inside reports whether the address is one that only this machine or those
// who run it reach.
func inside(read *code.Reader, call *code.Call) bool {
	if address, ok := read.String(call.Arg(0)); ok {
		return strings.HasPrefix(address, "localhost:") || strings.HasPrefix(address, "127.") || strings.HasPrefix(address, "[::1]:")
	}
	return code.Mentions(code.Last(call.Arg(0)), "metric", "debug", "pprof", "profile", "profiler", "profiling", "prometheus", "monitoring")
}

// bounded reports whether the server has a bound on reading headers, in the
// literal or set afterwards.
func bounded(read *code.Reader, lit *code.Literal) bool {
	for _, field := range []string{"ReadHeaderTimeout", "ReadTimeout"} {
		if value := code.Field(lit.CompositeLit, field); value != nil {
			if v, ok := read.Int(value); !ok || v > 0 {
				return true
			}
		}
		for _, set := range read.Sets(server + "." + field) {
			sel, ok := set.Left.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			from := read.Origin(sel.X)
			if u, ok := from.(*ast.UnaryExpr); ok && u.Op == token.AND {
				from = u.X
			}
			if from == lit.CompositeLit || set.In.Root() == lit.In.Root() {
				return true
			}
		}
	}
	return false
}
