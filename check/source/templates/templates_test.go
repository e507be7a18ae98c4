package templates_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/templates"
)

func TestRules(t *testing.T) {
	target := &check.Target{Dir: "testdata", Paths: []string{"."}}
	report, err := check.Run(t.Context(), check.Options{Rules: templates.Rules(), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Place.File+":"+strconv.Itoa(f.Place.Line)+" "+f.ID)
	}
	slices.Sort(got)
	want := []string{"page.html:12 template-script", "page.html:17 template-form-token", "page.html:5 template-attribute", "page.html:7 template-attribute"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	repairs, _, refused, err := check.Repairs(target, report)
	if err != nil || len(repairs) != 1 || len(refused) != 0 {
		t.Fatalf("%d repairs, %d refused, %v", len(repairs), len(refused), err)
	}
}

func FuzzRules(f *testing.F) {
	f.Add("<a href={{.X}}>")
	f.Add("<form method=post>{{.}}</form><script>{{.}}</script>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range templates.Judge([]byte("{{}}" + text)) {
			if r[0] < 0 || r[1] < r[0] || r[1] > len(text)+4 {
				t.Errorf("spot %v lies outside of the text", r)
			}
		}
	})
}
