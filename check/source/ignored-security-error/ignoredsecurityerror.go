// Package ignoredsecurityerror finds calls whose error is the answer of a
// security check, or says that a protection was not put in place, and is thrown
// away.
package ignoredsecurityerror

import (
	"go/ast"
	"slices"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "ignored-security-error", Title: "The answer of a security check is thrown away", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why: "The check fails and the program goes on as if it had not.",
	Fix: "Return when the error is not nil.",
	More: "Checks of passwords, signatures, tokens and origins are errors, and so is a process that gives up its rights: if that fails it keeps them. " +
		"File modes and owners, and sessions that end or are revoked, are warnings. Random bytes in a module that asks for a Go before 1.24 are info: later " +
		"ones end the program instead. ignored-error lists the rest.",
	CWE: []int{252, 391, 703, 273}, ASVS: []string{"V16.5.3"}, OWASP: "A10",
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

// rights are the functions by which a process gives up what it may do.
var rights = []string{"Setuid", "Setgid", "Seteuid", "Setegid", "Setreuid", "Setregid", "Setresuid", "Setresgid", "Setgroups", "Chroot", "Pledge", "PledgePromises", "Unveil"}

// protections are functions that put a protection in place, and the position of
// their error among the results.
var protections = map[string]int{
	"os.Chmod": 0, "os.Chown": 0, "os.Lchown": 0, "os.File.Chmod": 0, "os.File.Chown": 0, "os.Root.Chmod": 0, "os.Root.Chown": 0, "os.Root.Lchown": 0,
	"github.com/gorilla/sessions.Session.Save": 0, "github.com/gorilla/sessions.Store.Save": 0, "github.com/gorilla/sessions.CookieStore.Save": 0,
	"github.com/merlon-go/merlon/sessions.Manager.End": 0, "github.com/merlon-go/merlon/sessions.Manager.Revoke": 0,
	"github.com/merlon-go/merlon/sessions.Manager.RevokeOthers": 1, "github.com/merlon-go/merlon/sessions.Manager.RevokeAll": 1,
}

// answers are the functions whose only result is the answer.
var answers = []string{
	"crypto/ed25519.Verify", "crypto/ecdsa.Verify", "crypto/ecdsa.VerifyASN1", "crypto/hmac.Equal", "crypto/subtle.ConstantTimeCompare",
}

// Watches reports whether a function's or method's answer is this rule's
// business.
func Watches(name string) bool {
	_, check := checks[name]
	_, protection := protections[name]
	return check || protection || slices.Contains(answers, name) || slices.Contains(dropped(), name)
}

// dropped are the full names of rights.
func dropped() []string {
	var names []string
	for _, name := range rights {
		names = append(names, "syscall."+name, "golang.org/x/sys/unix."+name)
	}
	return names
}

func look(read *code.Reader) {
	thrown := func(call *code.Call, n int) bool { return call.Alone || blank(call, n) }
	report := func(call *code.Call, category, what string) {
		read.Report(call, category, "the %s of %s is thrown away", what, code.Last(call.Fun))
	}
	for name, n := range checks {
		for _, call := range read.Calls(name) {
			if thrown(call, n) {
				report(call, "", "error")
			}
		}
	}
	for _, call := range read.Calls(dropped()...) {
		if thrown(call, 0) {
			report(call, "", "error")
		}
	}
	for _, call := range read.Calls(answers...) {
		if thrown(call, 0) {
			report(call, "", "answer")
		}
	}
	for name := range protections { // one that is given to _ was thought of
		for _, call := range read.Calls(name) {
			if call.Alone && !call.Defer {
				report(call, "warning medium", "error")
			}
		}
	}
	for _, call := range read.Calls("crypto/rand.Read", "io.ReadFull") {
		random := call.Name == "crypto/rand.Read" || read.Name(call.In.FileOf(), call.Arg(0)) == "crypto/rand.Reader"
		if call.Alone && random && read.Before(call, "go1.24") { // a later one ends the program instead
			report(call, "info low", "error") // and may build this, too
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
