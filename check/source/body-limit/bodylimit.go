// Package bodylimit finds request bodies that are read to their end, however
// far that is. It looks for http.MaxBytesReader in the same function and for
// http.MaxBytesHandler in the package.
package bodylimit

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "body-limit", Title: "A request body of any size", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "availability"},
	Why:  "One request can fill the memory or the disk.",
	Fix:  "Wrap the handlers in http.MaxBytesHandler, or the body in http.MaxBytesReader; Merlon's site does so.",
	More: "Decoding JSON keeps one value in memory, so it is judged with less confidence than io.ReadAll.",
	CWE:  []int{400, 770}, ASVS: []string{"V5.2.1", "V15.2.2"}, OWASP: "A06",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	if len(read.Calls("net/http.MaxBytesHandler")) > 0 || read.Imports("github.com/merlon-go/merlon") != nil {
		return
	}
	for _, call := range read.Calls("io.ReadAll", "io/ioutil.ReadAll", "encoding/json.NewDecoder", "encoding/xml.NewDecoder", "encoding/gob.NewDecoder") {
		if !isBody(read, call.Arg(0)) || limited(read, call) {
			continue
		}
		if strings.HasSuffix(call.Name, "ReadAll") {
			read.Report(call, "", "the request's body is read without a limit")
		} else {
			read.Report(call, "info low", "the request's body is decoded without a limit")
		}
	}
	for _, call := range read.Calls("net/http.Request.ParseMultipartForm") {
		if !limited(read, call) {
			read.Report(call, "low", "ParseMultipartForm writes a body of any size to disk")
		}
	}
}

// isBody reports whether the expression is the Body of an incoming request.
func isBody(read *code.Reader, e ast.Expr) bool {
	sel, ok := read.Origin(e).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Body" {
		return false
	}
	switch read.TypeOf(sel.X) {
	case "net/http.Request":
		return true
	case "":
		name := code.Last(sel.X)
		return name == "r" || name == "req" || name == "Request" || name == "request"
	}
	return false
}

// limited reports whether the function sets a bound, or makes the request
// itself, as a client or a test does.
func limited(read *code.Reader, call *code.Call) bool {
	found := false
	read.Within(call.In.Root(), func(c *code.Call) {
		switch c.Name {
		case "net/http.MaxBytesReader", "io.LimitReader", "net/http.NewRequest", "net/http.NewRequestWithContext", "net/http/httptest.NewRequest":
			found = true
		}
	})
	return found
}
