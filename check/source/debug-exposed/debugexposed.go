// Package debugexposed finds what shows the inside of a program to strangers:
// pprof and expvar on the default ServeMux, debug modes of frameworks.
package debugexposed

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "debug-exposed", Title: "The inside of the program is shown to strangers", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "deployment"},
	Why: "Profiles and variables show addresses, arguments and memory, and asking for a profile costs a processor.",
	Fix: "Serve pprof on an address of its own (ADMIN_LISTEN) with its own ServeMux, and leave debug modes off.",
	CWE: []int{200, 489}, ASVS: []string{"V13.4.2", "V13.4.5"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, f := range read.Files() {
		for _, spec := range f.File.Imports {
			if spec.Path.Value == `"net/http/pprof"` && spec.Name != nil && spec.Name.Name == "_" {
				category := "low"
				if defaultMux(read) {
					category = "error high"
				}
				read.Report(spec, category, "net/http/pprof is on the default ServeMux")
			}
		}
	}
	for _, call := range read.Calls("github.com/gin-gonic/gin.SetMode") {
		if code.Last(call.Arg(0)) == "DebugMode" {
			read.Report(call, "", "gin runs in its debug mode")
		}
	}
	for _, lit := range read.Literals("github.com/99designs/gqlgen/graphql/handler/extension.Introspection") {
		read.Report(lit, "low", "GraphQL introspection is on")
	}
	for _, call := range read.Calls("github.com/99designs/gqlgen/graphql/playground.Handler") {
		read.Report(call, "low", "the GraphQL playground is served")
	}
	for _, set := range read.Sets("github.com/labstack/echo.Echo.Debug") {
		if on, ok := read.Bool(set.Right); ok && on {
			read.Report(set.AssignStmt, "", "echo runs in its debug mode")
		}
	}
}

// defaultMux reports whether the package serves the default ServeMux on an
// address that others reach.
func defaultMux(read *code.Reader) bool {
	for _, call := range read.Calls("net/http.ListenAndServe", "net/http.ListenAndServeTLS", "net/http.Serve") {
		if h, ok := call.Arg(len(call.Args) - 1).(*ast.Ident); !ok || h.Name != "nil" {
			continue
		}
		if address, ok := read.String(call.Arg(0)); !ok || !strings.HasPrefix(address, "localhost:") && !strings.HasPrefix(address, "127.") {
			return true
		}
	}
	return false
}
