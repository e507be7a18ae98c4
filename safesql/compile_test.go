package safesql_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// snippet is a program around one expression; v is a text that only the
// running program knows.
const snippet = `package p

import (
	"fmt"
	"strings"

	"github.com/merlon-go/merlon/safesql"
)

const known = "SELECT a FROM t"
const typed string = "SELECT a FROM t"

type row struct{ column string }

func f(v string, r row, all []string, m map[string]string) {
	_ = fmt.Sprint(strings.ToUpper(v), r, all, m)
	_ = %EXPRESSION%
}
`

// TestSQLFromAVariableDoesNotCompile runs Go's type checker on both kinds.
func TestSQLFromAVariableDoesNotCompile(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	check := func(expression string) error {
		text := []byte(snippet)
		file, err := parser.ParseFile(fset, "p.go", replace(text, expression), 0)
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		_, err = (&types.Config{Importer: imports}).Check("p", fset, []*ast.File{file}, nil)
		return err
	}
	for _, ok := range []string{
		`safesql.New("SELECT a FROM t")`,
		`safesql.New(known)`,
		`safesql.New(known + " WHERE a = ?", v)`,
		`safesql.New("SELECT a " + ("FROM t"))`,
		`safesql.Join(", ", safesql.New("a"), safesql.New("b"))`,
		`safesql.In("a", all...)`,
		`safesql.NewNames("a", "b").Ident(v)`,
		`safesql.NewSort(map[string]safesql.Query{"a": safesql.New("a")}, safesql.New("id")).By(v)`,
		`safesql.StartsWith("a", v)`,
		`safesql.If(v != "", safesql.New("a = ?", v))`,
	} {
		if err := check(ok); err != nil {
			t.Errorf("%s does not compile: %v", ok, err)
		}
	}
	for _, bad := range []string{
		`safesql.New(v)`,
		`safesql.New("SELECT a FROM t WHERE a = " + v)`,
		`safesql.New(known + v)`,
		`safesql.New(typed)`,
		`safesql.New(r.column)`,
		`safesql.New(all[0])`,
		`safesql.New(m["a"])`,
		`safesql.New(strings.ToUpper("select"))`,
		`safesql.New(fmt.Sprintf("SELECT %s", v))`,
		`safesql.New(string([]byte{65}))`,
		`safesql.New(any("a").(string))`,
		`safesql.New([]byte("a"))`,
		`safesql.New(safesql.New("a").String())`,
		`safesql.New(safesql.constant(v))`,
		`safesql.Query(v)`,
		`safesql.Query{v, nil, nil}`,
		`safesql.Query{text: v}`,
		`safesql.Join(v, safesql.New("a"))`,
		`safesql.In(v, 1, 2)`,
		`safesql.StartsWith(v, "a")`,
		`safesql.Contains(v, "a")`,
		`safesql.NewNames(v)`,
		`safesql.NewNames(all...)`,
		`safesql.Choice{"a": v}`,
		`safesql.NewSort(map[string]safesql.Query{"a": v}, safesql.Query{})`,
		`safesql.NewSort(m, safesql.Query{})`,
		`func() safesql.Query { build := safesql.New; return build(v) }()`,
	} {
		if err := check(bad); err == nil {
			t.Errorf("%s compiles", bad)
		}
	}
}

func replace(text []byte, expression string) string {
	const mark = "%EXPRESSION%"
	for i := range text {
		if string(text[i:min(len(text), i+len(mark))]) == mark {
			return string(text[:i]) + expression + string(text[i+len(mark):])
		}
	}
	return string(text)
}
