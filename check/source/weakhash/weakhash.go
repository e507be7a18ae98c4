// Package weakhash finds MD5, SHA-1, MD4 and RIPEMD-160 where a hash must
// withstand an attacker. It lets uses pass that a standard asks for and no
// collision harms: HMAC, TOTP, the WebSocket handshake, git objects.
package weakhash

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/code"
)

// Analyzer reports calls of broken hash functions.
var Analyzer = &analysis.Analyzer{
	Name: "weakhash", Doc: "find broken hash functions",
	Run: run, Requires: []*analysis.Analyzer{code.Analyzer}, RunDespiteErrors: true,
}

// Check is the analyser with its documentation.
var Check = source.Check{Analyzer: Analyzer, Rule: check.Rule{
	ID: "weak-hash", Title: "A broken hash function", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "crypto"},
	Why:  "For MD5 and SHA-1 anybody can make two documents with the same hash, so a signature, cache key or integrity check over it proves nothing.",
	Fix:  "Use crypto/sha256, or crypto/hmac with it where a key is involved.",
	More: "HMAC-SHA-1 and HMAC-MD5 are not broken, and where a protocol prescribes SHA-1 there is no choice: such uses are not reported if they can be recognised. A checksum against accidents may be marked with merlon:ignore.",
	CWE:  []int{327, 328}, ASVS: []string{"V11.4.1", "V11.4.3"}, OWASP: "A04",
}}

// broken maps functions to the hash that they compute.
var broken = map[string]string{
	"crypto/md5.New": "MD5", "crypto/md5.Sum": "MD5", "crypto/sha1.New": "SHA-1", "crypto/sha1.Sum": "SHA-1",
	"golang.org/x/crypto/md4.New": "MD4", "golang.org/x/crypto/ripemd160.New": "RIPEMD-160",
}

func run(pass *analysis.Pass) (any, error) {
	read := pass.ResultOf[code.Analyzer].(*code.Reader)
	for name, hash := range broken {
		for _, call := range read.Calls(name) {
			if level := judge(call); level != "none" {
				pass.Report(analysis.Diagnostic{Pos: call.Pos(), End: call.End(), Category: level, Message: hash + " is broken"})
			}
		}
	}
	for _, use := range read.Uses("crypto.MD5", "crypto.SHA1", "crypto.MD4", "crypto.RIPEMD160") {
		pass.Report(analysis.Diagnostic{Pos: use.Pos(), End: use.End(), Category: "low", Message: "crypto." + use.Sel.Name + " is broken"})
	}
	return nil, nil
}

// harmless are parts of names of functions and variables that show a use
// which no collision harms.
var harmless = []string{"etag", "checksum", "gravatar", "websocket", "accept", "totp", "hotp", "uuid", "fingerprint", "git", "cachekey", "contentmd5", "thumbprint", "ntlm", "postgres", "mysql", "scram"}

// judge says how sure it is that the use is wrong.
func judge(call *code.Call) string {
	text := strings.ToLower(call.In.Name())
	ast.Inspect(call.CallExpr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			text += " " + strings.ToLower(id.Name)
		}
		return true
	})
	for _, word := range []string{"password", "passwd", "secret", "token", "signature", "sign"} {
		if strings.Contains(text, word) {
			return "error high"
		}
	}
	for _, word := range harmless {
		if strings.Contains(strings.ReplaceAll(text, "_", ""), word) {
			return "info low"
		}
	}
	return ""
}
