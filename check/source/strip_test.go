package source_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check/source"
)

func TestStripBodies(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"function", "package a\n\nfunc f() int {\n\treturn 1\n}\n", "package a\n\nfunc f() int {}\n"},
		{"on one line", "package a\n\nfunc f() { g() } // why\n", "package a\n\nfunc f() {} // why\n"},
		{"no body", "package a\n\nfunc f() interface{}\n\nfunc g(x struct{})\n", "package a\n\nfunc f() interface{}\n\nfunc g(x struct{})\n"},
		{"braces in the signature", "package a\n\nfunc f(x struct{ a int }) interface{ M() } {\n\treturn nil\n}\n", "package a\n\nfunc f(x struct{ a int }) interface{ M() } {}\n"},
		{"braces in texts", "package a\n\nfunc f() {\n\t_ = \"}\"\n\t_ = '}'\n\t_ = `}\nfunc g() {`\n\t// }\n\t/* } */\n}\n\nvar x = 1\n", "package a\n\nfunc f() {}\n\nvar x = 1\n"},
		{"method", "package a\n\nfunc (t *T[K]) f() {\n\tx()\n}\n", "package a\n\nfunc (t *T[K]) f() {}\n"},
		{"in a raw string", "package a\n\nvar x = `\nfunc f() {\n}\n`\n", "package a\n\nvar x = `\nfunc f() {\n}\n`\n"},
		{"signature on several lines", "package a\n\nfunc f(\n\tx int,\n) {\n\tg()\n}\n", "package a\n\nfunc f(\n\tx int,\n) {}\n"},
		{"not closed", "package a\n\nfunc f() {\n", "package a\n\nfunc f() {\n"},
	} {
		if got := string(source.StripBodies([]byte(c.in))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// declared lists the names that a file declares; nil if it does not parse.
func declared(src []byte) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	names := []string{f.Name.Name}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}

// TestStripBodiesOfTheStandardLibrary: every file still parses and declares the
// same names.
func TestStripBodiesOfTheStandardLibrary(t *testing.T) {
	var files []string
	for _, dir := range []string{"net/http", "go/types", "runtime", "encoding/json", "reflect"} {
		more, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) == 0 {
		t.Skip("no source of the standard library")
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(declared(src), declared(source.StripBodies(src))); d != "" {
			t.Errorf("%s (-whole +stripped):\n%s", name, d)
		}
	}
}

func FuzzStripBodies(f *testing.F) {
	for _, seed := range []string{"package a\n\nfunc f() {\n\t_ = \"}\"\n}\n", "package a\nfunc f() interface{}\n", "func(", "func x() {\n'", "func x() { /*", "package a\n\nfunc f() { `"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		whole, stripped := declared([]byte(text)), declared(source.StripBodies([]byte(text)))
		if whole != nil && stripped != nil && !slices.Equal(whole, stripped) {
			t.Errorf("declares %q, and %q without bodies", whole, stripped)
		}
	})
}
