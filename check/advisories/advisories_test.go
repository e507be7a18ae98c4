package advisories_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
)

// The entries are ours, in the form of the Go vulnerability database.
var entries = map[string]string{
	"GO-2099-0001": `{"id":"GO-2099-0001","modified":"2026-01-02T00:00:00Z","aliases":["CVE-2099-1"],"summary":"Bad parsing in a.example/one","affected":[{"package":{"name":"a.example/one","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"1.3.0"},{"fixed":"1.3.5"}]}]}],"database_specific":{"review_status":"REVIEWED"}}`,
	"GO-2099-0002": `{"id":"GO-2099-0002","modified":"2026-01-03T00:00:00Z","summary":"No repair for a.example/two","affected":[{"package":{"name":"a.example/two","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}],"database_specific":{"review_status":"UNREVIEWED"}}`,
	"GO-2099-0003": `{"id":"GO-2099-0003","modified":"2026-01-04T00:00:00Z","summary":"Endless loop in net/http","affected":[{"package":{"name":"stdlib","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.97.3"},{"introduced":"1.98.0-0"},{"fixed":"1.98.1"}]}]}]}`,
	"GO-2099-0004": `{"id":"GO-2099-0004","modified":"2026-01-05T00:00:00Z","withdrawn":"2026-01-05T00:00:00Z","summary":"Withdrawn","affected":[{"package":{"name":"a.example/one","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`,
}

const (
	indexJSON = `[{"path":"a.example/one","vulns":[{"id":"GO-2099-0001","modified":"2026-01-02T00:00:00Z"},{"id":"GO-2099-0004","modified":"2026-01-05T00:00:00Z"}]},{"path":"a.example/two","vulns":[{"id":"GO-2099-0002","modified":"2026-01-03T00:00:00Z"}]},{"path":"stdlib","vulns":[{"id":"GO-2099-0003","modified":"2026-01-04T00:00:00Z"}]}]`
	dbJSON    = `{"modified":"2026-01-05T00:00:00Z"}`
	goMod     = "module example.com/app\n\ngo 1.98.0\n\nrequire (\n\ta.example/one v1.3.2\n\ta.example/two v0.4.0 // indirect\n\ta.example/three v1.0.0\n)\n"
)

var now = time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)

func write(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// layout is a database as vuln.go.dev has it.
func layout(t *testing.T) string {
	files := map[string]string{"index/modules.json": indexJSON, "index/db.json": dbJSON}
	for id, text := range entries {
		files["ID/"+id+".json"] = text
	}
	return write(t, t.TempDir(), files)
}

// flat is a database of files side by side.
func flat(t *testing.T) string {
	files := map[string]string{}
	for id, text := range entries {
		files[id+".json"] = text
	}
	return write(t, t.TempDir(), files)
}

type options struct {
	tags  []string
	cache string
	now   time.Time
}

func run(t *testing.T, dir string, c *advisories.Config, o options) *check.Report {
	t.Helper()
	if o.now.IsZero() {
		o.now = now
	}
	if o.tags == nil {
		o.tags = []string{"advisories"}
	}
	report, err := check.Run(t.Context(), check.Options{
		Rules: advisories.Rules(c), Tags: o.tags,
		Target: &check.Target{Dir: dir, Paths: []string{"."}, CacheDir: o.cache, Now: func() time.Time { return o.now }},
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func summary(r *check.Report) []string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.ID, f.Level, f.Place, f.Title))
	}
	slices.Sort(lines)
	return lines
}

func reasons(r *check.Report) string {
	var lines []string
	for _, in := range r.Incomplete {
		lines = append(lines, in.Place.String()+": "+in.Reason)
	}
	return strings.Join(lines, "\n")
}

var wantAll = []string{
	"module-vulnerable error go.mod:3: Go 1.98.0 has GO-2099-0003: Endless loop in net/http",
	"module-vulnerable error go.mod:6: a.example/one v1.3.2 has GO-2099-0001: Bad parsing in a.example/one",
	"module-vulnerable warning go.mod:7: a.example/two v0.4.0 has GO-2099-0002: No repair for a.example/two",
}

func TestRulesAreWellFormed(t *testing.T) {
	if err := check.Validate(advisories.Rules(nil)); err != nil {
		t.Error(err)
	}
}

func TestFolders(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	for name, source := range map[string]string{"layout": layout(t), "flat": flat(t), "file address": "file://" + layout(t)} {
		report := run(t, dir, &advisories.Config{Source: source}, options{})
		if diff := cmp.Diff(wantAll, summary(report)); diff != "" {
			t.Errorf("%s: %s%s", name, diff, reasons(report))
		}
		for _, f := range report.Findings {
			if !strings.Contains(f.Evidence, "CC-BY-4.0") || !strings.Contains(f.Evidence, "of 2026-01-0") {
				t.Errorf("%s: evidence %q lacks licence or date", name, f.Evidence)
			}
		}
	}
}

// TestWhatCanBeDoneDecides: without a repair, and without a review, nobody is
// asked to stop a deployment of today.
func TestWhatCanBeDoneDecides(t *testing.T) {
	entry := func(id, events, review string) string {
		return `{"id":"` + id + `","modified":"2026-01-02T00:00:00Z","summary":"s","affected":[{"package":{"name":"a.example/one","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}` + events + `]}]}],"database_specific":{"review_status":"` + review + `"}}`
	}
	const repair = `,{"fixed":"1.9.0"}`
	source := write(t, t.TempDir(), map[string]string{
		"a.json": entry("X-1", repair, "REVIEWED"), "b.json": entry("X-2", "", "REVIEWED"), "c.json": entry("X-3", repair, "UNREVIEWED"),
	})
	report := run(t, write(t, t.TempDir(), map[string]string{"go.mod": goMod}), &advisories.Config{Source: source}, options{})
	got := map[string]string{}
	for _, f := range report.Findings {
		_, id, _ := strings.Cut(f.Title, " has ")
		got[strings.TrimSuffix(id, ": s")] = f.Level.String() + " " + f.Confidence.String() + " " + f.Fix
	}
	want := map[string]string{
		"X-1": "error high go get a.example/one@v1.9.0",
		"X-2": "warning high There is no fixed release: replace the module, or accept the advisory in merlon.toml with a reason and a date.",
		"X-3": "warning medium go get a.example/one@v1.9.0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff, reasons(report))
	}
}

// server counts what is asked, and answers with ETags.
func server(t *testing.T) (address string, asked, unchanged *atomic.Int32, down *atomic.Bool) {
	root := layout(t)
	asked, unchanged, down = &atomic.Int32{}, &atomic.Int32{}, &atomic.Bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		etag := fmt.Sprintf(`"%d-%s"`, len(text), filepath.Base(r.URL.Path))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			unchanged.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(text) // the client has gone if this fails
	}))
	t.Cleanup(s.Close)
	return s.URL, asked, unchanged, down
}

func TestMirrorAndCache(t *testing.T) {
	address, asked, unchanged, down := server(t)
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	cache := t.TempDir()
	c := &advisories.Config{Source: address}
	judge := func(what string, o options) {
		t.Helper()
		o.cache = cache
		report := run(t, dir, c, o)
		if diff := cmp.Diff(wantAll, summary(report)); diff != "" {
			t.Errorf("%s: %s%s", what, diff, reasons(report))
		}
	}
	judge("first", options{})
	first := asked.Load()
	judge("at once", options{})
	if asked.Load() != first {
		t.Errorf("asked again within the hour: %d, then %d", first, asked.Load())
	}
	judge("two hours later", options{now: now.Add(2 * time.Hour)})
	if unchanged.Load() == 0 {
		t.Error("the ETag is not sent")
	}
	down.Store(true)
	judge("server down, cache fresh", options{now: now.Add(2*time.Hour + time.Minute)})
	report := run(t, dir, c, options{cache: cache, now: now.Add(30 * time.Hour)})
	if !strings.Contains(reasons(report), "answers 503") || report.ExitCode() != check.ExitFailed {
		t.Errorf("server down, cache old: %v %s", summary(report), reasons(report))
	}
	c = &advisories.Config{Source: address, NoNetwork: true}
	judge("without network", options{now: now.Add(10 * 24 * time.Hour)})
}

// Nothing passes because nobody looked.
func TestAttackDatabaseOutOfReach(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	broken := write(t, t.TempDir(), map[string]string{"index/modules.json": "[{"})
	partial := write(t, t.TempDir(), map[string]string{"index/modules.json": indexJSON})
	for name, c := range map[string]*advisories.Config{
		"no folder":     {Source: filepath.Join(dir, "absent")},
		"empty folder":  {Source: t.TempDir()},
		"broken index":  {Source: broken},
		"entries gone":  {Source: partial},
		"no server":     {Source: "http://127.0.0.1:1"},
		"empty cache":   {Source: "http://127.0.0.1:1", NoNetwork: true},
		"not JSON":      {Source: "http://127.0.0.1:2", Client: &http.Client{Transport: page("<html>login</html>")}},
		"with password": {Source: "https://user:word@db.example"},
	} {
		report := run(t, dir, c, options{cache: t.TempDir()})
		if report.ExitCode() != check.ExitFailed || len(report.Incomplete) != 1 {
			t.Errorf("%s: exit code %d, %v, %s", name, report.ExitCode(), summary(report), reasons(report))
		}
		if strings.Contains(reasons(report), "word@") {
			t.Errorf("%s: the password is shown", name)
		}
	}
}

type page string

func (p page) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, _ = w.WriteString(string(p)) // a recorder takes everything
	return w.Result(), nil
}

func TestStale(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	c := &advisories.Config{Source: layout(t)}
	later := run(t, dir, c, options{now: now.AddDate(0, 2, 0)})
	if !slices.ContainsFunc(summary(later), func(s string) bool {
		return strings.HasPrefix(s, "advisories-stale warning") && strings.Contains(s, "of 2026-01-05")
	}) {
		t.Errorf("%v", summary(later))
	}
}

func TestIgnores(t *testing.T) {
	const table = "[[advisories.ignore]]\nid = %q\nreason = %q\nexpires = %s\n"
	rows := []struct {
		name, toml string
		hidden     bool
		want       string
	}{
		{"by id", fmt.Sprintf(table, "GO-2099-0001", "only in tests", "2026-06-01"), true, ""},
		{"by CVE", fmt.Sprintf(table, "CVE-2099-1", "only in tests", "2026-06-01"), true, ""},
		{"on the last day", fmt.Sprintf(table, "GO-2099-0001", "only in tests", "2026-01-20"), true, ""},
		{"expired", fmt.Sprintf(table, "GO-2099-0001", "only in tests", "2026-01-19"), false, "was accepted until 2026-01-19"},
		{"no reason", fmt.Sprintf(table, "GO-2099-0001", " ", "2026-06-01"), false, "without a reason"},
		{"no end", "[[advisories.ignore]]\nid = 'GO-2099-0001'\nreason = 'x'\n", false, "without an end"},
		{"concerns nothing", fmt.Sprintf(table, "GO-1999-0001", "old", "2026-06-01"), false, "concerns nothing"},
	}
	for _, row := range rows {
		dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod, "merlon.toml": row.toml})
		report := run(t, dir, &advisories.Config{Source: layout(t)}, options{})
		text := strings.Join(summary(report), "\n")
		if strings.Contains(text, "GO-2099-0001: ") == row.hidden || row.want != "" && !strings.Contains(text, row.want) || row.want == "" && strings.Contains(text, "advisory-ignore-void") {
			t.Errorf("%s: %s", row.name, text)
		}
	}
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod, "merlon.toml": "[[advisories.ignore]]\nid = 'GO-2099-0001'\nreasons = 'x'\n"})
	if text := reasons(run(t, dir, &advisories.Config{Source: layout(t)}, options{})); !strings.Contains(text, "unknown key") {
		t.Errorf("a misspelt key: %s", text)
	}
}

// TestIgnoresEndWithTheDayEverywhere: a date means the same day wherever the
// machine stands.
func TestIgnoresEndWithTheDayEverywhere(t *testing.T) {
	for _, written := range []string{"2026-01-20", "2026-01-20T23:59:59", "2026-01-20T01:00:00+14:00", "2026-01-20T23:00:00-11:00"} {
		list, err := advisories.ParseIgnores("[[advisories.ignore]]\nid = 'GO-2099-0001'\nreason = 'x'\nexpires = " + written + "\n")
		if want := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC); err != nil || len(list) != 1 || list[0].Expires != want {
			t.Errorf("%s: %v, %v, want %v", written, list, err, want)
		}
	}
}

func TestReachable(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	c := &advisories.Config{Source: layout(t), CallsOnly: true, Reachable: func(context.Context, string, string) (map[string]advisories.Call, error) {
		return map[string]advisories.Call{"GO-2099-0001": {Symbol: "a.example/one.Parse", Trace: []check.Step{{Text: "main.main"}}}}, nil
	}}
	want := []string{
		"module-vulnerable critical go.mod:6: a.example/one v1.3.2 has GO-2099-0001: Bad parsing in a.example/one",
		"module-vulnerable info go.mod:3: Go 1.98.0 has GO-2099-0003: Endless loop in net/http",
		"module-vulnerable info go.mod:7: a.example/two v0.4.0 has GO-2099-0002: No repair for a.example/two",
	}
	if diff := cmp.Diff(want, summary(run(t, dir, c, options{}))); diff != "" {
		t.Error(diff)
	}
	c.Reachable = func(context.Context, string, string) (map[string]advisories.Call, error) {
		return nil, errors.New("does not compile")
	}
	report := run(t, dir, c, options{})
	if diff := cmp.Diff(wantAll, summary(report)); diff != "" || !strings.Contains(reasons(report), "does not compile") {
		t.Errorf("%s%s", diff, reasons(report))
	}
}

func TestReplace(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod + "replace a.example/one => a.example/one v1.3.5\nreplace a.example/two => ./two\n"})
	want := wantAll[:1]
	if diff := cmp.Diff(want, summary(run(t, dir, &advisories.Config{Source: layout(t)}, options{}))); diff != "" {
		t.Error(diff)
	}
}

func TestWorkspace(t *testing.T) {
	files := map[string]string{
		"go.work":  "go 1.99.0\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod": "module example.com/a\n\ngo 1.98.0\n\nrequire (\n\ta.example/one v1.3.2\n\texample.com/b v0.0.0\n)\n",
		"b/go.mod": "module example.com/b\n\ngo 1.98.0\n\nrequire a.example/one v1.3.1\n",
		"c/go.mod": "module example.com/c\n\ngo 1.99.0\n\nrequire a.example/one v1.3.1\n",
	}
	judge := func(dir string, paths ...string) []string {
		t.Helper()
		report, err := check.Run(t.Context(), check.Options{
			Rules: advisories.Rules(&advisories.Config{Source: layout(t)}), Tags: []string{"advisories"},
			Target: &check.Target{Dir: dir, Paths: paths, Now: func() time.Time { return now }},
		})
		if err != nil || len(report.Incomplete) > 0 {
			t.Errorf("%v %s", err, reasons(report))
		}
		var lines []string
		for _, line := range summary(report) {
			lines = append(lines, strings.TrimPrefix(strings.Split(line, ": ")[0]+":"+strings.Split(line, ": ")[1], "module-vulnerable error "))
		}
		return lines
	}
	dir := write(t, t.TempDir(), files)
	all := []string{
		"a/go.mod:6:a.example/one v1.3.2 has GO-2099-0001",
		"b/go.mod:5:a.example/one v1.3.2 has GO-2099-0001",
		"c/go.mod:5:a.example/one v1.3.1 has GO-2099-0001",
	}
	if diff := cmp.Diff(all, judge(dir, ".")); diff != "" {
		t.Errorf("the newest that one of them asks for: %s", diff)
	}
	if diff := cmp.Diff(all[1:2], judge(dir, "b")); diff != "" {
		t.Errorf("what is not among the paths: %s", diff)
	}
	files["go.work"] += "\nreplace a.example/one => a.example/one v1.3.5\n"
	if diff := cmp.Diff(all[2:], judge(write(t, t.TempDir(), files), ".")); diff != "" {
		t.Errorf("what go.work replaces: %s", diff)
	}
	t.Setenv("GOWORK", "off")
	if got := judge(write(t, t.TempDir(), files), "a"); len(got) != 2 { // and its own go line
		t.Errorf("without the workspace: %v", got)
	}
	t.Setenv("GOWORK", "")
	files["go.work"] = "use\nnothing (\n"
	if report := run(t, write(t, t.TempDir(), files), &advisories.Config{Source: layout(t)}, options{}); !strings.Contains(reasons(report), "go.work: line ") {
		t.Errorf("a broken go.work: %s", reasons(report))
	}
}

// Before Go 1.17 go.mod names only what the module itself imports.
func TestAttackHiddenBehindOldGoMod(t *testing.T) {
	const old = "module example.com/app\n\ngo 1.16\n\nrequire a.example/three v1.0.0\n"
	for name, files := range map[string]map[string]string{
		"go.sum":             {"go.mod": old, "go.sum": "a.example/one v1.0.0 h1:x=\na.example/one v1.3.2 h1:x=\na.example/one v1.9.0/go.mod h1:x=\n"},
		"vendor/modules.txt": {"go.mod": old, "go.sum": "a.example/one v1.3.9 h1:x=\n", "vendor/modules.txt": "# a.example/one v1.3.2\na.example/one\n# a.example/three v1.0.0\n## explicit\n"},
	} {
		got := summary(run(t, write(t, t.TempDir(), files), &advisories.Config{Source: layout(t)}, options{}))
		if !slices.Contains(got, "module-vulnerable error go.mod:3: a.example/one v1.3.2 has GO-2099-0001: Bad parsing in a.example/one") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBrokenGoMod(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod, "other/go.mod": "modul x\n"})
	report := run(t, dir, &advisories.Config{Source: layout(t)}, options{})
	if diff := cmp.Diff(wantAll, summary(report)); diff != "" || !strings.Contains(reasons(report), "other/go.mod: line 1 is not what a go.mod holds") {
		t.Errorf("%s%s", diff, reasons(report))
	}
	empty := run(t, t.TempDir(), &advisories.Config{Source: layout(t)}, options{})
	if len(empty.Findings)+len(empty.Incomplete) != 0 {
		t.Errorf("no module: %v %s", summary(empty), reasons(empty))
	}
}

// TestAttackDatabaseRunsPrograms: an offline database may be a clone of a
// stranger's repository, whose configuration must not run when its date is read.
func TestAttackDatabaseRunsPrograms(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	db := t.TempDir()
	for id, text := range entries {
		var entry map[string]any
		if err := json.Unmarshal([]byte(text), &entry); err != nil {
			t.Fatal(err)
		}
		delete(entry, "modified") // as in golang/vulndb, whose date is that of the commit
		bare, err := json.Marshal(entry)
		if err != nil {
			t.Fatal(err)
		}
		write(t, db, map[string]string{id + ".json": string(bare)})
	}
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", db, "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_COMMITTER_DATE=2026-01-04T00:00:00Z")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-q", "-m", "first")
	for _, key := range []string{"core.fsmonitor", "core.pager", "diff.external", "gpg.program", "pager.log"} {
		git("config", key, script)
	}
	git("config", "log.showSignature", "true")
	os.Remove(mark)
	dir := write(t, t.TempDir(), map[string]string{"go.mod": goMod})
	report := run(t, dir, &advisories.Config{Source: db}, options{})
	if text := strings.Join(summary(report), "\n") + reasons(report); !strings.Contains(text, "GO-2099-0001") {
		t.Errorf("%s", text)
	}
	if !slices.ContainsFunc(report.Findings, func(f check.Finding) bool { return strings.Contains(f.Evidence, "2026-01-04") }) {
		t.Errorf("the date of the commit is in no evidence: %+v", report.Findings)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program that the repository names was run")
	}
}
