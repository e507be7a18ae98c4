package all_test

import (
	"slices"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
	"github.com/merlon-go/merlon/check/source"
)

// TestOwnSource holds Merlon's own code to the rules about patterns, numbers and
// contexts. What is knowingly otherwise carries its reason in the code.
func TestOwnSource(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole tree")
	}
	var known []string
	var checks []source.Check
	for _, r := range all.Rules() {
		known = append(known, r.ID)
	}
	for _, c := range all.Source() {
		if !slices.Contains(c.Rule.Tags, "taint") {
			checks = append(checks, c)
		}
	}
	target := &check.Target{Dir: "../..", Paths: []string{"."}}
	report, err := check.Run(t.Context(), check.Options{Rules: source.Rules(checks, source.Config{}), Known: known, Target: target})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Level >= check.Warning {
			t.Errorf("%s:%d: %s (%s)", f.Place.File, f.Place.Line, f.Title, f.ID)
		}
	}
}
