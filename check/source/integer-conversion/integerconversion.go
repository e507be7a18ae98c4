// Package integerconversion finds numbers that are cut to a smaller type which
// need not hold them. It follows the bounds that comparisons, masks, loops and
// the sources of a number set, and lets pass what is taken apart byte by byte
// on purpose, and changes of sign that lose no bit.
package integerconversion

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
	"github.com/merlon-go/merlon/check/source/span"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "integer-conversion", Title: "A number is cut to a type that need not hold it", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "numbers"},
	Why:  "What was checked, allocated or paid for is then another number than the one that is used.",
	Fix:  "Compare with the bounds of the smaller type before, or use the wider type throughout.",
	More: "A number that a request chose is integer-narrowing's business, and worse. Where the value never fits, the finding is a warning.",
	CWE:  []int{190, 681}, ASVS: []string{"V1.4.2"}, OWASP: "A06",
}

// Analyzer finds it.
var Analyzer = code.NewSSA(Rule, look)

func look(pass *analysis.Pass, functions []*ssa.Function) {
	for _, fn := range functions {
		var bounds *span.Bounds
		for in := range code.Instructions(fn) {
			c, ok := in.(*ssa.Convert)
			if !ok || !c.Pos().IsValid() || !suspect(c) {
				continue
			}
			if bounds == nil {
				bounds = span.Of(fn)
			}
			judge(pass, c, bounds)
		}
	}
}

// suspect reports whether the types alone do not settle it.
func suspect(c *ssa.Convert) bool {
	from, to := span.Type(c.X.Type()), span.Type(c.Type())
	if from.Empty() || to.Empty() || from.Within(to) {
		return false
	}
	return !isWord(c.X.Type()) || !isWord(c.Type())
}

// isWord reports whether a type is as wide as the machine's words: between
// those no bit is lost anywhere.
func isWord(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Int || b.Kind() == types.Uint || b.Kind() == types.Uintptr)
}

func judge(pass *analysis.Pass, c *ssa.Convert, bounds *span.Bounds) {
	block := c.Block()
	value, to := bounds.At(c.X, block), span.Type(c.Type())
	if value.Within(to) || !bounds.Reaches(block) {
		return
	}
	bits, _ := span.Bits(c.Type())
	wide, _ := span.Bits(c.X.Type())
	category, what := "", "%s is cut to %s"
	switch {
	case serialised(c), bitwise(c):
		return
	case value.Meet(to).Empty():
		category, what = "warning medium", "this %s never fits into %s"
	case bits >= wide, either(value, bits):
		return
	}
	pass.Report(analysis.Diagnostic{Pos: c.Pos(), Category: category, Message: fmt.Sprintf(what, name(c.X.Type()), name(c.Type()))})
}

// either reports whether a check let pass both what the signed and what the
// unsigned type of the size holds: no bit is lost.
func either(value span.Span, bits int) bool {
	signed, unsigned := span.Between(-1<<(bits-1), 1<<(bits-1)-1), span.Between(0, 1<<(bits&63)-1)
	return bits < 64 && value.Within(signed.Join(unsigned)) && value.Hi.Cmp(unsigned.Hi) == 0
}

// bitwise reports whether all that is done with the result is to take bits out
// of it.
func bitwise(c *ssa.Convert) bool {
	for _, use := range *c.Referrers() {
		op, ok := use.(*ssa.BinOp)
		if !ok || op.X != c {
			return false
		}
		if op.Op != token.SHR && op.Op != token.AND {
			return false
		}
	}
	bits, _ := span.Bits(c.Type())
	wide, _ := span.Bits(c.X.Type())
	return len(*c.Referrers()) > 0 && bits >= wide
}

// serialised reports whether the number is taken apart: another part of it, or
// it shifted, is converted to the same type.
func serialised(c *ssa.Convert) bool {
	base := unshifted(c.X)
	shifted := base != c.X
	if base.Referrers() == nil {
		return false // a constant
	}
	for _, use := range *base.Referrers() {
		switch use := use.(type) {
		case *ssa.BinOp:
			if use.Op != token.SHR || use.X != base {
				continue
			}
			for _, user := range *use.Referrers() {
				if other, ok := user.(*ssa.Convert); ok && other != c && types.Identical(other.Type(), c.Type()) {
					return true
				}
			}
		case *ssa.Convert:
			if shifted && use != c && types.Identical(use.Type(), c.Type()) {
				return true
			}
		}
	}
	return false
}

func unshifted(v ssa.Value) ssa.Value {
	if op, ok := v.(*ssa.BinOp); ok && op.Op == token.SHR && op.X.Referrers() != nil {
		return op.X
	}
	return v
}

// name is a type as the package's own code writes it.
func name(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}
