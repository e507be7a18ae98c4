// Package fixednonce finds nonces and initialisation vectors that are the same
// for every message: constants, and fresh buffers that nothing was read into.
package fixednonce

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "fixed-nonce", Title: "A nonce that is always the same", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why: "Two messages with one nonce give away what differs between them, and with GCM the key that authenticates.",
	Fix: "Use cipher.NewGCMWithRandomNonce, or fill the nonce from crypto/rand for every message.",
	CWE: []int{329, 1204}, ASVS: []string{"V11.3.4"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// sinks are the functions and which argument is the nonce.
var sinks = map[string]int{
	"crypto/cipher.NewCBCEncrypter": 1, "crypto/cipher.NewCFBEncrypter": 1, "crypto/cipher.NewOFB": 1, "crypto/cipher.NewCTR": 1,
	"crypto/cipher.AEAD.Seal": 1, "golang.org/x/crypto/chacha20.NewUnauthenticatedCipher": 1, "golang.org/x/crypto/salsa20.XORKeyStream": 2,
	"golang.org/x/crypto/nacl/secretbox.Seal": 2, "golang.org/x/crypto/nacl/box.Seal": 2,
}

func look(read *code.Reader) {
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
