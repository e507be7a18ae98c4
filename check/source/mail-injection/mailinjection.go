// Package mailinjection reports: a mail's envelope or header is made of request data. net/smtp and
// mail libraries that take headers as text.
package mailinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "mail-injection",
	Title:      "A mail's envelope or header is made of request data",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A line break in an address or subject adds recipients, and your server sends the attacker's spam.",
	Fix:        "Parse addresses with net/mail, and send through package mail, which refuses line breaks.",
	More:       "net/smtp and mail libraries that take headers as text.",
	CWE:        []int{93},
	ASVS:       []string{"V1.3.11"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Mail)
