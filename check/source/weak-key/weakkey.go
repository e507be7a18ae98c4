// Package weakkey finds keys that are too short: RSA below 2048 bits, P-224,
// DSA, HMAC and AES keys that a person typed.
package weakkey

import (
	"strconv"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "weak-key", Title: "A key that is too short", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why: "Short keys are found by computing: RSA below 2048 bits has been broken or soon will be.",
	Fix: "Use Ed25519 or ECDSA with P-256; RSA with 3072 bits where it must be RSA.",
	CWE: []int{326}, ASVS: []string{"V11.2.3", "V11.6.1"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("crypto/rsa.GenerateKey", "crypto/rsa.GenerateMultiPrimeKey") {
		at := call.Arg(len(call.Args) - 1)
		if bits, ok := read.Int(at); ok && bits < 2048 {
			read.Fix(at, "", "an RSA key of "+strconv.FormatInt(bits, 10)+" bits", "use 3072 bits", code.Replace(at, "3072"))
		}
	}
	for _, call := range read.Calls("crypto/elliptic.P224") {
		read.Report(call, "warning", "P-224 has less than 128 bits of strength")
	}
	for _, call := range read.Calls("crypto/dsa.GenerateKey", "crypto/dsa.GenerateParameters") {
		read.Report(call, "", "DSA is no longer approved")
	}
}
