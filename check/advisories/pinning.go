package advisories

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/merlon-go/merlon/check"
)

// onBuilds makes r a rule that judges every go.mod.
func onBuilds(r check.Rule, judge func(ctx context.Context, t *check.Target, b *build, add func(line int, title string, args ...any) *check.Finding)) check.Rule {
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		list, err := builds(ctx, t)
		if len(list) == 0 {
			return nil, notJudgedHere(err)
		}
		var found []check.Finding
		for _, b := range list {
			judge(ctx, t, b, func(line int, title string, args ...any) *check.Finding {
				found = append(found, check.Finding{Title: fmt.Sprintf(title, args...), Place: b.place(line)})
				return &found[len(found)-1]
			})
		}
		return found, nil // module-vulnerable names what could not be read
	}
	return r
}

// notJudgedHere leaves naming what cannot be read to module-vulnerable.
func notJudgedHere(err error) error {
	if errors.Is(err, check.ErrNotApplicable) {
		return err
	}
	return notApplicable(err)
}

func supplyRule(id, title string, level check.Level, why, fix string) check.Rule {
	return check.Rule{ID: id, Title: title, Level: level, Why: why, Fix: fix, Tags: []string{"dependencies", "supply-chain"}, CWE: []int{829, 1357}, ASVS: []string{"V15.2.4"}, OWASP: "A03"}
}

func moduleReplaced() check.Rule {
	return onBuilds(supplyRule("module-replaced", "A module is replaced by another", check.Info,
		"What is built is not what the import paths say, and advisories are published under the other name.",
		"Drop the replace line once the original has what you need, or write the reason beside it.",
	), func(_ context.Context, t *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		for _, r := range b.text.Replace {
			line := r.Syntax.Start.Line
			switch {
			case r.New.Version == "" && filepath.IsAbs(filepath.FromSlash(r.New.Path)):
				add(line, "%s is replaced by a folder of this machine", r.Old.Path).Level = check.Warning
			case r.New.Version == "":
				if _, err := os.Stat(t.Path(b.path(filepath.ToSlash(r.New.Path) + "/go.mod"))); err != nil {
					add(line, "%s is replaced by a folder that is not here", r.Old.Path).Level = check.Warning
				} else if !filepath.IsLocal(filepath.FromSlash(b.path(r.New.Path))) {
					add(line, "%s is replaced by a folder outside of this one", r.Old.Path)
				}
			case r.New.Path != r.Old.Path:
				add(line, "%s is replaced by %s", r.Old.Path, r.New.Path).Level = check.Warning
			case r.Old.Version == "":
				add(line, "%s is held at %s whatever others need", r.Old.Path, r.New.Version)
			}
		}
	})
}

func moduleUnpinned() check.Rule {
	return onBuilds(supplyRule("module-unreleased", "A module is taken from between its releases", check.Info,
		"Nobody released this state: advisories may not list it, and an update tool may not see a repair.",
		"Take a released version, or one that has a go.mod.",
	), func(_ context.Context, _ *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		for _, d := range b.modules {
			switch {
			case !d.direct || d.version == "":
			case module.IsPseudoVersion(d.version) && !strings.HasPrefix(d.version, "v0.0.0-"):
				add(d.line, "%s is taken from a commit between its releases, %s", d.path, d.version)
			case strings.HasSuffix(d.version, "+incompatible"):
				add(d.line, "%s %s has no go.mod, so that what it needs is not pinned by it", d.path, d.version)
			case semver.Prerelease(d.version) != "" && !module.IsPseudoVersion(d.version):
				add(d.line, "%s %s is not a final release", d.path, d.version)
			}
		}
	})
}

type cacheKey struct{}

// modCache is the folder of downloaded modules, "" if there is none.
func modCache(ctx context.Context, t *check.Target) string {
	dir, _ := check.Shared(t, cacheKey{}, func() (string, error) {
		return goEnv(ctx, "GOMODCACHE", "GOWORK=off", "GOFLAGS=")
	})
	return dir
}

// downloaded is where the go command keeps what it knows of a module.
func downloaded(cache, modulePath string) string {
	escaped, err := module.EscapePath(modulePath)
	if cache == "" || err != nil {
		return ""
	}
	return filepath.Join(cache, "cache", "download", filepath.FromSlash(escaped), "@v")
}

func moduleRetracted() check.Rule {
	return onBuilds(supplyRule("module-retracted", "A module version was withdrawn by its authors", check.Warning,
		"Authors withdraw a version because it is broken or not safe to use.",
		"Take another version: go list -m -u -retracted all lists them.",
	), func(ctx context.Context, t *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		cache := modCache(ctx, t)
		for _, d := range b.modules {
			if why, retracted := retraction(newestMod(t, downloaded(cache, d.path)), d.version); retracted {
				f := add(d.line, "%s %s was withdrawn by its authors", d.path, d.version)
				f.Evidence = clip(why, 200)
			}
		}
	})
}

func moduleDeprecated() check.Rule {
	return onBuilds(supplyRule("module-deprecated", "A module is given up by its authors", check.Warning,
		"Nobody repairs a module that its authors told everybody to leave.",
		"Take what its authors name instead.",
	), func(ctx context.Context, t *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		cache := modCache(ctx, t)
		for _, d := range b.modules {
			if !d.direct || d.version == "" {
				continue
			}
			if f := newestMod(t, downloaded(cache, d.path)); f != nil && f.Module != nil && f.Module.Deprecated != "" {
				add(d.line, "%s is given up by its authors", d.path).Evidence = clip(f.Module.Deprecated, 200)
			}
		}
	})
}

// retraction looks into the newest go.mod of the module that was downloaded.
func retraction(f *modfile.File, version string) (why string, retracted bool) {
	if f == nil || version == "" {
		return "", false
	}
	for _, r := range f.Retract {
		if semver.Compare(version, r.Low) >= 0 && semver.Compare(version, r.High) <= 0 {
			return r.Rationale, true
		}
	}
	return "", false
}

// newestKey is a folder of downloads.
type newestKey struct{ dir string }

// newestMod reads the go.mod of the newest version in a folder of downloads,
// once for all rules; nil if there is none.
func newestMod(t *check.Target, dir string) *modfile.File {
	if dir == "" {
		return nil
	}
	f, _ := check.Shared(t, newestKey{dir}, func() (*modfile.File, error) { return readNewest(dir) })
	return f
}

func readNewest(dir string) (*modfile.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	newest := ""
	for _, e := range entries {
		if v, ok := strings.CutSuffix(e.Name(), ".mod"); ok {
			if v, err := module.UnescapeVersion(v); err == nil && semver.Compare(v, newest) > 0 {
				newest = v
			}
		}
	}
	escaped, err := module.EscapeVersion(newest)
	if newest == "" || err != nil {
		return nil, err
	}
	text, err := readBounded(filepath.Join(dir, escaped+".mod"))
	if err != nil {
		return nil, err
	}
	return modfile.ParseLax("go.mod", text, nil)
}

// oldAfter is the age from which a dependency is called old, in years.
const oldAfter = 4

func moduleOld() check.Rule {
	return onBuilds(supplyRule("module-old", "Direct dependencies are years old", check.Info,
		"A module without a release for years may have nobody who would repair it.",
		"See whether there is a newer version, and whether somebody still keeps the module.",
	), func(ctx context.Context, t *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		cache, limit := modCache(ctx, t), t.Time().AddDate(-oldAfter, 0, 0)
		var old []string
		line := 0
		for _, d := range b.modules {
			if !d.direct || d.version == "" {
				continue
			}
			if when := released(downloaded(cache, d.path), d.version); !when.IsZero() && when.Before(limit) {
				old = append(old, fmt.Sprintf("%s %s of %d", d.path, d.version, when.Year()))
				if line == 0 {
					line = d.line
				}
			}
		}
		switch {
		case len(old) == 1:
			add(line, "%s is older than %d years", old[0], oldAfter)
		case len(old) > 1:
			f := add(line, "%d direct dependencies are older than %d years", len(old), oldAfter)
			f.Evidence = strings.Join(old[:min(len(old), 10)], ", ")
			f.Key = "old"
		}
	})
}

// released is when a version was, by what the go command downloaded; zero if
// that is not here.
func released(dir, version string) time.Time {
	if when, err := module.PseudoVersionTime(version); err == nil {
		return when
	}
	escaped, err := module.EscapeVersion(version)
	if dir == "" || err != nil {
		return time.Time{}
	}
	var info struct{ Time time.Time }
	text, err := readBounded(filepath.Join(dir, escaped+".info"))
	if err != nil || json.Unmarshal(text, &info) != nil {
		return time.Time{}
	}
	return info.Time
}

func moduleSumMissing() check.Rule {
	return onBuilds(supplyRule("module-sum-missing", "go.sum does not hold what go.mod needs", check.Error,
		"Without a sum the next build takes whatever the network answers for that version.",
		"Run go mod tidy and commit go.sum.",
	), func(_ context.Context, _ *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		if b.vendored {
			return
		}
		var missing []string
		line := 0
		for _, d := range b.modules {
			if d.version != "" && !b.sum[d.path+" "+d.version] && !b.sum[d.path+" "+d.version+"/go.mod"] {
				missing = append(missing, d.path+" "+d.version)
				if line == 0 {
					line = d.line
				}
			}
		}
		switch {
		case len(missing) == 0:
		case b.sum == nil:
			add(line, "There is no go.sum beside %s", b.file).Key = "none"
		default:
			f := add(line, "go.sum lacks %d of %d modules", len(missing), len(b.modules))
			f.Evidence, f.Key = strings.Join(missing[:min(len(missing), 10)], ", "), "missing"
		}
	})
}

// latestGo is the number of the newest Go release line at a time: a new one
// appears each February and August, 1.26 in February 2026.
func latestGo(now time.Time) int {
	months := (now.Year()-2026)*12 + int(now.Month()) - 2
	if months < 0 {
		months -= 5 // round down
	}
	return 26 + months/6
}

func goVersionOld() check.Rule {
	return onBuilds(supplyRule("go-version-old", "The go line names a release that is not repaired any more", check.Info,
		"Only the two newest Go releases get security repairs; an old go line also switches later safe defaults off.",
		"Raise the go line: go get go@latest",
	), func(_ context.Context, t *check.Target, b *build, add func(int, string, ...any) *check.Finding) {
		if b.text.Go == nil {
			if len(b.modules) > 0 {
				add(1, "%s has no go line, which means Go 1.16", b.file).Level = check.Warning
			}
			return
		}
		var major, minor int
		if n, err := fmt.Sscanf(b.text.Go.Version, "%d.%d", &major, &minor); n < 2 || err != nil || major != 1 {
			return
		}
		line := b.text.Go.Syntax.Start.Line
		switch newest := latestGo(t.Time()); {
		case minor < 21: // does not even choose its toolchain
			add(line, "Go %s is older than the choice of a toolchain", b.text.Go.Version).Level = check.Warning
		case minor < newest-1:
			add(line, "Go %s gets no repairs any more", b.text.Go.Version)
		}
	})
}
