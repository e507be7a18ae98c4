// Package csvinjection reports: a spreadsheet cell begins with what the request says. encoding/csv
// records with request data.
package csvinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "csv-injection",
	Title:      "A spreadsheet cell begins with what the request says",
	Level:      check.Info,
	Confidence: check.Low,
	Tags:       []string{"source", "taint"},
	Why:        "A cell that begins with = + - or @ runs as a formula on the computer of whoever opens the file.",
	Fix:        "Put an apostrophe before such cells.",
	More:       "encoding/csv records with request data.",
	CWE:        []int{1236},
	ASVS:       []string{"V1.2.10"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.CSV)
