package all_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
)

var update = flag.Bool("update", false, "write docs/checks anew")

const folder = "../../docs/checks"

// TestDocs holds docs/checks to the rules: one page a rule, and a list of all.
func TestDocs(t *testing.T) {
	rules := slices.Concat(all.Rules(), check.FrameRules())
	want := map[string]string{"README.md": index(rules)}
	for i := range rules {
		want[rules[i].ID+".md"] = check.Markdown(&rules[i])
	}
	if *update {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(got) != text {
			t.Errorf("docs/checks/%s is not what the rules say: run go test ./check/all -update", name)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			if *update {
				os.Remove(filepath.Join(folder, e.Name()))
				continue
			}
			t.Errorf("docs/checks/%s belongs to no rule", e.Name())
		}
	}
}

func index(rules []check.Rule) string {
	var b strings.Builder
	b.WriteString("# Checks\n\nEvery check that ships, written from the rules themselves. `merlon explain ID` says the same at the terminal.\n\n" +
		"| id | level | runs | looks for | Django |\n|---|---|---|---|---|\n")
	for _, r := range rules {
		runs := "always"
		switch {
		case slices.Contains(r.Tags, "live"):
			runs = "`scan`"
		case r.Deploy:
			runs = "`--deploy`"
		}
		django := r.Django
		if django == "" {
			django = "–"
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s |\n", r.ID, r.ID, r.Level, runs, r.Title, django)
	}
	return b.String()
}
