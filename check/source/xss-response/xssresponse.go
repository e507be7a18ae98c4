// Package xssresponse reports: a response contains values that are not escaped. Writes to
// http.ResponseWriter by any means, and text/template into a response. Responses whose type was set to
// one that browsers do not run are no fault.
package xssresponse

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "xss-response",
	Title:      "A response contains values that are not escaped",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "Scripts of the attacker run in the browsers of your users, with their session.",
	Fix:        "Render with html/template, or set a content type that browsers do not run, such as text/plain or application/json.",
	More:       "Writes to http.ResponseWriter by any means, and text/template into a response. Responses whose type was set to one that browsers do not run are no fault.",
	CWE:        []int{79},
	ASVS:       []string{"V1.2.1"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.XSS)
