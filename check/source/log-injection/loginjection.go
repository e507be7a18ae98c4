// Package loginjection reports: the log contains values that are not escaped. Loggers that write text
// as it is. Attributes of structured loggers are escaped and are no fault.
package loginjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "log-injection",
	Title:      "The log contains values that are not escaped",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A value with a line break forges log entries and hides what really happened.",
	Fix:        "Use log/slog with a constant message and the value as an attribute, or print with %q.",
	More:       "Loggers that write text as it is. Attributes of structured loggers are escaped and are no fault.",
	CWE:        []int{117},
	ASVS:       []string{"V16.4.1"},
	OWASP:      "A09",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Log)
