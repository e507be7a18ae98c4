package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
)

// TestWhatIsNotJudgedFailsEveryRun, also if no line of the report says what: the
// rule that speaks for others may have been left out by a tag.
func TestWhatIsNotJudgedFailsEveryRun(t *testing.T) {
	silent := rule("silent", check.Error)
	silent.Run = func(context.Context, *check.Target) ([]check.Finding, error) { return nil, check.ErrPartial }
	r := run(t, check.Options{Rules: []check.Rule{silent}})
	if r.Complete() || r.ExitCode() != check.ExitFailed || len(r.Incomplete) != 0 {
		t.Errorf("complete %t, exit code %d, %+v", r.Complete(), r.ExitCode(), r.Incomplete)
	}
	// A file with a finding whose comments cannot be read.
	closed := target(nil)
	closed.ReadFile = func(string) ([]byte, error) { return nil, fs.ErrPermission }
	r = run(t, check.Options{Rules: []check.Rule{rule("a", check.Info, at("f.go", 1))}, Target: closed})
	if r.Complete() || r.ExitCode() != check.ExitFailed || len(r.Incomplete) != 1 || r.Incomplete[0].Place.File != "f.go" {
		t.Errorf("complete %t, %+v", r.Complete(), r.Incomplete)
	}
	// One of the history has no file any more: nothing is missing.
	if r = run(t, check.Options{Rules: []check.Rule{rule("a", check.Info, at("gone.go", 1))}}); !r.Complete() {
		t.Errorf("%+v", r.Incomplete)
	}
	// What was found does not concern the target after all: that is a fault of the rule.
	confused := rule("confused", check.Info)
	confused.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return []check.Finding{place}, check.ErrNotApplicable
	}
	if r = run(t, check.Options{Rules: []check.Rule{confused}}); r.Rules[0].Status != check.Partial || len(r.Findings) != 1 {
		t.Errorf("%+v", r.Rules[0])
	}
}

func TestFingerprintsTellPlacesApart(t *testing.T) {
	files := map[string]string{"f.go": "q()\n", "g.go": "q()\n"}
	print := func(f check.Finding) string {
		return run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, f)}, Target: target(files)}).Findings[0].Fingerprint
	}
	inside := func(function string) check.Finding {
		f := at("f.go", 1)
		f.Place.Function = function
		return f
	}
	seen := map[string]int{}
	for i, f := range []check.Finding{at("f.go", 1), at("g.go", 1), inside("one"), inside("two"), {Place: check.Place{Setting: "A"}}, {Place: check.Place{Setting: "B"}}, {Key: "A"}} {
		if other, ok := seen[print(f)]; ok {
			t.Errorf("%d and %d have one fingerprint", other, i)
		}
		seen[print(f)] = i
	}
	// Two parts are not one longer part.
	if print(check.Finding{Place: check.Place{File: "f.go", Function: "a"}, Key: "bc"}) == print(check.Finding{Place: check.Place{File: "f.go", Function: "ab"}, Key: "c"}) {
		t.Error("parts of a fingerprint flow into each other")
	}
	spaced := print(check.Finding{Place: check.Place{File: "f.go", Line: 1}})
	files["f.go"] = "   q( )\n"
	if print(at("f.go", 1)) == spaced {
		t.Error("another text has the same fingerprint")
	}
	files["f.go"] = "\t q()  \n"
	if print(at("f.go", 1)) != spaced {
		t.Error("white space around a line changes its fingerprint")
	}
}

func TestFindingsAreSortedAndTakeTheConfidenceOfTheirRule(t *testing.T) {
	unsure := rule("a", check.Warning, at("g.go", 1), at("f.go", 9), at("f.go", 2))
	unsure.Confidence = check.Low
	r := run(t, check.Options{Rules: []check.Rule{unsure}, Target: target(map[string]string{"f.go": strings.Repeat("x\n", 20), "g.go": "x"})})
	var places []string
	for _, f := range r.Findings {
		places = append(places, f.Place.String())
		if f.Confidence != check.Low {
			t.Errorf("confidence %s", f.Confidence)
		}
	}
	if got := strings.Join(places, " "); got != "f.go:2 f.go:9 g.go:1" {
		t.Error(got)
	}
}

func TestFrameOfALongFindingIsShort(t *testing.T) {
	f := at("f.go", 10)
	f.Place.EndLine = 900
	r := run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, f)}, Target: target(map[string]string{"f.go": strings.Repeat("x\n", 1000)})})
	if p := r.Findings[0].Place; p.FrameLine != 8 || len(p.Frame) != 9 {
		t.Errorf("frame from %d, %d lines", p.FrameLine, len(p.Frame))
	}
}

func TestIgnoreHidesInItsOwnFileAlone(t *testing.T) {
	r := run(t, check.Options{
		Rules:  []check.Rule{rule("a", check.Error, at("f.go", 1), at("g.go", 1))},
		Target: target(map[string]string{"f.go": "x() //merlon:ignore a -- because\n", "g.go": "x()\n"}),
	})
	if len(r.Hidden) != 1 || len(r.Findings) != 1 || r.Findings[0].Place.File != "g.go" {
		t.Errorf("hidden %d, left %v", len(r.Hidden), r.Findings)
	}
	if n := len(check.ParseIgnores([]byte(strings.Repeat("x //merlon:ignore a -- b\n", 10_050)))); n != 10_000 {
		t.Errorf("%d comments of one file are kept", n)
	}
}

// TestCommentComesBeforeSilence: the nearer reason is the one that is reported,
// and a silence that nothing needs any more is said.
func TestCommentComesBeforeSilence(t *testing.T) {
	r := run(t, check.Options{
		Rules: []check.Rule{rule("a", check.Error, at("f.go", 1))}, Silenced: map[string]string{"a": "everywhere"},
		Target: target(map[string]string{"f.go": "x() //merlon:ignore a -- because\n"}),
	})
	if len(r.Hidden) != 1 || r.Hidden[0].By != "comment" || strings.Join(ids(r), " ") != "silence-stale" {
		t.Errorf("hidden %+v, found %v", r.Hidden, ids(r))
	}
}

func TestBaselineHoldsWhatIsInForce(t *testing.T) {
	files := map[string]string{"f.go": "x() //merlon:ignore a -- because\ny()\n"}
	var b bytes.Buffer
	all := []check.Rule{rule("a", check.Error, at("f.go", 1), at("f.go", 2)), rule("b", check.Error, place)}
	all[1].Tags = []string{"other"}
	if err := check.WriteBaseline(&b, run(t, check.Options{Rules: all, Target: target(files)})); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.String(), `"fingerprint"`) != 2 || strings.Contains(b.String(), "f.go:2") {
		t.Errorf("what a comment hides is in the baseline, or a line number:\n%s", &b)
	}
	baseline, err := check.ReadBaseline(&b)
	if err != nil {
		t.Fatal(err)
	}
	// A rule that was not asked for says nothing about its entries.
	r := run(t, check.Options{Rules: all, Tags: []string{"test"}, Baseline: baseline, Target: target(files)})
	if len(ids(r)) != 0 {
		t.Errorf("found %v", ids(r))
	}
	// The finding that entries are gone is not one to keep.
	r = run(t, check.Options{Rules: []check.Rule{rule("a", check.Error), rule("b", check.Error, place)}, Baseline: baseline})
	if strings.Join(ids(r), " ") != "baseline-stale" {
		t.Fatalf("found %v", ids(r))
	}
	var again bytes.Buffer
	if err := check.WriteBaseline(&again, r); err != nil || strings.Contains(again.String(), "baseline-stale") {
		t.Errorf("%v\n%s", err, &again)
	}
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestAttackBaselineThatNeverEnds(t *testing.T) {
	if _, err := check.ReadBaseline(io.MultiReader(strings.NewReader(`{"version":1,"findings":[]}`), blanks{})); err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") {
		t.Error(err)
	}
}

func TestRepairLeavesTheStyleOfAFile(t *testing.T) {
	text := "package a\n\nvar   x=1\n"
	target := &check.Target{ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}
	at := strings.Index(text, "1")
	repairs, _, _, err := check.Repairs(target, &check.Report{Findings: []check.Finding{{Edits: []check.Edit{{File: "a.go", Start: at, End: at + 1, Text: "2"}}}}})
	if err != nil || len(repairs) != 1 || string(repairs[0].After) != "package a\n\nvar   x=2\n" {
		t.Errorf("%v %q", err, repairs)
	}
	// The edits of one finding must not touch each other either.
	two := []check.Edit{{File: "a.go", Start: at, End: at + 1, Text: "2"}, {File: "a.go", Start: at, End: at + 1, Text: "3"}}
	if repairs, _, refused, err := check.Repairs(target, &check.Report{Findings: []check.Finding{{Edits: two}}}); len(repairs) != 0 || len(refused) != 1 || err != nil {
		t.Errorf("%q, %d refused, %v", repairs, len(refused), err)
	}
}

func TestJSONHasListsAndNoNull(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteJSON(&b, &check.Report{}); err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"findings", "hidden", "incomplete", "rules"} {
		if !strings.Contains(b.String(), `"`+member+`": []`) {
			t.Errorf("%s is no list:\n%s", member, &b)
		}
	}
}

// TestSARIFRanksByLevelAndConfidence as GitHub reads the numbers: above 9
// critical, from 7 high, from 4 medium, below low.
func TestSARIFRanksByLevelAndConfidence(t *testing.T) {
	for _, c := range []struct {
		level      check.Level
		confidence check.Confidence
		low, high  float64
		precision  string
	}{
		{check.Critical, check.High, 9.01, 10, "very-high"},
		{check.Error, check.Medium, 7, 8.9, "high"},
		{check.Warning, check.Low, 4, 6.9, "medium"},
		{check.Info, check.High, 0.1, 3.9, "very-high"},
	} {
		judged := rule("a", c.level, place)
		judged.Confidence = c.confidence
		for n := range 40 {
			judged.CWE = append(judged.CWE, 100+n)
		}
		props := sarif(t, run(t, check.Options{Rules: []check.Rule{judged}}), check.SARIFOptions{}).Runs[0].Tool.Driver.Rules[0].Properties
		var severity float64
		if _, err := fmt.Sscan(props["security-severity"].(string), &severity); err != nil || severity < c.low || severity > c.high || props["precision"] != c.precision {
			t.Errorf("%s: severity %v, precision %v, %v", c.level, severity, props["precision"], err)
		}
		if n := len(props["tags"].([]any)); n != 20 {
			t.Errorf("%d tags", n)
		}
	}
}

func TestSARIFSaysWhatIsHiddenAndWhere(t *testing.T) {
	files := map[string]string{"f.go": "x() //merlon:ignore a -- because\n", "/abs/g.go": "y(\n1)\n"}
	long := at("/abs/g.go", 1)
	long.Place.Col, long.Place.EndLine, long.Place.EndCol = 1, 2, 3
	broken := rule("broken", check.Error)
	broken.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, errors.Join(&check.Unjudged{Place: check.Place{File: "h.go", Line: 7}, Reason: "no"}, &check.Unjudged{Reason: "nothing"})
	}
	options := check.Options{Rules: []check.Rule{rule("a", check.Error, at("f.go", 1), long, place), broken}, Target: target(files)}
	var b bytes.Buffer
	if err := check.WriteBaseline(&b, run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, place)}})); err != nil {
		t.Fatal(err)
	}
	var err error
	if options.Baseline, err = check.ReadBaseline(&b); err != nil {
		t.Fatal(err)
	}
	report := run(t, options)
	if b.Reset(); check.WriteSARIF(&b, report, check.SARIFOptions{}) != nil {
		t.Fatal("not written")
	}
	var got struct {
		Runs []struct {
			Results []struct {
				BaselineState       string
				Suppressions        []struct{ Kind, Justification string }
				PartialFingerprints map[string]string
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           struct{ StartLine, EndLine, EndColumn int }
					}
				}
			}
			Invocations []struct {
				ToolExecutionNotifications []struct {
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine int }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	results := got.Runs[0].Results
	if len(results) != 3 {
		t.Fatalf("%d results", len(results))
	}
	first := results[0]
	if at := first.Locations[0].PhysicalLocation; at.ArtifactLocation.URI != "file:///abs/g.go" || at.ArtifactLocation.URIBaseID != "" || at.Region.EndLine != 2 || at.Region.EndColumn != 3 {
		t.Errorf("an absolute name: %+v", at)
	}
	if f := first.PartialFingerprints; f["primaryLocationLineHash"] != report.Findings[0].Fingerprint+":1" || f["merlon/v1"] != report.Findings[0].Fingerprint {
		t.Errorf("fingerprints %v", f)
	}
	var kinds []string
	for _, r := range results[1:] {
		if len(r.Suppressions) != 1 {
			t.Fatalf("%+v", r)
		}
		kinds = append(kinds, r.Suppressions[0].Kind+" "+r.Suppressions[0].Justification+" "+r.BaselineState+" "+r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	}
	slices.Sort(kinds)
	if got := strings.Join(kinds, "; "); got != "external in the baseline unchanged merlon.toml; inSource because  f.go" {
		t.Error(got)
	}
	notes := got.Runs[0].Invocations[0].ToolExecutionNotifications
	if len(notes) != 2 || len(notes[0].Locations) != 0 || len(notes[1].Locations) != 1 || notes[1].Locations[0].PhysicalLocation.Region.StartLine != 7 {
		t.Errorf("notifications %+v", notes)
	}
}

func TestJUnitFailsAtTheFailLevel(t *testing.T) {
	both := rule("both", check.Error)
	both.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return []check.Finding{{Title: "failing"}, {Title: "passing \x1b[31m", Level: check.Info, Key: "2"}}, &check.Unjudged{Place: check.Place{File: "h.go"}, Reason: "unread \x07"}
	}
	r := run(t, check.Options{Rules: []check.Rule{both, rule("fine", check.Warning, place)}, Silenced: map[string]string{"nosuch": "x"}})
	var b bytes.Buffer
	if err := check.WriteJUnit(&b, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure string `xml:"failure"`
				Output  string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	cases := got.Suites[0].Cases
	if got.Tests != 3 || got.Failures != 1 || cases[0].Name != "both" || cases[2].Name != "silence-unknown" {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(cases[0].Failure, "failing") || !strings.Contains(cases[0].Failure, "h.go: unread \uFFFD") || !strings.Contains(cases[0].Output, "passing \uFFFD[31m") || !strings.Contains(cases[1].Output, "Fault fine") {
		t.Errorf("%+v", cases)
	}
}

// TestAttackReportSteersTheTerminal from wherever the text comes.
func TestAttackReportSteersTheTerminal(t *testing.T) {
	const esc = "\x1b[2J\u202e"
	f := at("f"+esc+".go", 1)
	f.Place.Col, f.Title, f.Evidence, f.Why, f.Fix = 1, "title"+esc, "seen"+esc, "why"+esc, "fix"+esc
	f.Trace = []check.Step{{Place: check.Place{File: esc, Line: 1}, Text: "step" + esc}}
	broken := rule("broken", check.Error)
	broken.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, &check.Unjudged{Place: check.Place{File: esc}, Reason: "reason" + esc}
	}
	skipped := rule("skipped", check.Error)
	skipped.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, fmt.Errorf("note%s: %w", esc, check.ErrNotApplicable)
	}
	hidden := check.Finding{Title: "hidden" + esc, Key: "h"}
	r := run(t, check.Options{
		Rules: []check.Rule{rule("a", check.Error, f), broken, skipped, rule("h", check.Error, hidden)}, Silenced: map[string]string{"h": "reason" + esc},
		Target: target(map[string]string{f.Place.File: "code" + esc + "\n"}),
	})
	var b bytes.Buffer
	if err := check.WriteText(&b, r, check.TextOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.ContainsAny(text, "\x1b\u202e") || strings.Count(text, "[2J") < 10 {
		t.Errorf("%q", text)
	}
}
