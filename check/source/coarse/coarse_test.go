package coarse_test

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
	"github.com/merlon-go/merlon/check/source"
)

// TestBrokenCode: what does not type-check is read all the same, by the rules
// whose engine needs types.
func TestBrokenCode(t *testing.T) {
	target := &check.Target{Dir: "testdata", Paths: []string{"."}}
	report, err := check.Run(t.Context(), check.Options{Rules: source.Rules(all.Source(), source.Config{}), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		if slices.Contains(flowRules, f.ID) {
			got = append(got, strconv.Itoa(f.Place.Line)+" "+f.ID)
		}
	}
	var want []string
	text, err := os.ReadFile("testdata/broken/a.go")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`// ([a-z -]+-[a-z-]+|ssrf)$`)
	for i, line := range strings.Split(string(text), "\n") {
		if m := comment.FindStringSubmatch(line); m != nil {
			for id := range strings.FieldsSeq(m[1]) {
				want = append(want, strconv.Itoa(i+1)+" "+id)
			}
		}
	}
	slices.SortFunc(got, cmp.Compare)
	slices.SortFunc(want, cmp.Compare)
	if d := gocmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(report.Incomplete) == 0 || report.ExitCode() == check.ExitFine {
		t.Error("broken code passes as complete")
	}
}

var flowRules = []string{"sql-injection", "command-injection", "path-traversal", "xss-response", "open-redirect", "ssrf", "secret-in-log", "log-injection"}
