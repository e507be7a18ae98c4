package csp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func newReceiver(t testing.TB, c csp.ReceiverConfig) (*csp.Receiver, *csp.MemoryStore) {
	t.Helper()
	store := csp.NewMemoryStore(0)
	if c.Store == nil {
		c.Store = store
	}
	if c.Now == nil {
		c.Now = at(noon)
	}
	receiver, err := csp.NewReceiver(c)
	if err != nil {
		t.Fatal(err)
	}
	return receiver, store
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// send posts a report to the receiver of www.example.com.
func send(receiver http.Handler, contentType, body string) int {
	r := httptest.NewRequest("POST", "https://www.example.com/-/csp-report", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", firefox)
	w := httptest.NewRecorder()
	receiver.ServeHTTP(w, r)
	return w.Code
}

func stored(t testing.TB, receiver *csp.Receiver, store csp.ReportStore) []csp.Report {
	t.Helper()
	if err := receiver.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	all, err := store.Reports(context.Background(), time.Time{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const (
	legacyType = "application/csp-report"
	batchType  = "application/reports+json"
)

func legacy(members ...string) string {
	m := map[string]any{"document-uri": "https://www.example.com/map?token=secret#x", "effective-directive": "img-src", "blocked-uri": "https://cdn.example.com/a.png?user=ann", "disposition": "enforce"}
	for i := 0; i < len(members); i += 2 {
		m[members[i]] = members[i+1]
	}
	text, _ := json.Marshal(map[string]any{"csp-report": m})
	return string(text)
}

// batch returns a csp-violation of the Reporting API.
func batch(members ...string) string {
	m := map[string]any{"documentURL": "https://www.example.com/map", "effectiveDirective": "img-src", "blockedURL": "https://cdn.example.com/a.png", "disposition": "report"}
	for i := 0; i < len(members); i += 2 {
		m[members[i]] = members[i+1]
	}
	text, _ := json.Marshal([]any{map[string]any{"type": "csp-violation", "age": 1500, "url": "https://www.example.com/map?x=1", "user_agent": "Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "body": m}})
	return string(text)
}

func TestReceiveBothTypes(t *testing.T) {
	observed := 0
	receiver, store := newReceiver(t, csp.ReceiverConfig{Observe: func(r csp.Report) { observed += int(r.Count) }})
	for _, c := range []struct{ contentType, body string }{
		{legacyType, legacy()},
		{legacyType + "; charset=utf-8", legacy("source-file", "https://www.example.com/app.js?v=secret", "line-number", "12")},
		{batchType, batch("sample", "alert(1)")},
	} {
		if code := send(receiver, c.contentType, c.body); code != http.StatusNoContent {
			t.Errorf("%d for %s", code, c.body)
		}
	}
	want := []csp.Report{{
		Kind: csp.KindViolation, Enforced: true, Directive: "img-src", Blocked: "https://cdn.example.com", Route: "/map",
		Count: 2, First: noon, Last: noon, Browsers: []string{"Firefox 140"}, Source: "https://www.example.com/app.js", Line: 12,
	}, {
		Kind: csp.KindViolation, Directive: "img-src", Blocked: "https://cdn.example.com", Route: "/map",
		Count: 1, First: noon.Add(-1500 * time.Millisecond), Last: noon.Add(-1500 * time.Millisecond), Browsers: []string{"Edge 142"}, Sample: "alert(1)",
	}}
	got := stored(t, receiver, store)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if observed != 3 {
		t.Errorf("%d observed", observed)
	}
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "secret") || strings.Contains(text, "ann") || strings.Contains(text, "?") {
		t.Errorf("a query is kept: %s", text)
	}
}

func TestReceiveReductions(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"inline", legacy("blocked-uri", "inline", "effective-directive", "script-src-elem"), "script-src-elem inline /map"},
		{"inline of old", legacy("blocked-uri", "", "effective-directive", "", "violated-directive", "script-src 'self' a.com"), "script-src inline /map"},
		{"eval", legacy("blocked-uri", "eval", "effective-directive", "script-src"), "script-src eval /map"},
		{"data", legacy("blocked-uri", "data"), "img-src data: /map"},
		{"data URL", legacy("blocked-uri", "data:image/png;base64,AAAA"), "img-src data: /map"},
		{"blob", legacy("blocked-uri", "blob:https://www.example.com/1234"), "img-src blob: /map"},
		{"own", legacy("blocked-uri", "https://WWW.example.com:443/x"), "img-src self /map"},
		{"port", legacy("blocked-uri", "http://cdn.example.com:8080/x"), "img-src http://cdn.example.com:8080 /map"},
		{"user", legacy("blocked-uri", "https://ann:pw@cdn.example.com/x"), "img-src https://cdn.example.com /map"},
		{"capitals", legacy("effective-directive", "IMG-SRC", "blocked-uri", "HTTPS://CDN.example.com"), "img-src https://cdn.example.com /map"},
		{"number", legacy("document-uri", "https://www.example.com/users/4711/edit"), "img-src https://cdn.example.com /users/{}/edit"},
		{"uuid", legacy("document-uri", "https://www.example.com/a/6f1e3a90-1c2d-4e5f-8a9b-0c1d2e3f4a5b/"), "img-src https://cdn.example.com /a/{}/"},
		{"mail", legacy("document-uri", "https://www.example.com/verify/ann@example.com"), "img-src https://cdn.example.com /verify/{}"},
		{"root", legacy("document-uri", "https://www.example.com"), "img-src https://cdn.example.com /"},
		{"deep", legacy("document-uri", "https://www.example.com/a/b/c/d/e/f/g/h/i/j"), "img-src https://cdn.example.com /a/b/c/d/e/f/g/h/{...}"},
		{"trusted types", legacy("effective-directive", "require-trusted-types-for", "blocked-uri", "trusted-types-sink"), "require-trusted-types-for trusted-types-sink /map"},
	} {
		receiver, store := newReceiver(t, csp.ReceiverConfig{})
		send(receiver, legacyType, c.body)
		all := stored(t, receiver, store)
		if len(all) != 1 {
			t.Errorf("%s: %+v, %+v", c.name, all, receiver.Stats())
			continue
		}
		if got := all[0].Directive + " " + all[0].Blocked + " " + all[0].Route; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestReceiveFilters(t *testing.T) {
	receiver, store := newReceiver(t, csp.ReceiverConfig{Ignore: []string{"Annoying.example"}})
	for body, want := range map[string]csp.Stats{
		legacy("blocked-uri", "chrome-extension://abcdef/x.js"):            {Noise: 1},
		legacy("blocked-uri", "moz-extension"):                             {Noise: 1},
		legacy("blocked-uri", "about"):                                     {Noise: 1},
		legacy("source-file", "safari-web-extension://x/y.js"):             {Noise: 1},
		legacy("source-file", "moz-extension"):                             {Noise: 1},
		legacy("source-file", "user-script:3"):                             {Noise: 1},
		legacy("blocked-uri", "https://gc.kis.v2.scr.kaspersky-labs.com/"): {Noise: 1},
		legacy("blocked-uri", "https://a.annoying.example/x"):              {Noise: 1},
		legacy("document-uri", "about:blank"):                              {Noise: 1},
		legacy("document-uri", "https://evil.example/"):                    {Foreign: 1},
		legacy("document-uri", "https://www.example.com.evil.example/"):    {Foreign: 1},
		legacy("document-uri", "ftp://www.example.com/"):                   {Malformed: 1},
		legacy("document-uri", "/"):                                        {Malformed: 1},
		legacy("document-uri", ""):                                         {Malformed: 1},
		legacy("effective-directive", "made-up"):                           {Malformed: 1},
		legacy("effective-directive", ""):                                  {Malformed: 1},
		legacy("blocked-uri", "no url"):                                    {Malformed: 1},
		legacy("blocked-uri", "https://"):                                  {Malformed: 1},
		legacy("blocked-uri", "https://*/"):                                {Malformed: 1},
		legacy("blocked-uri", "https://a.example,b/"):                      {Malformed: 1},
	} {
		before := receiver.Stats()
		if code := send(receiver, legacyType, body); code != http.StatusNoContent {
			t.Errorf("%d for %s", code, body)
		}
		after := receiver.Stats()
		got := csp.Stats{Accepted: after.Accepted - before.Accepted, Noise: after.Noise - before.Noise, Foreign: after.Foreign - before.Foreign, Malformed: after.Malformed - before.Malformed}
		if got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
	if all := stored(t, receiver, store); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	receiver, store = newReceiver(t, csp.ReceiverConfig{Hosts: []string{"Shop.example"}})
	send(receiver, legacyType, legacy("document-uri", "https://shop.example/"))
	send(receiver, legacyType, legacy())
	if all := stored(t, receiver, store); len(all) != 1 {
		t.Errorf("%+v", all)
	}
}

// Reports that are not about the policy are kept too.
func TestReceiveOtherKinds(t *testing.T) {
	receiver, store := newReceiver(t, csp.ReceiverConfig{})
	item := func(kind, body string) string {
		return fmt.Sprintf(`{"type":%q,"age":0,"url":"https://www.example.com/p","user_agent":"Chrome/142.0","body":%s}`, kind, body)
	}
	body := "[" + strings.Join([]string{
		item("deprecation", `{"id":"UnloadHandler","message":"gone soon","sourceFile":"https://www.example.com/a.js?q","lineNumber":3}`),
		item("intervention", `{"id":"HeavyAd","message":"removed"}`),
		item("coop", `{"type":"navigation-from-response","disposition":"reporting","effectivePolicy":"same-origin"}`),
		item("coep", `{"type":"corp","blockedURL":"https://img.example.org/x?y","destination":"image","disposition":"enforce"}`),
		item("network-error", `{"type":"tcp.timed_out","phase":"connection"}`),
		item("crash", `{"reason":"oom"}`),
		item("crash", `{}`),
		item("permissions-policy-violation", `{"policyId":"camera","message":"no","disposition":"enforce"}`),
		item("integrity-violation", `{"blockedURL":"https://cdn.example.com/x.js","destination":"script"}`),
		item("made-up", `{"id":"x"}`),
		item("deprecation", `{"id":7}`),
		`{"type":"deprecation"}`, `7`, `null`,
	}, ",") + "]"
	if code := send(receiver, batchType, body); code != http.StatusNoContent {
		t.Errorf("%d", code)
	}
	got := map[string]bool{}
	for _, r := range stored(t, receiver, store) {
		got[strings.TrimSpace(fmt.Sprintf("%s %s %s %v", r.Kind, r.Directive, r.Blocked, r.Enforced))] = true
	}
	want := map[string]bool{
		"deprecation UnloadHandler  true": true, "intervention HeavyAd  true": true, "coop navigation-from-response  false": true,
		"coep corp https://img.example.org true": true, "network-error tcp.timed_out  true": true, "crash oom  true": true, "crash crash  true": true,
		"permissions-policy-violation camera  true": true, "integrity-violation script https://cdn.example.com true": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := receiver.Stats(); s.Malformed != 5 {
		t.Errorf("%+v", s)
	}
}

func TestReceiverRefuses(t *testing.T) {
	receiver, store := newReceiver(t, csp.ReceiverConfig{})
	for _, c := range []struct {
		contentType, body string
		want              int
	}{
		{"application/json", legacy(), 415},
		{"text/plain", legacy(), 415},
		{"", legacy(), 415},
		{legacyType, "", 400},
		{legacyType, "{", 400},
		{legacyType, "[]", 400},
		{legacyType, "{}", 400},
		{legacyType, `{"csp-report":null}`, 400},
		{legacyType, `{"csp-report":{"document-uri":7}}`, 400},
		{batchType, "x", 400},
		{batchType, "{x", 400},
		{batchType, `"text"`, 400},
		{batchType, "[]", 204},
		{legacyType, legacy("script-sample", strings.Repeat("x", 16<<10)), 413},
		{batchType, batch("sample", strings.Repeat("x", 64<<10)), 413},
		{batchType, strings.Repeat("[", 60000), 400},
		{legacyType, strings.Repeat(`{"csp-report":`, 1000), 400},
	} {
		if code := send(receiver, c.contentType, c.body); code != c.want {
			t.Errorf("%s %.40s: %d, want %d", c.contentType, c.body, code, c.want)
		}
	}
	w := httptest.NewRecorder()
	receiver.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	// A body of unknown length is cut at the bound.
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat(" ", 1<<20)))
	r.ContentLength = -1
	r.Header.Set("Content-Type", legacyType)
	w = httptest.NewRecorder()
	receiver.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("%d", w.Code)
	}
	if all := stored(t, receiver, store); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// A flood of made-up reports takes neither memory nor rows, and does not
// displace what many visitors saw.
func TestAttackReportFlood(t *testing.T) {
	now := noon
	store := csp.NewMemoryStore(100)
	receiver, _ := newReceiver(t, csp.ReceiverConfig{Store: store, MaxPending: 50, Rate: 1000, Now: func() time.Time { return now }})
	limited, seen := 0, legacy()
	for i := range 100_000 {
		now = now.Add(time.Millisecond / 2) // twice the rate
		body := fmt.Sprintf(`{"csp-report":{"document-uri":"https://www.example.com/p%dx","effective-directive":"img-src","blocked-uri":"https://h%d.example/"}}`, i, i)
		if i%10 == 0 {
			body = seen
		}
		if send(receiver, legacyType, body) == 429 {
			limited++
		}
		if i%1000 == 999 {
			if err := receiver.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := stored(t, receiver, store)
	if len(all) != 100 || all[0].Blocked != "https://cdn.example.com" && !contains(all, "https://cdn.example.com") {
		t.Errorf("%d reports, the true one among them: %v", len(all), contains(all, "https://cdn.example.com"))
	}
	s := receiver.Stats()
	if limited < 40_000 || s.Limited != int64(limited) || s.Displaced == 0 {
		t.Errorf("%+v, %d limited", s, limited)
	}
	for _, r := range all {
		if r.Blocked == "https://cdn.example.com" && r.Count < 1000 {
			t.Errorf("%+v", r)
		}
	}
	if code := send(receiver, batchType, "["+strings.TrimSuffix(strings.Repeat("{},", 1000), ",")+"]"); code != 204 && code != 429 {
		t.Errorf("%d", code)
	}
}

func contains(all []csp.Report, blocked string) bool {
	for _, r := range all {
		if r.Blocked == blocked {
			return true
		}
	}
	return false
}

// failing is a store that is out of order.
type failing struct{ csp.ReportStore }

func (failing) Add(context.Context, []csp.Report) error { return errors.New("disk full") }

func TestStoreFailureLosesReportsOnly(t *testing.T) {
	receiver, _ := newReceiver(t, csp.ReceiverConfig{Store: failing{}})
	if code := send(receiver, legacyType, legacy()); code != 204 {
		t.Errorf("%d", code)
	}
	if err := receiver.Flush(context.Background()); err == nil || receiver.Stats().Lost != 1 {
		t.Errorf("%v, %+v", err, receiver.Stats())
	}
	if err := receiver.Flush(context.Background()); err != nil {
		t.Errorf("the lost reports are tried again: %v", err)
	}
}

// recorder keeps audit events.
type recorder []audit.Event

func (r *recorder) Record(_ context.Context, e audit.Event) error {
	*r = append(*r, e)
	return nil
}

func TestStoppedScriptsAreAudited(t *testing.T) {
	var events recorder
	receiver, _ := newReceiver(t, csp.ReceiverConfig{Audit: &events})
	send(receiver, legacyType, legacy())
	send(receiver, legacyType, legacy("effective-directive", "script-src-elem", "disposition", "report"))
	for i := range 30 {
		send(receiver, legacyType, legacy("effective-directive", "script-src-elem", "blocked-uri", "inline", "document-uri", fmt.Sprintf("https://www.example.com/p%c", 'a'+i%15)))
	}
	receiver.Flush(context.Background())
	if len(events) != 10 || events[0].Name != audit.MaliciousCSPViolation || events[0].Reason != "script-src-elem" || !strings.Contains(events[0].Detail, "inline block (2 times)") {
		t.Errorf("%d: %+v", len(events), events)
	}
}

func TestRunFlushesAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, store := newReceiver(t, csp.ReceiverConfig{Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- receiver.Run(ctx) }()
		count := func() int {
			all, _ := store.Reports(context.Background(), time.Time{}, 10)
			return len(all)
		}
		send(receiver, legacyType, legacy())
		if count() != 0 {
			t.Error("written at once")
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if count() != 1 {
			t.Error("not written after the interval")
		}
		send(receiver, legacyType, legacy("effective-directive", "font-src"))
		cancel()
		if err := <-done; err != nil || count() != 2 {
			t.Errorf("%v, %d reports", err, count())
		}
	})
}

// What was last sent longer ago than Keep goes, at the start and every hour.
func TestRunDropsOldReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver, store := newReceiver(t, csp.ReceiverConfig{Now: time.Now, Keep: 3 * time.Hour})
		old := csp.Report{Kind: csp.KindCrash, Directive: "oom", Route: "/old", Count: 1, Last: time.Now().Add(-4 * time.Hour)}
		young := csp.Report{Kind: csp.KindCrash, Directive: "oom", Route: "/young", Count: 1, Last: time.Now().Add(-time.Hour)}
		if err := store.Add(t.Context(), []csp.Report{old, young}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- receiver.Run(ctx) }()
		for _, c := range []struct {
			after time.Duration
			left  int
		}{{0, 1}, {time.Hour + time.Minute, 1}, {2 * time.Hour, 0}} {
			time.Sleep(c.after)
			synctest.Wait()
			if all, _ := store.Reports(t.Context(), time.Time{}, 9); len(all) != c.left {
				t.Errorf("%v later: %d left, want %d", c.after, len(all), c.left)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if _, err := csp.NewReceiver(csp.ReceiverConfig{Store: csp.NewMemoryStore(0), Keep: -1}); err == nil {
		t.Error("a negative Keep")
	}
}

// The page itself is named by its route: its path may hold a token.
func TestSourceOfAnInlineBlockIsTheRoute(t *testing.T) {
	receiver, store := newReceiver(t, csp.ReceiverConfig{})
	const page = "https://www.example.com/reset/9f86d081884c7d659a2feaa0c55ad015"
	send(receiver, legacyType, legacy("effective-directive", "script-src-elem", "blocked-uri", "inline", "document-uri", page+"?x", "source-file", page))
	if all := stored(t, receiver, store); len(all) != 1 || all[0].Source != "/reset/{}" {
		t.Errorf("%+v", all)
	}
}

func TestReceiverConcurrency(t *testing.T) {
	receiver, store := newReceiver(t, csp.ReceiverConfig{Rate: 10_000})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				send(receiver, legacyType, legacy("effective-directive", []string{"img-src", "font-src"}[j%2]))
				if i == 0 {
					receiver.Flush(context.Background())
				}
			}
		})
	}
	all.Wait()
	total := int64(0)
	for _, r := range stored(t, receiver, store) {
		total += r.Count
	}
	if total != 400 {
		t.Errorf("%d of 400 reports", total)
	}
}

func TestNewReceiverRefuses(t *testing.T) {
	for _, c := range []csp.ReceiverConfig{{}, {Store: csp.NewMemoryStore(1), Rate: -1}, {Store: csp.NewMemoryStore(1), MaxPending: -1}, {Store: csp.NewMemoryStore(1), Interval: -1}} {
		if _, err := csp.NewReceiver(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// Whatever is sent, nothing is stored beyond its bounds.
func FuzzReceiver(f *testing.F) {
	f.Add(true, legacy())
	f.Add(true, legacy("blocked-uri", "inline", "script-sample", "alert(\u2028'é')"))
	f.Add(true, `{"csp-report":{"document-uri":"https://www.example.com","violated-directive":"img-src x","blocked-uri":"data","line-number":null}}`)
	f.Add(false, batch())
	f.Add(false, batch("blockedURL", "https://[::1]:99/x", "lineNumber", "-1"))
	f.Add(false, `{"type":"crash","url":"https://www.example.com/%zz","body":{}}`)
	f.Fuzz(func(t *testing.T, old bool, body string) {
		receiver, store := newReceiver(t, csp.ReceiverConfig{})
		contentType := batchType
		if old {
			contentType = legacyType
		}
		if code := send(receiver, contentType, body); code != 204 && code != 400 && code != 413 {
			t.Fatalf("%d", code)
		}
		for _, r := range stored(t, receiver, store) {
			if len(r.Directive) > 64 || len(r.Blocked) > 200 || len(r.Route) > 200 || len(r.Sample) > 40 || len(r.Source) > 200 || len(r.Browsers) > 8 || r.Count < 1 || r.Line < 0 || len(r.Kind) > 64 {
				t.Fatalf("%+v", r)
			}
			if strings.ContainsAny(r.Blocked+r.Route+r.Source, "?#\n") && !strings.Contains(body, "\\u") && strings.ContainsAny(r.Blocked, "?#") {
				t.Fatalf("%+v", r)
			}
		}
	})
}
