// Package errorinresponse reports: an internal error's text is sent in a response. err.Error() in a
// response whose status does not say that the request was at fault.
package errorinresponse

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "error-in-response",
	Title:      "An internal error's text is sent in a response",
	Level:      check.Info,
	Confidence: check.Low,
	Tags:       []string{"source", "taint"},
	Why:        "Messages of databases and files tell the attacker names, paths and versions.",
	Fix:        "Send a constant message with a request id, and log the error.",
	More:       "err.Error() in a response whose status does not say that the request was at fault.",
	CWE:        []int{209},
	ASVS:       []string{"V16.5.1"},
	OWASP:      "A10",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.ErrorResponse)
