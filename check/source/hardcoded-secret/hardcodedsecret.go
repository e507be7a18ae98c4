// Package hardcodedsecret finds passwords, keys and tokens written into the
// code: texts of a shape that only a credential has, and texts given to a name
// that says so. It lets placeholders, names of settings and sentences pass.
package hardcodedsecret

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "hardcoded-secret", Title: "A secret is written into the code", Level: check.Error, Confidence: check.Medium, Tags: []string{"source", "secrets"},
	Why:  "Whoever can read the code, its history, a backup or the program itself has the secret, and it cannot be changed without a release.",
	Fix:  "Read it from the settings (settings.Load, a secret file), and change it wherever it was in use.",
	More: "The line is not shown in reports. A value that is only for tests belongs into a file named *_test.go, which is not read.",
	CWE:  []int{798, 259, 321}, ASVS: []string{"V13.3.1"}, OWASP: "A07",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	seen := map[token.Pos]bool{}
	report := func(at ast.Node, category, format string, args ...any) {
		if !seen[at.Pos()] {
			seen[at.Pos()] = true
			read.Report(at, category, format, args...)
		}
	}
	for _, f := range read.Files() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return n.Tag == nil // struct tags
			case *ast.BasicLit:
				shaped(n, report)
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						named(read, name.Name, n.Values[i], report)
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if len(n.Lhs) == len(n.Rhs) {
						named(read, code.Last(left), n.Rhs[i], report)
					}
				}
			case *ast.KeyValueExpr:
				name := code.Last(n.Key)
				if text, ok := read.String(n.Key); ok {
					name = text
				}
				named(read, name, n.Value, report)
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					named(read, code.Last(n.X), n.Y, report)
					named(read, code.Last(n.Y), n.X, report)
				}
			}
			return true
		})
	}
	keys(read, report)
}

type reporter func(at ast.Node, category, format string, args ...any)

// shaped reports texts that look like no other text.
func shaped(lit *ast.BasicLit, report reporter) {
	if lit.Kind != token.STRING || len(lit.Value) < 12 {
		return
	}
	text := strings.Trim(lit.Value, "\"`")
	if what := Shape(text); what != "" {
		report(lit, "critical high secret", "%s is written into the code", what)
	} else if exampleKey.MatchString(text) {
		report(lit, "info low secret", "a key of a vendor's documentation is written into the code")
	}
}

// named reports a text that is given to a name that says it is a secret.
func named(read *code.Reader, name string, value ast.Expr, report reporter) {
	if !secretName(name) {
		return
	}
	text, ok := literal(read, value)
	if !ok {
		return
	}
	if m := bearer.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	switch judge(name, text) {
	case sure:
		report(value, "high secret", "%s has its value in the code", name)
	case likely:
		report(value, "warning medium secret", "%s has its value in the code", name)
	}
}

// literal returns the text of a literal, through a conversion to bytes.
func literal(read *code.Reader, e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return read.String(e)
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			if _, ok := e.Fun.(*ast.ArrayType); ok {
				return literal(read, e.Args[0])
			}
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return read.String(e)
		}
	}
	return "", false
}

// keys reports constants that are given as keys to cryptographic functions.
func keys(read *code.Reader, report reporter) {
	sinks := map[string]int{
		"crypto/hmac.New": 1, "crypto/aes.NewCipher": 0, "golang.org/x/crypto/chacha20poly1305.New": 0, "golang.org/x/crypto/chacha20poly1305.NewX": 0,
		"github.com/gorilla/sessions.NewCookieStore": 0, "github.com/gorilla/csrf.Protect": 0, "github.com/gorilla/securecookie.New": 0,
		"github.com/golang-jwt/jwt.Token.SignedString": 0, "github.com/dgrijalva/jwt-go.Token.SignedString": 0, "?.SignedString": 0,
		"net/http.Request.SetBasicAuth": 1, "net/smtp.PlainAuth": 2, "net/url.UserPassword": 1, "golang.org/x/crypto/ssh.Password": 0,
		"github.com/gin-contrib/sessions/cookie.NewStore": 0,
	}
	for name, n := range sinks {
		for _, call := range read.Calls(name) {
			if text, ok := read.String(call.Arg(n)); ok && len(text) > 0 && !placeholder(text) {
				report(call.Arg(n), "high secret", "the key of %s is a constant", code.Last(call.Fun))
			}
		}
	}
}
