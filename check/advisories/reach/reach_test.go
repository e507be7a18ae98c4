package reach_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
	"github.com/merlon-go/merlon/check/advisories/reach"
)

const stream = `{"config":{"protocol_version":"v1.0.0"}}
{"finding":{"osv":"GO-1","trace":[{"module":"a.example/one","version":"v1.0.0"}]}}
{"finding":{"osv":"GO-2","trace":[{"module":"a.example/one","package":"a.example/one"}]}}
{"finding":{"osv":"GO-2","trace":[{"package":"a.example/one","function":"Parse","receiver":"*Reader"},{"package":"example.com/app","function":"main","position":{"filename":"/src/app/main.go","line":7,"column":3}}]}}
{"finding":{"osv":"GO-3","trace":[{"module":"a.example/one","package":"a.example/one"}]}}
`

func TestParse(t *testing.T) {
	got, err := reach.Parse(strings.NewReader(stream), "/src/app")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]advisories.Call{
		"GO-2": {Symbol: "a.example/one.Reader.Parse", Trace: []check.Step{
			{Place: check.Place{File: "main.go", Line: 7, Col: 3}, Text: "example.com/app.main"},
			{Text: "a.example/one.Reader.Parse"},
		}},
		"GO-3": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := reach.Parse(strings.NewReader(stream[:len(stream)-20]), "/"); err == nil {
		t.Error("a stream that breaks off passes")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(stream)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = reach.Parse(strings.NewReader(text), "/src") // errors are fine, a panic is not
	})
}
