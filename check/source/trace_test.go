package source_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	commandinjection "github.com/merlon-go/merlon/check/source/command-injection"
)

// TestTraceLeadsThroughPackages: the steps in another package keep their own
// files and lines, in every kind of report.
func TestTraceLeadsThroughPackages(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":         "module example.test/x\n\ngo 1.24\n",
		"shell/shell.go": "package shell\n\nimport \"os/exec\"\n\nfunc Run(line string) error {\n\treturn exec.Command(\"sh\", \"-c\", line).Run()\n}\n",
		"web/web.go": "package web\n\nimport (\n\t\"net/http\"\n\n\t\"example.test/x/shell\"\n)\n\n" +
			"func Handle(w http.ResponseWriter, r *http.Request) {\n\tshell.Run(r.FormValue(\"line\"))\n}\n",
	})
	report := run(t, dir, source.Config{}, source.Check{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer})
	var got []string
	for _, f := range report.Findings {
		if f.Place.File != "shell/shell.go" || f.Confidence != check.High { // where harm is done
			continue
		}
		for _, s := range f.Trace {
			got = append(got, fmt.Sprintf("%s:%d %s", s.Place.File, s.Place.Line, s.Text))
		}
	}
	want := []string{
		"web/web.go:9 request data enters in r", "web/web.go:10 through FormValue", "web/web.go:10 passed to Run",
		"shell/shell.go:6 reaches Command",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(report.Findings) != 1 {
		t.Errorf("%d findings for one place", len(report.Findings))
	}
	for _, write := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return check.WriteText(b, report, check.TextOptions{Verbose: true}) },
		func(b *bytes.Buffer) error { return check.WriteJSON(b, report) },
		func(b *bytes.Buffer) error { return check.WriteSARIF(b, report, check.SARIFOptions{}) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "web/web.go") {
			t.Errorf("a report drops the steps in another package:\n%s", b.String())
		}
	}
}

// TestTraceOfManySteps: however long the way is, it ends where harm is done.
func TestTraceOfManySteps(t *testing.T) {
	var b strings.Builder
	b.WriteString("package shell\n\nimport \"os/exec\"\n\nfunc Run(s string) error { return step0(s) }\n\n")
	const steps = 30
	for i := range steps {
		fmt.Fprintf(&b, "func step%d(s string) error { return step%d(s) }\n\n", i, i+1)
	}
	fmt.Fprintf(&b, "func step%d(s string) error {\n\treturn exec.Command(\"sh\", \"-c\", s).Run() // here\n}\n", steps)
	line := strings.Count(b.String()[:strings.Index(b.String(), "// here")], "\n") + 1
	dir := tree(t, map[string]string{
		"go.mod": "module example.test/x\n\ngo 1.24\n", "shell/shell.go": b.String(),
		"web/web.go": "package web\n\nimport (\n\t\"net/http\"\n\n\t\"example.test/x/shell\"\n)\n\nfunc run(w http.ResponseWriter, r *http.Request) {\n\tshell.Run(r.FormValue(\"c\"))\n}\n",
	})
	report := run(t, dir, source.Config{}, source.Check{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer})
	found := false
	for _, f := range report.Findings {
		found = found || f.Confidence == check.High
		if f.Place.File != "shell/shell.go" || f.Place.Line != line {
			t.Errorf("the harm is done at shell/shell.go:%d, not %s", line, f.Place)
		}
	}
	if !found {
		t.Error("nothing was found")
	}
}

// TestTooLarge: a function beyond the bounds is named.
func TestTooLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("package x\n\nfunc table(f func(string)) {\n")
	for i := range 61000 {
		fmt.Fprintf(&b, "\tf(\"%d\")\n", i)
	}
	b.WriteString("}\n")
	dir := tree(t, map[string]string{"go.mod": "module example.test/x\n\ngo 1.24\n", "x.go": b.String()})
	_, unread := lines(run(t, dir, source.Config{}, source.Check{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer}))
	if diff := cmp.Diff([]string{"x.go: values are not followed through table, which is too large"}, unread); diff != "" {
		t.Error(diff)
	}
}
