package csp_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/csp"
)

func TestMemoryStore(t *testing.T) {
	ctx := context.Background()
	store := csp.NewMemoryStore(3)
	report := func(route string, count int64, last time.Time, browsers ...string) csp.Report {
		return csp.Report{Kind: csp.KindViolation, Directive: "img-src", Blocked: "data:", Route: route, Count: count, First: last, Last: last, Browsers: browsers}
	}
	hour := time.Hour
	if err := store.Add(ctx, []csp.Report{report("/a", 5, noon, "B"), report("/b", 1, noon.Add(-hour)), report("/c", 1, noon), report("/d", 2, noon.Add(-2*hour)), report("/a", 2, noon.Add(hour), "A")}); err != nil {
		t.Fatal(err)
	}
	all, _ := store.Reports(ctx, noon.Add(-24*hour), 10)
	if len(all) != 3 || all[0].Route != "/a" || all[0].Count != 7 || all[1].Route != "/c" || all[2].Route != "/d" {
		t.Fatalf("%+v", all)
	}
	if a := all[0]; !a.First.Equal(noon) || !a.Last.Equal(noon.Add(hour)) || strings.Join(a.Browsers, " ") != "A B" {
		t.Errorf("%+v", a)
	}
	all[0].Browsers[0] = "changed"
	if again, _ := store.Reports(ctx, noon, 1); len(again) != 1 || again[0].Browsers[0] != "A" {
		t.Errorf("%+v", again)
	}
	if none, _ := store.Reports(ctx, time.Time{}, -1); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	if n, err := store.Prune(ctx, noon); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if store.Add(cancelled, nil) == nil {
		t.Error("Add on a cancelled context")
	}
	if _, err := store.Reports(cancelled, noon, 1); err == nil {
		t.Error("Reports on a cancelled context")
	}
	if _, err := store.Prune(cancelled, noon); err == nil {
		t.Error("Prune on a cancelled context")
	}
}

func TestReportKey(t *testing.T) {
	base := csp.Report{Kind: "k", Directive: "d", Blocked: "b", Route: "r"}
	seen := map[string]bool{base.Key(): true}
	for _, r := range []csp.Report{
		{Kind: "kd", Blocked: "b", Route: "r"}, {Kind: "k", Directive: "db", Route: "r"}, {Kind: "k", Directive: "d", Blocked: "br"},
		{Kind: "k", Directive: "d", Blocked: "b", Route: "r", Enforced: true},
	} {
		if seen[r.Key()] || len(r.Key()) != 32 {
			t.Errorf("%+v has the key of another", r)
		}
		seen[r.Key()] = true
	}
	same := base
	same.Count, same.Sample, same.Last = 7, "x", noon
	if same.Key() != base.Key() {
		t.Error("the key depends on counts")
	}
}
