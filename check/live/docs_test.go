package live_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/live"
)

var update = flag.Bool("update", false, "write the table of docs/scan.md anew")

// TestDocs holds the table of caps in docs/scan.md to the rules.
func TestDocs(t *testing.T) {
	const file, begin, end = "../../docs/scan.md", "<!-- caps: go test ./check/live -run TestDocs -update -->\n", "<!-- /caps -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/scan.md has lost its marks")
	}
	var b strings.Builder
	b.WriteString("| at most | faults |\n|---|---|\n")
	caps := live.Caps()
	for g := live.F; g <= live.APlus; g++ {
		var faults []string
		for _, r := range live.Rules() {
			if caps[r.ID] == g {
				faults = append(faults, fmt.Sprintf("[%s](checks/%s.md)", strings.TrimPrefix(r.ID, "live-"), r.ID))
			}
		}
		if len(faults) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", g, strings.Join(faults, ", "))
		}
	}
	want := head + begin + b.String() + end + tail
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Error("docs/scan.md is not what the rules say: run go test ./check/live -run TestDocs -update")
	}
}
