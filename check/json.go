package check

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// jsonReport is the form of `--format json`. Members are added, never renamed
// or removed, under schema "merlon-check/1".
type jsonReport struct {
	Schema     string         `json:"schema"`
	Started    time.Time      `json:"started"`
	Seconds    float64        `json:"seconds"`
	Deploy     bool           `json:"deploy"`
	FailLevel  Level          `json:"fail_level"`
	Failed     bool           `json:"failed"`
	Complete   bool           `json:"complete"`
	ExitCode   int            `json:"exit_code"`
	Counts     map[string]int `json:"counts"`
	Findings   []Finding      `json:"findings"`
	Hidden     []Hidden       `json:"hidden"`
	Incomplete []Incomplete   `json:"incomplete"`
	Rules      []jsonOutcome  `json:"rules"`
}

type jsonOutcome struct {
	ID       string `json:"id"`
	Status   Status `json:"status"`
	Note     string `json:"note,omitempty"`
	Findings int    `json:"findings"`
}

// WriteJSON writes the report for programs; docs/check.md describes it.
func WriteJSON(w io.Writer, r *Report) error {
	out := jsonReport{
		Schema:     "merlon-check/1",
		Started:    r.Started.UTC(),
		Seconds:    r.Duration.Seconds(),
		Deploy:     r.Deploy,
		FailLevel:  r.FailLevel,
		Failed:     r.Failed(),
		Complete:   r.Complete(),
		ExitCode:   r.ExitCode(),
		Counts:     map[string]int{"hidden": len(r.Hidden), "incomplete": len(r.Incomplete)},
		Findings:   list(r.Findings),
		Hidden:     list(r.Hidden),
		Incomplete: list(r.Incomplete),
		Rules:      []jsonOutcome{},
	}
	for _, level := range Levels() {
		out.Counts[level.String()] = r.Count(level)
	}
	for _, o := range r.Rules {
		out.Rules = append(out.Rules, jsonOutcome{o.Rule.ID, o.Status, o.Note, o.Findings})
	}
	return writeJSON(w, out)
}

// list makes an empty list of a nil one: programs expect [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// strictJSON reads exactly one value without unknown members.
func strictJSON(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}
