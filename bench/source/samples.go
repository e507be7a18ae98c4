package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A sample is a small program with the number of faults it is said to hold.
type sample struct {
	rule  string // gosec's id, such as G701
	n     int
	files []string
	want  int
	note  string // what its author says of a limitation
}

func (s sample) pkg() string { return fmt.Sprintf("%s_%03d", strings.ToLower(s.rule), s.n) }

var samplesName = regexp.MustCompile(`^g(\d+)_samples\.go$`)

// readSamples takes the samples out of gosec's test tables.
func readSamples(dir string, rules map[string][]string) ([]sample, error) {
	var all []sample
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		name := filepath.Join(dir, strings.ToLower(rule)+"_samples.go")
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		n := 0
		ast.Inspect(file, func(node ast.Node) bool {
			lit, ok := node.(*ast.CompositeLit)
			if !ok || len(lit.Elts) < 2 {
				return true
			}
			s := sample{rule: rule, n: n}
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					e = kv.Value
				}
				switch e := e.(type) {
				case *ast.CompositeLit:
					for _, text := range e.Elts {
						if code, ok := stringValue(text); ok {
							s.files = append(s.files, code)
						}
					}
				case *ast.BasicLit:
					s.want, _ = strconv.Atoi(e.Value)
				}
			}
			if len(s.files) == 0 {
				return true
			}
			all = append(all, s)
			n++
			return false
		})
	}
	return all, nil
}

// stringValue evaluates string literals joined by +.
func stringValue(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok1 := stringValue(e.X)
		b, ok2 := stringValue(e.Y)
		return a + b, ok1 && ok2
	}
	return "", false
}

// older are the rules whose samples ask for a Go that is older than ours: they
// are a module of their own, in the folder of that name.
var older = map[string]string{"G601": "1.21"}

// write lays the samples out as packages of one module, and one for each older
// Go that some ask for.
func write(dir string, samples []sample) error {
	mod := "module samples\n\ngo 1.26.0\n\nrequire (\n\tgithub.com/lib/pq v1.0.0\n\tgolang.org/x/sys v0.49.0\n)\n\nreplace github.com/lib/pq => ./pq\n\nreplace golang.org/x/sys => ./sys\n"
	files := map[string]string{
		"go.mod":              mod,
		"pq/go.mod":           "module github.com/lib/pq\n",
		"pq/pq.go":            "package pq\n\nfunc QuoteIdentifier(s string) string { return s }\n\nfunc QuoteLiteral(s string) string { return s }\n",
		"sys/go.mod":          "module golang.org/x/sys\n",
		"sys/execabs/exec.go": "package execabs\n\nimport (\n\t\"context\"\n\t\"os/exec\"\n)\n\nfunc Command(name string, args ...string) *exec.Cmd { return nil }\n\nfunc CommandContext(ctx context.Context, name string, args ...string) *exec.Cmd { return nil }\n",
	}
	for _, s := range samples {
		version := older[s.rule]
		if version != "" {
			files[filepath.Join(version, "go.mod")] = "module older\n\ngo " + version + "\n"
		}
		for i, code := range s.files {
			files[filepath.Join(version, s.pkg(), fmt.Sprintf("file%d.go", i))] = code
		}
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func sortedImports(p *packages.Package) []string { return slices.Sorted(maps.Keys(p.Imports)) }
