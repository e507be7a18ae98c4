// Package unsafedeserialization reports: data from outside is deserialised by a format that trusts it.
// encoding/gob, XML, YAML and pickle-like formats fed from a request.
package unsafedeserialization

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "unsafe-deserialization",
	Title:      "Data from outside is deserialised by a format that trusts it",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "Formats made for trusted peers let the sender choose types, sizes and depth.",
	Fix:        "Use JSON into a struct with a size limit, or verify a signature first.",
	More:       "encoding/gob, XML, YAML and pickle-like formats fed from a request.",
	CWE:        []int{502},
	ASVS:       []string{"V1.5.2"},
	OWASP:      "A08",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Deserialize)
