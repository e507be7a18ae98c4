// Package rsapadding finds RSA encryption with the padding of PKCS #1 v1.5.
package rsapadding

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "rsa-padding", Title: "RSA encryption with PKCS #1 v1.5", Level: check.Warning, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why:  "Whoever can tell whether a text was well padded, by an error or by time, can decrypt any other (Bleichenbacher).",
	Fix:  "Use rsa.EncryptOAEP with SHA-256, or HPKE.",
	More: "Signatures by PKCS #1 v1.5 are not broken and not reported.",
	CWE:  []int{780}, ASVS: []string{"V11.3.1"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("crypto/rsa.EncryptPKCS1v15", "crypto/rsa.DecryptPKCS1v15", "crypto/rsa.DecryptPKCS1v15SessionKey") {
		read.Report(call, "", "%s uses a padding that is broken", code.Last(call.Fun))
	}
}
