package code

import (
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
)

// NewSSA makes the analyser of a rule that looks at instructions: at the
// package's functions and the literals in them, in SSA form. It needs types.
func NewSSA(rule check.Rule, look func(*analysis.Pass, []*ssa.Function)) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: strings.ReplaceAll(rule.ID, "-", ""), Doc: rule.Title + "\n\n" + rule.Why + "\n\n" + rule.Fix, URL: rule.HelpURI(),
		Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			look(pass, pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs)
			return nil, nil
		},
	}
}
