package merlon_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/merlon-go/merlon"

// tiers is the layout of ARCHITECTURE: a package imports packages of lower
// tiers only. A name ending in /... stands for every package below it. Two
// packages of one tier may know each other only if one lies inside the other.
var tiers = []struct {
	tier     int
	packages string
}{
	{0, "secrets audit internal/request internal/nearest internal/git internal/replace internal/services internal/pages"},
	{1, "internal/deny"},
	{2, "hosts"},
	{3, "settings headers csp csrf ratelimit lockout sessions passwords safesql safehtml/... mail"},
	{4, "apikeys accounts/... observe"},
	{5, "."},
	{6, "gateway check check/conf check/source/... check/repo/... check/live/... check/advisories/..."},
	{7, "check/all store/... internal/console"},
	{8, "manage"},
	{9, "internal/commands"},
	{10, "cmd/... examples/... internal/webtest"},
}

// thirdParty lists the packages of tiers 0 to 5 that may import modules other
// than this one and the standard library.
var thirdParty = []string{"settings", "passwords", "mail", "accounts/...", "observe", "safehtml/sanitize", "internal/services"}

var vague = []string{"util", "utils", "common", "helpers", "shared", "misc", "base", "core", "types", "x"}

// A source is one Go file, parsed by this test: a test built on `go list` would
// keep answering from the test cache.
type source struct {
	path, dir string
	test      bool
	lines     int
	file      *ast.File
	text      string
}

func (s source) imports() []string {
	var all []string
	for _, spec := range s.file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		all = append(all, name)
	}
	return all
}

var fset = token.NewFileSet()

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules") {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil && name != "." {
				return filepath.SkipDir // another module, such as bench
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), "\n//go:build ignore") || strings.HasPrefix(string(text), "//go:build ignore") {
			return nil // a generator, run by hand
		}
		all = append(all, source{
			path: filepath.ToSlash(name), dir: path.Dir(filepath.ToSlash(name)),
			test: strings.HasSuffix(name, "_test.go"), lines: strings.Count(string(text), "\n"),
			file: file, text: string(text),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("found only %d Go files: the layout test does not see the module", len(all))
	}
	return all
}

func matches(patterns, dir string) bool {
	for pattern := range strings.FieldsSeq(patterns) {
		if below, ok := strings.CutSuffix(pattern, "/..."); ok && (dir == below || strings.HasPrefix(dir, below+"/")) {
			return true
		}
		if pattern == dir {
			return true
		}
	}
	return false
}

func tierOf(dir string) (int, bool) {
	for _, t := range tiers {
		if matches(t.packages, dir) {
			return t.tier, true
		}
	}
	return 0, false
}

func inside(inner, outer string) bool { return strings.HasPrefix(inner, outer+"/") }

func TestLayoutImportsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		tier, ok := tierOf(s.dir)
		if !ok {
			t.Errorf("%s: package %s has no tier", s.path, s.dir)
			continue
		}
		if s.test {
			continue // tests may wire anything
		}
		for _, name := range s.imports() {
			if name != module && !strings.HasPrefix(name, module+"/") {
				continue
			}
			dir := strings.TrimPrefix(strings.TrimPrefix(name, module), "/")
			if dir == "" {
				dir = "."
			}
			other, ok := tierOf(dir)
			switch {
			case !ok:
				t.Errorf("%s imports %s, which has no tier", s.path, dir)
			case other > tier:
				t.Errorf("%s (tier %d) imports %s (tier %d): imports point down", s.path, tier, dir, other)
			case other == tier && !inside(s.dir, dir) && !inside(dir, s.dir) && !sameHouse(s.dir, dir):
				t.Errorf("%s imports its sibling %s", s.path, dir)
			}
			if matches("internal/services internal/webtest store/storetest", dir) && !matches("internal/webtest store/storetest", s.dir) {
				t.Errorf("%s imports %s, which is for tests only", s.path, dir)
			}
		}
	}
}

// sameHouse reports whether both packages are private parts of one house: the
// analysers share their engine, the stores their plumbing.
func sameHouse(a, b string) bool {
	for _, house := range []string{"check/source", "check/repo", "check/live", "check/advisories", "safehtml"} {
		if inside(a, house) && inside(b, house) {
			return true
		}
	}
	return inside(a, "store") && inside(b, "store/internal")
}

func TestLayoutThirdPartyImports(t *testing.T) {
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources(t) {
		tier, _ := tierOf(s.dir)
		for _, name := range s.imports() {
			first, _, _ := strings.Cut(name, "/")
			if !strings.Contains(first, ".") || name == module || strings.HasPrefix(name, module+"/") {
				continue
			}
			if tier <= 5 && !s.test && !matches(strings.Join(thirdParty, " "), s.dir) {
				t.Errorf("%s imports %s: packages of tiers 0 to 5 import the standard library and this module only", s.path, name)
			}
			if !named(string(page), name) {
				t.Errorf("%s imports %s, which docs/dependencies.md does not name", s.path, name)
			}
		}
	}
}

// named reports whether page has a table row for the module that holds name.
func named(page, name string) bool {
	for ; name != "." && name != ""; name = path.Dir(name) {
		if strings.Contains(page, "| `"+name+"` |") {
			return true
		}
	}
	return false
}

func TestLayoutPackages(t *testing.T) {
	comments := map[string][]string{}
	examples := map[string]bool{}
	for _, s := range sources(t) {
		if slices.Contains(vague, s.file.Name.Name) || slices.Contains(vague, path.Base(s.dir)) {
			t.Errorf("%s: %q says nothing about what the package holds", s.path, s.file.Name.Name)
		}
		if _, ok := comments[s.dir]; !ok && !s.test {
			comments[s.dir] = nil
		}
		if s.file.Doc != nil && !s.test {
			comments[s.dir] = append(comments[s.dir], s.path)
		}
		if s.test && strings.Contains(s.text, "\nfunc Example") {
			examples[s.dir] = true
		}
		if generated := strings.HasPrefix(s.text, "// Code generated"); s.lines > 500 && !s.test && s.dir != "store/storetest" && !generated {
			t.Errorf("%s has %d lines: split it by subject", s.path, s.lines)
		}
	}
	for dir, files := range comments {
		if len(files) != 1 {
			t.Errorf("package %s has %d package comments, want one: %v", dir, len(files), files)
		}
		if tier, _ := tierOf(dir); tier <= 4 && !strings.HasPrefix(dir, "internal/") && !strings.Contains(dir, "unsafe") && !examples[dir] {
			t.Errorf("package %s has no Example", dir)
		}
	}
}

// forbidden names what only the programs in cmd may touch: everything else gets
// the environment, the streams and the clock handed in.
var forbidden = []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.Exit", "os.Args", "os.Stdin", "os.Stdout", "os.Stderr", "slog.Default", "http.DefaultServeMux", "http.DefaultClient"}

func TestLayoutTheWorldEntersThroughCmd(t *testing.T) {
	for _, s := range sources(t) {
		switch s.path {
		case "settings/load.go": // Source.Environ says that nil means os.Environ
			continue
		case "manage/main.go": // Main and Process are the cmd of every site
			continue
		}
		if s.path == "manage/main.go" {
			continue // manage.Main is the main function of every site: it builds the one struct
		}
		if s.test || matches("cmd/... examples/... internal/services internal/webtest", s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: no init functions", fset.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && slices.Contains(forbidden, x.Name+"."+n.Sel.Name) {
					t.Errorf("%s: %s.%s belongs in cmd", fset.Position(n.Pos()), x.Name, n.Sel.Name)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && fmt.Sprint(f.X) == "time" && (f.Sel.Name == "Now" || f.Sel.Name == "Sleep") {
					t.Errorf("%s: time.%s is not called here: take the clock as a field", fset.Position(n.Pos()), f.Sel.Name)
				}
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if f, ok := left.(*ast.SelectorExpr); ok && f.Sel.Name == "RemoteAddr" {
						t.Errorf("%s: nobody assigns RemoteAddr", fset.Position(n.Pos()))
					}
				}
			}
			return true
		})
	}
}

func TestLayoutForwardedHeadersAreReadByHostsAlone(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || matches("hosts gateway check check/... internal/commands", s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text := strings.ToLower(lit.Value)
				if strings.HasPrefix(text[1:], "x-forwarded-") || text[1:len(text)-1] == "forwarded" || text[1:len(text)-1] == "x-real-ip" {
					t.Errorf("%s: %s is read by package hosts only", fset.Position(n.Pos()), lit.Value)
				}
			}
			return true
		})
	}
}

func TestLayoutSQLNamesItsColumns(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !strings.HasPrefix(s.dir, "store/") {
			continue
		}
		if strings.Contains(strings.ToUpper(s.text), "SELECT *") {
			t.Errorf("%s: SELECT * hides which columns are meant", s.path)
		}
	}
}

func TestLayoutCommandIsThin(t *testing.T) {
	text, err := os.ReadFile("cmd/merlon/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 20 {
		t.Errorf("cmd/merlon/main.go has %d lines, want at most 20", lines)
	}
}
