package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// A Finding is one fault that a rule found. A rule must set what differs from
// case to case, mostly Title and Place; [Run] fills every empty field from the
// rule. No field may hold a secret: a report is handed on.
type Finding struct {
	// ID is the rule's.
	ID string `json:"id"`
	// Level is how bad it is; the zero Level takes the rule's.
	Level Level `json:"level"`
	// Title is one sentence without a full stop that says what is wrong here.
	Title string `json:"title"`
	// Why says what an attacker gains.
	Why string `json:"why"`
	// Fix says what to do, in one line.
	Fix string `json:"fix"`
	// CWE numbers, OWASP ASVS 5.0 ids ("V3.4.1"), the OWASP Top 10:2025 id
	// ("A02") and the Django check that asks the same ("security.W004").
	CWE    []int    `json:"cwe,omitempty"`
	ASVS   []string `json:"asvs,omitempty"`
	OWASP  string   `json:"owasp,omitempty"`
	Django string   `json:"django,omitempty"`
	// Place is where it is.
	Place Place `json:"place"`
	// Confidence is how sure the rule is; zero takes the rule's.
	Confidence Confidence `json:"confidence"`
	// Evidence is what was seen, such as a header as sent. It holds no secret.
	Evidence string `json:"evidence,omitempty"`
	// Trace is the way from source to sink, first step first; nil if there is none.
	Trace []Step `json:"trace,omitempty"`
	// Edits repair the fault when applied together; nil if no safe one exists.
	Edits []Edit `json:"edits,omitempty"`
	// Key tells findings of one rule at one place apart in a way that survives
	// moved lines, such as the normalised statement. Empty takes the text of
	// the line, for a finding in a file.
	Key string `json:"-"`
	// Fingerprint is set by [Run]: 32 hexadecimal digits that stay the same
	// when lines move.
	Fingerprint string `json:"fingerprint"`
}

// A Place is where a finding is: a setting and where its value comes from, or
// a spot in a file, or a request to the site. Lines and columns count from 1;
// columns are bytes. Zero means unknown.
type Place struct {
	// Setting is the name without prefix ("SECRET_KEY"), Source where its
	// value comes from ("environment variable MERLON_SECRET_KEY", ".env:12").
	Setting string `json:"setting,omitempty"`
	Source  string `json:"source,omitempty"`
	// File is relative to the target's folder, with slashes.
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"column,omitempty"`
	EndLine int    `json:"end_line,omitempty"`
	EndCol  int    `json:"end_column,omitempty"`
	// Function is the enclosing function, as "(*T).Method" or "Name".
	Function string `json:"function,omitempty"`
	// Request is the request that showed it, as in "GET / over https: 404".
	Request string `json:"request,omitempty"`
	// Frame holds the lines around Line, the first of them being FrameLine. A
	// rule leaves it nil and [Run] reads the file, unless NoFrame is set, as it
	// must be where the lines hold a secret.
	Frame     []string `json:"frame,omitempty"`
	FrameLine int      `json:"frame_line,omitempty"`
	NoFrame   bool     `json:"-"`
}

// String returns the place in one line, or "" for the zero Place.
func (p Place) String() string {
	switch {
	case p.Setting != "" && p.Source != "":
		return p.Setting + " (" + p.Source + ")"
	case p.Setting != "":
		return p.Setting
	case p.File != "":
		text := p.File
		if p.Line > 0 {
			text += ":" + strconv.Itoa(p.Line)
			if p.Col > 0 {
				text += ":" + strconv.Itoa(p.Col)
			}
		}
		return text
	}
	return p.Request
}

// A Step is one station of a [Finding.Trace].
type Step struct {
	Place Place  `json:"place"`
	Text  string `json:"text"`
}

// An Edit replaces the bytes from Start up to End of File by Text.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// complete fills what the rule knows and the finding leaves empty.
func (f *Finding) complete(r *Rule) {
	f.ID = r.ID
	if !f.Level.valid() {
		f.Level = r.Level
	}
	f.Title = cmp.Or(f.Title, r.Title)
	f.Why = cmp.Or(f.Why, r.Why)
	f.Fix = cmp.Or(f.Fix, r.Fix)
	f.OWASP = cmp.Or(f.OWASP, r.OWASP)
	f.Django = cmp.Or(f.Django, r.Django)
	f.Confidence = cmp.Or(f.Confidence, r.Confidence, High)
	if f.CWE == nil {
		f.CWE = slices.Clone(r.CWE)
	}
	if f.ASVS == nil {
		f.ASVS = slices.Clone(r.ASVS)
	}
}

// fingerprint hashes what stays when lines move: rule, place without numbers,
// key, and which of several equal ones this is. Parts are length-prefixed.
func (f *Finding) fingerprint(nth int) string {
	h := sha256.New()
	for _, part := range []string{f.ID, f.Place.Setting, f.Place.File, f.Place.Function, f.Place.Request, f.Key, strconv.Itoa(nth)} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// key returns the default of [Finding.Key]: the line the finding is on, with
// white space collapsed.
func (p Place) key() string {
	at := p.Line - p.FrameLine
	if p.File == "" || at < 0 || at >= len(p.Frame) {
		return ""
	}
	return strings.Join(strings.Fields(p.Frame[at]), " ")
}

// compare orders findings: worst first, then id, then place.
func compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Level, a.Level),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Place.File, b.Place.File),
		cmp.Compare(a.Place.Line, b.Place.Line),
		cmp.Compare(a.Place.Col, b.Place.Col),
		cmp.Compare(a.Place.Setting, b.Place.Setting),
		cmp.Compare(a.Place.Request, b.Place.Request),
		cmp.Compare(a.Key, b.Key),
		cmp.Compare(a.Title, b.Title),
	)
}

// identify sorts findings and gives each its fingerprint; equal ones are told
// apart by their order.
func identify(findings []Finding) {
	slices.SortStableFunc(findings, compare)
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		if f.Key == "" {
			f.Key = f.Place.key()
		}
		first := f.fingerprint(0)
		f.Fingerprint = first
		if n := seen[first]; n > 0 {
			f.Fingerprint = f.fingerprint(n)
		}
		seen[first]++
	}
}
