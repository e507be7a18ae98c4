// Package ignoredsecurityerror finds calls whose error is the answer of a
// security check, and is thrown away.
package ignoredsecurityerror

import (
	"go/ast"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "ignored-security-error", Title: "The answer of a security check is thrown away", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why: "The check fails and the program goes on as if it had not.",
	Fix: "Return when the error is not nil.",
	CWE: []int{252, 391, 703}, ASVS: []string{"V16.5.3"}, OWASP: "A10",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// checks are the functions and the position of their error among the results.
var checks = map[string]int{
	"golang.org/x/crypto/bcrypt.CompareHashAndPassword": 0,
	"crypto/rsa.VerifyPKCS1v15":                         0, "crypto/rsa.VerifyPSS": 0,
	"crypto/x509.Certificate.Verify": 1, "crypto/x509.Certificate.CheckSignature": 0, "crypto/x509.Certificate.CheckSignatureFrom": 0,
	"crypto/x509.Certificate.VerifyHostname": 0, "crypto/tls.Conn.VerifyHostname": 0, "crypto/cipher.AEAD.Open": 1,
	"net/http.CrossOriginProtection.Check": 0, "net/http.CrossOriginProtection.AddTrustedOrigin": 0,
	"github.com/golang-jwt/jwt.Parse": 1, "github.com/golang-jwt/jwt.ParseWithClaims": 1,
	"github.com/merlon-go/merlon/csrf.Protection.Check": 0, "github.com/merlon-go/merlon/passwords.Hasher.Verify": 1,
	"github.com/merlon-go/merlon/passwords.Policy.Validate": 0, "github.com/merlon-go/merlon/secrets.Signer.Verify": 1,
	"github.com/coreos/go-oidc/oidc.IDTokenVerifier.Verify": 1,
}

// answers are the functions whose only result is the answer.
var answers = []string{
	"crypto/ed25519.Verify", "crypto/ecdsa.Verify", "crypto/ecdsa.VerifyASN1", "crypto/hmac.Equal", "crypto/subtle.ConstantTimeCompare",
}

func look(read *code.Reader) {
	for name, n := range checks {
		for _, call := range read.Calls(name) {
			if call.Alone || blank(call, n) {
				read.Report(call, "", "the error of %s is thrown away", code.Last(call.Fun))
			}
		}
	}
	for _, call := range read.Calls(answers...) {
		if call.Alone || blank(call, 0) {
			read.Report(call, "", "the answer of %s is thrown away", code.Last(call.Fun))
		}
	}
}

// blank reports whether the n-th result of the call goes to _.
func blank(call *code.Call, n int) bool {
	found := false
	if call.In == nil {
		return false
	}
	call.In.Inspect(func(node ast.Node) bool {
		a, ok := node.(*ast.AssignStmt)
		if ok && len(a.Rhs) == 1 && ast.Unparen(a.Rhs[0]) == call.CallExpr && n < len(a.Lhs) {
			id, ok := a.Lhs[n].(*ast.Ident)
			found = ok && id.Name == "_"
		}
		return !found
	})
	return found
}
