// Package secretinlog reports: a secret is logged. Variables, fields, parameters and keys that are
// named like passwords, tokens or keys, and reach a log.
package secretinlog

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "secret-in-log",
	Title:      "A secret is logged",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "Logs are read by more people and kept longer than secrets may be.",
	Fix:        "Leave the secret out, or keep it in a secrets.Secret, which never prints.",
	More:       "Variables, fields, parameters and keys that are named like passwords, tokens or keys, and reach a log.",
	CWE:        []int{532},
	ASVS:       []string{"V16.2.5"},
	OWASP:      "A09",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.SecretLog)
