package taint

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A function as a value is an object: what it is given lies in one field for
// each parameter, what it returns in one for each result. Whoever makes the
// value ties these to the function's summary; whoever calls it, wherever it was
// handed or kept, puts in and takes out.

func given(i int) string    { return "(" + number(i) }
func returned(i int) string { return ")" + number(i) }

// handed reports whether a field is what a function is given.
func handed(field string) bool { return len(field) > 1 && field[0] == '(' }

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// method returns the method that a wrapper, as of a method value, calls; nil
// for other functions.
func method(fn *ssa.Function) *types.Func {
	if fn.Synthetic == "" || !strings.HasPrefix(fn.Synthetic, "bound ") && !strings.HasPrefix(fn.Synthetic, "thunk ") {
		return nil
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}

// promised returns the method of an interface that a wrapper calls, and the
// interface; nil for other functions.
func promised(fn *ssa.Function) (types.Type, *types.Func) {
	obj := method(fn)
	if obj == nil || obj.Signature().Recv() == nil || !types.IsInterface(obj.Signature().Recv().Type()) {
		return nil, nil
	}
	return obj.Signature().Recv().Type(), obj
}

// unwrapped returns the method's own function for a wrapper.
func unwrapped(fn *ssa.Function) *ssa.Function {
	if obj := method(fn); obj != nil {
		if own := fn.Prog.FuncValue(obj.Origin()); own != nil {
			return own
		}
	}
	return fn
}

// funcValue returns the cell of a function that is used as a value.
func (f *frame) funcValue(fn *ssa.Function) *cell {
	c := f.cells[fn]
	if c == nil {
		c = &cell{}
		f.cells[fn] = c
		f.values = append(f.values, fn)
		f.changed = true
	}
	return c.find()
}

// bindValues ties the functions used as values to their summaries.
func (f *frame) bindValues() {
	for _, fn := range f.values {
		f.bindFunc(f.funcValue(fn), fn, nil, f.fn.Blocks[0], fn.Pos())
	}
}

// closure ties a literal to its summary where it is made, its free variables
// being what they are there.
func (f *frame) closure(b *ssa.BasicBlock, i *ssa.MakeClosure) {
	if fn, ok := i.Fn.(*ssa.Function); ok {
		f.bindFunc(f.cell(i), fn, i.Bindings, b, i.Pos())
	}
}

func (f *frame) bindFunc(c *cell, fn *ssa.Function, bindings []ssa.Value, b *ssa.BasicBlock, pos token.Pos) {
	o := f.object(c)
	if iface, m := promised(fn); m != nil {
		for _, target := range f.targets.implementations(iface, m) {
			if sum := f.summaryOf(target); sum != nil {
				f.bindTo(o, fn, sum, bindings, b, pos)
			}
		}
		return
	}
	wrapper := fn
	fn = unwrapped(fn)
	if sum := f.summary(fn); sum != nil {
		f.bindTo(o, wrapper, sum, bindings, b, pos)
		return
	}
	f.bindForeign(o, fn)
}

// bindTo ties the object of a function, or of what calls a method, to one
// summary.
func (f *frame) bindTo(o *object, fn *ssa.Function, sum *Summary, bindings []ssa.Value, b *ssa.BasicBlock, pos token.Pos) {
	bd := &binding{block: b, pos: pos, name: fn.Name(), sum: sum}
	if strings.Contains(bd.name, "$") {
		bd.name = "a function literal"
	}
	if method(fn) != nil && len(bindings) == 1 { // the receiver of a method value
		bd.cells, bd.values = append(bd.cells, f.cell(bindings[0])), append(bd.values, bindings[0])
		bindings = nil
	}
	for n := 0; len(bd.cells) < sum.Params; n++ {
		bd.cells, bd.values = append(bd.cells, f.field(o, given(n))), append(bd.values, nil)
	}
	for _, v := range bindings {
		bd.cells, bd.values = append(bd.cells, f.cell(v)), append(bd.values, v)
	}
	res := fn.Signature.Results()
	for i := range res.Len() {
		bd.results = append(bd.results, f.field(o, returned(i)))
		bd.types = append(bd.types, res.At(i).Type())
	}
	f.bind(bd)
}

// bindForeign ties a function of which only the tables know.
func (f *frame) bindForeign(o *object, fn *ssa.Function) {
	obj := calleeObject(fn)
	if obj == nil || obj.Pkg() == nil {
		return
	}
	m := f.modelOf(obj)
	kinds := all
	switch {
	case m != nil && m.none:
		return
	case m != nil && m.cleans:
		kinds &^= m.clean
	case m != nil && m.flow:
	case packagePolicy(f.names, plainPath(obj.Pkg().Path())) != policyFlow:
		return
	}
	var in set
	for i := range fn.Signature.Params().Len() {
		in.add(f.deep(f.field(o, given(i))), kinds)
	}
	res := fn.Signature.Results()
	for i := range res.Len() {
		if t := res.At(i).Type(); !isError(t) {
			f.taint(f.field(o, returned(i)), in, t)
		}
	}
}

// callValue applies a call of a function value.
func (f *frame) callValue(s *site) {
	o := f.object(f.cell(s.common.Value))
	for i, a := range s.args {
		f.move(f.field(o, given(i)), a, s.block)
	}
	if s.result == nil {
		return
	}
	if tuple, ok := s.rtype.(*types.Tuple); ok {
		for i := range tuple.Len() {
			f.flow(f.field(f.object(s.result), number(i)), f.field(o, returned(i)), tuple.At(i).Type(), all)
		}
		return
	}
	f.flow(s.result, f.field(o, returned(0)), s.rtype, all)
}

// handedOut returns the labels of what a function value hands out: its
// results, and what it gives to functions that it is given, as iterators do.
func (f *frame) handedOut(c *cell, t types.Type) set {
	sig := t.Underlying().(*types.Signature)
	o := f.object(c)
	var out set
	for i := range sig.Results().Len() {
		if carries(sig.Results().At(i).Type()) != 0 {
			out.add(f.deep(f.field(o, returned(i))), all)
		}
	}
	for i := range sig.Params().Len() {
		if inner, ok := sig.Params().At(i).Type().Underlying().(*types.Signature); ok {
			yield := f.object(f.field(o, given(i)))
			for j := range inner.Params().Len() {
				out.add(f.deep(f.field(yield, given(j))), all)
			}
		}
	}
	return out
}

// handIn lets labels in what a function, passed to one that is known by the
// tables, may be called with.
func (f *frame) handIn(a ssa.Value, in set, s *site) {
	sig, ok := a.Type().Underlying().(*types.Signature)
	if !ok || len(in) == 0 {
		return
	}
	o := f.object(f.cell(a))
	in = in.via(s.pos(), "through "+s.name())
	for i := range sig.Params().Len() {
		if t := sig.Params().At(i).Type(); !isFunc(t) {
			f.taint(f.field(o, given(i)), in, t)
		}
	}
}

// give is taint for what a call returns: a function then returns the labels,
// or gives them to the functions that it is given.
func (f *frame) give(c *cell, labels set, t types.Type) {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		f.taint(c, labels, t)
		return
	}
	o := f.object(c)
	for i := range sig.Results().Len() {
		f.taint(f.field(o, returned(i)), labels, sig.Results().At(i).Type())
	}
	for i := range sig.Params().Len() {
		if inner, ok := sig.Params().At(i).Type().Underlying().(*types.Signature); ok {
			yield := f.object(f.field(o, given(i)))
			for j := range inner.Params().Len() {
				f.taint(f.field(yield, given(j)), labels, inner.Params().At(j).Type())
			}
		}
	}
}

// mapped handles strings.Map: what comes out is what the function returns.
func (f *frame) mapped(s *site) {
	fns := f.targets.values(s.args[0], 0)
	if len(fns) != 1 || len(fns[0].Blocks) == 0 {
		f.cleaned(s, Log|Header|Mail)
		return
	}
	f.handIn(s.args[0], f.labels(s.args[1], s.block), s)
	if s.result != nil {
		f.add(s.result, f.deepLabels(s.args[0], s.block), all)
	}
}
