package code_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check/source/code"
)

// read indexes one file, which need not type-check.
func read(t *testing.T, text string) *code.Reader {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil || file.Name == nil {
		t.Skip(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
	}
	conf := types.Config{Importer: nowhere{}, Error: func(error) {}}
	pkg, _ := conf.Check("a", fset, []*ast.File{file}, info) // what is wrong stays unknown
	pass := &analysis.Pass{Analyzer: code.Analyzer, Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info, Report: func(analysis.Diagnostic) {}}
	value, err := code.Analyzer.Run(pass)
	if err != nil {
		t.Fatal(err)
	}
	return value.(*code.Reader)
}

// nowhere has no packages.
type nowhere struct{}

func (nowhere) Import(string) (*types.Package, error) { return nil, errors.New("not here") }

func TestNamesWithoutTypes(t *testing.T) {
	r := read(t, "package a\n\nimport h \"crypto/md5\"\n\nfunc f() { h.New(); x.Do(); len(\"\") }\n")
	var names []string
	r.AllCalls(func(c *code.Call) { names = append(names, c.Name) })
	if want := []string{"?.Do", "crypto/md5.New", "len"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{"APIKey": "api key", "userID": "user id", "api_tokens": "api tokens", "IDs": "ids", "x": "x", "": ""} {
		if got := strings.Join(code.Words(name), " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !code.Mentions("oldAPIKeys", "api key") || code.Mentions("monkey", "key") {
		t.Error("Mentions looks at parts of words")
	}
}

// FuzzRead gives the reader code of any shape: no question may panic.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"package a\n\nfunc f() { x := []byte(\"a\"); g(x[0], x) }",
		"package a\n\nvar x, y = 1\n\nfunc (t *T[A]) f() (n int) { t.x.y, n = 1, z(); return }",
		"package a\n\nimport . \"fmt\"\n\nfunc f() { defer func() { Println() }() }",
		"package a\n\nfunc f() { x = x; y := y }",
		"package a\n\nfunc f( { \"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		r := read(t, text)
		r.AllCalls(func(c *code.Call) {
			code.Last(c.Fun)
			c.In.Root().Name()
			for _, arg := range c.Args {
				r.String(arg)
				r.Int(arg)
				r.Bool(arg)
				r.Values(arg)
				r.TypeOf(arg)
			}
		})
		r.AllSets(func(_ string, s *code.Set) { r.Origin(s.Right) })
		r.AllLiterals(func(_ string, l *code.Literal) { code.Field(l.CompositeLit, "X") })
	})
}
