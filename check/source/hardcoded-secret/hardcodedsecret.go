// Package hardcodedsecret finds passwords, keys and tokens written into the
// code: texts of a shape that only a credential has, and texts given to a name
// that says so. It lets placeholders, names of settings and sentences pass.
package hardcodedsecret

import (
	"go/ast"
	"go/token"
	"go/types"
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
	s := &scan{read: read, seen: map[token.Pos]bool{}}
	for _, f := range read.Files() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return n.Tag == nil // struct tags
			case *ast.BasicLit:
				s.shaped(n)
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						s.named(name.Name, n.Values[i])
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if len(n.Lhs) == len(n.Rhs) {
						s.named(code.Last(left), n.Rhs[i])
					}
				}
			case *ast.KeyValueExpr:
				name := code.Last(n.Key)
				if text, ok := read.String(n.Key); ok {
					name = text
				}
				s.named(name, n.Value)
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					s.named(asked(n.X), n.Y)
					s.named(asked(n.Y), n.X)
				}
			}
			return true
		})
	}
	s.uses()
}

// A scan looks for secrets in one package and reports each place once.
type scan struct {
	read *code.Reader
	seen map[token.Pos]bool
	// Filled when first asked.
	decls  map[string]*ast.FuncDecl // the package's functions
	values map[types.Object]ast.Expr
}

func (s *scan) report(at ast.Node, category, format string, args ...any) {
	if !s.seen[at.Pos()] {
		s.seen[at.Pos()] = true
		s.read.Report(at, category, format, args...)
	}
}

// shaped reports texts that look like no other text.
func (s *scan) shaped(lit *ast.BasicLit) {
	if lit.Kind != token.STRING || len(lit.Value) < 12 {
		return
	}
	text := strings.Trim(lit.Value, "\"`")
	if what := Shape(text); what != "" {
		s.report(lit, "critical high secret", "%s is written into the code", what)
	} else if exampleKey.MatchString(text) {
		s.report(lit, "info low secret", "a key of a vendor's documentation is written into the code")
	}
}

// named reports a text that is given to a name that says it is a secret.
func (s *scan) named(name string, value ast.Expr) {
	if credentialHeader.MatchString(name) {
		s.header(name, value)
		return
	}
	if !secretName(name) || strings.Contains(name, " ") { // a sentence that is translated names nothing
		return
	}
	text, ok := s.given(value)
	if !ok {
		return
	}
	if m := bearer.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	verdict := judge(name, text)
	if verdict == no && isBytes(value) && len(text) >= 4 && !unset.MatchString(text) && !strings.ContainsAny(text, " \t\n<>{}%:/") {
		verdict = likely // what names something stays text
	}
	s.valued(name, value, verdict)
}

// valued reports a value of a name, if it is one.
func (s *scan) valued(name string, value ast.Expr, verdict int) {
	switch verdict {
	case sure:
		s.report(value, "high secret", "%s has its value in the code", name)
	case likely:
		s.report(value, "warning medium secret", "%s has its value in the code", name)
	}
}

// isBytes reports whether a literal is converted to bytes.
func isBytes(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	_, ok = call.Fun.(*ast.ArrayType)
	return ok
}

// given returns the text that a name is given: a literal, through a conversion
// to bytes, or a variable that holds one and does not itself say that it is a
// secret, which is reported where it is set.
func (s *scan) given(e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return s.read.String(e)
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			if _, ok := e.Fun.(*ast.ArrayType); ok {
				return s.given(e.Args[0])
			}
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return s.read.String(e)
		}
	case *ast.Ident:
		if !secretName(e.Name) && !code.Mentions(e.Name, "test", "example", "dummy", "fake") {
			if origin, ok := s.read.Origin(e).(*ast.BasicLit); ok {
				return s.read.String(origin)
			}
		}
	}
	return "", false
}

// asked returns the name of what is compared: r.FormValue("password") asks for
// a password.
func asked(e ast.Expr) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) == 1 {
		if lit, ok := call.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			return strings.Trim(lit.Value, "\"`")
		}
	}
	return code.Last(e)
}
