package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Baseline lists findings that were there before and are not to fail a run.
// Its file is JSON, sorted as the report is, so that a change reads well.
type Baseline struct {
	Version  int             `json:"version"` // 1
	Findings []BaselineEntry `json:"findings"`
}

// A BaselineEntry is one finding of a baseline. Only the fingerprint counts;
// the rest is for the people who read the file.
type BaselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	ID          string `json:"id"`
	Place       string `json:"place,omitempty"`
	Title       string `json:"title,omitempty"`
	Note        string `json:"note,omitempty"`
}

// maxBaseline bounds the file, in bytes.
const maxBaseline = 64 << 20

// ReadBaseline reads a baseline that [WriteBaseline] wrote. The text may come
// from a stranger's pull request: it is bounded, and unknown members are
// refused so that a misspelt one is not overlooked.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	if err != nil {
		return nil, fmt.Errorf("check: reading the baseline: %w", err)
	}
	if len(text) > maxBaseline {
		return nil, errors.New("check: baseline is longer than 64 MiB")
	}
	var b Baseline
	if err := strictJSON(text, &b); err != nil {
		return nil, fmt.Errorf("check: baseline is not what check --write-baseline writes: %v", err)
	}
	if b.Version != 1 {
		return nil, fmt.Errorf("check: baseline has version %d, known is 1", b.Version)
	}
	for i, entry := range b.Findings {
		if len(entry.Fingerprint) != 32 {
			return nil, fmt.Errorf("check: entry %d of the baseline has no fingerprint", i+1)
		}
	}
	return &b, nil
}

// WriteBaseline writes the findings of the report, those hidden by its own
// baseline included, as a baseline.
func WriteBaseline(w io.Writer, report *Report) error {
	b := Baseline{Version: 1, Findings: []BaselineEntry{}}
	add := func(f *Finding) {
		b.Findings = append(b.Findings, BaselineEntry{Fingerprint: f.Fingerprint, ID: f.ID, Place: f.Place.stable(), Title: f.Title})
	}
	for i := range report.Findings {
		if report.Findings[i].ID != baselineStale {
			add(&report.Findings[i])
		}
	}
	for i := range report.Hidden {
		if report.Hidden[i].By == "baseline" {
			add(&report.Hidden[i].Finding)
		}
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// stable returns the place without line numbers.
func (p Place) stable() string {
	p.Line, p.Col = 0, 0
	return p.String()
}

// baseline takes out what the baseline lists.
func (s *sieve) baseline(found []Finding) []Finding {
	if s.options.Baseline == nil {
		return found
	}
	listed := map[string]bool{} // fingerprint → was it found
	for _, entry := range s.options.Baseline.Findings {
		listed[entry.Fingerprint] = false
	}
	identify(s.own)
	sift := func(list []Finding) []Finding {
		var kept []Finding
		for _, f := range list {
			if _, ok := listed[f.Fingerprint]; ok {
				listed[f.Fingerprint] = true
				s.hide(f, "baseline", "")
				continue
			}
			kept = append(kept, f)
		}
		return kept
	}
	found, s.own = sift(found), sift(s.own)
	gone := 0
	for _, entry := range s.options.Baseline.Findings {
		if !listed[entry.Fingerprint] && s.ran(entry.ID) {
			gone++
		}
	}
	if gone > 0 {
		s.add(baselineStale, Finding{Title: fmt.Sprintf("The baseline lists %s that %s gone", plural(gone, "finding"), isAre(gone))})
	}
	return found
}
