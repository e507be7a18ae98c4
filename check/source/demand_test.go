package source_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/source"
)

// TestDemand imports a package of which most is not needed: what is left must
// be enough for every use of it to type-check.
func TestDemand(t *testing.T) {
	const modules = "# example.test/dep v1.0.0\n## explicit\nexample.test/dep\nexample.test/dep/other\nexample.test/dep/names.v2\n"
	const other = "package other\n\ntype Shape interface { Area() int; sealed() }\n\ntype Base struct{}\n\nfunc (Base) sealed() {}\nfunc (Base) Far() string { return \"\" }\n\ntype Unit int\n"
	const names = "package names\n\ntype Name string\n\nfunc (Name) Long() int { return 0 }\n"
	const dep = `package dep

import (
	. "errors"
	"fmt"

	"example.test/dep/names.v2"
	"example.test/dep/other"
)

const (
	zero = iota
	One
	_
	Three
)

const (
	Size = 1 << width
	width = Three
)

type Square struct{ other.Base }

func (*Square) Area() int { return 1 }

func New() *Square { return nil }

var Err, errOther = failure(), fmt.Errorf("x")

func failure() error { return Join() }

func hidden() map[other.Unit]names.Name { return nil }

var Table = hidden()

type List[T fmt.Stringer] []T

func (l List[T]) First() (v T) { return v }

type Text string

func (Text) String() string { return "" }

type Alias = Text

type builder struct{}

func (builder) with(string) Text { return "" }

var Built = new(builder).with("")

func unused() {}
`
	for name, body := range map[string]string{
		"constants":                    "var a [dep.Size]int\nvar _ = a[7]\nvar _ = [dep.Three]int{2: dep.One}\n",
		"interface of another package": "import \"example.test/dep/other\"\n\nvar _ other.Shape = &dep.Square{}\n",
		"promoted method":              "var _ string = dep.Square{}.Far()\n",
		"method of the same package":   "var _ int = (&dep.Square{}).Area()\n",
		"inferred variable":            "var _ int = dep.Table[0].Long()\n",
		"constraint":                   "var _ = dep.List[dep.Text]{}.First()\n",
		"alias":                        "var _ = dep.List[dep.Alias]{}.First().String()\n",
		"interface without a name":     "var _ interface{ Far() string } = dep.Square{}\n",
		"method called for a variable": "var _ int = len(dep.Built)\n",
		"variables set together":       "var _ error = dep.Err\n",
	} {
		t.Run(name, func(t *testing.T) {
			imports, rest := "import \"example.test/dep\"\n", body
			if line, after, ok := strings.Cut(body, "\n\n"); ok {
				imports, rest = imports+line+"\n", after
			}
			dir := tree(t, map[string]string{
				"go.mod": "module example.test/x\n\ngo 1.24\n\nrequire example.test/dep v1.0.0\n", "vendor/modules.txt": modules,
				"vendor/example.test/dep/dep.go":           dep,
				"vendor/example.test/dep/other/other.go":   other,
				"vendor/example.test/dep/names.v2/name.go": names,
				"a.go": "package a\n\n" + imports + "\n" + rest,
			})
			if _, unread := lines(run(t, dir, source.Config{}, hashes)); len(unread) > 0 {
				t.Error(unread)
			}
		})
	}
}

// TestAsked holds the list of methods that analysers ask for to the analysers:
// the names stand near where types are asked.
func TestAsked(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.Contains(string(text[fn.Pos()-1:fn.End()-1]), "types.LookupFieldOrMethod(") {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, _ := strconv.Unquote(lit.Value); ast.IsExported(s) && token.IsIdentifier(s) && !slices.Contains(source.Asked, s) {
						t.Errorf("%s: %s asks types for %s, which is not in asked", name, fn.Name.Name, s)
					}
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
