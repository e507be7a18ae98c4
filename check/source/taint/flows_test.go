package taint_test

import (
	"go/ast"
	"go/parser"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// flows is where programs lie whose lines say what is found there:
//
//	db.Query(q) // want sql-injection
//
// A confidence may follow the id after a colon. Folders below one another are
// packages that import each other by their path here.
const flows = "testdata/flows"

var wanted = regexp.MustCompile(`// want ([a-z:\- ]+)`)

// folder analyses the package in a folder, after those that it imports, and
// returns what was found in all of them and what their comments want.
func (w *world) folder(path string) (found, want []string) {
	if w.pkgs[path] != nil {
		return nil, nil
	}
	mine, wants := w.read(path, filepath.Join(flows, path), func(other string) {
		if info, err := os.Stat(filepath.Join(flows, other)); err == nil && info.IsDir() {
			f, n := w.folder(other)
			found, want = append(found, f...), append(want, n...)
		}
	})
	return append(found, mine...), append(want, wants...)
}

// read analyses the package in a folder, after imports has seen to each one
// that it imports, and returns what was found and what its comments want.
func (w *world) read(importPath, dir string, imports func(importPath string)) (found, want []string) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		w.t.Fatalf("%s: no files (%v)", dir, err)
	}
	var files []*ast.File
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		file, err := parser.ParseFile(w.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			w.t.Fatal(err)
		}
		files = append(files, file)
		for i, line := range strings.Split(string(text), "\n") {
			if m := wanted.FindStringSubmatch(line); m != nil {
				for id := range strings.FieldsSeq(m[1]) {
					want = append(want, name+":"+strconv.Itoa(i+1)+": "+id)
				}
			}
		}
		for _, imp := range file.Imports {
			other, _ := strconv.Unquote(imp.Path.Value)
			imports(other)
		}
	}
	found, err = w.files(importPath, files)
	if err != nil {
		w.t.Fatal(err)
	}
	return found, want
}

// TestFlows follows values through everything that Go has to pass them on.
func TestFlows(t *testing.T) {
	entries, err := os.ReadDir(flows)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			w := newWorld(t)
			found, want := w.folder(e.Name())
			once(t, found)
			compare(t, found, want)
		})
	}
}

// once complains if what a package does with its own global is reported
// wherever its functions are called.
func once(t *testing.T, found []string) {
	t.Helper()
	n := 0
	for _, f := range found {
		if strings.Contains(f, "store/kept.go:12:") {
			n++
		}
	}
	if n > 1 {
		t.Errorf("reported %d times: the command of store/kept.go", n)
	}
}

// compare compares what was found, in any order; a want without a confidence
// wants high.
func compare(t *testing.T, found, want []string) {
	t.Helper()
	for i, f := range found {
		found[i] = strings.NewReplacer(" (", ":", ")", "").Replace(f)
	}
	for i, f := range want {
		if !strings.HasSuffix(f, ":medium") && !strings.HasSuffix(f, ":low") {
			want[i] = f + ":high"
		}
	}
	for _, f := range found {
		if !slices.Contains(want, f) {
			t.Error("unexpected", f)
		}
	}
	for _, f := range want {
		if !slices.Contains(found, f) {
			t.Error("missing   ", f)
		}
	}
}
