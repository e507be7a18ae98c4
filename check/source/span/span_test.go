package span_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/merlon-go/merlon/check/source/span"
)

// build compiles functions to SSA.
func build(t testing.TB, text string) *ssa.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", "package a\n"+text, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}, fset, types.NewPackage("a", "a"), []*ast.File{f}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// shown returns where the argument of the function's call to show lies.
func shown(t testing.TB, fn *ssa.Function) string {
	t.Helper()
	b := span.Of(fn)
	for _, block := range fn.Blocks {
		for _, in := range block.Instrs {
			call, ok := in.(*ssa.Call)
			if !ok || call.Call.StaticCallee() == nil || call.Call.StaticCallee().Name() != "show" {
				continue
			}
			s := b.At(call.Call.Args[0], block)
			switch {
			case s.Empty() || !b.Reaches(block):
				return "never"
			case s.Equal(span.Type(types.Typ[types.Int])):
				return "any"
			}
			return s.Lo.String() + ".." + s.Hi.String()
		}
	}
	t.Fatal("nothing is shown")
	return ""
}

func TestBounds(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"constant", "show(3)", "3..3"},
		{"unknown", "show(n)", "any"},
		{"below", "if n < 10 && n >= 0 { show(n) }", "0..9"},
		{"turned round", "if 10 > n && 0 <= n { show(n) }", "0..9"},
		{"early return", "if n < 0 || n > 9 { return }\nshow(n)", "0..9"},
		{"and does not bound", "if n < 0 && n > 9 { return }\nshow(n)", "any"},
		{"either of two", "if n == 3 || n == 4 { show(n) }", "3..4"},
		{"neither", "if n > 5 && n < 3 { show(n) }", "never"},
		{"not", "if !(n > 5) && !(n < 3) { show(n) }", "3..5"},
		{"sum", "if n > 0 && n < 5 { show(n + 100) }", "101..104"},
		{"difference", "if n > 0 && n < 5 { show(10 - n) }", "6..9"},
		{"product", "if n > -3 && n < 5 { show(n * -2) }", "-8..4"},
		{"quotient", "if n >= 0 && n < 100 { show(n / 10) }", "0..9"},
		{"remainder", "show(n % 10)", "-9..9"},
		{"mask", "show(n & 0x7f)", "0..127"},
		{"shift", "if n >= 0 && n < 8 { show(n << 2) }", "0..28"},
		{"test of a sum", "if n+1000 < 1010 && n >= 0 { show(n) }", "0..9"},
		{"test of a shift", "if n>>2 < 10 && n >= 0 { show(n) }", "0..39"},
		{"test of a product", "if n*10 < 100 && n >= 0 { show(n) }", "0..9"},
		{"test of a quotient", "if n/10 < 5 && n > 0 { show(n) }", "1..49"},
		{"test of another quotient", "if n > 0 && 10000/n < 5 { show(n) }", "1..9223372036854775807"},
		{"loop", "for i := 10; i < 17; i++ { show(i) }", "10..16"},
		{"loop in steps", "for i := 0; i < 128; i += 16 { show(i + 15) }", "15..127"},
		{"loop down", "for i := 10; i >= 2; i-- { show(i) }", "2..10"},
		{"range of a number", "for i := range 3 { show(i) }", "0..2"},
		{"range of an array", "var a [8]int\nfor i := range a { show(i) }", "0..7"},
		{"after the loop", "i := 0\nfor i < 5 { i++ }\nshow(i)", "5..9223372036854775807"},
		{"min and max", "show(min(9, max(0, n)))", "0..9"},
		{"length", "show(len(s))", "0..9223372036854775807"},
		{"byte", "show(int(s[0]))", "0..255"},
		{"widened", "var b int8 = int8(n)\nshow(int(b))", "-128..127"},
		{"wraps", "if n > 0 { show(n + 1) }", "any"},
		{"field", "if p.f >= 0 && p.f < 4 { show(p.f) }", "0..3"},
		{"switch", "switch { case n < 0: return\ncase n > 7: return }\nshow(n)", "0..7"},
		{"joined", "x := 3\nif n > 0 { x = 8 }\nshow(x)", "3..8"},
		{"dead", "x := 0\nif x > 1 { show(n) }", "never"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pkg := build(t, "type point struct{ f int }\nfunc show(int) {}\nfunc f(n int, s string, p *point) {\n"+test.body+"\n}")
			if got := shown(t, pkg.Func("f")); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestNumbersOfManyBranches asks for numbers that many branches of a loop change
// and test against each other: without a bound on the work on one question
// every branch multiplies it, and the test would not end.
func TestNumbersOfManyBranches(t *testing.T) {
	var text strings.Builder
	text.WriteString("func show(int) {}\nfunc f(n int) {\nvar a, b, c int\nfor a < n {\n")
	for range 4 {
		text.WriteString("switch {\n")
		for i := range 40 {
			fmt.Fprintf(&text, "case b == %d:\na, b, c = b+%d, c-%d, a+b\n", i, i, i)
		}
		text.WriteString("}\n")
	}
	text.WriteString("}\nshow(a)\n}\n")
	if got := shown(t, build(t, text.String()).Func("f")); got == "never" {
		t.Error("control gets there")
	}
}

func TestType(t *testing.T) {
	for kind, want := range map[types.BasicKind]string{types.Int8: "-128..127", types.Uint16: "0..65535", types.Int64: "-9223372036854775808..9223372036854775807"} {
		s := span.Type(types.Typ[kind])
		if got := s.Lo.String() + ".." + s.Hi.String(); got != want {
			t.Errorf("%s: got %s, want %s", types.Typ[kind], got, want)
		}
	}
	if !span.Type(types.Typ[types.String]).Empty() {
		t.Error("a string holds numbers")
	}
}

func BenchmarkAt(b *testing.B) {
	body := strings.Repeat("if n < 0 || n > 200 { return }\nshow(n + 1)\n", 50)
	fn := build(b, "func show(int) {}\nfunc f(n int) {\n"+body+"}").Func("f")
	last := fn.Blocks[len(fn.Blocks)-1]
	b.ReportAllocs()
	for b.Loop() {
		span.Of(fn).At(fn.Params[0], last)
	}
}
