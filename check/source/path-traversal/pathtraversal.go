// Package pathtraversal reports: a file name is made of values from outside. File functions of os,
// io/ioutil, net/http and frameworks. filepath.Clean alone does not help: it keeps leading dots.
package pathtraversal

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "path-traversal",
	Title:      "A file name is made of values from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "With .. or an absolute name the attacker reads or overwrites files outside the folder that was meant.",
	Fix:        "Open files through os.OpenRoot, or refuse names for which filepath.IsLocal is false.",
	More:       "File functions of os, io/ioutil, net/http and frameworks. filepath.Clean alone does not help: it keeps leading dots.",
	CWE:        []int{22},
	ASVS:       []string{"V5.3.2"},
	OWASP:      "A01",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Path)
