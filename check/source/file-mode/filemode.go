// Package filemode finds files and folders that others on the machine may
// write, and secrets that they may read.
package filemode

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "file-mode", Title: "Others on the machine may write or read a file", Level: check.Warning, Confidence: check.High, Tags: []string{"source", "files"},
	Why:  "Another user of the machine, or another service that was broken into, changes or reads the file.",
	Fix:  "Use 0o600 for files with secrets, 0o644 for others, 0o750 for folders.",
	More: "What a file is made with is cut by the umask, mostly to 0o644 and 0o755, so a mode that is only too broad when it is made is info with low confidence; chmod is not cut.",
	CWE:  []int{732, 276}, ASVS: []string{"V13.3.2", "V16.4.2"}, OWASP: "A01",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// modes are the functions and which argument is the mode.
var modes = map[string]int{
	"os.OpenFile": 2, "os.WriteFile": 2, "io/ioutil.WriteFile": 2, "os.Chmod": 1, "os.File.Chmod": 0, "os.Mkdir": 1, "os.MkdirAll": 1,
	"os.Root.OpenFile": 2, "os.Root.Mkdir": 1, "os.Root.MkdirAll": 1, "os.Root.Chmod": 1, "os.Root.WriteFile": 2, "syscall.Chmod": 1, "syscall.Mkdir": 1,
}

var secret = []string{"secret", "key", "private key", "password", "passwd", "token", "credential", "pem", "cert key", "session"}

var public = []string{"public", "pub", "authorized", "known"}

func look(read *code.Reader) {
	for name, n := range modes {
		for _, call := range read.Calls(name) {
			if strings.HasSuffix(read.Position(call.Pos()).Filename, "_windows.go") {
				continue // a mode says nothing there but whether it is read-only
			}
			at := call.Arg(n)
			mode, ok := read.Int(at)
			if !ok {
				continue
			}
			switch {
			case mode&0o002 != 0 && mode&0o1000 == 0 && masked(name) && !sensitive(read, call, n):
				read.Report(at, "info low", "everybody on the machine may write (%#o), but for the umask", mode)
			case mode&0o002 != 0 && mode&0o1000 == 0:
				read.Report(at, "", "everybody on the machine may write (%#o)", mode)
			case mode&0o004 != 0 && sensitive(read, call, n):
				read.Report(at, "medium", "everybody on the machine may read a secret (%#o)", mode)
			}
		}
	}
	for _, call := range read.Calls("syscall.Umask") {
		if mask, ok := read.Int(call.Arg(0)); ok && mask == 0 && call.Alone {
			read.Report(call, "low", "files are made with every permission asked for")
		}
	}
}

// masked reports whether the umask takes permissions away, as it does when a
// file is made.
func masked(name string) bool { return !strings.HasSuffix(name, "hmod") }

// sensitive reports whether a name in the other arguments is that of a secret,
// and none says that it is public.
func sensitive(read *code.Reader, call *code.Call, n int) bool {
	return named(read, call, n, secret) && !named(read, call, n, public)
}

// named reports whether a name in the other arguments has one of the words.
func named(read *code.Reader, call *code.Call, n int, words []string) bool {
	for i, arg := range call.Args {
		if i == n {
			continue
		}
		found := false
		ast.Inspect(arg, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.Ident:
				found = found || code.Mentions(node.Name, words...)
			case *ast.BasicLit:
				if text, ok := read.String(node); ok {
					found = found || code.Mentions(text, words...)
				}
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
