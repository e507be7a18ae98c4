// Package nosqlinjection reports: a NoSQL filter is made of request data. MongoDB filters and commands
// into which request data flows as a document or as text.
package nosqlinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "nosql-injection",
	Title:      "A NoSQL filter is made of request data",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A filter that a client can shape matches documents it must not see, or runs code in the database.",
	Fix:        "Build the filter from typed fields, never from decoded request documents or text.",
	More:       "MongoDB filters and commands into which request data flows as a document or as text.",
	CWE:        []int{943},
	ASVS:       []string{"V1.2.4"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.NoSQL)
