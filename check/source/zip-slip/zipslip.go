// Package zipslip reports: an archive entry's name decides where a file is written. Names of entries
// in zip and tar archives that reach file functions without a check.
package zipslip

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "zip-slip",
	Title:      "An archive entry's name decides where a file is written",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "An archive whose entries begin with .. overwrites files outside the folder it is unpacked to.",
	Fix:        "Unpack through os.OpenRoot, or refuse entries for which filepath.IsLocal is false.",
	More:       "Names of entries in zip and tar archives that reach file functions without a check.",
	CWE:        []int{22},
	ASVS:       []string{"V5.3.2", "V5.2.5"},
	OWASP:      "A01",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.ZipSlip)
