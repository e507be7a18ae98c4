// Package weakcipher finds DES, Triple DES, RC4 and Blowfish, ECB, and modes
// that do not notice a change of the text. It does not judge what is only
// decrypted to be encrypted anew.
package weakcipher

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "weak-cipher", Title: "A broken cipher or mode", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why:  "Texts encrypted so can be read in part, or changed without anybody noticing.",
	Fix:  "Use AES-256 with cipher.NewGCMWithRandomNonce, or chacha20poly1305.",
	More: "A block of AES encrypted by itself, block after block, is ECB: equal blocks stay equal. CBC, CTR, CFB and OFB hide the text but do not notice changes; they need an HMAC over the encrypted text, which is looked for in the same function.",
	CWE:  []int{327}, ASVS: []string{"V11.3.1", "V11.3.2", "V11.3.3"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var broken = [][2]string{
	{"crypto/des.NewCipher", "DES"}, {"crypto/des.NewTripleDESCipher", "Triple DES"}, {"crypto/rc4.NewCipher", "RC4"},
	{"golang.org/x/crypto/blowfish.NewCipher", "Blowfish"}, {"golang.org/x/crypto/blowfish.NewSaltedCipher", "Blowfish"},
	{"golang.org/x/crypto/cast5.NewCipher", "CAST5"}, {"golang.org/x/crypto/tea.NewCipher", "TEA"}, {"golang.org/x/crypto/xtea.NewCipher", "XTEA"},
}

func look(read *code.Reader) {
	for _, f := range broken {
		for _, call := range read.Calls(f[0]) {
			read.Report(call, "", "%s is broken", f[1])
		}
	}
	for _, call := range read.Calls("crypto/cipher.Block.Encrypt") {
		if inLoop(call) && !chains(read, call) {
			read.Report(call, "medium", "blocks are encrypted one by one, which is ECB")
		}
	}
	for _, mode := range []string{"CBCEncrypter", "CFBEncrypter", "OFB", "CTR"} {
		for _, call := range read.Calls("crypto/cipher.New" + mode) {
			if !authenticates(read, call) {
				read.Report(call, "warning low", "%s does not notice changes to the text", strings.TrimSuffix(mode, "Encrypter"))
			}
		}
	}
}

// inLoop reports whether the call stands in a loop of its function.
func inLoop(c *code.Call) bool {
	found := false
	c.In.Inspect(func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			found = found || n.Pos() <= c.Pos() && c.End() <= n.End()
		}
		return !found
	})
	return found
}

// chains reports whether the function mixes blocks, as one that implements a
// mode does.
func chains(read *code.Reader, c *code.Call) bool {
	found := false
	c.In.Inspect(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			found = found || n.Op == token.XOR
		case *ast.AssignStmt:
			found = found || n.Tok == token.XOR_ASSIGN
		}
		return !found
	})
	read.Within(c.In, func(other *code.Call) { found = found || strings.Contains(strings.ToLower(other.Name), "xor") })
	return found
}

// authenticates reports whether the function makes or calls something that
// makes a message authentication code.
func authenticates(read *code.Reader, c *code.Call) bool {
	found := false
	read.Within(c.In.Root(), func(other *code.Call) {
		name := strings.ToLower(other.Name)
		found = found || strings.HasPrefix(name, "crypto/hmac.") || strings.Contains(name, "poly1305") || strings.HasSuffix(name, "mac") || strings.Contains(name, "sign")
	})
	return found
}
