// Package walkrace finds files that are changed or removed by name while a
// tree is walked, between which somebody can put a link in their place.
package walkrace

import (
	"go/ast"
	"os"

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
	"os.Remove": true, "os.RemoveAll": true, "os.Chmod": true, "os.Chown": true, "os.WriteFile": true, "os.Truncate": true, "os.Create": true, "os.OpenFile": true, "os.Lchown": true,
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
				if call.Pos() > fn.Pos() && call.End() < fn.End() && changing(read, call) && from(read, call.Arg(0), path) {
					read.Report(call, "", "%s is given a name from the walk", code.Last(call.Fun))
				}
			}
		}
	}
}

// changing reports whether the call opens for writing, if it opens.
func changing(read *code.Reader, call *code.Call) bool {
	if code.Last(call.Fun) != "OpenFile" {
		return true
	}
	flags, ok := read.Int(call.Arg(1))
	return ok && flags&int64(os.O_WRONLY|os.O_RDWR) != 0
}

// from reports whether a name is the path that the walk gives, or that with
// something added.
func from(read *code.Reader, e ast.Expr, path *ast.Ident) bool {
	switch e := read.Origin(e).(type) {
	case *ast.Ident:
		return read.Object(e) != nil && read.Object(e) == read.Object(path)
	case *ast.BinaryExpr:
		return from(read, e.X, path)
	}
	return false
}
