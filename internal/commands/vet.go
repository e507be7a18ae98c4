package commands

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
)

// Vet serves `go vet -vettool=$(which merlon)`: if the arguments are those
// that go vet calls its tools with, it answers them and ends the program.
// Otherwise it returns.
func Vet(args []string) {
	if !vetted(args) {
		return
	}
	var list []*analysis.Analyzer
	for _, c := range all.Source() {
		list = append(list, forVet(c.Analyzer, c.Rule.ID))
	}
	unitchecker.Main(list...)
}

// vetted recognises how go vet calls: -V=full, -flags, or flags and a file
// named *.cfg.
func vetted(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := len(args) - 1
	return args[0] == "-V=full" || last == 0 && args[0] == "-flags" || strings.HasSuffix(args[last], ".cfg") && !slices.ContainsFunc(args[:last], func(a string) bool { return !strings.HasPrefix(a, "-") })
}

// forVet makes an analyser say its rule's id, by which a finding is looked up
// and ignored, and keep quiet about lines that carry merlon:ignore.
func forVet(a *analysis.Analyzer, id string) *analysis.Analyzer {
	wrapped := *a
	wrapped.Run = func(pass *analysis.Pass) (any, error) {
		report, ignores := pass.Report, map[string][]check.Ignore{}
		inner := *pass
		inner.Analyzer = a
		inner.Report = func(d analysis.Diagnostic) {
			at := pass.Fset.PositionFor(d.Pos, false)
			if strings.HasSuffix(at.Filename, "_test.go") {
				return
			}
			list, ok := ignores[at.Filename]
			if !ok {
				if text, err := pass.ReadFile(at.Filename); err == nil {
					list = check.ParseIgnores(text)
				}
				ignores[at.Filename] = list
			}
			if slices.ContainsFunc(list, func(i check.Ignore) bool {
				return i.Reason != "" && slices.Contains(i.IDs, id) && (i.Hides == at.Line || i.Line == at.Line)
			}) {
				return
			}
			d.Message += " [" + id + "]"
			d.Category = id
			report(d)
		}
		return a.Run(&inner)
	}
	return &wrapped
}
