// Package weakpasswordhash finds passwords that are hashed by a fast function,
// and slow ones with too little work.
package weakpasswordhash

import (
	"go/ast"
	"path/filepath"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "weak-password-hash", Title: "A password is hashed too fast", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto", "passwords"},
	Why:  "A graphics card tries thousands of millions of passwords a second against SHA-256; whoever gets the table gets most passwords.",
	Fix:  "Use Merlon's passwords package, or argon2id with at least 19 MiB and 2 rounds.",
	More: "Least work by OWASP's cheat sheet: argon2id 19 MiB with 2 passes, scrypt N=2^17 r=8 p=1, bcrypt cost 10, PBKDF2-HMAC-SHA256 600,000 rounds.",
	CWE:  []int{916, 328}, ASVS: []string{"V11.4.2", "V11.4.4"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var fast = []string{
	"crypto/md5.Sum", "crypto/sha1.Sum", "crypto/sha256.Sum256", "crypto/sha256.Sum224", "crypto/sha512.Sum512", "crypto/sha512.Sum384",
	"crypto/sha3.Sum256", "crypto/sha3.Sum512", "golang.org/x/crypto/blake2b.Sum256", "golang.org/x/crypto/blake2b.Sum512", "golang.org/x/crypto/sha3.Sum256",
}

var words = []string{"password", "passwd", "passphrase", "pwd", "passcode"}

func look(read *code.Reader) {
	for _, call := range read.Calls(fast...) {
		switch {
		case breach(read, call):
		case about(call.Arg(0)):
			read.Report(call, "", "a password is hashed by %s", short(call.Name))
		case code.Mentions(call.In.Name(), words...):
			read.Report(call, "medium", "%s hashes by %s", call.In.Name(), short(call.Name))
		}
	}
	written(read)
	work(read)
}

// breach recognises a look-up of known passwords, which is by SHA-1.
func breach(read *code.Reader, call *code.Call) bool {
	name := strings.ToLower(call.In.Name() + " " + filepath.Base(read.Position(call.Pos()).Filename))
	for _, word := range []string{"pwned", "breach", "leak", "compromised", "hibp", "common"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// about reports whether a name in the expression says that it is a password.
func about(e ast.Expr) bool {
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && code.Mentions(id.Name, words...) && !code.Mentions(id.Name, "hash", "hashed", "encoded") {
			found = true
		}
		return !found
	})
	return found
}

func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// written finds h := sha256.New(); h.Write([]byte(password)).
func written(read *code.Reader) {
	news := map[string]bool{"crypto/md5.New": true, "crypto/sha1.New": true, "crypto/sha256.New": true, "crypto/sha512.New": true}
	for _, call := range read.Calls("hash.Hash.Write", "io.Writer.Write", "io.WriteString") {
		to, text := call.Receiver(), call.Arg(0)
		if call.Name == "io.WriteString" {
			to, text = call.Arg(0), call.Arg(1)
		}
		from, ok := read.Origin(to).(*ast.CallExpr)
		if !ok || !about(text) {
			continue
		}
		if name := read.Name(call.In.FileOf(), from.Fun); news[name] {
			read.Report(call, "", "a password is hashed by %s", short(name))
		}
	}
}

// work finds slow functions with too little to do.
func work(read *code.Reader) {
	for _, call := range read.Calls("golang.org/x/crypto/bcrypt.GenerateFromPassword") {
		if cost, ok := read.Int(call.Arg(1)); ok && cost < 10 {
			read.Report(call.Arg(1), "warning", "bcrypt with cost %d", cost)
		}
	}
	for _, call := range read.Calls("golang.org/x/crypto/pbkdf2.Key", "crypto/pbkdf2.Key") {
		at := call.Arg(2)
		if call.Name == "crypto/pbkdf2.Key" {
			at = call.Arg(3)
		}
		if rounds, ok := read.Int(at); ok && rounds < 100_000 {
			read.Report(at, "warning", "PBKDF2 with %d rounds", rounds)
		}
	}
	for _, call := range read.Calls("golang.org/x/crypto/scrypt.Key") {
		if n, ok := read.Int(call.Arg(2)); ok && n < 1<<14 {
			read.Report(call.Arg(2), "warning", "scrypt with N=%d", n)
		}
	}
	for _, call := range read.Calls("golang.org/x/crypto/argon2.IDKey", "golang.org/x/crypto/argon2.Key") {
		if memory, ok := read.Int(call.Arg(3)); ok && memory < 7*1024 {
			read.Report(call.Arg(3), "warning", "argon2 with %d KiB", memory)
		}
	}
}
