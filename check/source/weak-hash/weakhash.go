// Package weakhash finds MD5, SHA-1, MD4 and RIPEMD-160 where a hash must
// withstand an attacker. It lets uses pass that a standard asks for and no
// collision harms: HMAC, TOTP, the WebSocket handshake, entity tags.
package weakhash

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "weak-hash", Title: "A broken hash function", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "crypto"},
	Why: "For MD5 and SHA-1 anybody can make two documents with the same hash, so a signature, cache key or integrity check over it proves nothing.",
	Fix: "Use crypto/sha256, or crypto/hmac with it where a key is involved.",
	More: "HMAC with SHA-1 or MD5 is not broken, and where a protocol prescribes SHA-1 there is no choice: such uses are not reported if they can be recognised. " +
		"Where no name around says that an attacker gains by it, the level is info: most such hashes are checksums against accidents, keys of caches, or what another service asks for.",
	CWE: []int{327, 328}, ASVS: []string{"V11.4.1", "V11.4.3"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// broken are the functions and the hash that they compute.
var broken = [][2]string{
	{"crypto/md5.New", "MD5"}, {"crypto/md5.Sum", "MD5"}, {"crypto/sha1.New", "SHA-1"}, {"crypto/sha1.Sum", "SHA-1"},
	{"golang.org/x/crypto/md4.New", "MD4"}, {"golang.org/x/crypto/ripemd160.New", "RIPEMD-160"},
}

func look(read *code.Reader) {
	for _, f := range broken {
		for _, call := range read.Calls(f[0]) {
			category, title := judge(read, call), "%s is broken"
			if category == unclear {
				title += ": fine against accidents, not against attackers"
			}
			read.Report(call, category, title, f[1])
		}
	}
	for _, use := range read.Uses("crypto.MD5", "crypto.SHA1", "crypto.MD4", "crypto.RIPEMD160") {
		read.Report(use, "low", "crypto.%s is broken", use.Sel.Name)
	}
}

// Parts of names of functions and variables that show a use which no collision
// harms, or one that it does.
var (
	harmless = []string{"etag", "checksum", "gravatar", "websocket", "totp", "hotp", "uuid", "fingerprint", "git", "cachekey", "contentmd5", "thumbprint", "ntlm", "scram"}
	harmed   = []string{"password", "passwd", "secret", "token", "signature", "sign"}
)

// guarding are words in names of what attackers gain by.
var guarding = []string{"auth", "credential", "cred", "session", "user", "login", "account", "email", "verify", "verified", "verification", "integrity", "cert", "certificate", "key", "license", "trust", "security", "secure", "crypt", "encrypt", "access", "cookie", "otp", "identity"}

// unclear is the category where no name tells.
const unclear = "info low"

// judge says how sure it is that the use is wrong.
func judge(read *code.Reader, call *code.Call) string {
	text := call.In.Name()
	names := text + " " + read.Package() + " " + receiver(call.In)
	ast.Inspect(call.CallExpr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			text += " " + id.Name
			names += " " + id.Name
		}
		return true
	})
	text = strings.ToLower(strings.ReplaceAll(text, "_", ""))
	for _, word := range harmed {
		if strings.Contains(text, word) {
			return "error high"
		}
	}
	for _, word := range harmless {
		if strings.Contains(text, word) {
			return "info low"
		}
	}
	if code.Mentions(names, guarding...) {
		return ""
	}
	return unclear
}

// receiver is the name of the type whose method the call stands in.
func receiver(f *code.Func) string {
	if f == nil {
		return ""
	}
	d, ok := f.Root().Node.(*ast.FuncDecl)
	if !ok || d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return code.Last(t)
}
