// Package headerinjection reports: a header is made of request data. Raw headers written by hand.
// net/http itself replaces line breaks.
package headerinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "header-injection",
	Title:      "A header is made of request data",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A line break in a value begins a header, or a response, of the attacker's.",
	Fix:        "Refuse values with line breaks, and use the typed setters.",
	More:       "Raw headers written by hand. net/http itself replaces line breaks.",
	CWE:        []int{113},
	ASVS:       []string{"V1.2.1"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Header)
