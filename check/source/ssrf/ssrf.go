// Package ssrf reports: a request goes to an address from outside. HTTP clients, dialers and reverse
// proxies whose host comes from outside. A path or query appended to a fixed host is no fault.
package ssrf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "ssrf",
	Title:      "A request goes to an address from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "The server fetches what the attacker names: internal services, cloud metadata, files of other hosts.",
	Fix:        "Compare the host with a fixed list before the request, and use a client that refuses private addresses.",
	More:       "HTTP clients, dialers and reverse proxies whose host comes from outside. A path or query appended to a fixed host is no fault.",
	CWE:        []int{918},
	ASVS:       []string{"V1.3.6"},
	OWASP:      "A01",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.SSRF)
