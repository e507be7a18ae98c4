package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check"
)

// A Previous is an earlier result, as far as a comparison needs it.
type Previous struct {
	URL      string
	Started  time.Time
	Grade    Grade
	Score    int // of the Observatory, by the version of its rules
	version  int
	pages    []string
	findings []check.Finding
	accepted []check.Finding
}

// maxPrevious bounds the file, in bytes.
const maxPrevious = 16 << 20

// ReadPrevious reads what [WriteJSON] wrote.
func ReadPrevious(r io.Reader) (*Previous, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPrevious+1))
	if err != nil {
		return nil, fmt.Errorf("live: reading the earlier result: %w", err)
	}
	if len(text) > maxPrevious {
		return nil, errors.New("live: earlier result is longer than 16 MiB")
	}
	var in struct {
		Schema      string
		URL         string
		Pages       []string
		Started     time.Time
		Grade       Grade
		Observatory struct{ Score, Algorithm int }
		Findings    []check.Finding
		Accepted    []check.Finding
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&in); err != nil || in.Schema != schema {
		return nil, errors.New("live: not an earlier result of scan --format json")
	}
	return &Previous{in.URL, in.Started, in.Grade, in.Observatory.Score, in.Observatory.Algorithm, in.Pages, in.Findings, in.Accepted}, nil
}

// A Comparison says what has changed since an earlier scan of the same site.
type Comparison struct {
	Since time.Time `json:"since"`
	Grade Grade     `json:"grade"` // the earlier
	Score int       `json:"score"` // the earlier, of the Observatory
	// Algorithm is the version of the Observatory's rules then; 0 if the
	// earlier result does not say.
	Algorithm int             `json:"algorithm"`
	New       []check.Finding `json:"new"`
	Fixed     []check.Finding `json:"fixed"`
	Remain    int             `json:"remain"`
	// Unjudged are findings of the earlier scan that this one did not look for:
	// a part was left out, or a page was not reached.
	Unjudged []check.Finding `json:"unjudged"`
}

// Compare compares the result with an earlier one. Findings are the same if
// rule and title are: most are reported once, at the first answer that shows
// them, and that one may have been repaired while others have not. What was
// accepted is neither new nor fixed, and what was not looked for again is not
// fixed.
func Compare(before *Previous, now *Result) *Comparison {
	c := &Comparison{Since: before.Started, Grade: before.Grade, Score: before.Score, Algorithm: before.version, New: []check.Finding{}, Fixed: []check.Finding{}, Unjudged: []check.Finding{}}
	has := func(list []check.Finding, f check.Finding) bool {
		return slices.ContainsFunc(list, func(o check.Finding) bool {
			return o.Fingerprint == f.Fingerprint || o.ID == f.ID && uncounted(o.Title) == uncounted(f.Title)
		})
	}
	parts := partsByRule()
	current := slices.Clone(now.Report.Findings)
	for _, h := range now.Report.Hidden {
		current = append(current, h.Finding)
	}
	for _, f := range now.Report.Findings {
		if has(before.findings, f) || has(before.accepted, f) {
			c.Remain++
		} else {
			c.New = append(c.New, f)
		}
	}
	for _, f := range before.findings {
		switch {
		case has(current, f):
		case before.unseen(f, now, parts[f.ID]):
			c.Unjudged = append(c.Unjudged, f)
		default:
			c.Fixed = append(c.Fixed, f)
		}
	}
	return c
}

// Scores says how the Observatory's score changed, and by which rules: those of
// two versions cannot be compared.
func (c *Comparison) Scores(now Observatory) string {
	if c.Algorithm == now.Algorithm || c.Algorithm == 0 {
		return fmt.Sprintf("%d → %d", c.Score, now.Score)
	}
	return fmt.Sprintf("%d by algorithm %d, %d by algorithm %d", c.Score, c.Algorithm, now.Score, now.Algorithm)
}

// unseen reports whether the later scan did not look for the finding of the part.
func (p *Previous) unseen(f check.Finding, now *Result, part string) bool {
	_, page, _ := strings.Cut(f.Place.Request, " ")
	if slices.Contains(p.pages, page) && !slices.Contains(now.Pages, page) && p.URL == now.URL {
		return true
	}
	return slices.ContainsFunc(now.Subjects, func(s Subject) bool { return s.Name == part && !s.Judged })
}
