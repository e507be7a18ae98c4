package check_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
)

// rule returns a well-formed rule that finds what it is given.
func rule(id string, level check.Level, found ...check.Finding) check.Rule {
	return check.Rule{
		ID: id, Title: "Fault " + id, Level: level, Tags: []string{"test"}, Why: "An attacker wins.", Fix: "Repair it.",
		CWE: []int{16}, ASVS: []string{"V3.4.1"}, OWASP: "A02", Django: "security.W004",
		Run: func(context.Context, *check.Target) ([]check.Finding, error) {
			return append([]check.Finding(nil), found...), nil
		},
	}
}

// target returns a target whose files are those given and whose clock stands.
func target(files map[string]string) *check.Target {
	return &check.Target{
		Now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func run(t *testing.T, o check.Options) *check.Report {
	t.Helper()
	if o.Target == nil {
		o.Target = target(nil)
	}
	report, err := check.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func ids(r *check.Report) []string {
	var ids []string
	for _, f := range r.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

var place = check.Finding{Place: check.Place{Setting: "X"}}

func TestFailLevelAndExitCode(t *testing.T) {
	broken := rule("broken", check.Error)
	broken.Run = func(context.Context, *check.Target) ([]check.Finding, error) { return nil, errors.New("no disk") }
	for _, c := range []struct {
		name string
		o    check.Options
		code int
	}{
		{"nothing", check.Options{Rules: []check.Rule{rule("a", check.Error)}}, 0},
		{"error", check.Options{Rules: []check.Rule{rule("a", check.Error, place)}}, 3},
		{"warning", check.Options{Rules: []check.Rule{rule("a", check.Warning, place)}}, 0},
		{"warning with deploy", check.Options{Rules: []check.Rule{rule("a", check.Warning, place)}, Deploy: true}, 3},
		{"info with deploy", check.Options{Rules: []check.Rule{rule("a", check.Info, place)}, Deploy: true}, 0},
		{"fail level", check.Options{Rules: []check.Rule{rule("a", check.Info, place)}, FailLevel: check.Debug}, 3},
		{"fail level above", check.Options{Rules: []check.Rule{rule("a", check.Error, place)}, FailLevel: check.Critical}, 0},
		{"incomplete", check.Options{Rules: []check.Rule{broken}}, 1},
		{"incomplete and findings", check.Options{Rules: []check.Rule{broken, rule("a", check.Error, place)}}, 3},
		{"incomplete and findings below", check.Options{Rules: []check.Rule{broken, rule("a", check.Info, place)}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := run(t, c.o).ExitCode(); got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
		})
	}
}

func TestFindingsTakeFromTheirRule(t *testing.T) {
	r := run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, check.Finding{Level: check.Info, Title: "Own"})}})
	f := r.Findings[0]
	if f.Level != check.Info || f.Title != "Own" || f.Why == "" || f.Fix == "" || f.Django != "security.W004" || f.Confidence != check.High {
		t.Errorf("finding is %+v", f)
	}
}

func TestNothingIsSilentlyNotJudged(t *testing.T) {
	panics := rule("panics", check.Error)
	panics.Run = func(context.Context, *check.Target) ([]check.Finding, error) { panic("nil map") }
	partly := rule("partly", check.Error)
	partly.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return []check.Finding{place}, errors.Join(
			&check.Unjudged{Place: check.Place{File: "a.go"}, Reason: "does not compile"},
			&check.Unjudged{Place: check.Place{File: "b.go"}, Reason: "permission denied"})
	}
	none := rule("none", check.Error)
	none.Run = func(context.Context, *check.Target) ([]check.Finding, error) { return nil, check.ErrNotApplicable }
	r := run(t, check.Options{Rules: []check.Rule{panics, partly, none}})
	want := []check.Incomplete{
		{Rule: "panics", Reason: "the rule itself failed: nil map"},
		{Rule: "partly", Place: check.Place{File: "a.go"}, Reason: "does not compile"},
		{Rule: "partly", Place: check.Place{File: "b.go"}, Reason: "permission denied"},
	}
	if diff := cmp.Diff(want, r.Incomplete); diff != "" {
		t.Error(diff)
	}
	if r.Rules[2].Status != check.Skipped || r.Rules[0].Status != check.Partial {
		t.Errorf("outcomes %+v", r.Rules)
	}
}

// TestPartialRulesAreIncompleteWithoutSayingItTwice: one rule speaks for
// several that read the same files.
func TestPartialRulesAreIncompleteWithoutSayingItTwice(t *testing.T) {
	partly := rule("partly", check.Error)
	partly.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, errors.Join(check.ErrPartial, &check.Unjudged{Place: check.Place{File: "a.go"}, Reason: "too long"})
	}
	silent := rule("silent", check.Error)
	silent.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, fmt.Errorf("reading: %w", check.ErrPartial)
	}
	r := run(t, check.Options{Rules: []check.Rule{partly, silent}})
	if len(r.Incomplete) != 1 || r.Incomplete[0].Reason != "too long" || r.Rules[0].Status != check.Partial || r.Rules[1].Status != check.Partial {
		t.Errorf("incomplete %+v, rules %+v", r.Incomplete, r.Rules)
	}
}

func TestCancelledRunIsIncomplete(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := check.Run(ctx, check.Options{Rules: []check.Rule{rule("a", check.Error, place)}, Target: target(nil)})
	if err != nil || r.ExitCode() != check.ExitFailed {
		t.Errorf("report %+v, error %v", r, err)
	}
}

func TestTagsAndDeploy(t *testing.T) {
	deploy := rule("deployed", check.Warning, place)
	deploy.Deploy, deploy.Tags = true, []string{"tls"}
	rules := []check.Rule{rule("always", check.Error, place), deploy}
	for _, c := range []struct {
		tags   []string
		deploy bool
		want   string
		err    string
	}{
		{nil, false, "always", ""},
		{nil, true, "always deployed", ""},
		{[]string{"tls"}, true, "deployed", ""},
		{[]string{"tls"}, false, "", "only run with --deploy"},
		{[]string{"nope"}, false, "", "no rule is tagged"},
	} {
		r, err := check.Run(t.Context(), check.Options{Rules: rules, Tags: c.tags, Deploy: c.deploy, Target: target(nil)})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("tags %v: error %v, want %q", c.tags, err, c.err)
			}
			continue
		}
		if err != nil || strings.Join(ids(r), " ") != c.want {
			t.Errorf("tags %v deploy %v: %v, %v, want %s", c.tags, c.deploy, ids(r), err, c.want)
		}
	}
}

func TestSilenced(t *testing.T) {
	for _, c := range []struct {
		name     string
		silenced map[string]string
		want     string
		hidden   int
	}{
		{"with a reason", map[string]string{"hsts-missing": "a lab without TLS"}, "", 1},
		{"without", map[string]string{"hsts-missing": " "}, "hsts-missing silence-without-reason", 0},
		{"unknown", map[string]string{"hsts-mising": "x"}, "hsts-missing silence-unknown", 0},
		{"known elsewhere", map[string]string{"sql-concat": "x"}, "hsts-missing", 0},
		{"stale", map[string]string{"fine": "x"}, "hsts-missing silence-stale", 0},
		{"stale silenced too", map[string]string{"fine": "x", "silence-stale": "y", "hsts-missing": "z"}, "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, check.Options{Rules: []check.Rule{rule("hsts-missing", check.Error, place), rule("fine", check.Error)}, Silenced: c.silenced, Known: []string{"sql-concat"}})
			if got := strings.Join(ids(r), " "); got != c.want || len(r.Hidden) != c.hidden {
				t.Errorf("findings %s, want %s; %d hidden", got, c.want, len(r.Hidden))
			}
		})
	}
}

func TestSilenceNamesTheNearestID(t *testing.T) {
	r := run(t, check.Options{Rules: []check.Rule{rule("hsts-missing", check.Error)}, Silenced: map[string]string{"hsts-mising": "x"}})
	if got := r.Findings[0].Title; !strings.Contains(got, "did you mean hsts-missing?") {
		t.Error(got)
	}
}

func TestValidate(t *testing.T) {
	bad := rule("Bad_ID", 7)
	bad.Title, bad.OWASP, bad.ASVS, bad.Tags = "", "A11", []string{"3.4.1"}, nil
	err := check.Validate([]check.Rule{rule("a", check.Error), rule("a", check.Error), bad})
	for _, want := range []string{"used twice", "malformed id", "no level", "title", "A11", "3.4.1", "no tag"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}
