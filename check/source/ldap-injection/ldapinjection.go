// Package ldapinjection reports: an LDAP filter is made of values from outside. Search filters and
// names put together from request data.
package ldapinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "ldap-injection",
	Title:      "An LDAP filter is made of values from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A value with * or ) changes the filter: log in as anybody, list everybody.",
	Fix:        "Escape the value with ldap.EscapeFilter.",
	More:       "Search filters and names put together from request data.",
	CWE:        []int{90},
	ASVS:       []string{"V1.2.6"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.LDAP)
