package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/merlon-go/merlon/csp"
)

var reportStart = time.Date(2026, 2, 3, 4, 5, 6, 789012000, time.UTC)

// violation is a report about what route tells, seen once.
func violation(route string) csp.Report {
	return csp.Report{
		Kind: csp.KindViolation, Directive: "script-src-elem", Blocked: csp.BlockedInline, Route: route,
		Count: 1, First: reportStart, Last: reportStart,
	}
}

// TestCSPReports holds a [csp.ReportStore] to its obligations. Its bound must be
// [csp.DefaultMaxReports].
func TestCSPReports(t *testing.T, open func(t *testing.T) csp.ReportStore) {
	for name, run := range map[string]func(*testing.T, csp.ReportStore){
		"FieldsSurvive":                  reportFields,
		"Merge":                          reportMerge,
		"MergeWithinOneCall":             reportMergeWithin,
		"Order":                          reportOrder,
		"Since":                          reportSince,
		"Prune":                          reportPrune,
		"CallerOwnsWhatItGets":           reportOwned,
		"AttackFloodDisplacesItself":     reportFlood,
		"EvictsTheOldestOfTheLeastCount": reportEvictsOldest,
		"NoCountIsLostToConcurrency":     reportConcurrent,
		"CancelledContext":               reportCancelled,
		"HostileStrings":                 reportHostile,
	} {
		t.Run(name, func(t *testing.T) { run(t, open(t)) })
	}
}

func addReports(t *testing.T, s csp.ReportStore, reports ...csp.Report) {
	t.Helper()
	if err := s.Add(t.Context(), reports); err != nil {
		t.Fatalf("Add of %d reports: %v", len(reports), err)
	}
}

func storedReports(t *testing.T, s csp.ReportStore, since time.Time, limit int) []csp.Report {
	t.Helper()
	found, err := s.Reports(t.Context(), since, limit)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func reportRoutes(reports []csp.Report) string {
	var routes []string
	for _, r := range reports {
		routes = append(routes, r.Route)
	}
	return strings.Join(routes, " ")
}

func wantReports(t *testing.T, s csp.ReportStore, want ...csp.Report) {
	t.Helper()
	got := storedReports(t, s, time.Time{}, 2*csp.DefaultMaxReports)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func reportFields(t *testing.T, s csp.ReportStore) {
	full := csp.Report{
		Kind: csp.KindViolation, Enforced: true, Directive: "img-src", Blocked: "https://cdn.example.com", Route: "/a/{}",
		Count: 1 << 40, First: reportStart, Last: reportStart.Add(time.Hour),
		Browsers: []string{"Chrome 140", "Firefox 141"}, Sample: "window.x = 1", Source: "https://a.example/x.js", Line: 1<<31 - 1,
	}
	bare := csp.Report{Kind: csp.KindCrash, Directive: "oom", Route: "/", Count: 1, First: reportStart, Last: reportStart}
	wantReports(t, s)
	addReports(t, s)
	addReports(t, s, full, bare)
	wantReports(t, s, full, bare)
}

func reportMerge(t *testing.T, s csp.ReportStore) {
	first := violation("/shop")
	first.Count, first.Browsers, first.Sample, first.Source, first.Line = 3, []string{"Firefox 141"}, "old", "https://a.example/old.js", 4
	addReports(t, s, first)
	later := violation("/shop")
	later.Count, later.Last, later.Browsers, later.Sample = 4, reportStart.Add(time.Minute), []string{"Chrome 140", "Firefox 141"}, "new"
	addReports(t, s, later)
	earlier := violation("/shop")
	earlier.First, earlier.Last, earlier.Sample = reportStart.Add(-time.Hour), reportStart.Add(-time.Minute), "older"
	addReports(t, s, earlier)
	tried := violation("/shop")
	tried.Enforced, tried.Last = true, reportStart.Add(-time.Second)
	addReports(t, s, tried)

	want := first
	want.Merge(later)
	want.Merge(earlier)
	if want.Count != 8 || want.Sample != "new" || want.Line != 4 || len(want.Browsers) != 2 || !want.First.Equal(earlier.First) {
		t.Fatalf("Report.Merge gives %+v", want)
	}
	wantReports(t, s, want, tried)
}

func reportMergeWithin(t *testing.T, s csp.ReportStore) {
	one, two, other := violation("/a"), violation("/a"), violation("/b")
	two.Count, two.Last = 5, reportStart.Add(time.Second)
	addReports(t, s, one, other, two)
	want := one
	want.Merge(two)
	wantReports(t, s, want, other)
}

func reportOrder(t *testing.T, s csp.ReportStore) {
	var batch []csp.Report
	for i := range 9 {
		r := violation(fmt.Sprintf("/%d", i))
		r.Last = reportStart.Add(time.Duration(i/3) * time.Minute)
		batch = append(batch, r)
	}
	addReports(t, s, batch...)
	all := storedReports(t, s, time.Time{}, 100)
	for i := 1; i < len(all); i++ {
		before, after := all[i-1], all[i]
		if before.Last.Before(after.Last) || before.Last.Equal(after.Last) && before.Key() >= after.Key() {
			t.Errorf("%s (%v) comes before %s (%v)", before.Route, before.Last, after.Route, after.Last)
		}
	}
	if some := storedReports(t, s, time.Time{}, 4); len(all) != 9 || cmp.Diff(all[:4], some, cmpopts.EquateEmpty()) != "" {
		t.Errorf("%d in all, the first four %s", len(all), reportRoutes(some))
	}
	for _, limit := range []int{0, -1} {
		if none := storedReports(t, s, time.Time{}, limit); len(none) != 0 {
			t.Errorf("limit %d returned %d", limit, len(none))
		}
	}
}

func reportSince(t *testing.T, s csp.ReportStore) {
	old, new := violation("/old"), violation("/new")
	new.Last = reportStart.Add(time.Hour)
	addReports(t, s, old, new)
	for _, c := range []struct {
		since time.Time
		want  string
	}{
		{time.Time{}, "/new /old"}, {reportStart, "/new /old"}, {reportStart.Add(time.Microsecond), "/new"},
		{new.Last, "/new"}, {new.Last.Add(time.Microsecond), ""},
	} {
		if got := reportRoutes(storedReports(t, s, c.since, 9)); got != c.want {
			t.Errorf("since %v: %q, want %q", c.since, got, c.want)
		}
	}
}

func reportPrune(t *testing.T, s csp.ReportStore) {
	old, new := violation("/old"), violation("/new")
	new.First, new.Last = reportStart.Add(-time.Hour), reportStart.Add(time.Hour)
	addReports(t, s, old, new)
	for _, c := range []struct {
		before time.Time
		n      int
		left   string
	}{
		{reportStart, 0, "/new /old"}, {reportStart.Add(time.Microsecond), 1, "/new"}, {new.Last.Add(time.Hour), 1, ""}, {new.Last.Add(time.Hour), 0, ""},
	} {
		n, err := s.Prune(t.Context(), c.before)
		if left := reportRoutes(storedReports(t, s, time.Time{}, 9)); err != nil || n != c.n || left != c.left {
			t.Errorf("before %v: %d, %v, left %q; want %d and %q", c.before, n, err, left, c.n, c.left)
		}
	}
}

func reportOwned(t *testing.T, s csp.ReportStore) {
	r := violation("/a")
	r.Browsers = []string{"Firefox 141"}
	batch := []csp.Report{r}
	addReports(t, s, batch...)
	batch[0].Route, batch[0].Browsers[0] = "/changed", "changed"
	got := storedReports(t, s, time.Time{}, 9)
	if len(got) != 1 || got[0].Route != "/a" || got[0].Browsers[0] != "Firefox 141" {
		t.Fatalf("the store kept the caller's slice: %+v", got)
	}
	got[0].Browsers[0] = "changed"
	if again := storedReports(t, s, time.Time{}, 9); again[0].Browsers[0] != "Firefox 141" {
		t.Error("the caller can change what is stored")
	}
}

// reportFlood: somebody sends more made-up reports than there is room for. What
// many visitors saw stays.
func reportFlood(t *testing.T, s csp.ReportStore) {
	seen := violation("/shop")
	seen.Count, seen.Last = 40, reportStart.Add(-24*time.Hour)
	seen.First = seen.Last
	addReports(t, s, seen)
	for wave := range 3 {
		var batch []csp.Report
		for i := range csp.DefaultMaxReports {
			r := violation(fmt.Sprintf("/made-up/%d/%d", wave, i))
			r.Last = reportStart.Add(time.Duration(wave) * time.Minute)
			batch = append(batch, r)
		}
		addReports(t, s, batch...)
		if n := len(storedReports(t, s, time.Time{}, 10*csp.DefaultMaxReports)); n != csp.DefaultMaxReports {
			t.Fatalf("%d reports are stored, want %d", n, csp.DefaultMaxReports)
		}
	}
	if !strings.Contains(reportRoutes(storedReports(t, s, time.Time{}, 2*csp.DefaultMaxReports)), "/shop") {
		t.Error("the flood displaced what many visitors saw")
	}
}

func reportEvictsOldest(t *testing.T, s csp.ReportStore) {
	var batch []csp.Report
	for i := range csp.DefaultMaxReports + 3 {
		r := violation(fmt.Sprintf("/%d", i))
		r.Last = reportStart.Add(time.Duration(i) * time.Second)
		if i == 1 {
			r.Count = 2
		}
		batch = append(batch, r)
	}
	addReports(t, s, batch...)
	left := " " + reportRoutes(storedReports(t, s, time.Time{}, 2*csp.DefaultMaxReports)) + " "
	for route, want := range map[string]bool{"/0": false, "/1": true, "/2": false, "/3": false, "/4": true} {
		if got := strings.Contains(left, " "+route+" "); got != want {
			t.Errorf("%s stored: %v, want %v", route, got, want)
		}
	}
}

func reportConcurrent(t *testing.T, s csp.ReportStore) {
	const writers, rounds = 8, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range rounds {
				// In another order each, which is how writers come to wait for each other.
				a, b := violation("/a"), violation("/b")
				if w%2 == 0 {
					a, b = b, a
				}
				if err := s.Add(context.Background(), []csp.Report{a, b}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, r := range storedReports(t, s, time.Time{}, 9) {
		if r.Count != writers*rounds {
			t.Errorf("%s was counted %d times, want %d", r.Route, r.Count, writers*rounds)
		}
	}
}

func reportCancelled(t *testing.T, s csp.ReportStore) {
	addReports(t, s, violation("/a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s.Add(ctx, nil) == nil || s.Add(ctx, []csp.Report{violation("/b")}) == nil {
		t.Error("Add did not respect the context")
	}
	if _, err := s.Reports(ctx, time.Time{}, 9); err == nil {
		t.Error("Reports did not respect the context")
	}
	if _, err := s.Prune(ctx, reportStart.Add(time.Hour)); err == nil {
		t.Error("Prune did not respect the context")
	}
	wantReports(t, s, violation("/a"))
}

func reportHostile(t *testing.T, s csp.ReportStore) {
	for _, text := range []string{
		"'; DROP TABLE csp_reports; --", "%_\\", `","x":"`, "ß\u202e", strings.Repeat("x", 4000), "a\nb\x7f", "?", "$1", "",
	} {
		r := violation("/" + text)
		r.Blocked, r.Directive, r.Sample, r.Source, r.Browsers = "https://"+text, text, text, text, []string{text}
		addReports(t, s, r)
		wantReports(t, s, r)
		if _, err := s.Prune(t.Context(), reportStart.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}
