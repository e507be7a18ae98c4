package fixednonce

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check/source/code"
	"github.com/merlon-go/merlon/check/source/span"
)

// A looker knows the calls and variables of one package.
type looker struct {
	callers *code.Callers
	stores  map[*ssa.Global][]*ssa.Store
	loads   map[*ssa.Global][]ssa.Value
	bounds  map[*ssa.Function]*span.Bounds
}

func newLooker(functions []*ssa.Function) *looker {
	if len(functions) > 0 {
		functions = append([]*ssa.Function{functions[0].Pkg.Func("init")}, functions...)
	}
	l := &looker{
		callers: code.CallersIn(functions),
		stores:  map[*ssa.Global][]*ssa.Store{}, loads: map[*ssa.Global][]ssa.Value{}, bounds: map[*ssa.Function]*span.Bounds{},
	}
	for _, fn := range functions {
		for in := range code.Instructions(fn) {
			l.note(in)
		}
	}
	return l
}

func (l *looker) note(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		if g, ok := in.Addr.(*ssa.Global); ok {
			l.stores[g] = append(l.stores[g], in)
		}
	case *ssa.UnOp:
		if g, ok := in.X.(*ssa.Global); ok && in.Op == token.MUL {
			l.loads[g] = append(l.loads[g], in)
		}
	}
}

const maxDepth = 6

// judge says how the value that an instruction uses comes about.
func (l *looker) judge(v ssa.Value, at ssa.Instruction, depth int) verdict {
	if depth > maxDepth {
		return fine
	}
	depth++
	switch v := v.(type) {
	case *ssa.Slice:
		root, window := rooted(v)
		if p, ok := root.(*ssa.Parameter); ok {
			return l.parameter(p, window, at, depth)
		}
		if root != nil {
			return l.buffer(root, window, at, depth)
		}
		return l.judge(v.X, at, depth)
	case *ssa.MakeSlice, *ssa.Alloc:
		return l.buffer(v, whole, at, depth)
	case *ssa.Convert:
		if !constantText(v.X) {
			return l.judge(v.X, at, depth)
		}
		if len(v.X.(*ssa.Const).Value.ExactString()) <= 2 {
			return fine // an empty text
		}
		return l.buffer(v, whole, at, depth)
	case *ssa.ChangeType:
		return l.judge(v.X, at, depth)
	case *ssa.Const:
		if constantText(v) {
			return fixed
		}
	case *ssa.Phi:
		return l.worst(v.Edges, at, depth)
	case *ssa.Parameter:
		return l.parameter(v, whole, at, depth)
	case *ssa.Call:
		return l.returned(v, depth)
	case *ssa.UnOp:
		if g, ok := v.X.(*ssa.Global); ok && v.Op == token.MUL {
			return l.global(g, depth)
		}
		if a, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			return l.variable(a, at, depth)
		}
	}
	return fine
}

func constantText(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return false
	}
	b, ok := c.Type().Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// worst is the worst of several ways in which a value may come about.
func (l *looker) worst(values []ssa.Value, at ssa.Instruction, depth int) verdict {
	most := fine
	for _, v := range values {
		most = max(most, l.judge(v, at, depth))
	}
	return most
}

// parameter judges the used part of one by what is done to it, and by the calls
// of the function: whoever calls it may have filled it.
func (l *looker) parameter(p *ssa.Parameter, used window, at ssa.Instruction, depth int) verdict {
	fn := p.Parent()
	switch p.Type().Underlying().(type) {
	case *types.Slice, *types.Pointer:
		if v := l.buffer(p, used, at, depth); v == fine || v == partly {
			return v
		}
	}
	most := fine
	i := slices.Index(fn.Params, p)
	for _, call := range l.callers.Of(fn) {
		args := call.Common().Args
		if i >= len(args) || call.Parent() == fn {
			continue
		}
		v := l.judge(args[i], call, depth)
		if v < fixed && !direct(args[i]) {
			continue // a buffer may be filled in ways that are not seen from here
		}
		most = max(most, v)
	}
	return most
}

// direct reports whether a value is made for one use.
func direct(v ssa.Value) bool { return v.Referrers() != nil && len(*v.Referrers()) == 1 }

// returned judges what a function of the package returns: nothing is wrong if
// one of the ways out is right.
func (l *looker) returned(call *ssa.Call, depth int) verdict {
	fn := call.Call.StaticCallee()
	if fn == nil || fn.Signature.Results().Len() != 1 {
		return fine
	}
	least := fixed
	found := false
	for _, block := range fn.Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		if r, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok && len(r.Results) == 1 {
			found = true
			least = min(least, l.judge(r.Results[0], r, depth))
		}
	}
	if !found {
		return fine
	}
	return least
}

// variable judges a variable whose address is taken, if it is set once.
func (l *looker) variable(a *ssa.Alloc, at ssa.Instruction, depth int) verdict {
	loads, plain := readings(a)
	if !plain {
		return fine
	}
	var set *ssa.Store
	for _, use := range *a.Referrers() {
		if s, ok := use.(*ssa.Store); ok {
			if set != nil {
				return fine
			}
			set = s
		}
	}
	if set == nil {
		return fine
	}
	for _, load := range loads {
		for _, e := range l.events(load, whole, at, depth) {
			if e.fills {
				return fine
			}
		}
	}
	return l.judge(set.Val, at, depth)
}

// readings returns where a variable whose address is taken is read; plain is
// false if more than that and setting it is done.
func readings(a *ssa.Alloc) (loads []*ssa.UnOp, plain bool) {
	for _, use := range *a.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			loads = append(loads, use)
		case *ssa.Store:
			if use.Addr != a {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return loads, true
}

// global judges a variable of the package that is set once and only read.
func (l *looker) global(g *ssa.Global, depth int) verdict {
	if len(l.stores[g]) != 1 || g.Object() == nil || g.Object().Exported() {
		return fine
	}
	for _, load := range l.loads[g] {
		for _, use := range *load.Referrers() {
			if call, ok := use.(ssa.CallInstruction); ok && !reads(call.Common()) && l.fills(call, load, depth) {
				return fine
			}
		}
	}
	return l.judge(l.stores[g][0].Val, l.stores[g][0], depth)
}
