package advisories_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check/advisories"
)

func TestSupplyChain(t *testing.T) {
	const head = "module example.com/app\n\ngo 1.99.0\n\n"
	sum := "a.example/one v1.0.0 h1:x=\na.example/one v1.0.0/go.mod h1:x=\n"
	rows := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"clean", map[string]string{"go.mod": head + "require a.example/one v1.0.0\n", "go.sum": sum}, nil},
		{"no sum", map[string]string{"go.mod": head + "require a.example/one v1.0.0\n"}, []string{"module-sum-missing error go.mod:5: There is no go.sum beside go.mod"}},
		{"sum lacks one", map[string]string{"go.mod": head + "require a.example/one v1.0.0\nrequire a.example/two v1.0.0\n", "go.sum": sum}, []string{"module-sum-missing error go.mod:6: go.sum lacks 1 of 2 modules"}},
		{"vendored", map[string]string{"go.mod": head + "require a.example/one v1.0.0\n", "vendor/modules.txt": ""}, nil},
		{"replaced", map[string]string{"go.mod": head + "require a.example/one v1.0.0\nreplace a.example/one => b.example/one v1.0.0\n", "go.sum": "b.example/one v1.0.0 h1:x=\n"}, []string{"module-replaced warning go.mod:6: a.example/one is replaced by b.example/one"}},
		{"absent folder", map[string]string{"go.mod": head + "require a.example/one v1.0.0\nreplace a.example/one => ../gone\n"}, []string{"module-replaced warning go.mod:6: a.example/one is replaced by a folder that is not here"}},
		{"folder beside", map[string]string{"go.mod": head + "require a.example/one v1.0.0\nreplace a.example/one => ./one\n", "one/go.mod": "module a.example/one\n\ngo 1.99\n"}, nil},
		{"unreleased", map[string]string{"go.mod": head + "require a.example/one v1.0.1-0.20250101000000-abcdefabcdef\n", "go.sum": "a.example/one v1.0.1-0.20250101000000-abcdefabcdef h1:x=\n"}, []string{"module-unreleased info go.mod:5: a.example/one is taken from a commit between its releases, v1.0.1-0.20250101000000-abcdefabcdef"}},
		{"incompatible", map[string]string{"go.mod": head + "require a.example/one v3.0.0+incompatible\n", "go.sum": "a.example/one v3.0.0+incompatible h1:x=\n"}, []string{"module-unreleased info go.mod:5: a.example/one v3.0.0+incompatible has no go.mod, so that what it needs is not pinned by it"}},
		{"old", map[string]string{"go.mod": head + "require a.example/one v0.0.0-20170101000000-abcdefabcdef\n", "go.sum": "a.example/one v0.0.0-20170101000000-abcdefabcdef h1:x=\n"}, []string{"module-old info go.mod:5: a.example/one v0.0.0-20170101000000-abcdefabcdef of 2017 is older than 4 years"}},
		{"old go line", map[string]string{"go.mod": "module x\n\ngo 1.16\n"}, []string{"go-version-old warning go.mod:3: Go 1.16 is older than the choice of a toolchain"}},
		{"unrepaired go line", map[string]string{"go.mod": "module x\n\ngo 1.23.1\n"}, []string{"go-version-old info go.mod:3: Go 1.23.1 gets no repairs any more"}},
		{"checksums", map[string]string{
			"go.mod": head, "Dockerfile": "FROM golang\nENV GOSUMDB=off\n# GOINSECURE=*\n", "ci.yml": "env:\n  GOFLAGS: -mod=mod\n", "Makefile": "export GOSUMDB := off\nbuild:\n\tGOPRIVATE=example.com/* go build\n", "run.sh": "export GONOSUMDB=* GOINSECURE=example.com\ngo install a.example/tool@latest\n",
		}, []string{
			"checksums-off error Dockerfile:2: GOSUMDB=off lets a download differ from what everybody else gets",
			"checksums-off error Makefile:1: GOSUMDB=off lets a download differ from what everybody else gets",
			"checksums-off error run.sh:1: GOINSECURE fetches modules without verified TLS",
			"checksums-off error run.sh:1: The checksum database is switched off for all modules",
			"checksums-off info run.sh:2: A tool is installed at whatever version is newest",
			"checksums-off warning ci.yml:2: -mod=mod lets a build change go.mod and go.sum",
		}},
	}
	for _, row := range rows {
		dir := write(t, t.TempDir(), row.files)
		report := run(t, dir, &advisories.Config{}, options{tags: []string{"supply-chain"}})
		if diff := cmp.Diff(row.want, summary(report)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		if text := reasons(report); text != "" {
			t.Errorf("%s: %s", row.name, text)
		}
	}
}

func TestDeprecated(t *testing.T) {
	cache := write(t, t.TempDir(), map[string]string{
		"cache/download/a.example/one/@v/v1.0.0.mod": "module a.example/one\n",
		"cache/download/a.example/one/@v/v1.2.0.mod": "// Deprecated: use a.example/two.\nmodule a.example/one\n",
		"cache/download/a.example/two/@v/v1.2.0.mod": "// Deprecated: x\nmodule a.example/two\n",
	})
	t.Setenv("GOMODCACHE", cache)
	dir := write(t, t.TempDir(), map[string]string{"go.mod": "module x\n\ngo 1.99\n\nrequire a.example/one v1.0.0\nrequire a.example/two v1.0.0 // indirect\n", "go.sum": "a.example/one v1.0.0 h1:x=\na.example/two v1.0.0 h1:x=\n"})
	report := run(t, dir, &advisories.Config{}, options{tags: []string{"supply-chain"}})
	if got := strings.Join(summary(report), "\n"); got != "module-deprecated warning go.mod:5: a.example/one is given up by its authors" || report.Findings[0].Evidence != "use a.example/two" {
		t.Errorf("%s %+v", got, report.Findings)
	}
}

func TestRetracted(t *testing.T) {
	cache := write(t, t.TempDir(), map[string]string{
		"cache/download/a.example/!one/@v/v1.0.0.mod": "module a.example/One\n",
		"cache/download/a.example/!one/@v/v1.2.0.mod": "module a.example/One\n\nretract [v1.0.0, v1.1.0] // loses data\n",
	})
	t.Setenv("GOMODCACHE", cache)
	dir := write(t, t.TempDir(), map[string]string{"go.mod": "module x\n\ngo 1.99\n\nrequire a.example/One v1.0.0\n", "go.sum": "a.example/One v1.0.0 h1:x=\n"})
	report := run(t, dir, &advisories.Config{}, options{tags: []string{"supply-chain"}})
	if got := strings.Join(summary(report), "\n"); got != "module-retracted warning go.mod:5: a.example/One v1.0.0 was withdrawn by its authors" || report.Findings[0].Evidence != "loses data" {
		t.Errorf("%s %+v", got, report.Findings)
	}
}

// TestAttackSecretBesideASwitch: the lines around it in a file of settings are
// not shown.
func TestAttackSecretBesideASwitch(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"go.mod": "module example.com/app\n\ngo 1.98.0\n", ".env": "DB_PASSWORD=opensesame\nGOSUMDB=off\n"})
	report := run(t, dir, &advisories.Config{Source: layout(t)}, options{tags: []string{"dependencies"}})
	seen := false
	for _, f := range report.Findings {
		if f.ID == "checksums-off" {
			seen = true
			if f.Place.Line != 2 || f.Place.Frame != nil {
				t.Errorf("%+v", f.Place)
			}
		}
	}
	if !seen {
		t.Errorf("%v %s", summary(report), reasons(report))
	}
}
