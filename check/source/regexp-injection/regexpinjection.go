// Package regexpinjection reports: a regular expression comes from outside. Text from outside that
// regexp compiles.
package regexpinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "regexp-injection",
	Title:      "A regular expression comes from outside",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "The expression decides what matches, and a huge one takes memory and time.",
	Fix:        "Quote the value with regexp.QuoteMeta.",
	More:       "Text from outside that regexp compiles.",
	CWE:        []int{1333, 625},
	ASVS:       []string{"V1.2.9"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Regexp)
