package source_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
)

var hashes = source.Check{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer}

// tree writes files, whose names are the keys, below a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir string, config source.Config, checks ...source.Check) *check.Report {
	t.Helper()
	target := &check.Target{Dir: dir, Paths: []string{"."}}
	report, err := check.Run(t.Context(), check.Options{Rules: source.Rules(checks, config), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// lines lists findings as file:line, and what could not be judged as
// file: reason.
func lines(r *check.Report) (found, unread []string) {
	for _, f := range r.Findings {
		found = append(found, f.Place.File+":"+strconv.Itoa(f.Place.Line))
	}
	slices.Sort(found)
	for _, in := range r.Incomplete {
		unread = append(unread, in.Place.File+": "+in.Reason)
	}
	return found, unread
}

const weak = "package %s\n\nimport \"crypto/md5\"\n\nvar _ = md5.New()\n"

func TestTrees(t *testing.T) {
	mod := "module example.test/x\n\ngo 1.24\n"
	for _, c := range []struct {
		name   string
		files  map[string]string
		found  []string
		unread []string // parts of the lines
	}{
		{"one package", map[string]string{"go.mod": mod, "a.go": fmt.Sprintf(weak, "a")}, []string{"a.go:5"}, nil},
		{"no go.mod", map[string]string{"a.go": fmt.Sprintf(weak, "a")}, []string{"a.go:5"}, nil},
		{"two modules", map[string]string{"go.mod": mod, "a.go": fmt.Sprintf(weak, "a"), "in/go.mod": "module example.test/in\n", "in/b.go": fmt.Sprintf(weak, "b")}, []string{"a.go:5", "in/b.go:5"}, nil},
		{"other platforms and tags", map[string]string{
			"go.mod": mod, "a.go": "package a\n", "a_windows.go": fmt.Sprintf(weak, "a"), "a_plan9.go": fmt.Sprintf(weak, "a"),
			"tag.go": "//go:build special && !other\n\n" + fmt.Sprintf(weak, "a"), "gen.go": "//go:build ignore\n\n" + fmt.Sprintf(weak, "main"),
		}, []string{"a_plan9.go:5", "a_windows.go:5", "gen.go:7", "tag.go:7"}, nil},
		{"tests, testdata and vendored code are left out", map[string]string{
			"go.mod": mod, "a.go": "package a\n", "a_test.go": fmt.Sprintf(weak, "a"), "testdata/a.go": fmt.Sprintf(weak, "a"),
			"vendor/v/a.go": fmt.Sprintf(weak, "v"), "_old/a.go": fmt.Sprintf(weak, "a"), ".git/a.go": fmt.Sprintf(weak, "a"),
		}, nil, nil},
		{"broken types", map[string]string{"go.mod": mod, "a.go": fmt.Sprintf(weak, "a") + "\nvar x int = missing\n"}, []string{"a.go:5"}, []string{"a.go: does not type-check (undefined: missing)"}},
		{"broken syntax", map[string]string{"go.mod": mod, "a.go": fmt.Sprintf(weak, "a") + "\nfunc f() {\n"}, []string{"a.go:5"}, []string{"a.go: does not parse"}},
		{"missing dependency", map[string]string{"go.mod": mod, "a.go": "package a\n\nimport (\n\t\"crypto/md5\"\n\n\t\"example.test/y\"\n)\n\nvar _ = y.Do(md5.New())\n"}, []string{"a.go:9"}, []string{"could not import example.test/y"}},
		{"not Go", map[string]string{"go.mod": mod, "a.go": "<html>\n", "b.go": fmt.Sprintf(weak, "b")}, []string{"b.go:5"}, []string{"a.go: not Go"}},
		{"programs in one folder", map[string]string{
			"a.go": fmt.Sprintf(weak, "main") + "\nfunc main() {}\n", "b.go": fmt.Sprintf(weak, "main") + "\nfunc main() {}\n",
		}, []string{"a.go:5", "b.go:5"}, []string{"declares names twice"}},
		{"import circle", map[string]string{
			"go.mod": mod, "a/a.go": "package a\n\nimport _ \"example.test/x/b\"\n", "b/b.go": fmt.Sprintf(weak, "b") + "\nvar _ = a.X\n",
		}, []string{"b/b.go:5"}, []string{"b/b.go: does not type-check"}},
		{"cgo", map[string]string{"go.mod": mod, "a.go": "package a\n\n// int f();\nimport \"C\"\nimport \"crypto/md5\"\n\nvar _ = md5.New()\n\nfunc g() { C.f() }\n"}, []string{"a.go:7"}, []string{"imports C"}},
		{"bad go.mod", map[string]string{"go.mod": "nonsense\n", "a.go": fmt.Sprintf(weak, "a")}, []string{"a.go:5"}, []string{"go.mod is not well formed"}},
		{"line directives lead nowhere", map[string]string{"go.mod": mod, "a.go": "package a\n\nimport \"crypto/md5\"\n\n//line /etc/passwd:1\nvar _ = md5.New()\n"}, []string{"a.go:6"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, unread := lines(run(t, tree(t, c.files), source.Config{}, hashes))
			if d := cmp.Diff(c.found, found); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			if len(unread) < len(c.unread) || len(c.unread) == 0 && len(unread) > 0 {
				t.Errorf("could not be judged: %q, want %q", unread, c.unread)
			}
			for i, part := range c.unread {
				if i < len(unread) && !strings.Contains(unread[i], part) {
					t.Errorf("could not be judged: %q, want %q", unread[i], part)
				}
			}
		})
	}
}

// TestWorkspaceBeside: a part of a workspace imports the others, and what go
// work vendor wrote, though neither is among the paths.
func TestWorkspaceBeside(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.work":                    "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod":                   "module example.test/a\n\ngo 1.24\n",
		"a/a.go":                     "package a\n\nfunc Name() string { return \"\" }\n",
		"b/go.mod":                   "module example.test/b\n\ngo 1.24\n",
		"b/b.go":                     "package b\n\nimport (\n\t\"crypto/md5\"\n\n\t\"example.test/a\"\n\t\"example.test/v\"\n)\n\nvar _ = md5.New().Sum([]byte(a.Name() + v.X))\n",
		"vendor/example.test/v/v.go": "package v\n\nconst X = \"\"\n",
		"vendor/modules.txt":         "## workspace\n",
	})
	target := &check.Target{Dir: dir, Paths: []string{"b"}}
	report, err := check.Run(t.Context(), check.Options{Rules: source.Rules([]source.Check{hashes}, source.Config{}), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	if found, unread := lines(report); !slices.Equal(found, []string{"b/b.go:10"}) || len(unread) > 0 {
		t.Errorf("%q, %q", found, unread)
	}
}

// TestAttackUnreadableTree: links in circles, a file of a gibibyte, a socket-like
// file and a missing path each get a line, and the rest is still read.
func TestAttackUnreadableTree(t *testing.T) {
	dir := tree(t, map[string]string{"go.mod": "module x\n\ngo 1.24\n", "a/a.go": fmt.Sprintf(weak, "a"), "huge/huge.go": ""})
	for link, to := range map[string]string{"self": "self", "up": ".", "gone.go": "nowhere.go", "out": t.TempDir()} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Truncate(filepath.Join(dir, "huge", "huge.go"), 1<<30); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "odd.go"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "secret/s.go", fmt.Sprintf(weak, "s"))
	if err := os.Chmod(filepath.Join(dir, "secret"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "secret"), 0o700) })
	report := run(t, dir, source.Config{}, hashes)
	found, unread := lines(report)
	want := []string{
		"gone.go: does not exist", "huge/huge.go: larger than 16 MiB, not read", "out: a symbolic link out of the tree, not followed",
		"self: a symbolic link that leads to itself", "up: a symbolic link to a folder above it, not followed",
	}
	if os.Geteuid() != 0 { // the superuser may read everything
		want = append(want, "secret: permission denied")
	} else {
		found = slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(f, "secret/") })
	}
	slices.Sort(unread)
	slices.Sort(want)
	if d := cmp.Diff(want, unread); d != "" {
		t.Errorf("could not be judged (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"a/a.go:5"}, found); d != "" {
		t.Error(d)
	}
}

// TestPanicIsIncomplete: an analyser that fails says nothing about the others.
func TestPanicIsIncomplete(t *testing.T) {
	dir := tree(t, map[string]string{"go.mod": "module x\n\ngo 1.24\n", "a.go": fmt.Sprintf(weak, "a")})
	rule := weakhash.Rule
	rule.ID = "panics"
	bad := source.Check{Rule: rule, Analyzer: &analysis.Analyzer{Name: "panics", Doc: "panics", Run: func(*analysis.Pass) (any, error) { panic("oh") }}}
	found, unread := lines(run(t, dir, source.Config{}, bad, hashes))
	if len(found) != 1 || len(unread) != 1 || !strings.Contains(unread[0], "the analyser panics failed: oh") {
		t.Errorf("found %q, could not be judged %q", found, unread)
	}
}

// A counted is a fact that tells how many packages lie below one.
type counted struct{ N int }

func (*counted) AFact() {}

// counting makes a check that reports in package top what it learned about
// those below, and notes which packages it was run on.
func counting(ran *[]string, mu chan struct{}) source.Check {
	rule := weakhash.Rule
	rule.ID = "counting"
	return source.Check{Rule: rule, Analyzer: &analysis.Analyzer{
		Name: "counting", Doc: "counts", FactTypes: []analysis.Fact{(*counted)(nil)},
		Run: func(pass *analysis.Pass) (any, error) {
			mu <- struct{}{}
			*ran = append(*ran, pass.Pkg.Name())
			<-mu
			n := 1
			for _, p := range pass.Pkg.Imports() {
				var below counted
				if pass.ImportPackageFact(p, &below) {
					n += below.N
				}
			}
			if pass.Pkg.Scope().Lookup("Double") != nil {
				n *= 2
			}
			pass.ExportPackageFact(&counted{n})
			if pass.Pkg.Name() == "top" {
				pass.Reportf(pass.Files[0].Package, "%d packages", n)
			}
			return nil, nil
		},
	}}
}

// TestCache: nothing changed, nothing runs; what changed runs with what it
// concerns, and no more; the findings are those of a run without a cache.
func TestCache(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod": "module x\n\ngo 1.24\n", "low/a.go": "package low\n\nfunc F() int { return 1 }\n",
		"mid/a.go": "package mid\n\nimport \"x/low\"\n\nfunc F() int { return low.F() }\n",
		"top/a.go": "package top\n\nimport \"x/mid\"\n\nvar X = mid.F()\n", "side/a.go": "package side\n",
	})
	config := source.Config{CacheDir: t.TempDir(), Version: "test"}
	var ran []string
	c := counting(&ran, make(chan struct{}, 1))
	step := func(name string, want []string, title string) {
		t.Helper()
		ran = nil
		report := run(t, dir, config, c)
		slices.Sort(ran)
		if d := cmp.Diff(want, ran); d != "" {
			t.Errorf("%s: ran (-want +got):\n%s", name, d)
		}
		if len(report.Findings) != 1 || report.Findings[0].Title != title {
			t.Errorf("%s: %v, want %q", name, report.Findings, title)
		}
	}
	step("first", []string{"low", "mid", "side", "top"}, "3 packages")
	step("nothing changed", nil, "3 packages")
	write(t, dir, "low/a.go", "package low\n\nfunc F() int { return 2 }\n")
	step("a body changed, nothing is learned from it", []string{"low"}, "3 packages")
	write(t, dir, "low/a.go", "package low\n\nfunc F() int { return 2 }\n\nvar Double = true\n")
	step("a declaration and a fact changed", []string{"low", "mid", "top"}, "4 packages")
	write(t, dir, "side/a.go", "package side\n\nvar X = 1\n")
	step("another package changed", []string{"side"}, "4 packages")
	entries, err := filepath.Glob(filepath.Join(config.CacheDir, "*", "*"))
	if err != nil || len(entries) == 0 {
		t.Fatal(err, entries)
	}
	for _, e := range entries {
		if err := os.WriteFile(e, []byte("garbage"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	step("the cache was damaged", []string{"low", "mid", "side", "top"}, "4 packages")
	config.Version = "newer"
	step("another build", []string{"low", "mid", "side", "top"}, "4 packages")
}

// TestDeterminism: the same tree gives the same report, however many work.
func TestDeterminism(t *testing.T) {
	files := map[string]string{"go.mod": "module x\n\ngo 1.24\n"}
	for i := range 20 {
		files[fmt.Sprintf("p%d/a.go", i)] = fmt.Sprintf(weak, "p")
	}
	dir := tree(t, files)
	first := run(t, dir, source.Config{Workers: 1}, hashes)
	if len(first.Findings) != 20 {
		t.Fatalf("%d findings, want 20", len(first.Findings))
	}
	for range 3 {
		if d := cmp.Diff(first.Findings, run(t, dir, source.Config{Workers: 8}, hashes).Findings); d != "" {
			t.Fatal(d)
		}
	}
}

// TestFilesAside: what nobody wrote, only tests run or only developers build
// fails no pipeline, and says why.
func TestFilesAside(t *testing.T) {
	const text = "package a\n\nimport \"crypto/md5\"\n\nfunc sign%d() any { return md5.New() }\n"
	body := func(n int) string { return fmt.Sprintf(text, n) }
	report := run(t, tree(t, map[string]string{
		"go.mod": "module x\n\ngo 1.24\n", "a.go": body(0), "unless.go": "//go:build !debug\n\n" + body(1), "own.go": "//go:build enterprise\n\n" + body(2),
		"unix.go": "//go:build !windows && !js\n\n" + body(6), "late.go": "//go:build linux && (debug || !cgo)\n\n" + body(7), "slow.go": "//go:build linux && !(race || !debug)\n\n" + body(8),
		"gen.go": "// Code generated by hand. DO NOT EDIT.\n\n" + body(3), "debug.go": "//go:build debug || profile\n\n" + body(4),
		"helper.go": strings.Replace(body(5), "import", "import _ \"testing\"\nimport", 1),
	}), source.Config{}, hashes)
	got := map[string]string{}
	for _, f := range report.Findings {
		got[f.Place.File] = f.Level.String() + ": " + f.Evidence
	}
	want := map[string]string{
		"a.go": "error: ", "unless.go": "error: ", "own.go": "error: ", "unix.go": "error: ", "late.go": "error: ", "gen.go": "info: a generated file",
		"debug.go": "info: built only for developers: debug || profile", "slow.go": "info: built only for developers: linux && !(race || !debug)", "helper.go": "info: code for tests: the file imports testing",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

// TestCancel: a run that is stopped says so.
func TestCancel(t *testing.T) {
	dir := tree(t, map[string]string{"go.mod": "module x\n\ngo 1.24\n", "a.go": fmt.Sprintf(weak, "a")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := check.Run(ctx, check.Options{Rules: source.Rules([]source.Check{hashes}, source.Config{}), Target: &check.Target{Dir: dir, Paths: []string{"."}}})
	if err != nil || report.ExitCode() != check.ExitFailed {
		t.Errorf("%v, exit code %d", err, report.ExitCode())
	}
}
