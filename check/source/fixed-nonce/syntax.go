package fixednonce

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// Syntax finds what can be seen without types of everything: constants, and
// buffers that are used for nothing else.
var Syntax = code.New(Rule, lookAtSyntax)

func lookAtSyntax(read *code.Reader) {
	for name, n := range sinks {
		for _, call := range read.Calls(name) {
			arg := call.Arg(n)
			if arg == nil {
				continue
			}
			if _, ok := read.String(arg); ok && !empty(arg) {
				read.Report(arg, "", "the nonce is a constant")
			} else if zero(read, call, arg) {
				read.Report(arg, "medium", "nothing is ever read into the nonce")
			}
		}
	}
}

// empty recognises nil, which Seal of a random-nonce AEAD is given.
func empty(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

// zero reports whether the nonce is a buffer made in the function and used for
// nothing else.
func zero(read *code.Reader, call *code.Call, arg ast.Expr) bool {
	if s, ok := arg.(*ast.SliceExpr); ok {
		arg = s.X
	}
	if u, ok := arg.(*ast.UnaryExpr); ok && u.Op == token.AND {
		arg = u.X
	}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok {
		return false
	}
	object, ok := read.Object(id).(*types.Var)
	if !ok || call.In == nil || object.Pos() < call.In.Body().Pos() || object.Pos() > call.In.Body().End() {
		return false
	}
	values, complete := read.Values(id)
	switch {
	case len(values) == 1 && complete && !fresh(read, values[0]):
		return false
	case len(values) > 1, len(values) == 0 && !isArray(object.Type()):
		return false
	}
	uses := 0
	call.In.Inspect(func(n ast.Node) bool {
		if other, ok := n.(*ast.Ident); ok && read.Object(other) == object && other.Pos() != object.Pos() {
			uses++
		}
		return true
	})
	return uses == 1
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}

// fresh recognises make([]byte, n) and an empty array.
func fresh(read *code.Reader, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		return strings.HasSuffix(code.Last(e.Fun), "make")
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	}
	return false
}
