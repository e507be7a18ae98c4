package advisories

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/merlon-go/merlon/check"
)

// A Config says what is compared with what. The zero Config asks
// [DefaultSource]. It is read when the rules run, so that a command can fill it
// from its flags; it must not change while they do.
type Config struct {
	// Source is the address or the folder of the database; "" means
	// [DefaultSource].
	Source string
	// NoNetwork uses what the cache holds and asks nothing.
	NoNetwork bool
	// MaxAge is the age of the data from which it is called stale; 0 means 30
	// days.
	MaxAge time.Duration
	// Reachable, if not nil, says what the program really calls: for the
	// module in dir and the folder of advisories at source it returns the ids of the
	// advisories with a call, or "" where only the package is imported.
	// Package reach has one.
	Reachable func(ctx context.Context, dir, source string) (map[string]Call, error)
	// CallsOnly asks for Reachable; without it the versions alone decide.
	CallsOnly bool
	// Client sends the requests; nil means one with a timeout of 20 seconds.
	Client *http.Client
	// Now is the clock; nil means the target's.
	Now func() time.Time
}

// A Call is how a program reaches a vulnerable function.
type Call struct {
	// Symbol is the function, "" if the package is only imported.
	Symbol string
	// Trace is the way from the program's own code to it.
	Trace []check.Step
}

func (c *Config) client() *http.Client {
	if c.Client != nil {
		return c.Client
	}
	return &http.Client{Timeout: 20 * time.Second}
}

func (c *Config) now() time.Time { return c.Now() }

// Rules lists the rules of this package, in the order of their documentation.
// A nil Config is the zero one.
func Rules(c *Config) []check.Rule {
	if c == nil {
		c = &Config{}
	}
	return []check.Rule{
		moduleVulnerable(c),
		advisoriesStale(c),
		advisoryIgnore(c),
		moduleReplaced(),
		moduleUnpinned(),
		moduleRetracted(),
		moduleDeprecated(),
		moduleOld(),
		moduleSumMissing(),
		goVersionOld(),
		checksumsOff(),
	}
}

// A verdict is what the database says about the modules of the target.
type verdict struct {
	found   []match
	date    time.Time
	source  string
	ignores []Ignore
	used    map[string]bool // ids that an ignore hid
	errs    []error
}

// A match is one module version with one advisory.
type match struct {
	build    *build
	entry    *Entry
	module   string
	version  string
	fixed    string
	line     int
	direct   bool
	call     Call
	judged   bool // by what the program calls
	reached  bool
	standard bool
}

type verdictKey struct{ config *Config }

// judge compares all modules with the database, once for all rules.
func judge(ctx context.Context, c *Config, t *check.Target) (*verdict, error) {
	list, buildErr := builds(ctx, t)
	if len(list) == 0 {
		return nil, buildErr
	}
	return check.Shared(t, verdictKey{c}, func() (*verdict, error) {
		own := *c
		if own.Now == nil {
			own.Now = t.Time
		}
		v := &verdict{used: map[string]bool{}}
		if buildErr != nil {
			v.errs = append(v.errs, buildErr)
		}
		v.ignores, v.errs = readIgnores(t, list, v.errs)
		source := own.Source
		if source != "" && !strings.Contains(source, "://") {
			source = t.Path(source)
		}
		db, err := open(&own, source, t.CacheDir)
		if err == nil {
			v.source = db.name()
			err = v.compare(ctx, db, list)
		}
		if err != nil {
			return v, fmt.Errorf("known vulnerabilities were not looked up: %w", err)
		}
		if own.CallsOnly {
			v.reach(ctx, &own, t)
		}
		return v, nil
	})
}

// compare matches every module of every build.
func (v *verdict) compare(ctx context.Context, db database, list []*build) error {
	modules := []string{"stdlib", "toolchain"}
	for _, b := range list {
		for _, d := range b.modules {
			modules = append(modules, d.path)
		}
	}
	slices.Sort(modules)
	entries, err := db.about(ctx, slices.Compact(modules))
	if err != nil {
		return err
	}
	if v.date, err = db.date(ctx); err != nil {
		return err
	}
	for _, b := range list {
		if b.goVersion == "" {
			v.errs = append(v.errs, &check.Unjudged{Place: check.Place{File: b.file}, Reason: "the Go release is unknown: there is neither a go line nor a go command"})
		}
		for _, e := range entries {
			for _, d := range b.modules {
				if fixed, hit := e.Affects(d.path, d.version); hit {
					v.found = append(v.found, match{build: b, entry: e, module: d.path, version: d.version, fixed: fixed, line: d.line, direct: d.direct})
				}
			}
			for _, name := range [...]string{"stdlib", "toolchain"} {
				if fixed, hit := e.Affects(name, b.goVersion); hit {
					v.found = append(v.found, match{build: b, entry: e, module: name, version: b.goVersion, fixed: fixed, line: b.goLine, direct: true, standard: true})
					break
				}
			}
		}
	}
	return nil
}

// reach asks what the program really calls. Only the advisories that concern
// its versions are handed on, so that nothing is fetched a second time.
func (v *verdict) reach(ctx context.Context, c *Config, t *check.Target) {
	if len(v.found) == 0 {
		return
	}
	if c.Reachable == nil {
		v.errs = append(v.errs, &check.Unjudged{Reason: "what the program calls cannot be judged by this program"})
		return
	}
	source, err := v.folder()
	defer os.RemoveAll(source)
	if err != nil {
		v.errs = append(v.errs, &check.Unjudged{Reason: "what the program calls: " + err.Error()})
		return
	}
	calls := map[*build]map[string]Call{}
	for i := range v.found {
		m := &v.found[i]
		known, asked := calls[m.build]
		if !asked {
			dir, err := filepath.Abs(t.Path(m.build.dir))
			if err == nil {
				known, err = c.Reachable(ctx, dir, source)
			}
			if err != nil {
				v.errs = append(v.errs, &check.Unjudged{Place: check.Place{File: m.build.file}, Reason: "what the program calls: " + err.Error()})
				known = nil
			}
			calls[m.build] = known
		}
		if known != nil {
			m.judged = true
			m.call, m.reached = known[m.entry.ID]
		}
	}
}

// folder writes the advisories that concern the program down, as files side by
// side.
func (v *verdict) folder() (string, error) {
	dir, err := os.MkdirTemp("", "advisories")
	if err != nil {
		return "", err
	}
	for i := range v.found {
		e := v.found[i].entry
		if err := os.WriteFile(filepath.Join(dir, e.ID+".json"), e.text, 0o600); err != nil {
			return dir, err
		}
	}
	return dir, nil
}

func moduleVulnerable(c *Config) check.Rule {
	return check.Rule{
		ID:    "module-vulnerable",
		Title: "A module or the Go release has a known vulnerability",
		Level: check.Error,
		Tags:  []string{"dependencies", "advisories"},
		Why:   "The fault and often the way to use it are public, and machines look for those who did not update.",
		Fix:   "Update the module, or accept the advisory in merlon.toml under [[advisories.ignore]] with a reason and a date.",
		More: "Versions are those that go.mod selects; the Go release is the newest of the go and toolchain lines and of the go command that is installed. " +
			"With --reachable an advisory whose functions the program calls is critical, and one whose functions it never calls is information.\n\n" +
			"Data: Go vulnerability database, https://vuln.go.dev, licensed CC-BY-4.0. A mirror or a folder can take its place.",
		CWE:        []int{1395, 1104},
		ASVS:       []string{"V15.2.1"},
		OWASP:      "A03",
		References: []string{"https://go.dev/doc/security/vuln/", "https://creativecommons.org/licenses/by/4.0/"},
		Run: func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			v, err := judge(ctx, c, t)
			if v == nil {
				return nil, err
			}
			var found []check.Finding
			for i := range v.found {
				if m := &v.found[i]; !v.ignored(m.entry, t.Time()) {
					found = append(found, m.finding(v))
				}
			}
			return found, errors.Join(append(v.errs, err)...)
		},
	}
}

// finding describes a match.
func (m *match) finding(v *verdict) check.Finding {
	name := m.module + " " + m.version
	if m.standard {
		name = "Go " + m.version
	}
	f := check.Finding{
		Title: fmt.Sprintf("%s has %s: %s", name, m.entry.ID, clip(m.entry.Summary, 200)),
		Place: check.Place{File: m.build.file, Line: m.line, NoFrame: true}, // the lines around are other modules
		Key:   m.module + "\x00" + m.entry.ID,
	}
	parts := []string{}
	for _, alias := range m.entry.Aliases {
		if strings.HasPrefix(alias, "CVE-") {
			parts = append(parts, clip(alias, 40))
		}
	}
	switch {
	case m.fixed == "":
		f.Fix, f.Level = "There is no fixed release: replace the module, or accept the advisory in merlon.toml with a reason and a date.", check.Warning
	case m.standard:
		f.Fix = "Build with Go " + clip(m.fixed, 40) + " or later: go get toolchain@go" + clip(m.fixed, 40)
	default:
		f.Fix = "go get " + m.module + "@v" + clip(m.fixed, 40)
	}
	if !m.direct {
		parts = append(parts, "needed by a dependency")
	}
	if m.entry.Database.Review == "UNREVIEWED" {
		parts = append(parts, "not yet reviewed")
		f.Confidence = check.Medium
		f.Level = cmp.Or(f.Level, check.Warning)
	}
	if m.judged {
		switch {
		case m.call.Symbol != "":
			f.Level, f.Confidence, f.Trace = check.Critical, check.High, m.call.Trace
			parts = append(parts, "the program calls "+m.call.Symbol)
		default:
			f.Level = check.Info
			parts = append(parts, "the program does not call what is vulnerable")
		}
	}
	date := "of unknown date"
	if !v.date.IsZero() {
		date = "of " + v.date.UTC().Format(time.DateOnly)
	}
	parts = append(parts, "Go vulnerability database (CC-BY-4.0) "+date)
	f.Evidence = strings.Join(parts, "; ")
	return f
}

// clip bounds a text of the database.
func clip(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.TrimSuffix(text, ".")
}

func advisoriesStale(c *Config) check.Rule {
	return check.Rule{
		ID:    "advisories-stale",
		Title: "The advisory database is old",
		Level: check.Warning,
		Tags:  []string{"dependencies", "advisories"},
		Why:   "What became known since is not seen, and nothing found says nothing.",
		Fix:   "Bring the copy of the database up to date.",
		CWE:   []int{1104},
		ASVS:  []string{"V15.2.1"},
		OWASP: "A03",
		Run: func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			v, err := judge(ctx, c, t)
			if v == nil || err != nil {
				return nil, cmp.Or(notApplicable(err), err)
			}
			most := c.MaxAge
			if most <= 0 {
				most = 30 * 24 * time.Hour
			}
			if v.date.IsZero() {
				return []check.Finding{{Title: "The advisory database says nothing about its date", Evidence: v.source, Key: "unknown"}}, nil
			}
			if age := t.Time().Sub(v.date); age > most {
				return []check.Finding{{
					Title:    fmt.Sprintf("The advisory database is of %s, %d days old", v.date.UTC().Format(time.DateOnly), int(age.Hours()/24)),
					Evidence: v.source, Key: "stale",
				}}, nil
			}
			return nil, nil
		},
	}
}

// notApplicable keeps what module-vulnerable already reports from being
// reported twice.
func notApplicable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("module-vulnerable says why: %w", check.ErrNotApplicable)
}

func compare(a, b string) int { return semver.Compare(a, b) }

// modPlace is the place of a line of a go.mod.
func (b *build) place(line int) check.Place { return check.Place{File: b.file, Line: line} }

func (b *build) path(name string) string { return path.Join(b.dir, name) }
