// Package tempfile finds files with fixed names in folders that every user of
// the machine may write to.
package tempfile

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "temp-file", Title: "A temporary file with a name that others know", Level: check.Warning, Confidence: check.High, Tags: []string{"source", "files"},
	Why: "Another user of the machine makes a link of that name beforehand, and the program overwrites or reads what it leads to.",
	Fix: "Use os.CreateTemp or os.MkdirTemp.",
	CWE: []int{377, 379}, ASVS: []string{"V5.3.2"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("os.Create", "os.WriteFile", "os.OpenFile", "io/ioutil.WriteFile", "os.Mkdir", "os.MkdirAll") {
		if name, ok := read.String(call.Arg(0)); ok && temporary(name) {
			read.Report(call, "", "%q is in a folder that everybody may write to", name)
			continue
		}
		if joined(read, call) {
			read.Report(call, "medium", "a fixed name in a folder for temporary files is known to others")
		}
	}
}

func temporary(name string) bool {
	for _, dir := range []string{"/tmp/", "/var/tmp/", "/dev/shm/", "/usr/tmp/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

// joined recognises filepath.Join(os.TempDir(), "constant") and the same by +.
func joined(read *code.Reader, call *code.Call) bool {
	if sum, ok := read.Origin(call.Arg(0)).(*ast.BinaryExpr); ok {
		_, known := read.String(sum.Y)
		return known && tempDir(read, sum.X)
	}
	for _, join := range read.Calls("path/filepath.Join", "path.Join") {
		if read.Origin(call.Arg(0)) != join.CallExpr || len(join.Args) < 2 {
			continue
		}
		name, constant := read.String(join.Arg(0))
		temp := tempDir(read, join.Arg(0)) || constant && temporary(name+"/")
		for _, arg := range join.Args[1:] {
			if _, ok := read.String(arg); !ok {
				temp = false
			}
		}
		return temp
	}
	return false
}

func tempDir(read *code.Reader, e ast.Expr) bool {
	e = read.Origin(e)
	for _, d := range read.Calls("os.TempDir") {
		if e == d.CallExpr {
			return true
		}
	}
	return false
}
