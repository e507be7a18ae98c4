// Package integernarrowing reports: a parsed number is cut to a smaller type. Results of strconv.Atoi,
// ParseInt and ParseUint that are converted to a type that cannot hold them, without a comparison
// before.
package integernarrowing

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "integer-narrowing",
	Title:      "A parsed number is cut to a smaller type",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "The number that was checked is not the number that is used.",
	Fix:        "Parse with strconv.ParseInt and the size that is needed.",
	More:       "Results of strconv.Atoi, ParseInt and ParseUint that are converted to a type that cannot hold them, without a comparison before.",
	CWE:        []int{190, 681},
	ASVS:       []string{"V1.4.2"},
	OWASP:      "A06",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Narrowing)
