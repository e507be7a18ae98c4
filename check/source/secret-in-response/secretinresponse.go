// Package secretinresponse reports: a secret is sent in a response. Values named like secrets that are
// printed into a response.
package secretinresponse

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "secret-in-response",
	Title:      "A secret is sent in a response",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "What the browser receives, everybody on the way, in the cache and in the page's scripts can read.",
	Fix:        "Send the secret only where it must arrive, once, and never a password.",
	More:       "Values named like secrets that are printed into a response.",
	CWE:        []int{200, 201},
	ASVS:       []string{"V14.2.6"},
	OWASP:      "A01",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.SecretResponse)
