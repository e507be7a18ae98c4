package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A class is a family of flaws: the rules of ours and of gosec's that answer it.
type class struct{ ours, gosec []string }

// classes are the families that are compared.
var classes = map[string]class{
	"sql":         {[]string{"sql-injection", "nosql-injection"}, []string{"G201", "G202", "G701"}},
	"xss":         {[]string{"xss-response", "template-html", "template-injection", "text-template", "templates"}, []string{"G203", "G705", "G708"}},
	"ssrf":        {[]string{"ssrf"}, []string{"G107", "G704"}},
	"redirect":    {[]string{"open-redirect"}, []string{"G710"}},
	"log":         {[]string{"log-injection"}, []string{"G706"}},
	"credentials": {[]string{"hardcoded-secret", "secret-in-log", "secret-in-response"}, []string{"G101", "G117"}},
	"path":        {[]string{"path-traversal", "zip-slip"}, []string{"G304", "G305", "G703"}},
	"command":     {[]string{"command-injection"}, []string{"G204", "G702"}},
	"template":    {[]string{"template-injection", "xss-response", "text-template"}, []string{"G708"}},
	"mail":        {[]string{"mail-injection"}, []string{"G707"}},
	"xpath":       {[]string{"xpath-injection"}, nil},
	"deserialize": {[]string{"unsafe-deserialization"}, []string{"G709"}},
	"error":       {[]string{"error-in-response"}, nil},
	"allocation":  {[]string{"allocation-size"}, nil},
	"narrowing":   {[]string{"integer-narrowing"}, []string{"G109", "G115"}},
	"bomb":        {[]string{"decompression-bomb"}, []string{"G110"}},
	"cookie":      {[]string{"insecure-cookie"}, []string{"G124"}},
	"tls":         {[]string{"insecure-tls"}, []string{"G402", "G123"}},
	"ssh":         {[]string{"ssh-host-key"}, []string{"G106"}},
	"grpc":        {[]string{"insecure-grpc"}, nil},
	"jwt":         {[]string{"jwt-unverified", "hardcoded-secret"}, []string{"G101"}},
	"crypto": {[]string{"weak-hash", "weak-cipher", "weak-key", "weak-password-hash", "weak-random", "rsa-padding", "fixed-nonce"},
		[]string{"G401", "G403", "G404", "G405", "G406", "G407", "G501", "G502", "G503", "G505", "G506", "G507"}},
	"websocket": {[]string{"websocket-origin"}, nil},
	"server":    {[]string{"server-timeouts", "bind-all", "directory-listing", "debug-exposed"}, []string{"G102", "G108", "G112", "G114"}},
	"files":     {[]string{"file-mode", "temp-file", "walk-race"}, []string{"G301", "G302", "G303", "G306", "G307", "G122"}},
}

// A label is what a set says of a line.
type label struct {
	file  string // below the tree that is read
	line  int
	class string
	bad   bool
	from  int // the lines on which a finding answers it
	until int
}

// A tree is a labelled set as it is given to both tools.
type labelledTree struct {
	dir     string
	modules []string // folders with a go.mod
	labels  []label
	unknown map[string]int // rules of the set that no class is for
}

// A hit is a finding of either tool.
type hit struct {
	file, rule, title string
	line              int
}

// labelled measures both tools on a set of a kind.
func labelled(kind, dir string) error {
	read := map[string]func(t *labelledTree, dir string) error{"codeql": readCodeQL, "semgrep": readSemgrep, "bearer": readBearer}[kind]
	if read == nil {
		return fmt.Errorf("unknown kind of labels %q", kind)
	}
	tmp, err := os.MkdirTemp("", "labelled")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	t := &labelledTree{dir: tmp, unknown: map[string]int{}}
	if err := read(t, dir); err != nil {
		return err
	}
	t.span(kind != "codeql")
	ours, err := merlonHits(tmp)
	if err != nil {
		return err
	}
	theirs := gosecHits(t)
	t.compare(ours, theirs)
	return nil
}

// copyTree copies the Go part of a tree.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if base := d.Name(); !d.Type().IsRegular() || !strings.HasSuffix(base, ".go") && base != "go.mod" && base != "go.sum" && base != "modules.txt" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
}

// span sets how far a label reaches: over the statement on its line, or, where
// labels stand on the text's making, up to the next label or the end of the
// function.
func (t *labelledTree) span(far bool) {
	slices.SortFunc(t.labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.class, b.class))
	})
	files := map[string]*lines{}
	for i := range t.labels {
		l := &t.labels[i]
		if files[l.file] == nil {
			files[l.file] = readLines(filepath.Join(t.dir, l.file))
		}
		l.from, l.until = files[l.file].statement(l.line)
		if !far || !l.bad {
			continue
		}
		_, end := files[l.file].function(l.line)
		if i+1 < len(t.labels) && t.labels[i+1].file == l.file && t.labels[i+1].line > l.line {
			end = min(end, t.labels[i+1].line-1)
		}
		l.until = max(l.until, end)
	}
}

// merlonHits runs the program as people run it: the one that the environment
// variable MERLON names, or else one built from this tree.
func merlonHits(dir string) ([]hit, error) {
	if name := os.Getenv("MERLON"); name != "" {
		return merlonRun(name, dir)
	}
	bin, err := os.MkdirTemp("", "merlon")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(bin)
	name := filepath.Join(bin, "merlon")
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/merlon-go/merlon").Output()
	if err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-o", name, "./cmd/merlon")
	build.Dir, build.Stderr = strings.TrimSpace(string(module)), os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	return merlonRun(name, dir)
}

func merlonRun(name, dir string) ([]hit, error) {
	start := time.Now()
	cmd := exec.Command(name, "check", "--no-network", "--format", "json", ".")
	cmd.Dir = dir
	text, _ := cmd.Output() // findings are no success
	fmt.Fprintln(os.Stderr, "merlon took", time.Since(start).Round(time.Millisecond))
	var report struct {
		Findings []struct {
			ID    string
			Title string
			Place struct {
				File string
				Line int
			}
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, fmt.Errorf("merlon's report: %w", err)
	}
	var hits []hit
	for _, f := range report.Findings {
		file := f.Place.File
		if filepath.IsAbs(file) {
			file, _ = filepath.Rel(dir, file)
		}
		hits = append(hits, hit{file: filepath.ToSlash(file), line: f.Place.Line, rule: f.ID, title: f.Title})
	}
	return hits, nil
}

// gosecHits runs gosec once for each module.
func gosecHits(t *labelledTree) []hit {
	bin, err := exec.LookPath("gosec")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no gosec on PATH: its columns count nothing")
		return nil
	}
	start := time.Now()
	var hits []hit
	for _, module := range t.modules {
		cmd := exec.Command(bin, "-quiet", "-no-fail", "-fmt", "json", "./...")
		cmd.Dir = filepath.Join(t.dir, module)
		text, _ := cmd.Output()
		var report struct {
			Issues []struct {
				Rule    string `json:"rule_id"`
				File    string `json:"file"`
				Line    string `json:"line"`
				Details string `json:"details"`
			}
		}
		if json.Unmarshal(text, &report) != nil {
			continue // nothing to read
		}
		for _, issue := range report.Issues {
			file, _ := filepath.Rel(t.dir, issue.File)
			line := 0
			_, _ = fmt.Sscan(issue.Line, &line) // "12" or "12-14"
			hits = append(hits, hit{file: filepath.ToSlash(file), line: line, rule: issue.Rule, title: issue.Details})
		}
	}
	fmt.Fprintln(os.Stderr, "gosec took", time.Since(start).Round(time.Millisecond))
	return hits
}

// answers reports whether one of the hits is of the rules and within the label.
func (l label) answers(hits []hit, rules []string) bool {
	return slices.ContainsFunc(hits, func(h hit) bool {
		return h.file == l.file && h.line >= l.from && h.line <= l.until && slices.Contains(rules, h.rule)
	})
}

func (t *labelledTree) compare(ours, theirs []hit) {
	show := os.Getenv("SHOW") != ""
	table := map[string]*[2]score{}
	for _, l := range t.labels {
		row := table[l.class]
		if row == nil {
			row = &[2]score{}
			table[l.class] = row
		}
		c := classes[l.class]
		for i, got := range []bool{l.answers(ours, c.ours), l.answers(theirs, c.gosec)} {
			row[i].add(btoi(l.bad), btoi(got))
			if show && i == 0 && got != l.bad {
				word := map[bool]string{true: "missed", false: "false alarm"}[l.bad]
				fmt.Printf("%s:%d: %s: %s\n", l.file, l.line, l.class, word)
			}
		}
	}
	if show {
		t.unlabelled(ours)
	}
	names := map[string]string{}
	for name := range table {
		names[name] = ""
	}
	printTable("class", names, table)
	for _, name := range sorted(t.unknown) {
		fmt.Fprintf(os.Stderr, "not compared: %s (%d)\n", name, t.unknown[name])
	}
}

// unlabelled shows our findings of the classes that a file's labels are of, on
// lines that no label covers.
func (t *labelledTree) unlabelled(hits []hit) {
	for _, h := range hits {
		about, covered := "", false
		for _, l := range t.labels {
			if l.file != h.file || !slices.Contains(classes[l.class].ours, h.rule) {
				continue
			}
			about = l.class
			covered = covered || h.line >= l.from && h.line <= l.until
		}
		if about != "" && !covered {
			fmt.Printf("%s:%d: %s: not labelled: %s: %s\n", h.file, h.line, about, h.rule, h.title)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
