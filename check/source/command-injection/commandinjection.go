// Package commandinjection reports: a command is made of values from outside. os/exec, syscall, plug-
// ins and embedded script engines. With a shell the confidence is high; values that are single
// arguments of a fixed program are reported one degree lower.
package commandinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "command-injection",
	Title:      "A command is made of values from outside",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "Through a shell the attacker runs any command; without one, a value that begins with a hyphen still becomes an option.",
	Fix:        "Run a fixed program without a shell, choose arguments from a fixed list, and put -- before those that are data.",
	More:       "os/exec, syscall, plug-ins and embedded script engines. With a shell the confidence is high; values that are single arguments of a fixed program are reported one degree lower.",
	CWE:        []int{78, 88},
	ASVS:       []string{"V1.2.5"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Command)
