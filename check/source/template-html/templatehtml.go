// Package templatehtml reports: values are declared to be safe HTML. Conversions to the types that
// html/template trusts.
package templatehtml

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "template-html",
	Title:      "Values are declared to be safe HTML",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "html/template does not escape template.HTML, JS, URL and so on: what is inside runs.",
	Fix:        "Pass plain strings to the template, or sanitise with bluemonday before the conversion.",
	More:       "Conversions to the types that html/template trusts.",
	CWE:        []int{79},
	ASVS:       []string{"V1.3.1"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.TemplateHTML)
