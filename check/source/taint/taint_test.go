package taint_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check/source/taint"
)

// A world analyses packages given as text, carrying facts between them.
type world struct {
	t     testing.TB
	fset  *token.FileSet
	std   types.Importer
	pkgs  map[string]*types.Package
	facts map[*types.Package]analysis.Fact
}

// library reads the standard library once, which takes seconds.
var library = sync.OnceValues(func() (*token.FileSet, types.Importer) {
	fset := token.NewFileSet()
	return fset, importer.ForCompiler(fset, "source", nil)
})

func newWorld(t testing.TB) *world {
	fset, std := library()
	return &world{t: t, fset: fset, std: std, pkgs: map[string]*types.Package{}, facts: map[*types.Package]analysis.Fact{}}
}

func (w *world) Import(path string) (*types.Package, error) {
	if p := w.pkgs[path]; p != nil {
		return p, nil
	}
	return w.std.Import(path)
}

// analyse returns what is found as "line: id (confidence)"; nil and false if
// the text does not type-check.
func (w *world) analyse(path, text string) ([]string, bool) {
	file, err := parser.ParseFile(w.fset, path+".go", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	found, err := w.files(path, []*ast.File{file})
	return found, err == nil
}

// files analyses a package.
func (w *world) files(path string, files []*ast.File) ([]string, error) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	pkg, err := (&types.Config{Importer: w}).Check(path, w.fset, files, info)
	if err != nil {
		return nil, err
	}
	w.pkgs[path] = pkg
	template := analysis.Pass{
		Fset: w.fset, Files: files, Pkg: pkg, TypesInfo: info,
		TypesSizes: types.SizesFor("gc", "amd64"),
		ImportPackageFact: func(p *types.Package, f analysis.Fact) bool {
			have, ok := w.facts[p]
			if ok {
				reflect.ValueOf(f).Elem().Set(reflect.ValueOf(have).Elem())
			}
			return ok
		},
		ExportPackageFact: func(f analysis.Fact) { w.facts[pkg] = f },
		ImportObjectFact:  func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact:  func(types.Object, analysis.Fact) {},
		Report:            func(analysis.Diagnostic) {},
	}
	r := w.run(taint.Engine, template, map[*analysis.Analyzer]any{}).(*taint.Result)
	for _, u := range r.Unjudged {
		w.t.Errorf("%s: not judged: %s", u.At, u.Text)
	}
	var found []string
	for _, f := range r.Findings {
		found = append(found, fmt.Sprintf("%s:%d: %s (%s)", f.At.File, f.At.Line, f.Kind.ID(), f.Confidence))
	}
	return found, nil
}

// run runs an analyser after those that it requires.
func (w *world) run(a *analysis.Analyzer, template analysis.Pass, done map[*analysis.Analyzer]any) any {
	if r, ok := done[a]; ok {
		return r
	}
	for _, need := range a.Requires {
		w.run(need, template, done)
	}
	pass := template
	pass.Analyzer, pass.ResultOf = a, done
	result, err := a.Run(&pass)
	if err != nil {
		w.t.Fatal(err)
	}
	done[a] = result
	return result
}

const helpers = `package helpers

import (
	"net/http"
	"os/exec"
	"strings"
)

type Options struct{ Line, Other string }

func Param(r *http.Request, name string) string { return r.URL.Query().Get(name) }

func (o *Options) Set(line string) { o.Line = strings.TrimSpace(line) }

func Run(o Options) error { return exec.Command("sh", "-c", o.Line).Run() }

func Valid(s string) bool { return s == "a" || s == "b" }
`

func TestFactsAcrossPackages(t *testing.T) {
	w := newWorld(t)
	if _, ok := w.analyse("helpers", helpers); !ok {
		t.Fatal("helpers do not type-check")
	}
	got, ok := w.analyse("app", `package app

import (
	"net/http"

	"helpers"
)

func bad(r *http.Request) {
	var o helpers.Options
	o.Set(helpers.Param(r, "line"))
	helpers.Run(o)
}

func otherField(r *http.Request) {
	o := helpers.Options{Other: helpers.Param(r, "line"), Line: "ls"}
	helpers.Run(o)
}

func validated(r *http.Request) {
	line := helpers.Param(r, "line")
	if !helpers.Valid(line) {
		return
	}
	helpers.Run(helpers.Options{Line: line})
}
`)
	if !ok {
		t.Fatal("app does not type-check")
	}
	if diff := cmp.Diff([]string{"helpers.go:15: command-injection (high)"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSameTwice(t *testing.T) {
	first, _ := newWorld(t).analyse("tangle", tangle)
	if len(first) == 0 {
		t.Fatal("nothing found")
	}
	for range 3 {
		again, _ := newWorld(t).analyse("tangle", tangle)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatal(diff)
		}
	}
}

// tangle has what makes analyses run for ever: recursion by turns, types that
// hold themselves, loops over what they change.
const tangle = `package tangle

import (
	"fmt"
	"net/http"
)

type node struct {
	left, right *node
	text        string
	visit       func(*node) string
}

func (n *node) add(text string) *node {
	if n == nil {
		return &node{text: text}
	}
	if n.left == nil {
		n.left, n.right = n, n.left
	}
	n.left = n.right.add(n.text)
	n.visit = func(m *node) string { return m.join() + n.text }
	return n
}

func (n *node) join() string {
	if n == nil {
		return ""
	}
	return n.left.join() + n.visit(n.right) + n.text
}

func even(n *node, k int) *node {
	for i := range k {
		n = odd(n.add(fmt.Sprint(i, n.text)), k-1)
	}
	return n
}

func odd(n *node, k int) *node {
	if k == 0 || n.left == n {
		return n
	}
	return even(n.left, k-1)
}

func handler(w http.ResponseWriter, r *http.Request) {
	n := even((*node)(nil).add(r.FormValue("x")), 5)
	fmt.Fprint(w, n.join(), "<b>", n.text)
}
`

func TestTables(t *testing.T) {
	if n := taint.Models(); n < 500 {
		t.Errorf("the tables hold %d names", n)
	}
}

func TestURLHead(t *testing.T) {
	const fixed = taint.SSRF | taint.Redirect
	for text, want := range map[string]taint.Kind{
		"https://api.example.com/": fixed, "https://api.example.com": 0, "http://": 0, "/users/": fixed, "/": 0, "//": 0, `/\`: 0, "": 0, "?q=": fixed,
		"https://x.example?": fixed, "users": 0,
	} {
		if got := taint.URLHead(text); got != want {
			t.Errorf("%q: got %b, want %b", text, got, want)
		}
	}
}

func TestReplaced(t *testing.T) {
	if taint.Replaced(`[\r\n]+`, " ")&taint.Log == 0 {
		t.Error("removing line breaks does not clean logs")
	}
	if taint.Replaced(`[\r\n]+`, " ")&taint.SQL != 0 {
		t.Error("removing line breaks cleans SQL")
	}
	if taint.Replaced(`[^a-zA-Z0-9]`, "")&taint.SQL == 0 {
		t.Error("keeping letters and digits does not clean SQL")
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "userPassword": true, "apiKey": true, "api_key": true, "token": true, "dbPassword": true, "clientSecret": true,
		"passwordHash": false, "tokenType": false, "secretName": false, "user": false, "tokens": false, "passwordMinLength": false, "key": false,
	} {
		if got := taint.SecretName(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestPlainPath(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/jackc/pgx/v5": "github.com/jackc/pgx", "github.com/jackc/pgx/v5/pgxpool": "github.com/jackc/pgx/pgxpool",
		"gopkg.in/yaml.v3": "gopkg.in/yaml", "a/vendor/b/c": "b/c", "net/http": "net/http", "example.com/values/v": "example.com/values/v",
	} {
		if got := taint.PlainPath(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func FuzzEngine(f *testing.F) {
	f.Add("x := r.FormValue(\"x\"); fmt.Fprintf(w, x)")
	f.Add("var m map[string][]func(string) string; for k, v := range m { fmt.Fprint(w, v[0](k), r.Form) }")
	f.Add("ch := make(chan any); go func() { ch <- r }(); switch v := (<-ch).(type) { case *http.Request: fmt.Fprint(w, v.URL) }")
	f.Add("type t struct{ next *t; s string }; var a t; a.next = &a; a.s = r.Host; fmt.Fprint(w, a.next.next.next.next.next.s)")
	f.Add("l: for { select { default: goto l } }")
	f.Add("type g func(g) g; var id g = func(x g) g { return x(x) }; id(id)(id)")
	f.Add("var f func(func(string)) func(string); f = func(k func(string)) func(string) { return f(f(k)) }; f(nil)(r.Host)")
	f.Add("type e[T any] struct{ v T; n *e[T] }; var a e[func() e[string]]; fmt.Fprint(w, a.v().v, r)")
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 2000 || strings.Contains(body, "import") {
			return
		}
		newWorld(t).analyse("fuzz", "package fuzz\nimport (\"fmt\"; \"net/http\")\nvar _ = fmt.Sprint\nfunc h(w http.ResponseWriter, r *http.Request) {\n"+body+"\n}\n")
	})
}

// FuzzMixed puts statements of the programs in testdata together anew, so that
// most of what it makes type-checks.
func FuzzMixed(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(flows, "*", "*.go"))
	if err != nil || len(names) == 0 {
		f.Fatal("no programs", err)
	}
	for i, name := range names {
		if text, err := os.ReadFile(name); err == nil {
			newWorld(f).analyse("mixed", string(text)) // reads the standard library, which takes longer than a fuzzer waits
		}
		f.Add(uint8(i), []byte{1, 7, 2, 9, 30, 4})
	}
	f.Fuzz(func(t *testing.T, which uint8, swaps []byte) {
		text, err := os.ReadFile(names[int(which)%len(names)])
		if err != nil || len(swaps) > 48 {
			return
		}
		for i := 0; i+2 < len(swaps); i += 3 {
			text = mix(text, swaps[i], int(swaps[i+1]), int(swaps[i+2]))
		}
		newWorld(t).analyse("mixed", string(text))
	})
}

// mix exchanges two statements or two expressions of a program.
func mix(text []byte, kind byte, a, b int) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return text
	}
	var nodes []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case ast.Stmt:
			if kind%2 == 0 {
				nodes = append(nodes, n)
			}
		case *ast.ImportSpec:
			return false
		case ast.Expr:
			if kind%2 == 1 {
				nodes = append(nodes, n)
			}
		}
		return true
	})
	if len(nodes) == 0 {
		return text
	}
	x, y := nodes[a*13%len(nodes)], nodes[b*13%len(nodes)]
	if x.Pos() > y.Pos() {
		x, y = y, x
	}
	if x.End() > y.Pos() {
		return text
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	return slices.Concat(text[:at(x.Pos())], text[at(y.Pos()):at(y.End())], text[at(x.End()):at(y.Pos())], text[at(x.Pos()):at(x.End())], text[at(y.End()):])
}

func TestFormatVerbs(t *testing.T) {
	for format, want := range map[string]int{"%s": 1, "%%": 0, "a%db%+vc": 2, "%[1]s": 0, "%-5.2f|": 1, "%": 0} {
		if got := taint.Verbs(format); got != want {
			t.Errorf("%q: got %d, want %d", format, got, want)
		}
	}
}
