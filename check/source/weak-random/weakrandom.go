// Package weakrandom finds secrets drawn from math/rand. It looks at the name
// of what the number becomes and of the function around it: a jittered wait or
// a test's noise is no secret. Where the names say nothing it is info.
package weakrandom

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "weak-random", Title: "A secret is drawn from math/rand", Level: check.Error, Confidence: check.High, Tags: []string{"source", "crypto"},
	Why:  "Whoever sees a few numbers of math/rand can compute the next ones, and so the next user's token, code or password.",
	Fix:  "Use crypto/rand: rand.Text() for tokens, rand.Int for numbers in a range.",
	More: "math/rand/v2 seeds itself well, but promises nothing to users of secrets, and its PCG source can be computed forwards and backwards.",
	CWE:  []int{338, 330}, ASVS: []string{"V11.5.1", "V6.5.3", "V7.2.3"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// Words in names of values that nobody may guess, and of values that anybody may.
var (
	secret   = []string{"token", "secret", "password", "passwd", "pass", "passphrase", "key", "salt", "nonce", "iv", "otp", "code", "pin", "session", "sid", "csrf", "auth", "credential", "captcha", "cookie", "jwt", "signature", "invite", "verification", "state", "challenge", "uuid", "guid"}
	harmless = []string{"jitter", "backoff", "retry", "shuffle", "sample", "delay", "sleep", "weight", "balance", "color", "mock", "fake", "test", "bench", "example", "demo", "noise", "simulate", "game", "status code", "key value", "keyspace", "exit code", "error code"}
)

func look(read *code.Reader) {
	read.AllCalls(func(c *code.Call) {
		if !strings.HasPrefix(c.Name, "math/rand.") {
			return
		}
		method := c.Name[strings.LastIndexByte(c.Name, '.')+1:]
		switch method {
		case "New", "NewSource", "Seed", "NewPCG", "NewChaCha8", "NewZipf":
			return
		}
		inner, outer := names(read, c)
		switch {
		case code.Mentions(inner+" "+outer, harmless...) || chance(read, c):
		case method == "Shuffle" || method == "Perm":
			read.Report(c, "info low", "math/rand orders this, which can be foretold")
		case code.Mentions(inner, secret...):
			read.Report(c, "high", "%s is drawn from math/rand", quoted(inner))
		case code.Mentions(outer, secret...):
			read.Report(c, "medium", "%s draws from math/rand", quoted(outer))
		default:
			read.Report(c, "info low", "a number that can be foretold: fine unless somebody gains by it")
		}
	})
}

// chance reports whether the number decides how long to wait, which way to go,
// or which one of the secrets there are is taken: it is no part of a secret.
func chance(read *code.Reader, c *code.Call) bool {
	found := false
	c.In.Root().Inspect(func(n ast.Node) bool {
		if n == nil || found || n.Pos() > c.Pos() || n.End() < c.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			name := read.Name(c.In.FileOf(), n.Fun)
			found = name == "time.Duration" || strings.HasPrefix(name, "time.") && n != c.CallExpr
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
				found = true
			}
		case *ast.IndexExpr:
			found = n.Index.Pos() <= c.Pos() && code.Mentions(code.Last(n.X), secret...)
		}
		return !found
	})
	return found
}

func quoted(name string) string {
	if name == "" {
		return "a secret"
	}
	return name
}

// names returns the variable that the drawn number goes to, and the function
// around the call.
func names(read *code.Reader, c *code.Call) (inner, outer string) {
	outer = c.In.Name()
	for _, f := range read.Files() {
		if c.Pos() < f.FileStart || c.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if n == nil || n.Pos() > c.Pos() || n.End() < c.End() {
				return false
			}
			switch n := n.(type) {
			case *ast.AssignStmt:
				if len(n.Lhs) > 0 {
					inner = code.Last(n.Lhs[0])
				}
			case *ast.ValueSpec:
				inner = n.Names[0].Name
			case *ast.KeyValueExpr:
				if name := code.Last(n.Key); name != "" {
					inner = name
				}
			}
			return true
		})
	}
	return inner, outer
}
