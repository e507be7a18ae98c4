// Package corsreflect finds cross-origin sharing that every site may use with
// the visitor's cookies.
package corsreflect

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "cors-reflect", Title: "Every origin may read answers", Level: check.Error, Confidence: check.High, Tags: []string{"source", "cors"},
	Why: "Every page on the web can ask in the visitor's name and read the answer.",
	Fix: "Compare the origin with a list before sending it back, and send Vary: Origin.",
	CWE: []int{942, 346}, ASVS: []string{"V3.4.2"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("net/http.Header.Set", "net/http.Header.Add", "?.Header", "?.Set") {
		name, ok := read.String(call.Arg(0))
		if !ok || !strings.EqualFold(name, "Access-Control-Allow-Origin") {
			continue
		}
		with := credentials(read, call)
		value, constant := read.String(call.Arg(1))
		switch {
		case constant && value == "null":
			read.Report(call, "", "the origin null, which every page can have, may read answers")
		case constant && value == "*" && with:
			read.Report(call, "warning", "every origin may read answers")
		case !constant && reflected(read, call.Arg(1)) && unconditional(read, call):
			if with {
				read.Report(call, "", "every origin may read answers, with the visitor's cookies")
			} else {
				read.Report(call, "warning", "every origin may read answers")
			}
		}
	}
	libraries(read)
}

// credentials reports whether the function also allows cookies.
func credentials(read *code.Reader, call *code.Call) bool {
	found := false
	read.Within(call.In.Root(), func(c *code.Call) {
		if name, ok := read.String(c.Arg(0)); ok && strings.EqualFold(name, "Access-Control-Allow-Credentials") {
			found = true
		}
	})
	return found
}

// reflected reports whether the value is the request's own Origin.
func reflected(read *code.Reader, e ast.Expr) bool {
	call, ok := read.Origin(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	name, ok := read.String(call.Args[0])
	return ok && strings.EqualFold(name, "Origin")
}

// unconditional reports whether nothing but the presence of an origin is asked
// before the call.
func unconditional(read *code.Reader, call *code.Call) bool {
	free := true
	call.In.Inspect(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Pos() < call.Pos() && !presence(read, n.Cond) {
				free = false
			}
		case *ast.SwitchStmt, *ast.RangeStmt:
			if n.Pos() < call.Pos() {
				free = false
			}
		}
		return free
	})
	return free
}

// presence recognises origin != "" and a comparison of the method.
func presence(read *code.Reader, cond ast.Expr) bool {
	b, ok := cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	text, constant := read.String(b.Y)
	return constant && (text == "" || text == "OPTIONS")
}

// libraries judges the settings of packages for CORS.
func libraries(read *code.Reader) {
	for _, name := range []string{"github.com/rs/cors.Options", "github.com/go-chi/cors.Options", "github.com/gin-contrib/cors.Config", "github.com/labstack/echo/middleware.CORSConfig"} {
		for _, lit := range read.Literals(name) {
			with, _ := read.Bool(code.Field(lit.CompositeLit, "AllowCredentials"))
			if !with {
				continue
			}
			if all, ok := read.Bool(code.Field(lit.CompositeLit, "AllowAllOrigins")); ok && all || star(read, lit.CompositeLit) || anybody(read, lit.CompositeLit) {
				read.Report(lit, "", "every origin may read answers, with the visitor's cookies")
			}
		}
	}
}

func star(read *code.Reader, lit *ast.CompositeLit) bool {
	for _, field := range []string{"AllowedOrigins", "AllowOrigins"} {
		list, ok := code.Field(lit, field).(*ast.CompositeLit)
		if !ok {
			continue
		}
		for _, e := range list.Elts {
			if text, ok := read.String(e); ok && (text == "*" || text == "https://*" || text == "http://*") {
				return true
			}
		}
	}
	return false
}

// anybody reports whether a function that judges origins always says yes.
func anybody(read *code.Reader, lit *ast.CompositeLit) bool {
	for _, field := range []string{"AllowOriginFunc", "AllowOriginRequestFunc"} {
		fn, ok := read.Origin(code.Field(lit, field)).(*ast.FuncLit)
		if !ok || len(fn.Body.List) != 1 {
			continue
		}
		if r, ok := fn.Body.List[0].(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			if yes, known := read.Bool(r.Results[0]); known && yes {
				return true
			}
		}
	}
	return false
}
