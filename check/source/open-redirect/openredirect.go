// Package openredirect reports: a redirect leads where the request says. http.Redirect, the Location
// header and the redirects of frameworks. Comparing the prefix with / alone does not help:
// //evil.example begins with it.
package openredirect

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "open-redirect",
	Title:      "A redirect leads where the request says",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A link to your site takes people to the attacker's, which looks like yours and asks for their password.",
	Fix:        "Check the target with hosts.LocalRedirect or hosts.SafeRedirect.",
	More:       "http.Redirect, the Location header and the redirects of frameworks. Comparing the prefix with / alone does not help: //evil.example begins with it.",
	CWE:        []int{601},
	ASVS:       []string{"V3.7.2"},
	OWASP:      "A01",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Redirect)
