// Package directorylisting finds file servers that show more than was meant:
// the root of the machine, or the folder that the program was started in.
package directorylisting

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "directory-listing", Title: "A file server shows what was not meant", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "files"},
	Why:  "http.FileServer lists every folder without an index.html, and serves .git, .env and keys like everything else.",
	Fix:  "Serve an embed.FS or a folder of its own that holds nothing else.",
	More: "Any folder of the disk is reported with low confidence, as its listing may be meant; the root, the home and the working folder with high confidence.",
	CWE:  []int{548, 552}, ASVS: []string{"V13.4.3", "V13.4.7"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("net/http.FileServer") {
		dir, ok := read.Origin(call.Arg(0)).(*ast.CallExpr)
		if !ok || len(dir.Args) != 1 || read.Name(call.In.FileOf(), dir.Fun) != "net/http.Dir" {
			continue
		}
		name, ok := read.String(dir.Args[0])
		switch {
		case ok && broad(name):
			read.Report(call, "error high", "http.FileServer shows the folder %q", name)
		default:
			read.Report(call, "info low", "http.FileServer lists folders")
		}
	}
	for _, call := range read.Calls("net/http.FileServerFS", "net/http.FS") {
		made, ok := read.Origin(call.Arg(0)).(*ast.CallExpr)
		if ok && len(made.Args) == 1 && read.Name(call.In.FileOf(), made.Fun) == "os.DirFS" {
			if name, ok := read.String(made.Args[0]); ok && broad(name) {
				read.Report(call, "error high", "the folder %q is served", name)
			}
		}
	}
}

func broad(name string) bool {
	switch strings.TrimSuffix(name, "/") {
	case "", ".", "..", "~", "/etc", "/home", "/root", "/var", "/usr", "C:", `C:\`:
		return true
	}
	return strings.HasPrefix(name, "../") && strings.Trim(name, "./") == ""
}
