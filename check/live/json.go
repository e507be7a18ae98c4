package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/merlon-go/merlon/check"
)

const schema = "merlon-scan/1"

// jsonResult is the form of `--format json`. Members are added, never renamed
// or removed, under the schema.
type jsonResult struct {
	Schema      string             `json:"schema"`
	URL         string             `json:"url"`
	Page        string             `json:"page"`
	Pages       []string           `json:"pages"`
	Addresses   []netip.Addr       `json:"addresses"`
	Started     time.Time          `json:"started"`
	Seconds     float64            `json:"seconds"`
	Requests    int                `json:"requests"`
	Grade       Grade              `json:"grade"`
	Decisive    []string           `json:"decisive"`
	Next        Grade              `json:"next"`
	Observatory Observatory        `json:"observatory"`
	TLS         *TLSInfo           `json:"tls"`
	Notes       []string           `json:"notes"`
	Findings    []jsonFinding      `json:"findings"`
	Accepted    []check.Hidden     `json:"accepted"`
	Incomplete  []check.Incomplete `json:"incomplete"`
	Compared    *Comparison        `json:"compared,omitempty"`
}

type jsonFinding struct {
	check.Finding
	Cap Grade `json:"cap"`
}

// WriteJSON writes the result for programs; docs/scan.md describes it. compared
// may be nil.
func WriteJSON(w io.Writer, r *Result, compared *Comparison) error {
	out := jsonResult{
		Schema: schema, URL: r.URL, Page: r.Page, Pages: list(r.Pages), Addresses: list(r.Addresses), Started: r.Report.Started.UTC(), Seconds: r.Report.Duration.Seconds(),
		Requests: r.Requests, Grade: r.Grade, Decisive: list(r.Decisive), Next: r.Next, Observatory: r.Observatory, TLS: r.TLS, Notes: list(r.Notes), Accepted: list(r.Report.Hidden),
		Findings: []jsonFinding{}, Incomplete: list(r.Report.Incomplete), Compared: compared,
	}
	for i := range r.Report.Findings {
		f := &r.Report.Findings[i]
		out.Findings = append(out.Findings, jsonFinding{*f, r.Cap(f)})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// list makes an empty list of a nil one: programs expect [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// A Previous is an earlier result, as far as a comparison needs it.
type Previous struct {
	URL      string
	Started  time.Time
	Grade    Grade
	Score    int
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
		Started     time.Time
		Grade       Grade
		Observatory struct{ Score int }
		Findings    []check.Finding
		Accepted    []check.Finding
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&in); err != nil || in.Schema != schema {
		return nil, errors.New("live: not an earlier result of scan --format json")
	}
	return &Previous{in.URL, in.Started, in.Grade, in.Observatory.Score, in.Findings, in.Accepted}, nil
}

// A Comparison says what has changed since an earlier scan of the same site.
type Comparison struct {
	Since  time.Time       `json:"since"`
	Grade  Grade           `json:"grade"` // the earlier
	Score  int             `json:"score"` // the earlier, of the Observatory
	New    []check.Finding `json:"new"`
	Fixed  []check.Finding `json:"fixed"`
	Remain int             `json:"remain"`
}

// Compare compares the result with an earlier one. Findings are the same if
// their fingerprints are. What was accepted is neither new nor fixed.
func Compare(before *Previous, now *Result) *Comparison {
	c := &Comparison{Since: before.Started, Grade: before.Grade, Score: before.Score, New: []check.Finding{}, Fixed: []check.Finding{}}
	has := func(list []check.Finding, f check.Finding) bool {
		return slices.ContainsFunc(list, func(o check.Finding) bool { return o.Fingerprint == f.Fingerprint })
	}
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
		if !has(current, f) {
			c.Fixed = append(c.Fixed, f)
		}
	}
	return c
}
