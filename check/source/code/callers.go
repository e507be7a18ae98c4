package code

import (
	"go/ast"

	"golang.org/x/tools/go/ssa"
)

// Callers knows the calls that functions get from each other.
type Callers struct {
	calls map[*ssa.Function][]ssa.CallInstruction
	open  map[*ssa.Function]bool // used as a value: called in ways that are not seen
}

// CallersIn files the calls in the functions.
func CallersIn(functions []*ssa.Function) *Callers {
	c := &Callers{calls: map[*ssa.Function][]ssa.CallInstruction{}, open: map[*ssa.Function]bool{}}
	for _, fn := range functions {
		for in := range Instructions(fn) {
			c.note(in)
		}
	}
	return c
}

func (c *Callers) note(in ssa.Instruction) {
	var callee ssa.Value
	if call, ok := in.(ssa.CallInstruction); ok {
		callee = call.Common().Value
		if f, ok := callee.(*ssa.Function); ok {
			c.calls[f] = append(c.calls[f], call)
		}
	}
	for _, op := range in.Operands(nil) {
		if f, ok := (*op).(*ssa.Function); ok && *op != callee {
			c.open[f] = true
		}
	}
}

// maxCallers bounds the calls that are looked at.
const maxCallers = 16

// Of returns the calls of a function; none if there may be others, or too many.
func (c *Callers) Of(fn *ssa.Function) []ssa.CallInstruction {
	if c.open[fn] || ast.IsExported(fn.Name()) || len(c.calls[fn]) > maxCallers {
		return nil
	}
	return c.calls[fn]
}
