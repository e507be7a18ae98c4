// Package insecuretls finds TLS that does not authenticate the other side,
// speaks versions that are broken, or allows the peer to change what was
// agreed.
package insecuretls

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "insecure-tls", Title: "TLS that does not protect", Level: check.Error, Confidence: check.High, Tags: []string{"source", "tls"},
	Why: "Whoever sits between the two sides reads and changes everything, passwords and sessions included.",
	Fix: "Leave the fields of tls.Config at their defaults; add a private authority to RootCAs instead of skipping verification.",
	More: "InsecureSkipVerify is accepted where VerifyConnection or VerifyPeerCertificate stands beside it. With VerifyPeerCertificate alone a resumed session is not verified: use VerifyConnection. " +
		"The default MinVersion is TLS 1.2, so leaving it out is right.",
	CWE: []int{295, 326, 327}, ASVS: []string{"V12.1.1", "V12.1.2", "V12.3.2"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

const config = "crypto/tls.Config"

// weakSuites are the parts of names of cipher suites that are weak, which
// crypto/tls calls insecure, and oldSuites of those that it does not.
var (
	weakSuites = []string{"_RC4_", "_3DES_", "TLS_RSA_", "_CBC_SHA256"}
	oldSuites  = []string{"_CBC_SHA"}
)

func look(read *code.Reader) {
	for _, lit := range read.Literals(config) {
		if prefer := code.Field(lit.CompositeLit, "PreferServerCipherSuites"); prefer != nil {
			if on, ok := read.Bool(prefer); !ok || !on {
				read.Report(prefer, "info low", "PreferServerCipherSuites has no effect since Go 1.17: who reads it may think otherwise")
			}
		}
		field(read, "InsecureSkipVerify", code.Field(lit.CompositeLit, "InsecureSkipVerify"), lit.CompositeLit)
		for _, name := range []string{"MinVersion", "MaxVersion", "CipherSuites", "Renegotiation"} {
			field(read, name, code.Field(lit.CompositeLit, name), lit.CompositeLit)
		}
		resumption(read, lit.CompositeLit)
	}
	for _, name := range []string{"InsecureSkipVerify", "MinVersion", "MaxVersion", "CipherSuites", "Renegotiation"} {
		for _, set := range read.Sets(config + "." + name) {
			if name == "InsecureSkipVerify" {
				if verifies(read, set) {
					continue
				}
				if on, ok := read.Bool(set.Right); ok && on && asked(set) {
					read.Report(set.Right, "info low", switchable)
					continue
				}
			}
			field(read, name, set.Right, nil)
		}
	}
}

// field judges the value of one field; lit is the literal around it, if any.
func field(read *code.Reader, name string, value ast.Expr, lit *ast.CompositeLit) {
	if value == nil {
		return
	}
	switch name {
	case "InsecureSkipVerify":
		skipVerify(read, value, lit)
	case "MinVersion", "MaxVersion":
		if v, ok := read.Int(value); ok && v > 0 && v < 0x0303 {
			if name == "MinVersion" {
				old(read, value)
			} else {
				read.Report(value, "", "TLS 1.2 and 1.3 are refused")
			}
		} else if last := code.Last(value); !ok && (last == "VersionSSL30" || last == "VersionTLS10" || last == "VersionTLS11") {
			read.Report(value, "", "TLS versions before 1.2 are accepted")
		}
	case "Renegotiation":
		if last := code.Last(value); last == "RenegotiateFreelyAsClient" {
			read.Report(value, "warning", "the server may renegotiate freely")
		}
	case "CipherSuites":
		suites(read, value)
	}
}

const switchable = "a setting switches the verification of certificates off"

// asked reports whether the assignment stands below a condition that says that
// somebody asked for it.
func asked(set *code.Set) bool {
	found := false
	set.In.Root().Inspect(func(n ast.Node) bool {
		if n == nil || found || n.Pos() > set.Pos() || n.End() < set.End() {
			return false
		}
		if branch, ok := n.(*ast.IfStmt); ok && branch.Body.Pos() <= set.Pos() && set.End() <= branch.Body.End() {
			found = insecure(branch.Cond)
		}
		return !found
	})
	return found
}

// insecure reports whether a condition is a setting by whose name one knows
// what is lost.
func insecure(cond ast.Expr) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		name := strings.ToLower(code.Last(e))
		return strings.Contains(name, "insecure") || strings.Contains(name, "skip")
	case *ast.BinaryExpr:
		return e.Op == token.LAND && (insecure(e.X) || insecure(e.Y))
	}
	return false
}

func skipVerify(read *code.Reader, value ast.Expr, lit *ast.CompositeLit) {
	on, known := read.Bool(value)
	switch {
	case known && !on:
	case lit != nil && (code.Field(lit, "VerifyConnection") != nil || code.Field(lit, "VerifyPeerCertificate") != nil):
	case known:
		read.Report(value, "", "the certificate of the other side is not verified")
	default:
		if id := code.Last(value); strings.Contains(strings.ToLower(id), "insecure") || strings.Contains(strings.ToLower(id), "skip") {
			read.Report(value, "info low", switchable)
		}
	}
}

func suites(read *code.Reader, value ast.Expr) {
	lit, ok := read.Origin(value).(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, e := range lit.Elts {
		name := code.Last(e)
		has := func(part string) bool { return strings.Contains(name, part) }
		switch {
		case slices.ContainsFunc(weakSuites, has):
			read.Report(e, "warning", "the cipher suite %s is weak", name)
		case slices.ContainsFunc(oldSuites, has):
			read.Report(e, "info low", "the cipher suite %s is old: clients of today offer better ones", name)
		}
	}
}

// resumption finds a certificate that is verified only in full handshakes.
func resumption(read *code.Reader, lit *ast.CompositeLit) {
	verify := code.Field(lit, "VerifyPeerCertificate")
	if verify == nil || code.Field(lit, "VerifyConnection") != nil {
		return
	}
	if off, ok := read.Bool(code.Field(lit, "SessionTicketsDisabled")); ok && off {
		return
	}
	read.Report(verify, "warning medium", "VerifyPeerCertificate is not called for resumed sessions")
}

// old reports a version that is too old, with the edit that asks for a newer one.
func old(read *code.Reader, value ast.Expr) {
	const message = "TLS versions before 1.2 are accepted"
	if !read.Imported(value.Pos(), "crypto/tls") {
		read.Report(value, "", message)
		return
	}
	read.Fix(value, "", message, "ask for TLS 1.2", code.Replace(value, "tls.VersionTLS12"))
}

// verifies reports whether the function that switches verification off also
// sets its own.
func verifies(read *code.Reader, set *code.Set) bool {
	for _, other := range read.Sets(config+".VerifyPeerCertificate", config+".VerifyConnection") {
		if other.In.Root() == set.In.Root() {
			return true
		}
	}
	return false
}
