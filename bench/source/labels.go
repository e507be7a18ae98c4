package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// named says which class a rule of a set belongs to: the first whose words
// its name holds.
var named = []struct {
	class string
	words *regexp.Regexp
}{
	{"", regexp.MustCompile(`(?i)third_parties|memory_|loop_?pointer|hidden-goroutine|useless|eqeq|mutex|filepath-clean|use-filepath|overflow-int|UsageOfUnsafe|unsafe_|unsafe-(block|reflect)|use-of-unsafe|reflect-makefunc|IncompleteHost|IncompleteUrlScheme|MissingRegexp|SuspiciousChar`)},
	{"credentials", regexp.MustCompile(`(?i)database_password|HardcodedCredentials`)},
	{"sql", regexp.MustCompile(`(?i)sql|StringBreak|string-formatted-query|gorm-dangerous|Nosql`)},
	{"mail", regexp.MustCompile(`(?i)EmailInjection`)},
	{"template", regexp.MustCompile(`(?i)ssti|template_injection`)},
	{"xss", regexp.MustCompile(`(?i)xss|responsewriter|raw-html|formatted-template|template|unescaped|cross_site_scripting|html_tag`)},
	{"redirect", regexp.MustCompile(`(?i)redirect`)},
	{"ssrf", regexp.MustCompile(`(?i)ssrf|url-host|RequestForgery`)},
	{"log", regexp.MustCompile(`(?i)LogInjection|log_output`)},
	{"jwt", regexp.MustCompile(`(?i)jwt`)},
	{"credentials", regexp.MustCompile(`(?i)ClearTextLogging|secrets|hardcoded`)},
	{"cookie", regexp.MustCompile(`(?i)cookie`)},
	{"path", regexp.MustCompile(`(?i)TaintedPath|ZipSlip|filereadtaint|dirtraversal|ziparchive|path-traversal`)},
	{"command", regexp.MustCompile(`(?i)CommandInjection|subproc|dangerous-(exec|syscall|command|execution)`)},
	{"xpath", regexp.MustCompile(`(?i)XPath`)},
	{"ssh", regexp.MustCompile(`(?i)HostKey|host_key`)},
	{"crypto", regexp.MustCompile(`(?i)weak_?(crypto|hash|key|random|password|rsa)|WeakCrypto|InsecureRandomness|insufficiently_random|blocklist_(des|md5|rc4|sha1)|use-of|md5|math-random|rsa-key`)},
	{"grpc", regexp.MustCompile(`(?i)grpc`)},
	{"tls", regexp.MustCompile(`(?i)tls|ssl|CertificateCheck`)},
	{"websocket", regexp.MustCompile(`(?i)websocket`)},
	{"server", regexp.MustCompile(`(?i)bind|pprof|slowloris|http_serve|fs-directory`)},
	{"files", regexp.MustCompile(`(?i)permission|tmp|tempfile`)},
	{"bomb", regexp.MustCompile(`(?i)bomb`)},
	{"error", regexp.MustCompile(`(?i)StackTrace|information_leakage`)},
	{"allocation", regexp.MustCompile(`(?i)AllocationSize`)},
	{"narrowing", regexp.MustCompile(`(?i)IncorrectInteger|integer_overflow`)},
	{"deserialize", regexp.MustCompile(`(?i)deserial|external_entit|external-entit`)},
}

// classOf returns the class for a rule of a set, and counts those without.
func (t *labelledTree) classOf(rule string) string {
	for _, n := range named {
		if n.words.MatchString(rule) {
			if n.class == "" {
				break
			}
			return n.class
		}
	}
	t.unknown[rule]++
	return ""
}

var fine = regexp.MustCompile(`(?i)^// ?(OK|GOOD)\b`)

// readCodeQL reads the tests of CodeQL's queries: what a file X.expected lists
// after its last edge is bad, the comments OK and GOOD are fine. Each folder is a
// module, with the stand-ins that it vendors.
func readCodeQL(t *labelledTree, dir string) error {
	folders := map[string][]string{} // with the queries
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".qlref") {
			return err
		}
		folder, _ := filepath.Rel(dir, filepath.Dir(name))
		folders[folder] = append(folders[folder], strings.TrimSuffix(d.Name(), ".qlref"))
		return nil
	})
	if err != nil {
		return err
	}
	for _, folder := range sorted(folders) {
		var about []string
		bad := map[string]bool{}
		for _, query := range folders[folder] {
			if c := t.classOf(query); c != "" {
				about = append(about, c)
				text, _ := os.ReadFile(filepath.Join(dir, folder, query+".expected"))
				for _, at := range expected(string(text)) {
					t.labels = append(t.labels, label{file: path.Join(folder, at.file), line: at.line, class: c, bad: true})
					bad[fmt.Sprint(path.Join(folder, at.file), at.line, c)] = true
				}
			}
		}
		if len(about) == 0 {
			continue
		}
		if err := copyTree(filepath.Join(t.dir, folder), filepath.Join(dir, folder)); err != nil {
			return err
		}
		if err := t.module(folder); err != nil {
			return err
		}
		err := eachComment(filepath.Join(t.dir, folder), func(file string, line int, text string) {
			if !fine.MatchString(text) {
				return
			}
			for _, c := range about {
				l := label{file: path.Join(folder, file), line: line, class: c}
				if !bad[fmt.Sprint(l.file, l.line, c)] {
					t.labels = append(t.labels, l)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var row = regexp.MustCompile(`(?m)^\| ([\w./-]+\.go):(\d+):`)

// expected returns where a query's results are, each once.
func expected(text string) []hit {
	if _, after, ok := strings.Cut(text, "#select"); ok {
		text = after
	}
	var all []hit
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		line, _ := strconv.Atoi(m[2])
		if h := (hit{file: m[1], line: line}); !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

var semgrepComment = regexp.MustCompile(`^// ?(ruleid|ok): ?(.*)$`)

// readSemgrep reads the tests of Semgrep's rules: a comment speaks of the line
// below it.
func readSemgrep(t *labelledTree, dir string) error {
	return t.files(dir, func(file string, line int, text string) {
		m := semgrepComment.FindStringSubmatch(text)
		if m == nil {
			return
		}
		for rule := range strings.SplitSeq(m[2], ",") {
			if c := t.classOf(strings.TrimSpace(rule)); c != "" {
				t.labels = append(t.labels, label{file: file, line: line + 1, class: c, bad: m[1] == "ruleid"})
			}
		}
	})
}

var bearerComment = regexp.MustCompile(`^// ?bearer:expected (.*)$`)

// readBearer reads the tests of Bearer's rules: a comment speaks of the line
// below it.
func readBearer(t *labelledTree, dir string) error {
	return t.files(dir, func(file string, line int, text string) {
		if m := bearerComment.FindStringSubmatch(text); m != nil {
			for rule := range strings.SplitSeq(m[1], ",") {
				if c := t.classOf(strings.TrimSpace(rule)); c != "" {
					t.labels = append(t.labels, label{file: file, line: line + 1, class: c, bad: true})
				}
			}
		}
	})
}

// files lays every file out as a package of its own in one module: such sets
// are lists of excerpts. What they import is fetched where go can.
func (t *labelledTree) files(dir string, comment func(file string, line int, text string)) error {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".fixed.go") {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		folder := strings.NewReplacer("/", "_", "testdata", "data", ".go", "").Replace(filepath.ToSlash(rel))
		if err := os.MkdirAll(filepath.Join(t.dir, folder), 0o755); err != nil {
			return err
		}
		base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(rel), ".go"), "_test") + ".go"
		return os.WriteFile(filepath.Join(t.dir, folder, base), text, 0o644)
	})
	if err != nil {
		return err
	}
	if err := t.module("."); err != nil {
		return err
	}
	tidy := exec.Command("go", "mod", "tidy", "-e")
	tidy.Dir = t.dir
	_ = tidy.Run() // what cannot be fetched stays unknown to both tools
	return eachComment(t.dir, comment)
}

// module makes a folder a module if it is none.
func (t *labelledTree) module(folder string) error {
	t.modules = append(t.modules, folder)
	name := filepath.Join(t.dir, folder, "go.mod")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	return os.WriteFile(name, []byte("module sample\n\ngo 1.26.0\n"), 0o644)
}

// eachComment calls f for every comment of a line in the Go files below a
// folder, the stand-ins for libraries left out. A comment that stands alone
// has its own line.
func eachComment(dir string, f func(file string, line int, text string)) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "vendor" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if file == nil {
			return nil
		}
		rel, _ := filepath.Rel(dir, name)
		for _, group := range file.Comments {
			for _, c := range group.List {
				f(filepath.ToSlash(rel), fset.Position(c.Pos()).Line, c.Text)
			}
		}
		return nil
	})
}

// lines are the extents of a file's statements and functions.
type lines struct{ statements, functions [][2]int }

func readLines(name string) *lines {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, name, nil, 0)
	l := &lines{}
	if file == nil {
		return l
	}
	extent := func(n ast.Node) [2]int { return [2]int{fset.Position(n.Pos()).Line, fset.Position(n.End()).Line} }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt, *ast.DeferStmt, *ast.GoStmt, *ast.ValueSpec, *ast.IncDecStmt, *ast.SendStmt:
			holds := false
			ast.Inspect(n, func(inner ast.Node) bool {
				_, literal := inner.(*ast.FuncLit)
				holds = holds || literal
				return !holds
			})
			if !holds {
				l.statements = append(l.statements, extent(n))
			}
		case *ast.FuncDecl, *ast.FuncLit:
			l.functions = append(l.functions, extent(n))
		}
		return true
	})
	return l
}

// statement returns the extent of the shortest statement on a line.
func (l *lines) statement(line int) (int, int) { return shortest(l.statements, line) }

// function returns the extent of the innermost function on a line.
func (l *lines) function(line int) (int, int) { return shortest(l.functions, line) }

func shortest(extents [][2]int, line int) (int, int) {
	best := [2]int{line, line}
	found := false
	for _, e := range extents {
		if e[0] <= line && line <= e[1] && (!found || e[1]-e[0] < best[1]-best[0]) {
			best, found = e, true
		}
	}
	return best[0], best[1]
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
