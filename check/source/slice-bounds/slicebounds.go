// Package slicebounds finds indexes and slices beyond what was made: of arrays,
// and of slices whose length or capacity is a constant, in the function or in
// the calls that an unexported function gets. It judges what is certain by the
// code, or what a loop or a check lets pass by its own bounds; a number of
// which nothing is known is let pass.
package slicebounds

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
	"github.com/merlon-go/merlon/check/source/span"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "slice-bounds", Title: "An index beyond the end", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "numbers"},
	Why:  "The program panics there. In a goroutine of its own that ends the process, and whoever finds the way to it can do so at will.",
	Fix:  "Compare with len before, or end the loop one step earlier.",
	More: "Reported are constant indexes beyond a known length, and loops and checks whose own bounds lead beyond it.",
	CWE:  []int{129, 125, 787}, ASVS: []string{"V1.4.1"}, OWASP: "A10",
}

// Analyzer finds it.
var Analyzer = code.NewSSA(Rule, look)

func look(pass *analysis.Pass, functions []*ssa.Function) {
	l := &looker{pass: pass, callers: code.CallersIn(functions), seen: map[token.Pos]bool{}}
	for _, fn := range functions {
		l.bounds = nil
		for in := range code.Instructions(fn) {
			switch in := in.(type) {
			case *ssa.IndexAddr:
				l.index(in, in.X, in.Index)
			case *ssa.Slice:
				l.slice(in)
			}
		}
	}
}

// A looker looks through one package.
type looker struct {
	pass    *analysis.Pass
	callers *code.Callers
	bounds  *span.Bounds // of the function at hand, once needed
	seen    map[token.Pos]bool
}

// sizes returns what a slice may measure: several for the parameter of a
// function whose calls are all seen.
func (l *looker) sizes(v ssa.Value) []span.Size {
	p, ok := v.(*ssa.Parameter)
	if !ok {
		return []span.Size{span.Measure(v)}
	}
	fn := p.Parent()
	if measured(p) || fn.Signature.Recv() != nil || fn.Parent() != nil {
		return nil
	}
	var list []span.Size
	i := slices.Index(fn.Params, p)
	for _, call := range l.callers.Of(fn) {
		if args := call.Common().Args; i < len(args) {
			list = append(list, span.Measure(args[i]))
		}
	}
	return list
}

// measured reports whether the function asks for the parameter's own length, or
// whether there is one.
func measured(p *ssa.Parameter) bool {
	for _, use := range *p.Referrers() {
		if test, ok := use.(*ssa.BinOp); ok && (test.Op == token.EQL || test.Op == token.NEQ) {
			return true // with nil: slices compare with nothing else
		}
		call, ok := use.(*ssa.Call)
		if !ok {
			continue
		}
		if b, ok := call.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			return true
		}
	}
	return false
}

// at returns where a number lies in the instruction's block; the zero Span if
// control never gets there.
func (l *looker) at(v ssa.Value, in ssa.Instruction) span.Span {
	if l.bounds == nil {
		l.bounds = span.Of(in.Parent())
	}
	if !l.bounds.Reaches(in.Block()) {
		return span.Span{}
	}
	return l.bounds.At(v, in.Block())
}

func (l *looker) index(in ssa.Instruction, x, index ssa.Value) {
	for _, size := range l.sizes(x) {
		if size.Len < 0 {
			continue
		}
		if n, category, ok := l.beyond(index, in, size.Len-1); ok {
			l.report(in, category, "index %s of a length of %d", n, size.Len)
			return
		}
	}
}

func (l *looker) slice(in *ssa.Slice) {
	if b, ok := in.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return
	}
	for _, size := range l.sizes(in.X) {
		for _, edge := range []ssa.Value{in.Low, in.High, in.Max} {
			if edge == nil {
				continue
			}
			most := size.Cap
			if edge == in.Low && in.High == nil {
				most = size.Len
			}
			if most < 0 {
				continue
			}
			if n, category, ok := l.beyond(edge, in, most); ok {
				l.report(in, category, "sliced at %s with room for %d", n, most)
				return
			}
		}
	}
}

// beyond reports whether a number is beyond the most that is allowed: always,
// or by the bounds that its own loop or check sets.
func (l *looker) beyond(v ssa.Value, in ssa.Instruction, most int64) (n, category string, ok bool) {
	s := l.at(v, in)
	if s.Empty() {
		return "", "", false
	}
	allowed := span.Between(0, most)
	switch {
	case s.Meet(allowed).Empty() && s.Lo.Cmp(s.Hi) == 0:
		return s.Lo.String(), "", true
	case s.Meet(allowed).Empty():
		return "from " + s.Lo.String(), "", true
	case s.Hi.Cmp(allowed.Hi) > 0 && s.Hi.BitLen() <= 32 && l.counted(v, 0): // more bits come from a length that is not known
		return "up to " + s.Hi.String(), "", true
	}
	return "", "", false
}

// counted reports whether a number takes all the values that its bounds allow:
// a loop's, or one plus or minus a constant.
func (l *looker) counted(v ssa.Value, depth int) bool {
	switch v := v.(type) {
	case *ssa.Phi:
		return len(v.Edges) == 2
	case *ssa.BinOp:
		_, constant := v.Y.(*ssa.Const)
		return depth < 4 && constant && (v.Op == token.ADD || v.Op == token.SUB) && l.counted(v.X, depth+1)
	}
	return false
}

func (l *looker) report(in ssa.Instruction, category, format string, args ...any) {
	pos := in.Pos()
	if !pos.IsValid() || l.seen[pos] {
		return
	}
	l.seen[pos] = true
	l.pass.Report(analysis.Diagnostic{Pos: pos, Category: category, Message: fmt.Sprintf(format, args...)})
}
