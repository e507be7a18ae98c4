package source

import (
	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
)

// A Check is one analyser and the rule that documents it.
type Check struct {
	// Rule says all about what the analyser finds. Its Run must be nil:
	// [Rules] makes it.
	Rule check.Rule
	// Analyzer looks, one package at a time. Its facts travel between the
	// packages of the tree that is read, encoded by gob.
	Analyzer *analysis.Analyzer
	// Fallback takes the place of an Analyzer that has no RunDespiteErrors in
	// packages that do not type-check; nil leaves them unread by it. It must
	// set RunDespiteErrors, and has no facts.
	Fallback *analysis.Analyzer
}
