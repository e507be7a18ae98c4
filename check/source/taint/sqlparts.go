package taint

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// elements returns the values known to be put in a slice; nil if others may
// have put something there.
func (w *sqlWalk) elements(v ssa.Value) []ssa.Value {
	var list []ssa.Value
	seen := map[ssa.Value]bool{}
	whole := true
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			for _, e := range v.Edges {
				visit(e)
			}
		case *ssa.Slice:
			if a, ok := v.X.(*ssa.Alloc); ok {
				list = append(list, varargs(a)...)
				return
			}
			visit(v.X)
		case *ssa.MakeSlice:
			list = append(list, indexed(v)...)
		case *ssa.Const:
		case *ssa.Call:
			if b, ok := v.Common().Value.(*ssa.Builtin); ok && b.Name() == "append" {
				for _, a := range v.Common().Args {
					visit(a)
				}
				return
			}
			whole = false
		default:
			whole = false
		}
	}
	visit(v)
	if !whole {
		return nil
	}
	if list == nil {
		list = []ssa.Value{}
	}
	return list
}

// indexed returns what is stored in the elements of a slice.
func indexed(v ssa.Value) []ssa.Value {
	var list []ssa.Value
	for _, ref := range *v.Referrers() {
		if at, ok := ref.(*ssa.IndexAddr); ok {
			for _, use := range *at.Referrers() {
				if s, ok := use.(*ssa.Store); ok && s.Addr == at {
					list = append(list, s.Val)
				}
			}
		}
	}
	return list
}

// builder takes apart what is written to a strings.Builder, in the order of
// the source.
func (w *sqlWalk) builder(v ssa.Value, in args, depth int) {
	alloc, ok := v.(*ssa.Alloc)
	if !ok {
		w.hole(v)
		return
	}
	var calls []*ssa.Call
	note := func(refs *[]ssa.Instruction) {
		for _, ref := range *refs {
			switch r := ref.(type) {
			case *ssa.Call:
				calls = append(calls, r)
			case *ssa.MakeInterface:
				for _, use := range *r.Referrers() {
					if c, ok := use.(*ssa.Call); ok {
						calls = append(calls, c)
					}
				}
			}
		}
	}
	note(alloc.Referrers())
	slices.SortStableFunc(calls, func(a, b *ssa.Call) int { return int(a.Pos()) - int(b.Pos()) })
	for _, c := range calls {
		fn := c.Common().StaticCallee()
		if fn == nil {
			continue
		}
		switch qualified(fn) {
		case "(*strings.Builder).WriteString", "(*bytes.Buffer).WriteString", "(*bytes.Buffer).Write", "(*strings.Builder).Write":
			w.text(c.Common().Args[1], c.Block(), in, depth+1)
		case "fmt.Fprintf":
			w.format(c.Common().Args[1:], in, depth)
		case "fmt.Fprint", "fmt.Fprintln", "io.WriteString":
			for _, v := range operands(c.Common().Args[1]) {
				w.text(peel(v), nil, in, depth+1)
			}
		}
	}
}
