// Package fixednonce finds nonces and initialisation vectors that are the same
// for every message: constants, and buffers that nothing random was read into,
// through slices, variables, and functions of the package.
package fixednonce

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
	"github.com/merlon-go/merlon/check/source/span"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "fixed-nonce", Title: "A nonce that is always the same", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why: "Two messages with one nonce give away what differs between them, and with GCM the key that authenticates.",
	Fix: "Use cipher.NewGCMWithRandomNonce, or fill the nonce from crypto/rand for every message.",
	CWE: []int{329, 1204}, ASVS: []string{"V11.3.4"}, OWASP: "A04",
}

// Analyzer finds it. It needs types; [Syntax] does not.
var Analyzer = code.NewSSA(Rule, look)

// sinks are the functions and which argument is the nonce.
var sinks = map[string]int{
	"crypto/cipher.NewCBCEncrypter": 1, "crypto/cipher.NewCFBEncrypter": 1, "crypto/cipher.NewOFB": 1, "crypto/cipher.NewCTR": 1,
	"crypto/cipher.AEAD.Seal": 1, "golang.org/x/crypto/chacha20.NewUnauthenticatedCipher": 1, "golang.org/x/crypto/salsa20.XORKeyStream": 2,
	"golang.org/x/crypto/nacl/secretbox.Seal": 2, "golang.org/x/crypto/nacl/box.Seal": 2,
}

func look(pass *analysis.Pass, functions []*ssa.Function) {
	l := newLooker(functions)
	for _, fn := range functions {
		for in := range code.Instructions(fn) {
			call, ok := in.(ssa.CallInstruction)
			if !ok {
				continue
			}
			n, ok := sink(call.Common(), call.Common().Value, 0)
			if !ok || n >= len(call.Common().Args) {
				continue
			}
			if missing(call.Common(), call.Common().Args[n]) {
				pass.Report(analysis.Diagnostic{Pos: in.Pos(), Category: "warning", Message: "the nonce is empty: Seal panics"})
				continue
			}
			if text, category := l.judge(call.Common().Args[n], in, 0).report(); text != "" {
				pass.Report(analysis.Diagnostic{Pos: in.Pos(), Category: category, Message: text})
			}
		}
	}
}

// takers are the functions whose AEAD takes a nonce that is not empty; that of
// cipher.NewGCMWithRandomNonce makes its own.
var takers = map[string]bool{
	"crypto/cipher.NewGCM": true, "crypto/cipher.NewGCMWithTagSize": true,
	"golang.org/x/crypto/chacha20poly1305.New": true, "golang.org/x/crypto/chacha20poly1305.NewX": true,
}

// missing reports whether an AEAD that takes a nonce is given none.
func missing(call *ssa.CallCommon, nonce ssa.Value) bool {
	if !call.IsInvoke() || span.Measure(nonce).Len != 0 {
		return false
	}
	e, ok := call.Value.(*ssa.Extract)
	if !ok {
		return false
	}
	made, ok := e.Tuple.(*ssa.Call)
	if !ok || made.Call.StaticCallee() == nil {
		return false
	}
	object := made.Call.StaticCallee().Object()
	return object != nil && object.Pkg() != nil && takers[object.Pkg().Path()+"."+object.Name()]
}

// maxChoices bounds how many variables and branches are looked through for a
// function; a loop may choose it by itself.
const maxChoices = 4

// sink returns which argument of a call is a nonce that encrypts.
func sink(call *ssa.CallCommon, callee ssa.Value, depth int) (int, bool) {
	if depth > maxChoices {
		return 0, false
	}
	if call.IsInvoke() {
		n, ok := sinks[code.TypeName(call.Value.Type())+"."+call.Method.Name()]
		return n, ok
	}
	switch f := callee.(type) {
	case *ssa.Function:
		if object, ok := f.Object().(*types.Func); ok && object.Pkg() != nil && f.Signature.Recv() == nil {
			n, ok := sinks[code.Unversioned(object.Pkg().Path())+"."+object.Name()]
			return n, ok
		}
	case *ssa.Phi: // one of several
		for _, edge := range f.Edges {
			if n, ok := sink(call, edge, depth+1); ok {
				return n, ok
			}
		}
	case *ssa.ChangeType:
		return sink(call, f.X, depth+1)
	}
	return 0, false
}

// A verdict says how a nonce comes about.
type verdict int

const (
	fine     verdict = iota // from somewhere else, or random
	partly                  // a part is always the same
	unfilled                // nothing is read into it
	fixed                   // a constant
)

func (v verdict) report() (text, category string) {
	switch v {
	case fixed:
		return "the nonce is a constant", ""
	case unfilled:
		return "nothing is ever read into the nonce", "warning medium"
	case partly:
		return "a part of the nonce is always the same", "warning low"
	}
	return "", ""
}
