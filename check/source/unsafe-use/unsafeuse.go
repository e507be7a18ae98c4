// Package unsafeuse finds package unsafe where it makes or moves pointers. It
// lets sizes and offsets pass.
package unsafeuse

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "unsafe-use", Title: "Pointers are made by package unsafe", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "memory"},
	Why: "Go's promise that memory is safe ends there: a mistake reads or writes what belongs to somebody else.",
	Fix: "Write it without unsafe, or have it reviewed and mark it with merlon:ignore and the reason.",
	CWE: []int{242, 822}, ASVS: []string{"V1.4.1"}, OWASP: "A06",
}

// Analyzer finds it, once for each line.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	type line struct {
		file string
		n    int
	}
	seen := map[line]bool{}
	for _, use := range read.Uses("unsafe.Pointer", "unsafe.Add", "unsafe.Slice", "unsafe.SliceData", "unsafe.String", "unsafe.StringData") {
		at := read.Position(use.Pos())
		if at := (line{at.Filename, at.Line}); !seen[at] {
			seen[at] = true
			read.Report(use, "", "unsafe.%s is used", use.Sel.Name)
		}
	}
}
