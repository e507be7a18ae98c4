// Package jwtunverified finds JSON Web Tokens that are believed without their
// signature: not parsed with it, signed by nothing, or checked with whatever
// algorithm the token names.
package jwtunverified

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "jwt-unverified", Title: "A token is believed without its signature", Level: check.Error, Confidence: check.High, Tags: []string{"source", "tokens"},
	Why:  "Whoever can write a token can be anybody.",
	Fix:  "Parse with jwt.WithValidMethods and the one algorithm that you sign by.",
	More: "A key function that does not look at the algorithm lets a token signed by HMAC with the public key pass where RSA is meant (algorithm confusion); version 5 of golang-jwt guards against that by the type of the key, so it is judged with less confidence there.",
	CWE:  []int{347, 345}, ASVS: []string{"V9.1.1", "V9.1.2", "V6.8.2"}, OWASP: "A07",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var libraries = []string{"github.com/golang-jwt/jwt", "github.com/dgrijalva/jwt-go", "github.com/form3tech-oss/jwt-go"}

func look(read *code.Reader) {
	for _, lib := range libraries {
		for _, call := range read.Calls(lib+".Parser.ParseUnverified", lib+".ParseUnverified") {
			read.Report(call, "", "the token's signature is not verified")
		}
		for _, use := range read.Uses(lib+".SigningMethodNone", lib+".UnsafeAllowNoneSignatureType") {
			read.Report(use, "", "tokens without a signature are accepted")
		}
		for _, call := range read.Calls(lib+".Parse", lib+".ParseWithClaims", lib+".Parser.Parse", lib+".Parser.ParseWithClaims") {
			parse(read, lib, call)
		}
		for _, call := range read.Calls(lib + ".WithoutClaimsValidation") {
			read.Report(call, "warning", "expired tokens are accepted")
		}
	}
	for _, call := range read.Calls("?.ParseUnverified", "github.com/go-jose/go-jose/jwt.JSONWebToken.UnsafeClaimsWithoutVerification", "gopkg.in/square/go-jose.v2/jwt.JSONWebToken.UnsafeClaimsWithoutVerification", "?.UnsafeClaimsWithoutVerification", "github.com/lestrrat-go/jwx/jwt.ParseInsecure") {
		read.Report(call, "", "the token's signature is not verified")
	}
	for _, call := range read.Calls("github.com/lestrrat-go/jwx/jwt.WithVerify") {
		if on, ok := read.Bool(call.Arg(0)); ok && !on {
			read.Report(call, "", "the token's signature is not verified")
		}
	}
	for _, lit := range read.Literals("github.com/coreos/go-oidc/oidc.Config") {
		for _, field := range []string{"SkipClientIDCheck", "SkipExpiryCheck", "SkipIssuerCheck", "InsecureSkipSignatureCheck"} {
			if on, ok := read.Bool(code.Field(lit.CompositeLit, field)); ok && on {
				read.Report(lit, "", "%s is set", field)
			}
		}
	}
}

// parse judges the key function and the options of a call.
func parse(read *code.Reader, lib string, call *code.Call) {
	keyAt := 1
	if strings.HasSuffix(call.Name, "WithClaims") {
		keyAt = 2
	}
	for _, arg := range call.Args[min(len(call.Args), keyAt+1):] {
		if strings.Contains(code.Last(arg), "WithValidMethods") || code.Last(arg) == "" || call.Ellipsis.IsValid() {
			return
		}
	}
	if to := call.Receiver(); to != nil && strings.Contains(call.Name, ".Parser.") {
		if made, ok := read.Origin(to).(*ast.CallExpr); !ok || strings.Contains(text(made), "WithValidMethods") {
			return // made elsewhere, or with the methods
		}
	}
	fn, ok := read.Origin(call.Arg(keyAt)).(*ast.FuncLit)
	if !ok || mentions(fn, "Method", "Alg", "alg") {
		return
	}
	category := "medium"
	if lib != libraries[0] {
		category = "high"
	}
	read.Report(call, category, "the token's own choice of algorithm is believed")
}

func text(e ast.Expr) string {
	var b strings.Builder
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			b.WriteString(id.Name + " ")
		}
		return true
	})
	return b.String()
}

func mentions(n ast.Node, names ...string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			for _, name := range names {
				found = found || n.Sel.Name == name
			}
		case *ast.BasicLit:
			found = found || n.Value == `"alg"`
		}
		return !found
	})
	return found
}
