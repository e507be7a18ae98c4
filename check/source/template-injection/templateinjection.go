// Package templateinjection reports: a template's text comes from outside. Text from outside that
// reaches Parse of text/template or html/template.
package templateinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "template-injection",
	Title:      "A template's text comes from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A template can call every method of the data it is given, and print what was meant to stay inside.",
	Fix:        "Parse constant templates only, and pass values as data.",
	More:       "Text from outside that reaches Parse of text/template or html/template.",
	CWE:        []int{1336, 94},
	ASVS:       []string{"V1.3.7"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.TemplateSource)
