package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
)

const source = "package main\n\nfunc find(name string) {\n\tdb.Query(\"select \" + name) // ä😀 here\n}\n"

// sample is a report with one of everything.
func sample(t *testing.T, files map[string]string) *check.Report {
	t.Helper()
	sql := rule("sql-concat", check.Critical, check.Finding{
		Title:    "SQL is built from name",
		Evidence: "\x1b[31mred\x1b[0m",
		Place:    check.Place{File: "app/find.go", Line: 4, Col: 2, EndCol: 29, Function: "find"},
		Trace: []check.Step{
			{Place: check.Place{File: "app/find.go", Line: 3, Col: 11}, Text: "name enters"},
			{Place: check.Place{File: "app/find.go", Line: 4, Col: 2}, Text: "reaches Query"},
		},
	})
	skipped := rule("tls-weak", check.Error)
	skipped.Run = func(context.Context, *check.Target) ([]check.Finding, error) { return nil, check.ErrNotApplicable }
	broken := rule("repo-secret", check.Error)
	broken.Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		return nil, &check.Unjudged{Place: check.Place{File: "big.bin"}, Reason: "longer than 1 GB"}
	}
	return run(t, check.Options{
		Rules: []check.Rule{
			sql, skipped, broken,
			rule("hsts-missing", check.Warning, check.Finding{Place: check.Place{Setting: "SECURE_HSTS_SECONDS", Source: "default"}}),
			rule("cookie-name", check.Info, check.Finding{Title: "The cookie <b>x</b> has no prefix", Place: check.Place{Request: "GET / over https: 200"}}),
			rule("lab-only", check.Error, check.Finding{Place: check.Place{Setting: "DEBUG", Source: ".env:3"}}),
		},
		Silenced: map[string]string{"lab-only": "a lab nobody reaches"},
		Target:   target(files),
	})
}

func written(t *testing.T, format check.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := check.Write(&b, sample(t, map[string]string{"app/find.go": source}), format, check.WriteOptions{Version: "1.2.3"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWriteTextFitsTheTerminal: words go on the next line, under the first;
// code and what has no break stay whole, and a pipe gets lines as they are.
func TestWriteTextFitsTheTerminal(t *testing.T) {
	r := sample(t, nil)
	r.Findings[0].Fix = strings.Repeat("Do this and then that. ", 20)
	r.Findings[0].Title = strings.TrimSpace(strings.Repeat("a title of many words ", 10))
	for _, width := range []int{60, 80, 0} {
		var b bytes.Buffer
		if err := check.WriteText(&b, r, check.TextOptions{Width: width, Verbose: true}); err != nil {
			t.Fatal(err)
		}
		long := 0
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > max(width, 110) && !strings.Contains(line, "│") {
				long++
			}
		}
		if (long > 0) != (width == 0) {
			t.Errorf("width %d: %d long lines in\n%s", width, long, &b)
		}
	}
}

// TestWriteTextOneForMany: what fails nothing does not bury what does.
func TestWriteTextOneForMany(t *testing.T) {
	var many, failing []check.Finding
	for line := range 12 {
		many = append(many, at("f.go", line+1))
		failing = append(failing, at("g.go", line+1))
	}
	r := run(t, check.Options{
		Rules:  []check.Rule{rule("many", check.Info, many...), rule("few", check.Info, many[:3]...), rule("failing", check.Warning, failing...)},
		Target: target(map[string]string{"f.go": strings.Repeat("x\n", 20), "g.go": strings.Repeat("x\n", 20)}),
	})
	for _, c := range []struct {
		verbose            bool
		many, few, failing int
	}{{false, 1, 3, 12}, {true, 12, 3, 12}} {
		var b strings.Builder
		if err := check.WriteText(&b, r, check.TextOptions{Verbose: c.verbose}); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]int{"[many]": c.many, "[few]": c.few, "[failing]": c.failing} {
			if got := strings.Count(b.String(), id); got != want {
				t.Errorf("verbose %t: %s written %d times, want %d", c.verbose, id, got, want)
			}
		}
		const others = "    and  11 more: f.go:2, f.go:3, f.go:4, f.go:5, f.go:6, f.go:7, f.go:8, f.go:9; --verbose shows all\n"
		if strings.Contains(b.String(), others) == c.verbose {
			t.Errorf("verbose %t:\n%s", c.verbose, b.String())
		}
	}
}

func TestWriteText(t *testing.T) {
	want := `CRITICAL 1

  SQL is built from name  [sql-concat]
    at   app/find.go:4:2
         2 │ 
         3 │ func find(name string) {
       > 4 │     db.Query("select " + name) // ä😀 here
           │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
         5 │ }
     1.  app/find.go:3:11  name enters
     2.  app/find.go:4:2  reaches Query
    seen �[31mred�[0m
    fix  Repair it.

WARNING 1

  Fault hsts-missing  [hsts-missing]
    at   SECURE_HSTS_SECONDS (default)
    fix  Repair it.

INFO 1

  The cookie <b>x</b> has no prefix  [cookie-name]
    at   GET / over https: 200
    fix  Repair it.

COULD NOT BE JUDGED 1

  repo-secret: big.bin: longer than 1 GB

3 findings (1 critical, 1 warning, 1 info), 1 hidden, 1 could not be judged; 5 rules ran, fails at error.
`
	if diff := cmp.Diff(want, written(t, check.Text)); diff != "" {
		t.Error(diff)
	}
}

func TestColorOnlyWhenAsked(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteText(&b, sample(t, nil), check.TextOptions{Color: true, Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[1;97;41mCRITICAL 1\x1b[0m") || !strings.Contains(b.String(), "because a lab nobody reaches") {
		t.Error(b.String())
	}
	if strings.Contains(b.String(), "\x1b[31mred") {
		t.Error("a finding steered the terminal")
	}
}

func TestWriteJSONIsWhatItWasDocumentedToBe(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(written(t, check.JSON)), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"schema": "merlon-check/1", "exit_code": 3.0, "failed": true, "complete": false, "fail_level": "error",
		"counts": map[string]any{"critical": 1.0, "error": 0.0, "warning": 1.0, "info": 1.0, "debug": 0.0, "hidden": 1.0, "incomplete": 1.0},
	} {
		if diff := cmp.Diff(want, got[key]); diff != "" {
			t.Error(key, diff)
		}
	}
	first := got["findings"].([]any)[0].(map[string]any)
	for _, key := range []string{"id", "level", "title", "why", "fix", "cwe", "asvs", "owasp", "django", "place", "confidence", "trace", "fingerprint"} {
		if first[key] == nil {
			t.Errorf("finding lacks %s", key)
		}
	}
}

func TestWriteJUnit(t *testing.T) {
	text := written(t, check.JUnit)
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Skipped int `xml:"skipped,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 6 || got.Failures != 1 || got.Errors != 1 || got.Suites[0].Skipped != 1 {
		t.Errorf("%+v\n%s", got, text)
	}
}

func TestWriteHTMLNeedsNothingElseAndEscapes(t *testing.T) {
	text := written(t, check.HTML)
	for _, bad := range []string{"<script", "http://", "<link", "<img", "@import", "url(", "<b>x</b>", "\x1b"} {
		if strings.Contains(text, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
	if urls := regexp.MustCompile(`(?:src|href)="[^#]`).FindString(text); urls != "" {
		t.Errorf("page loads %s", urls)
	}
	for _, want := range []string{"A05:2025 Injection", "V3 Web Frontend Security", "longer than 1 GB", "a lab nobody reaches", "prefers-color-scheme", "@media print", "sql-concat"} {
		if want == "prefers-color-scheme" {
			want = "light-dark("
		}
		if !strings.Contains(text, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if path := os.Getenv("MERLON_WRITE_SAMPLES"); path != "" {
		for _, f := range []check.Format{check.HTML, check.SARIF, check.JUnit, check.JSON} {
			os.WriteFile(path+"/sample."+string(f), []byte(written(t, f)), 0o600)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := check.Write(&bytes.Buffer{}, &check.Report{}, "xls", check.WriteOptions{}); err == nil || !strings.Contains(err.Error(), "text, json, sarif, junit, html") {
		t.Error(err)
	}
}

func TestExplain(t *testing.T) {
	r := rule("hsts-missing", check.Warning)
	r.More = strings.Repeat("word ", 40) + "\n\nSecond paragraph."
	text := check.Explain(&r, 40)
	for line := range strings.Lines(text) {
		if len(line) > 61 {
			t.Errorf("line too long: %q", line)
		}
	}
	for _, want := range []string{"hsts-missing (warning)", "An attacker wins.", "CWE-16", "Django security.W004", "Second paragraph."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}

// TestAttackTrojanSource: characters that reorder a line must not reach a
// report, where they would show other code than runs (CVE-2021-42574).
func TestAttackTrojanSource(t *testing.T) {
	f := check.Finding{Title: "x\u202ey", Place: check.Place{File: "f.go", Line: 1, Col: 1}}
	r := run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, f)}, Target: target(map[string]string{"f.go": "if x /*\u202e } \u2066*/ {\n"})})
	for _, format := range []check.Format{check.Text, check.HTML} {
		var b bytes.Buffer
		if err := check.Write(&b, r, format, check.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\u202e\u2066") {
			t.Errorf("%s holds characters that reorder text", format)
		}
	}
}
