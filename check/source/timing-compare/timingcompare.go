// Package timingcompare finds secrets that are compared byte by byte, which
// ends at the first difference.
package timingcompare

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "timing-compare", Title: "A secret is compared in a time that tells about it", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "crypto"},
	Why: "By the time that an answer takes an attacker learns how much of a guess was right, and finds the secret byte by byte.",
	Fix: "Use hmac.Equal or subtle.ConstantTimeCompare.",
	CWE: []int{208}, ASVS: []string{"V11.2.4"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var (
	secret = []string{"password", "passwd", "secret", "token", "api key", "apikey", "mac", "hmac", "signature", "sig", "digest", "otp", "csrf", "nonce", "passphrase", "credential", "access key", "auth key", "password hash"}
	// harmless are words that show a name that is about a secret and is none.
	harmless = []string{"without", "with", "has", "type", "kind", "name", "id", "count", "len", "length", "index", "pos", "position", "url", "uri", "path", "algorithm", "alg", "method", "version", "status", "expiry", "expires", "ttl", "file", "source", "issuer", "provider", "policy", "field", "header", "prefix", "suffix", "endpoint", "address", "next", "kind", "tok", "mode", "ref", "config", "max", "min", "old", "confirm", "confirmation", "repeat", "again", "image", "content", "layer", "manifest", "blob", "recently", "started", "last", "first", "start", "end", "lex", "syntax", "namespace", "lookup", "log"}
)

func look(read *code.Reader) {
	for _, c := range read.Compares() {
		if trivial(read, c.X) || trivial(read, c.Y) || !text(read, c.X) || !text(read, c.Y) {
			continue
		}
		if made(read, c.X, c.Y) || made(read, c.Y, c.X) || changed(c.X, c.Y) {
			continue
		}
		if name := either(c.X, c.Y); name != "" {
			read.Report(c, "", "%s is compared by %s", name, c.Op)
		}
	}
	for _, call := range read.Calls("bytes.Equal", "bytes.Compare", "strings.Compare", "strings.EqualFold", "reflect.DeepEqual") {
		if len(call.Args) != 2 || trivial(read, call.Arg(0)) || trivial(read, call.Arg(1)) {
			continue
		}
		name := either(call.Arg(0), call.Arg(1))
		switch {
		case mac(read, call):
			read.Report(call, "error high", "a message authentication code is compared by %s", short(call.Name))
		case name != "" && call.Name == "bytes.Equal" && read.Imported(call.Pos(), "crypto/hmac"):
			read.Fix(call, "", name+" is compared by bytes.Equal", "use hmac.Equal", code.Replace(call.Fun, "hmac.Equal"))
		case name != "":
			read.Report(call, "", "%s is compared by %s", name, short(call.Name))
		}
	}
}

func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// either returns the name of the operand that is a secret, "" if none is.
func either(x, y ast.Expr) string {
	for _, e := range []ast.Expr{x, y} {
		name := code.Last(e)
		if len(name) > 1 && code.Mentions(name, secret...) && !code.Mentions(name, harmless...) && !isType(e) {
			other := code.Last(map[bool]ast.Expr{true: y, false: x}[e == x])
			if code.Mentions(other, "confirm", "confirmation", "repeat", "again", "password2", "old", "previous", "current", "user", "username", "email", "placeholder", "type", "kind", "mode", "method") {
				return "" // a field typed twice, or a weak choice
			}
			return name
		}
	}
	return ""
}

// made reports whether one operand is what a function makes of the other:
// whoever knows the one knows both.
func made(read *code.Reader, x, y ast.Expr) bool {
	call, ok := read.Origin(x).(*ast.CallExpr)
	id, named := ast.Unparen(y).(*ast.Ident)
	if !ok || !named || read.Object(id) == nil {
		return false
	}
	for _, arg := range call.Args {
		if other, ok := ast.Unparen(arg).(*ast.Ident); ok && read.Object(other) == read.Object(id) {
			return true
		}
	}
	return false
}

// changed reports whether one field of two versions of a record is compared,
// which looks for a change.
func changed(x, y ast.Expr) bool {
	a, ok1 := ast.Unparen(x).(*ast.SelectorExpr)
	b, ok2 := ast.Unparen(y).(*ast.SelectorExpr)
	return ok1 && ok2 && a.Sel.Name == b.Sel.Name && version(a.X) && version(b.X)
}

// version reports whether a name is that of one of two versions of a record.
func version(e ast.Expr) bool {
	return code.Mentions(code.Last(e), "from", "to", "old", "new", "prev", "previous", "cur", "curr", "current", "before", "after", "existing", "updated")
}

// isType recognises token.IDENT and its like: constants of packages.
func isType(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	return strings.ToUpper(sel.Sel.Name) == sel.Sel.Name
}

// trivial recognises what is no secret: nil, constants, lengths.
func trivial(read *code.Reader, e ast.Expr) bool {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && id.Name == "nil" {
		return true
	}
	return read.Constant(e) != nil
}

// text reports whether the operand is a string or an array of bytes, as far
// as is known.
func text(read *code.Reader, e ast.Expr) bool {
	t := read.Type(e)
	if t == nil {
		_, call := ast.Unparen(e).(*ast.CallExpr)
		return !call
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		_, named := types.Unalias(read.Type(e)).(*types.Named)
		return t.Info()&types.IsString != 0 && !named
	case *types.Array:
		return t.Len() >= 16 && types.Identical(t.Elem(), types.Typ[types.Byte])
	}
	return false
}

// mac reports whether an operand is the sum of an HMAC.
func mac(read *code.Reader, call *code.Call) bool {
	for _, arg := range call.Args {
		sum, ok := read.Origin(arg).(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := sum.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Sum" {
			continue
		}
		if made, ok := read.Origin(sel.X).(*ast.CallExpr); ok && read.Name(call.In.FileOf(), made.Fun) == "crypto/hmac.New" {
			return true
		}
	}
	return false
}
