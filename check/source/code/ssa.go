package code

import (
	"iter"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
)

// NewSSA makes the analyser of a rule that looks at instructions: at the
// package's functions and the literals in them, in SSA form. It needs types.
func NewSSA(rule check.Rule, look func(*analysis.Pass, []*ssa.Function)) *analysis.Analyzer {
	a := analyzer(rule, buildssa.Analyzer)
	a.Run = func(pass *analysis.Pass) (any, error) {
		look(pass, pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs)
		return nil, nil
	}
	return a
}

// Instructions visits the instructions of a function, block by block.
func Instructions(fn *ssa.Function) iter.Seq[ssa.Instruction] {
	return func(yield func(ssa.Instruction) bool) {
		for _, block := range fn.Blocks {
			for _, in := range block.Instrs {
				if !yield(in) {
					return
				}
			}
		}
	}
}
