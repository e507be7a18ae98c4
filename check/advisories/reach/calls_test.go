package reach_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
	"github.com/merlon-go/merlon/check/advisories/reach"
)

// Two faults that do not exist: one in the standard library, one in a module
// that the program carries with it. Nothing is fetched.
var faults = map[string]string{
	"GO-2099-0001": `{"schema_version":"1.3.1","id":"GO-2099-0001","modified":"2026-01-02T00:00:00Z","published":"2026-01-02T00:00:00Z","summary":"Bad ring","affected":[{"package":{"name":"stdlib","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],"ecosystem_specific":{"imports":[{"path":"container/ring","symbols":["New"]}]}}],"database_specific":{"url":"https://x.example/1","review_status":"REVIEWED"}}`,
	"GO-2099-0002": `{"schema_version":"1.3.1","id":"GO-2099-0002","modified":"2026-01-02T00:00:00Z","published":"2026-01-02T00:00:00Z","summary":"Bad reader","affected":[{"package":{"name":"a.example/one","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}],"ecosystem_specific":{"imports":[{"path":"a.example/one","symbols":["Reader.Read"]}]}}],"database_specific":{"url":"https://x.example/2","review_status":"REVIEWED"}}`,
}

const index = `[{"path":"a.example/one","vulns":[{"id":"GO-2099-0002","modified":"2026-01-02T00:00:00Z","fixed":"1.2.0"}]},{"path":"stdlib","vulns":[{"id":"GO-2099-0001","modified":"2026-01-02T00:00:00Z"}]}]`

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
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

// program is a module whose main does what is given, with its dependency
// beside it.
func program(t *testing.T, main string) string {
	return write(t, map[string]string{
		"go.mod":                      "module example.com/app\n\ngo 1.24\n\nrequire a.example/one v1.0.0\n",
		"go.sum":                      "a.example/one v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\na.example/one v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"vendor/modules.txt":          "# a.example/one v1.0.0\n## explicit; go 1.24\na.example/one\n",
		"vendor/a.example/one/one.go": "package one\n\ntype Reader struct{}\n\nfunc (*Reader) Read() int { return 1 }\n\nfunc (*Reader) Close() {}\n",
		"main.go":                     "package main\n\nimport (\n\t\"container/ring\"\n\n\t\"a.example/one\"\n)\n\nfunc main() {\n\tvar r ring.Ring\n\tvar o one.Reader\n\t" + main + "\n}\n",
	})
}

// flat is a database of the faults, as files side by side.
func flat(t *testing.T) string {
	t.Helper()
	files := map[string]string{}
	for id, text := range faults {
		files[id+".json"] = text
	}
	return write(t, files)
}

// needsGo skips a test that loads programs where that cannot be done.
func needsGo(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("type-checks programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal("the go command is not installed")
	}
}

func TestCalls(t *testing.T) {
	needsGo(t)
	indexed := map[string]string{"index/modules.json": index, "index/db.json": `{"modified":"2026-01-02T00:00:00Z"}`, "index/vulns.json": "[]"}
	for id, text := range faults {
		indexed["ID/"+id+".json"] = text
	}
	for name, source := range map[string]string{"indexed": write(t, indexed), "flat": flat(t)} {
		reached := program(t, "r.Len()\n\t_ = ring.New(3)\n\tread(&o)\n}\n\nfunc read(o interface{ Read() int }) {\n\to.Read()")
		calls, err := reach.Calls(t.Context(), reached, source)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := calls["GO-2099-0001"].Symbol; got != "container/ring.New" {
			t.Errorf("%s: standard library: %q in %+v", name, got, calls)
		}
		module := calls["GO-2099-0002"]
		if module.Symbol != "a.example/one.Reader.Read" || len(module.Trace) != 3 || module.Trace[0].Place.File != "main.go" || module.Trace[0].Place.Line == 0 {
			t.Errorf("%s: module: %+v", name, module)
		}
		calls, err = reach.Calls(t.Context(), program(t, "r.Len()\n\to.Close()"), source)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id := range faults {
			if call, imported := calls[id]; !imported || call.Symbol != "" {
				t.Errorf("%s: %s is not called, only imported: %+v", name, id, calls)
			}
		}
	}
}

// The levels of a whole run follow from the calls.
func TestReachableRun(t *testing.T) {
	needsGo(t)
	c := &advisories.Config{Source: flat(t), Reachable: reach.Calls, CallsOnly: true}
	judge := func(dir string) map[string]check.Finding {
		report, err := check.Run(t.Context(), check.Options{Rules: advisories.Rules(c), Tags: []string{"advisories"}, Target: &check.Target{Dir: dir, Paths: []string{"."}}})
		if err != nil || len(report.Incomplete) > 0 {
			t.Fatal(err, report.Incomplete)
		}
		found := map[string]check.Finding{}
		for _, f := range report.Findings {
			for id := range faults {
				if strings.Contains(f.Title, id) {
					found[id] = f
				}
			}
		}
		return found
	}
	found := judge(program(t, "_ = ring.New(r.Len())\n\to.Close()"))
	if called, imported := found["GO-2099-0001"], found["GO-2099-0002"]; called.Level != check.Critical || len(called.Trace) != 2 || imported.Level != check.Info || !strings.Contains(imported.Evidence, "does not call") {
		t.Errorf("%+v", found)
	}
}

// A program that does not compile is not taken for one that calls nothing.
func TestAttackBrokenProgramPasses(t *testing.T) {
	needsGo(t)
	source := flat(t)
	for name, dir := range map[string]string{"types": program(t, "r.Absent()\n\to.Close()"), "syntax": program(t, "r..("), "no dependency": write(t, map[string]string{
		"go.mod": "module x\n\ngo 1.24\n\nrequire a.example/absent v1.0.0\n", "main.go": "package main\n\nimport _ \"a.example/absent\"\n\nfunc main() {}\n"})} {
		if calls, err := reach.Calls(t.Context(), dir, source); err == nil {
			t.Errorf("%s: %+v", name, calls)
		} else if text := err.Error(); !strings.HasPrefix(text, "main.go:") || strings.Contains(text, "\n") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
