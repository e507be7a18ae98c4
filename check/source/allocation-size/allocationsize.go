// Package allocationsize reports: a request decides how much memory is allocated. make, strings.Repeat
// and the like with a size that was parsed from a request and not compared.
package allocationsize

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "allocation-size",
	Title:      "A request decides how much memory is allocated",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "One request with a large number stops the program.",
	Fix:        "Compare the number with a limit first.",
	More:       "make, strings.Repeat and the like with a size that was parsed from a request and not compared.",
	CWE:        []int{770, 789},
	ASVS:       []string{"V15.2.2"},
	OWASP:      "A06",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Allocation)
