package check_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/merlon-go/merlon/check"
)

func TestParseIgnores(t *testing.T) {
	for _, c := range []struct {
		text string
		want []check.Ignore
	}{
		{"db.Query(q) //merlon:ignore sql-concat -- q is a constant", []check.Ignore{{1, 1, []string{"sql-concat"}, "q is a constant"}}},
		{"// merlon:ignore sql-concat -- next line\nx", []check.Ignore{{1, 2, []string{"sql-concat"}, "next line"}}},
		{"//merlon:ignore a,b c -- three", []check.Ignore{{1, 2, []string{"a", "b", "c"}, "three"}}},
		{"//merlon:ignore a", []check.Ignore{{1, 2, []string{"a"}, ""}}},
		{"//merlon:ignore", []check.Ignore{{1, 2, nil, ""}}},
		{"//merlon:ignore a --   ", []check.Ignore{{1, 2, []string{"a"}, ""}}},
		{"KEY=x # merlon:ignore env-key -- a sample\r\n", []check.Ignore{{1, 1, []string{"env-key"}, "a sample"}}},
		{"<!-- merlon:ignore csp -- old -->", []check.Ignore{{1, 2, []string{"csp"}, "old"}}},
		{"{{/* merlon:ignore xss -- escaped above */}}", []check.Ignore{{1, 2, []string{"xss"}, "escaped above"}}},
		{"SELECT 1 -- merlon:ignore sql -- fine", []check.Ignore{{1, 1, []string{"sql"}, "fine"}}},
		{"a := \"//merlon:ignored a -- b\"", nil},
		{"the mark merlon:ignore in a sentence", nil},
		{"//\t//merlon:ignore a -- an example in documentation", nil},
		{"", nil},
		{"\n\n\tx() /* merlon:ignore a -- b */", []check.Ignore{{3, 3, []string{"a"}, "b"}}},
	} {
		if diff := cmp.Diff(c.want, check.ParseIgnores([]byte(c.text)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

// at returns a finding on a line of a file.
func at(file string, line int) check.Finding {
	return check.Finding{Place: check.Place{File: file, Line: line}}
}

func TestIgnoreComments(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		hidden           int
	}{
		{"same line", "x() //merlon:ignore a -- because\n", "", 1},
		{"line above", "//merlon:ignore a -- because\nx()\n", "", 1},
		{"two lines above", "//merlon:ignore a -- because\n\nx()\n", "a ignore-stale", 0},
		{"after code, for the next line", "y() //merlon:ignore a -- because\nx()\n", "a ignore-stale", 0},
		{"no reason", "x() //merlon:ignore a\n", "a ignore-without-reason", 0},
		{"other id", "x() //merlon:ignore b -- because\n", "a ignore-stale", 0},
		{"unknown id", "x() //merlon:ignore aa -- because\n", "a ignore-unknown", 0},
		{"known elsewhere", "x() //merlon:ignore far -- because\n", "a", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := strings.Count(c.text[:strings.Index(c.text, "x()")], "\n") + 1
			r := run(t, check.Options{
				Rules: []check.Rule{rule("a", check.Error, at("f.go", line)), rule("b", check.Error)}, Known: []string{"far"},
				Target: target(map[string]string{"f.go": c.text}),
			})
			if got := strings.Join(ids(r), " "); got != c.want || len(r.Hidden) != c.hidden {
				t.Errorf("found %q, want %q; hidden %d, want %d", got, c.want, len(r.Hidden), c.hidden)
			}
		})
	}
}

// TestIgnoreWhereTheTraceEnds: the reason stands beside the sink, once for all callers.
func TestIgnoreWhereTheTraceEnds(t *testing.T) {
	far, through := at("f.go", 1), at("f.go", 2)
	far.Trace = []check.Step{{Place: check.Place{File: "f.go", Line: 1}}, {Place: check.Place{File: "g.go", Line: 1}}}
	through.Trace = []check.Step{{Place: check.Place{File: "g.go", Line: 1}}, {Place: check.Place{File: "f.go", Line: 2}}}
	files := map[string]string{"f.go": "call(x)\ncall(y)\n", "g.go": "sink() //merlon:ignore a -- capped\n"}
	r := run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, far, through, at("g.go", 1))}, Target: target(files)})
	if len(r.Hidden) != 2 || len(r.Findings) != 1 || r.Findings[0].Place.Line != 2 {
		t.Errorf("hidden %d, left %v", len(r.Hidden), r.Findings)
	}
}

func TestFingerprintSurvivesMovedLines(t *testing.T) {
	print := func(text string, line int) string {
		f := at("f.go", line)
		f.Place.Function = "find"
		return run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, f)}, Target: target(map[string]string{"f.go": text})}).Findings[0].Fingerprint
	}
	before := print("package x\nquery(name)\n", 2)
	if after := print("package x\n\n// a comment\n\n\t  query(name)\n", 5); after != before {
		t.Error("the fingerprint changed with the line")
	}
	if other := print("package x\nquery(other)\n", 2); other == before {
		t.Error("another statement has the same fingerprint")
	}
}

func TestEqualFindingsHaveDifferentFingerprints(t *testing.T) {
	r := run(t, check.Options{
		Rules:  []check.Rule{rule("a", check.Error, at("f.go", 1), at("f.go", 2), at("f.go", 3))},
		Target: target(map[string]string{"f.go": "q()\nq()\nq()\n"}),
	})
	seen := map[string]bool{}
	for _, f := range r.Findings {
		seen[f.Fingerprint] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d fingerprints for three findings", len(seen))
	}
}

func TestBaseline(t *testing.T) {
	two := []check.Rule{rule("a", check.Error, place), rule("b", check.Error, place)}
	var file bytes.Buffer
	if err := check.WriteBaseline(&file, run(t, check.Options{Rules: two[:1]})); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	read := func() *check.Baseline {
		b, err := check.ReadBaseline(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	r := run(t, check.Options{Rules: two, Baseline: read()})
	if got := strings.Join(ids(r), " "); got != "b" || len(r.Hidden) != 1 || r.Hidden[0].By != "baseline" {
		t.Errorf("found %q, hidden %+v", got, r.Hidden)
	}
	// What is hidden stays in a baseline that is written anew.
	file.Reset()
	if err := check.WriteBaseline(&file, r); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(file.String(), `"fingerprint"`); n != 2 {
		t.Errorf("%d entries", n)
	}
	// A finding that is gone is said to be.
	r = run(t, check.Options{Rules: []check.Rule{rule("a", check.Error)}, Baseline: read()})
	if got := strings.Join(ids(r), " "); got != "baseline-stale" || r.ExitCode() != check.ExitFine {
		t.Errorf("found %q", got)
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "not JSON": "x", "other version": `{"version":2,"findings":[]}`, "no version": `{"findings":[]}`,
		"unknown member": `{"version":1,"findngs":[]}`, "two values": `{"version":1,"findings":[]}{}`,
		"no fingerprint": `{"version":1,"findings":[{"id":"a"}]}`,
	} {
		if _, err := check.ReadBaseline(strings.NewReader(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzReadBaseline(f *testing.F) {
	f.Add(`{"version":1,"findings":[{"fingerprint":"00000000000000000000000000000000","id":"a"}]}`)
	f.Add(`{"version":1,"findings":[]}`)
	f.Add("[[[[[")
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := check.ReadBaseline(strings.NewReader(text)); err == nil && b.Version != 1 {
			t.Errorf("accepted %q", text)
		}
	})
}

func FuzzParseIgnores(f *testing.F) {
	for _, seed := range []string{"//merlon:ignore a -- b", "merlon:ignore", "#merlon:ignore\xff -- \x00", strings.Repeat("//merlon:ignore a\n", 50), "/*merlon:ignore*/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		for _, i := range check.ParseIgnores([]byte(text)) {
			if i.Line < 1 || i.Line > lines || i.Hides < i.Line || i.Hides > i.Line+1 {
				t.Errorf("%q: %+v", text, i)
			}
		}
	})
}

func TestFramesDoNotShowSecretsOrEndlessLines(t *testing.T) {
	secret := at("f.env", 1)
	secret.Place.NoFrame = true
	r := run(t, check.Options{
		Rules:  []check.Rule{rule("a", check.Error, secret, at("min.js", 1), at("f.env", 99), at("gone", 1))},
		Target: target(map[string]string{"f.env": "KEY=hunter2", "min.js": strings.Repeat("x", 1<<20)}),
	})
	var b bytes.Buffer
	if err := check.WriteText(&b, r, check.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "hunter2") || b.Len() > 4096 {
		t.Errorf("%d bytes: %.500s", b.Len(), b.String())
	}
}

func BenchmarkRun(b *testing.B) {
	var rules []check.Rule
	for i := range 100 {
		rules = append(rules, rule(fmt.Sprintf("rule-%d", i), check.Warning, at("f.go", i+1), place))
	}
	files := map[string]string{"f.go": strings.Repeat("query(name)\n", 200)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := check.Run(b.Context(), check.Options{Rules: rules, Target: target(files)}); err != nil {
			b.Fatal(err)
		}
	}
}
