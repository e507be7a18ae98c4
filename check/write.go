package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Format names a way to write a report.
type Format string

// The formats of [Write].
const (
	Text  Format = "text"  // for people at a terminal
	JSON  Format = "json"  // for programs
	SARIF Format = "sarif" // for code scanning
	JUnit Format = "junit" // for pipelines
	HTML  Format = "html"  // for auditors
)

// Formats lists the formats.
func Formats() []Format { return []Format{Text, JSON, SARIF, JUnit, HTML} }

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	if slices.Contains(Formats(), Format(name)) {
		return Format(name), nil
	}
	var known []string
	for _, f := range Formats() {
		known = append(known, string(f))
	}
	return "", fmt.Errorf("check: unknown format (known: %s)", strings.Join(known, ", "))
}

// WriteOptions say how [Write] writes; each format takes what concerns it.
type WriteOptions struct {
	// Text is for the text format.
	Text TextOptions
	// Version is Merlon's own, Title what was checked, Category the SARIF
	// category; "" leaves them out.
	Version, Title, Category string
}

// Write writes the report in the format.
func Write(w io.Writer, r *Report, format Format, o WriteOptions) error {
	switch format {
	case Text:
		return WriteText(w, r, o.Text)
	case JSON:
		return WriteJSON(w, r)
	case SARIF:
		return WriteSARIF(w, r, SARIFOptions{Version: o.Version, Category: o.Category})
	case JUnit:
		return WriteJUnit(w, r)
	case HTML:
		return WriteHTML(w, r, HTMLOptions{Title: o.Title, Version: o.Version})
	}
	_, err := ParseFormat(string(format))
	return err
}
