// Package xpathinjection reports: an XPath expression is made of values from outside. Expressions put
// together from request data.
package xpathinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "xpath-injection",
	Title:      "An XPath expression is made of values from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A value with a quote changes the expression and selects what it must not.",
	Fix:        "Compile a constant expression and compare values in Go.",
	More:       "Expressions put together from request data.",
	CWE:        []int{643},
	ASVS:       []string{"V1.2.7"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.XPath)
