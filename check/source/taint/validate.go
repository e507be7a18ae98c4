package taint

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// checks finds the parameters that this function validates: those that are
// fine whenever it returns true, or a nil error.
func (f *frame) checks() []Check {
	res := f.fn.Signature.Results()
	var list []Check
	for n := range res.Len() {
		t := res.At(n).Type()
		b, isBool := t.Underlying().(*types.Basic)
		isBool = isBool && b.Info()&types.IsBoolean != 0
		if !isBool && !isError(t) {
			continue
		}
		kinds := f.checkedParams(n, isBool)
		for i, p := range f.fn.Params {
			if k := kinds[i]; k != 0 && carries(p.Type()) != 0 {
				list = append(list, Check{Param: i, Result: n, Kinds: k})
			}
		}
	}
	return list
}

// checkedParams meets what is known of each parameter at all returns that say
// yes.
func (f *frame) checkedParams(n int, isBool bool) map[int]Kind {
	out := map[int]Kind{}
	for i := range f.fn.Params {
		out[i] = all
	}
	any := false
	for _, b := range f.fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || n >= len(ret.Results) {
			continue
		}
		ways := f.outcomes(ret.Results[n], b, isBool, 0)
		for _, known := range ways {
			any = true
			for i, p := range f.fn.Params {
				out[i] &= known[f.guards.key(p)]
			}
		}
	}
	if !any {
		return nil
	}
	return out
}

// outcomes returns what is known for each way in which the returned value says
// yes.
func (f *frame) outcomes(v ssa.Value, b *ssa.BasicBlock, isBool bool, depth int) []facts {
	here := facts{}
	if f.guards.in != nil && f.guards.in[b.Index] != nil {
		here = f.guards.in[b.Index]
	}
	switch c := v.(type) {
	case *ssa.Const:
		yes := c.Value == nil
		if isBool {
			yes = c.Value != nil && c.Value.Kind() == constant.Bool && constant.BoolVal(c.Value)
		}
		if !yes {
			return nil
		}
		return []facts{here}
	case *ssa.Phi:
		if depth > 1 || len(c.Edges) > 16 || c.Block() != b {
			return []facts{here}
		}
		var ways []facts
		for n, edge := range c.Edges {
			if edge != v {
				ways = append(ways, f.outcomes(edge, b.Preds[n], isBool, depth+1)...)
			}
		}
		return ways
	}
	if isBool {
		known := union(here, nil)
		f.guards.condition(v, true, known, 0)
		return []facts{known}
	}
	if call, ok := v.(*ssa.Call); ok {
		if fn := call.Common().StaticCallee(); fn != nil {
			if name := qualified(fn); name == "fmt.Errorf" || name == "errors.New" {
				return nil
			}
		}
		known := union(here, nil)
		f.guards.validated(call, 0, known)
		return []facts{known}
	}
	if mi, ok := v.(*ssa.MakeInterface); ok && mi != nil {
		return nil // a concrete error
	}
	if g, ok := v.(*ssa.UnOp); ok {
		if _, global := g.X.(*ssa.Global); global {
			return nil // a sentinel
		}
	}
	// An error of unknown value: it is nil or it is not.
	if f.guards.key(v) != "" && nonNil(v, b) {
		return nil
	}
	return []facts{here}
}

// nonNil reports whether a block only runs if v is not nil.
func nonNil(v ssa.Value, b *ssa.BasicBlock) bool {
	for d := b; d != nil; d = d.Idom() {
		up := d.Idom()
		if up == nil || len(up.Instrs) == 0 || len(d.Preds) != 1 {
			continue
		}
		branch, ok := up.Instrs[len(up.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		c, ok := branch.Cond.(*ssa.BinOp)
		if !ok || c.X != v || !isNil(c.Y) {
			continue
		}
		if c.Op == token.NEQ && up.Succs[0] == d || c.Op == token.EQL && up.Succs[1] == d {
			return true
		}
	}
	return false
}
