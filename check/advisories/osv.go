package advisories

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// An Entry is one advisory in the OSV format (ossf.github.io/osv-schema), of
// which only the members that are judged by are read.
type Entry struct {
	ID        string     `json:"id"`
	Modified  time.Time  `json:"modified"`
	Withdrawn *time.Time `json:"withdrawn"`
	Aliases   []string   `json:"aliases"`
	Summary   string     `json:"summary"`
	Affected  []Affected `json:"affected"`
	Database  struct {
		URL    string `json:"url"`
		Review string `json:"review_status"`
	} `json:"database_specific"`

	text []byte
}

// Affected is one module that an Entry is about.
type Affected struct {
	Package struct {
		Name      string `json:"name"`
		Ecosystem string `json:"ecosystem"`
	} `json:"package"`
	Ranges []Range `json:"ranges"`
}

// A Range is a sequence of versions from which the fault stands or is gone.
type Range struct {
	Type   string  `json:"type"`
	Events []Event `json:"events"`
}

// An Event begins or ends a range. Versions are written without v.
type Event struct {
	Introduced string `json:"introduced"`
	Fixed      string `json:"fixed"`
}

// maxEntry bounds the text of one advisory, in bytes.
const maxEntry = 4 << 20

// ParseEntry reads one advisory. The text may come from a stranger.
func ParseEntry(text []byte) (*Entry, error) {
	if len(text) > maxEntry {
		return nil, errors.New("advisories: an entry of more than 4 MiB")
	}
	var e Entry
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, errors.New("advisories: an entry that is not JSON of the OSV format")
	}
	if e.ID == "" || len(e.ID) > 64 || strings.Trim(e.ID, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, errors.New("advisories: an entry without a usable id")
	}
	e.text = text
	return &e, nil
}

// Affects reports whether the version of the module has the fault, and the
// first release after it without; "" if there is none. Versions are written as
// in go.mod, those of the module "stdlib" as Go releases: 1.22.3, 1.23rc1.
func (e *Entry) Affects(module, version string) (fixed string, affected bool) {
	if e.Withdrawn != nil {
		return "", false
	}
	v := canonical(version)
	if v == "" {
		return "", false
	}
	for i := range e.Affected {
		a := &e.Affected[i]
		if a.Package.Name != module || a.Package.Ecosystem != "" && a.Package.Ecosystem != "Go" {
			continue
		}
		if len(a.Ranges) == 0 {
			affected = true // all versions
		}
		for _, r := range a.Ranges {
			if r.Type != "SEMVER" && r.Type != "" {
				continue
			}
			if in, fix := r.holds(v); in {
				affected = true
				if fixed == "" || fix != "" && semver.Compare(canonical(fix), canonical(fixed)) > 0 {
					fixed = fix
				}
			}
		}
	}
	return fixed, affected
}

// holds reports whether v lies in the range, and where that part of it ends.
// Events may stand in any order.
func (r *Range) holds(v string) (in bool, fixed string) {
	begin := ""
	for _, e := range r.Events { // the last introduction at or before v
		at := canonical(e.Introduced)
		if e.Introduced == "0" {
			at = "v0.0.0-0"
		}
		if at != "" && semver.Compare(at, v) <= 0 && (begin == "" || semver.Compare(at, begin) > 0) {
			begin = at
		}
	}
	if begin == "" {
		return false, ""
	}
	for _, e := range r.Events { // the first repair after that
		at := canonical(e.Fixed)
		if at != "" && semver.Compare(at, begin) > 0 && (fixed == "" || semver.Compare(at, canonical(fixed)) < 0) {
			fixed = e.Fixed
		}
	}
	return fixed == "" || semver.Compare(v, canonical(fixed)) < 0, fixed
}

// canonical writes a version as package semver compares it: v1.2.3 from 1.2.3,
// go1.2.3 and v1.2.3+incompatible, v1.23.0-rc.1 from go1.23rc1; "" from what is
// no version.
func canonical(version string) string {
	version = strings.TrimPrefix(strings.TrimPrefix(version, "go"), "v")
	version, _, _ = strings.Cut(version, " ") // "go1.22.1 X:boringcrypto"
	for _, mark := range [...]string{"rc", "beta"} {
		if before, n, ok := strings.Cut(version, mark); ok && !strings.Contains(before, "-") && strings.Count(before, ".") < 3 && !strings.HasSuffix(before, ".") {
			for strings.Count(before, ".") < 2 {
				before += ".0"
			}
			version = before + "-" + mark + "." + n
		}
	}
	version = "v" + version
	if !semver.IsValid(version) {
		return ""
	}
	return semver.Canonical(version)
}
