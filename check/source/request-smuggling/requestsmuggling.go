// Package requestsmuggling finds answers that say their length twice: by
// Content-Length and by Transfer-Encoding, which a proxy in front and the
// program may read differently.
package requestsmuggling

import (
	"go/ast"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "request-smuggling", Title: "A message says its length twice", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "http"},
	Why: "A proxy that goes by the one header and a server that goes by the other disagree where the message ends, and the rest is read as another one: of somebody else.",
	Fix: "Set neither: net/http knows the length, or sends in chunks.",
	CWE: []int{444}, ASVS: []string{"V4.2.1"}, OWASP: "A06",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	lengths := map[*code.Func][]*code.Call{}
	calls := read.Calls("net/http.Header.Set", "net/http.Header.Add")
	for _, call := range calls {
		if header(read, call, "Content-Length") && call.In != nil {
			lengths[call.In] = append(lengths[call.In], call)
		}
	}
	for _, call := range calls {
		if !header(read, call, "Transfer-Encoding") {
			continue
		}
		for _, other := range lengths[call.In] {
			if owner(read, call) == owner(read, other) {
				read.Report(call, "", "Transfer-Encoding and Content-Length are set on one message")
				break
			}
		}
	}
}

func header(read *code.Reader, call *code.Call, name string) bool {
	text, ok := read.String(call.Arg(0))
	return ok && http.CanonicalHeaderKey(text) == name
}

// owner is the name of what the headers belong to.
func owner(read *code.Reader, call *code.Call) string {
	e := read.Origin(call.Receiver())
	if c, ok := e.(*ast.CallExpr); ok {
		e = c.Fun
	}
	var names []string
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return strings.Join(names, ".")
}
