// Command source measures Merlon's source analysis beside gosec's.
//
//	go run ./source samples DIR   # gosec's testutils directory: a table of found, missed, false alarms
//	go run ./source labelled KIND DIR # a labelled set: the same table by class of flaw
//	go run ./source all DIR       # the same through the whole check, every rule of gosec's
//	go run ./source clean DIR...  # what is found in trees that are held to be clean, by lines
//	go run ./source tree DIR      # every finding in a tree, and the time it took
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check/source/taint"
)

// rules says which of our kinds answer which of gosec's rules.
var rules = map[string][]string{
	"G107": {"ssrf"}, "G109": {"integer-narrowing"}, "G110": {"decompression-bomb"},
	"G201": {"sql-injection"}, "G202": {"sql-injection"}, "G203": {"template-html"}, "G204": {"command-injection"},
	"G304": {"path-traversal"}, "G305": {"zip-slip"},
	"G701": {"sql-injection"}, "G702": {"command-injection"}, "G703": {"path-traversal"}, "G704": {"ssrf"},
	"G705": {"xss-response"}, "G706": {"log-injection"}, "G707": {"mail-injection"}, "G708": {"template-injection", "xss-response"},
	"G709": {"unsafe-deserialization"}, "G710": {"open-redirect"},
}

// disputed are samples whose count does not say what the code does, read one
// by one. They stay in the first table and are left out of the second.
var disputed = map[string]string{
	"g107_001": "an unexported variable that is never changed",
	"g107_007": "an exported variable that nothing sets",
	"g107_008": "the only caller passes a constant",
	"g201_021": "counts the fault under G202 only",
	"g203_001": "the variable holds a constant", "g203_002": "the variable holds a constant", "g203_003": "the variable holds a constant",
	"g204_006": "the only caller passes a constant", "g204_007": "the only caller passes a constant",
	"g204_012": "the only caller passes a constant", "g204_013": "the only caller passes a constant",
	"g304_011": "the only caller passes a constant",
	"g701_009": "a true fault: a limitation of gosec", "g701_043": "a true fault: a limitation of gosec",
	"g701_059": "a true fault: a limitation of gosec", "g701_069": "a true fault: a limitation of gosec",
	"g701_072": "a true fault: a limitation of gosec", "g701_073": "a true fault: a limitation of gosec",
	"g701_079": "a true fault: a limitation of gosec", "g701_083": "a true fault: a limitation of gosec",
	"g701_086": "a true fault: a limitation of gosec", "g701_091": "a true fault: a limitation of gosec",
	"g701_016": "a number that was parsed and printed again",
	"g703_005": "filepath.Clean keeps leading dots", "g703_007": "filepath.Abs keeps what was absolute",
	"g710_001": "the target stays on this host",
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: source samples DIR | source all DIR | source clean DIR... | source labelled codeql|semgrep|bearer DIR | source tree DIR [PATTERN...]")
		os.Exit(2)
	}
	var err error
	switch os.Args[1] {
	case "samples":
		err = samplesTable(os.Args[2])
	case "all":
		err = allTable(os.Args[2])
	case "clean":
		err = cleanTable(os.Args[2:])
	case "labelled":
		if len(os.Args) < 4 {
			err = errors.New("labelled takes a kind and a folder")
			break
		}
		err = labelled(os.Args[2], os.Args[3])
	case "tree":
		err = tree(os.Args[2], os.Args[3:])
	default:
		err = fmt.Errorf("unknown measurement %q", os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "source:", err)
		os.Exit(1)
	}
}

// findings runs the engine and returns what it found by package.
func findings(dir string, patterns ...string) (map[string][]taint.Finding, []string, error) {
	pkgs, err := load(dir, patterns...)
	if err != nil {
		return nil, nil, err
	}
	results, skipped := run(pkgs, taint.Engine)
	out := map[string][]taint.Finding{}
	for path, r := range results {
		out[path] = r.(*taint.Result).Findings
	}
	return out, skipped, nil
}

func tree(dir string, patterns []string) error {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	start := time.Now()
	found, skipped, err := findings(dir, patterns...)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		for _, f := range found[path] {
			id := f.Kind.ID()
			counts[id+" "+f.Confidence.String()]++
			fmt.Printf("%s: %s (%s): %s\n", f.At, id, f.Confidence, f.Title)
			for _, s := range f.Trace {
				fmt.Printf("\t%s: %s\n", s.At, s.Text)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		fmt.Println(key, counts[key])
	}
	for _, s := range skipped {
		fmt.Fprintln(os.Stderr, "skipped", s)
	}
	fmt.Fprintln(os.Stderr, "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// A score counts faults of one rule.
type score struct{ want, found, missed, alarms int }

func (s *score) add(want, got int) {
	s.want += want
	s.found += min(want, got)
	s.missed += max(want-got, 0)
	s.alarms += max(got-want, 0)
}

func (s score) String() string {
	return fmt.Sprintf("%5d %5d %5d", s.found, s.missed, s.alarms)
}

func samplesTable(dir string) error {
	samples, err := readSamples(dir, rules)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "samples")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := write(tmp, samples); err != nil {
		return err
	}
	ours, skipped, err := findings(tmp, "./...")
	if err != nil {
		return err
	}
	theirs := gosec(tmp)
	table, agreed := map[string]*[2]score{}, map[string]*[2]score{}
	for _, s := range samples {
		got := 0
		for _, f := range ours["samples/"+s.pkg()] {
			if slices.Contains(rules[s.rule], f.Kind.ID()) {
				got++
			}
		}
		count(table, s, got, theirs[s.pkg()+" "+s.rule])
		if disputed[s.pkg()] == "" {
			count(agreed, s, got, theirs[s.pkg()+" "+s.rule])
		}
		if got != s.want && os.Getenv("SHOW") != "" {
			fmt.Printf("%s wants %d, got %d\n%s\n", s.pkg(), s.want, got, strings.Join(s.files, "\n---\n"))
		}
	}
	printTable("rule", names(), table)
	fmt.Printf("\nWithout the %d samples whose count is disputed:\n", len(disputed))
	for _, name := range slices.Sorted(maps.Keys(disputed)) {
		fmt.Printf("  %s: %s\n", name, disputed[name])
	}
	printTable("rule", names(), agreed)
	for _, s := range skipped {
		fmt.Fprintln(os.Stderr, "skipped", s)
	}
	return nil
}

func count(table map[string]*[2]score, s sample, ours, theirs int) {
	row := table[s.rule]
	if row == nil {
		row = &[2]score{}
		table[s.rule] = row
	}
	row[0].add(s.want, ours)
	row[1].add(s.want, theirs)
}

func names() map[string]string {
	out := map[string]string{}
	for rule, ours := range rules {
		out[rule] = strings.Join(ours, " ")
	}
	return out
}

// printTable prints a row for each rule or class and, below, all together.
func printTable(head string, notes map[string]string, table map[string]*[2]score) {
	fmt.Printf("%-11s %-26s %6s | %-17s | %-17s\n", head, "", "faults", "merlon", "gosec")
	fmt.Printf("%-11s %-26s %6s | %5s %5s %5s | %5s %5s %5s\n", "", "", "", "found", "miss", "false", "found", "miss", "false")
	var sum [2]score
	for _, rule := range slices.Sorted(maps.Keys(table)) {
		row := table[rule]
		fmt.Printf("%-11s %-26s %6d | %s | %s\n", rule, notes[rule], row[0].want, row[0], row[1])
		for i := range row {
			sum[i].want += row[i].want
			sum[i].found += row[i].found
			sum[i].missed += row[i].missed
			sum[i].alarms += row[i].alarms
		}
	}
	fmt.Printf("%-11s %-26s %6d | %s | %s\n", "all", "", sum[0].want, sum[0], sum[1])
	for i, name := range []string{"merlon", "gosec"} {
		fmt.Printf("%s: recall %.3f precision %.3f\n", name, float64(sum[i].found)/float64(max(sum[i].want, 1)),
			float64(sum[i].found)/float64(max(sum[i].found+sum[i].alarms, 1)))
	}
}

// gosec runs gosec, if there is one, and counts its issues by sample and rule.
func gosec(dir string) map[string]int {
	out := map[string]int{}
	bin, err := exec.LookPath("gosec")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no gosec on PATH: its columns count nothing")
		return out
	}
	cmd := exec.Command(bin, "-quiet", "-no-fail", "-fmt", "json", "./...")
	cmd.Dir = dir
	text, err := cmd.Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosec:", err)
	}
	var report struct {
		Issues []struct {
			Rule string `json:"rule_id"`
			File string `json:"file"`
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		fmt.Fprintln(os.Stderr, "gosec:", err)
	}
	for _, issue := range report.Issues {
		out[filepath.Base(filepath.Dir(issue.File))+" "+issue.Rule]++
	}
	return out
}
