package advisories

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/merlon-go/merlon/check"
)

// An Ignore accepts one advisory for a time. In merlon.toml:
//
//	[[advisories.ignore]]
//	id = "GO-2024-1234"
//	reason = "only the server side is vulnerable, and this is a client"
//	expires = 2026-12-31
type Ignore struct {
	ID      string    // the advisory, or one of its other names, as CVE-2024-1234
	Reason  string    // "" makes it void
	Expires time.Time // the day after which it no longer holds; zero makes it void
	File    string
	Line    int
}

// ParseIgnores reads the table [[advisories.ignore]] of a merlon.toml. Unknown
// members are refused: a misspelt one would be overlooked.
func ParseIgnores(text string) ([]Ignore, error) {
	var file struct {
		Advisories struct {
			Ignore []struct {
				ID      string    `toml:"id"`
				Reason  string    `toml:"reason"`
				Expires time.Time `toml:"expires"`
			} `toml:"ignore"`
		} `toml:"advisories"`
	}
	meta, err := toml.Decode(text, &file)
	if err != nil {
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, fmt.Errorf("line %d is not valid TOML, or not of the kind that [[advisories.ignore]] holds", p.Position.Line)
		}
		return nil, errors.New("not valid TOML")
	}
	for _, key := range meta.Undecoded() {
		if len(key) > 1 && key[0] == "advisories" {
			return nil, fmt.Errorf("unknown key %q; known are id, reason and expires", clip(key.String(), 80))
		}
	}
	lines := ignoreLines(text)
	list := make([]Ignore, len(file.Advisories.Ignore))
	for i, ignore := range file.Advisories.Ignore {
		list[i] = Ignore{ID: strings.TrimSpace(ignore.ID), Reason: strings.TrimSpace(ignore.Reason), Expires: day(ignore.Expires)}
		if i < len(lines) {
			list[i].Line = lines[i]
		}
	}
	return list, nil
}

// day is the beginning of the day that is written, in UTC: a date without a
// zone must not mean another moment on each machine. Zero stays zero.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	year, month, n := t.Date()
	return time.Date(year, month, n, 0, 0, 0, 0, time.UTC)
}

func ignoreLines(text string) []int {
	var lines []int
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.HasPrefix(strings.ReplaceAll(strings.TrimSpace(line), " ", ""), "[[advisories.ignore]]") {
			lines = append(lines, n)
		}
	}
	return lines
}

// readIgnores reads merlon.toml beside the target and beside each go.mod.
func readIgnores(t *check.Target, list []*build, errs []error) ([]Ignore, []error) {
	var all []Ignore
	files := []string{"merlon.toml"}
	for _, b := range list {
		if name := path.Join(b.dir, "merlon.toml"); name != "merlon.toml" {
			files = append(files, name)
		}
	}
	for _, name := range files {
		text, err := t.Read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var ignores []Ignore
		if err == nil {
			ignores, err = ParseIgnores(string(text))
		}
		if err != nil {
			errs = append(errs, &check.Unjudged{Place: check.Place{File: name}, Reason: err.Error()})
		}
		for _, ignore := range ignores {
			ignore.File = name
			all = append(all, ignore)
		}
	}
	return all, errs
}

// names reports whether the ignore speaks of the entry.
func (i *Ignore) names(e *Entry) bool {
	if i.ID == e.ID {
		return true
	}
	for _, alias := range e.Aliases {
		if i.ID == alias {
			return true
		}
	}
	return false
}

// valid reports whether the ignore holds at the time.
func (i *Ignore) valid(now time.Time) bool {
	return i.ID != "" && i.Reason != "" && !i.Expires.IsZero() && now.Before(i.Expires.AddDate(0, 0, 1))
}

// ignored reports whether the advisory is accepted.
func (v *verdict) ignored(e *Entry, now time.Time) bool {
	for i := range v.ignores {
		if ignore := &v.ignores[i]; ignore.names(e) && ignore.valid(now) {
			return true
		}
	}
	return false
}

func advisoryIgnore(c *Config) check.Rule {
	return check.Rule{
		ID:    "advisory-ignore-void",
		Title: "An accepted advisory is not accepted any more",
		Level: check.Warning,
		Tags:  []string{"dependencies", "advisories"},
		Why:   "An exception without a reason or an end outlives what made it right.",
		Fix:   "Write id, reason and expires for each [[advisories.ignore]], renew what still holds, and remove the rest.",
		CWE:   []int{1104},
		ASVS:  []string{"V15.2.1"},
		OWASP: "A03",
		Run: func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			v, err := judge(ctx, c, t)
			if v == nil || err != nil {
				return nil, notApplicable(err)
			}
			var found []check.Finding
			for i := range v.ignores {
				ignore := &v.ignores[i]
				f := check.Finding{Place: check.Place{File: ignore.File, Line: ignore.Line}, Key: ignore.ID}
				id := clip(ignore.ID, 64)
				switch {
				case ignore.ID == "":
					f.Title = "An accepted advisory has no id"
				case ignore.Reason == "":
					f.Title = id + " is accepted without a reason"
				case ignore.Expires.IsZero():
					f.Title = id + " is accepted without an end (expires = 2026-12-31)"
				case !ignore.valid(t.Time()):
					f.Title = id + " was accepted until " + ignore.Expires.Format(time.DateOnly)
				case !v.matches(ignore):
					f.Title, f.Level = id+" is accepted and concerns nothing here any more", check.Info
				default:
					continue
				}
				found = append(found, f)
			}
			return found, nil
		},
	}
}

func (v *verdict) matches(i *Ignore) bool {
	for j := range v.found {
		if i.names(v.found[j].entry) {
			return true
		}
	}
	return false
}
