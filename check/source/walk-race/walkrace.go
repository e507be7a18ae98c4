// Package walkrace finds files that are changed or removed by name while a
// tree is walked, between which somebody can put a link in their place.
package walkrace

import (
	"go/ast"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "walk-race", Title: "A file is changed by a name that was looked up before", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "files"},
	Why: "Whoever may write to the tree puts a symbolic link in the place of the file, and the program changes or removes what it leads to.",
	Fix: "Walk and change through one os.Root.",
	CWE: []int{367, 59}, ASVS: []string{"V15.4.2"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

var changes = map[string]bool{
	"os.Remove": true, "os.RemoveAll": true, "os.Chmod": true, "os.Chown": true, "os.WriteFile": true, "os.Truncate": true, "os.Create": true,
}

func look(read *code.Reader) {
	for _, walk := range read.Calls("path/filepath.Walk", "path/filepath.WalkDir") {
		fn, ok := read.Origin(walk.Arg(1)).(*ast.FuncLit)
		if !ok || len(fn.Type.Params.List) == 0 || len(fn.Type.Params.List[0].Names) == 0 {
			continue
		}
		path := fn.Type.Params.List[0].Names[0]
		for name := range changes {
			for _, call := range read.Calls(name) {
				if id, ok := call.Arg(0).(*ast.Ident); ok && call.Pos() > fn.Pos() && call.End() < fn.End() && read.Object(id) != nil && read.Object(id) == read.Object(path) {
					read.Report(call, "", "%s is given a name from the walk", code.Last(call.Fun))
				}
			}
		}
	}
}
