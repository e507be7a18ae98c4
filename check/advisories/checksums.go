package advisories

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/merlon-go/merlon/check"
)

var (
	// What switches the verification of downloads off, as environment, as
	// Docker ENV, as YAML and as a flag.
	switchedOff = []struct {
		pattern *regexp.Regexp
		title   string
		level   check.Level
	}{
		{regexp.MustCompile(`\bGOSUMDB["']?\s*[:?]?[=:]\s*["']?off\b`), "GOSUMDB=off lets a download differ from what everybody else gets", check.Error},
		{regexp.MustCompile(`\bGO(?:NOSUMDB|NOSUMCHECK|PRIVATE)["']?\s*[=:]\s*["']?(?:\*(?:["'\s]|$)|\*/\*|1\b)`), "The checksum database is switched off for all modules", check.Error},
		{regexp.MustCompile(`\bGOINSECURE["']?\s*[=:]\s*["']?[^"'\s$#]`), "GOINSECURE fetches modules without verified TLS", check.Error},
		{regexp.MustCompile(`\bGOFLAGS["']?\s*[=:]\s*["']?[^"'\n#]*-insecure\b|\bgo\s+get\s+[^\n#]*-insecure\b`), "-insecure fetches modules without verified TLS", check.Error},
		{regexp.MustCompile(`\bGOFLAGS["']?\s*[=:]\s*["']?[^"'\n#]*-mod=mod\b|\bgo\s+(?:build|install|run|test)\s+[^\n#]*-mod=mod\b`), "-mod=mod lets a build change go.mod and go.sum", check.Warning},
		{regexp.MustCompile(`\bgo\s+(?:install|run)\s+[^\s@]+@(?:latest|master|main)\b`), "A tool is installed at whatever version is newest", check.Info},
	}
	shells = regexp.MustCompile(`(?i)(?:^|/)(?:dockerfile[^/]*|[^/]*\.dockerfile|containerfile|makefile|gnumakefile|[^/]*\.mk|[^/]*\.sh|[^/]*\.bash|[^/]*\.ya?ml|\.env[^/]*|\.envrc|go\.env|justfile|taskfile[^/]*|jenkinsfile|[^/]*\.ps1)$`)
)

// maxScript bounds a file that is read for switches, in bytes.
const maxScript = 1 << 20

func checksumsOff() check.Rule {
	r := supplyRule("checksums-off", "The verification of downloaded modules is switched off", check.Error,
		"A changed module, by the proxy, the network or its author, is built without anybody noticing.",
		"Remove the setting; for private modules name them alone in GOPRIVATE.")
	r.CWE = []int{494, 345}
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		if list, err := builds(ctx, t); len(list) == 0 {
			return nil, notJudgedHere(err)
		}
		var found []check.Finding
		var errs []error
		for _, p := range t.Paths {
			p = strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(p), "..."), "/")
			for _, name := range scripts(t, p) {
				text, err := t.Read(name)
				if err != nil {
					errs = append(errs, &check.Unjudged{Place: check.Place{File: name}, Reason: "cannot be read"})
					continue
				}
				t.Look(name)
				found = append(found, switches(name, text)...)
			}
		}
		return found, errors.Join(errs...)
	}
	return r
}

// scripts returns the files below p that set an environment or run commands.
func scripts(t *check.Target, p string) []string {
	if p == "" {
		p = "."
	}
	root := t.Path(p)
	var names []string
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error { // secret-in-file names what cannot be read
		if err != nil {
			return fs.SkipDir
		}
		if d.IsDir() {
			if base := d.Name(); name != root && (base == ".git" || base == "vendor" || base == "node_modules" || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		rest, err := filepath.Rel(root, name)
		if info, e := d.Info(); err == nil && e == nil && info.Mode().IsRegular() && info.Size() <= maxScript && shells.MatchString(filepath.ToSlash(rest)) {
			names = append(names, path.Join(p, filepath.ToSlash(rest)))
		}
		return nil
	})
	return names
}

// switches finds what a file switches off.
func switches(name string, text []byte) []check.Finding {
	if !strings.Contains(string(text), "GO") && !strings.Contains(string(text), "go ") {
		return nil
	}
	var found []check.Finding
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if trimmed := strings.TrimSpace(line); len(line) > 4096 || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "//") {
			continue
		}
		for i := range switchedOff {
			if s := &switchedOff[i]; s.pattern.MatchString(line) {
				found = append(found, check.Finding{Title: s.title, Level: s.level, Place: check.Place{File: name, Line: n, NoFrame: strings.Contains(path.Base(name), ".env")}})
			}
		}
	}
	return found
}
