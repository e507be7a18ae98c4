package live

import (
	"encoding/json"
	"io"
	"net/netip"
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
	Subjects    []Subject          `json:"subjects"`
	Headers     []Header           `json:"headers"`
	Ways        [][]Hop            `json:"ways"`
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
		Requests: r.Requests, Grade: r.Grade, Decisive: list(r.Decisive), Next: r.Next, Subjects: list(r.Subjects), Headers: list(r.Headers), Ways: list(r.Ways), Observatory: r.Observatory, TLS: r.TLS, Notes: list(r.Notes), Accepted: list(r.Report.Hidden),
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
