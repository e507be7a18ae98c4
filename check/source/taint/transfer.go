package taint

import (
	"go/constant"
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"
)

// transfer applies one instruction.
func (f *frame) transfer(b *ssa.BasicBlock, instr ssa.Instruction) {
	switch i := instr.(type) {
	case ssa.CallInstruction:
		f.call(b, i)
	case *ssa.Store:
		f.store(b, i)
	case *ssa.UnOp:
		f.unary(b, i)
	case *ssa.BinOp:
		f.binary(b, i)
	case *ssa.Phi:
		for n, edge := range i.Edges {
			f.merge(f.cell(i), edge, b.Preds[n], b)
		}
	case *ssa.FieldAddr:
		f.fieldAddr(i)
	case *ssa.Field:
		f.structField(b, i)
	case *ssa.IndexAddr:
		f.pointAt(i, f.elementCells(i.X, i.Index)...)
	case *ssa.Index:
		if isText(i.X.Type()) {
			f.add(f.cell(i), f.labels(i.X, b), carries(i.Type()))
			return
		}
		for _, c := range f.elementCells(i.X, i.Index) {
			f.flow(f.cell(i), c, i.Type(), all)
		}
	case *ssa.Lookup:
		f.lookup(i)
	case *ssa.MapUpdate:
		o := f.object(f.cell(i.Map))
		f.headerUpdate(b, i)
		f.hand(f.field(o, entryName(i.Map, i.Key)), i.Value, all&^(f.guards.clean(i.Value, b)|compared(i)))
		f.move(f.field(o, mapKey), i.Key, b)
	case *ssa.MakeClosure:
		f.closure(b, i)
	case *ssa.Return:
		for n, v := range i.Results {
			if n < len(f.results) {
				f.move(f.results[n], v, b)
			}
		}
	default:
		f.convert(b, instr)
	}
}

// convert applies the instructions that hand a value on in another shape.
func (f *frame) convert(b *ssa.BasicBlock, instr ssa.Instruction) {
	switch i := instr.(type) {
	case *ssa.ChangeType:
		f.trust(b, i, i.X)
		f.move(f.cell(i), i.X, b)
	case *ssa.ChangeInterface:
		f.move(f.cell(i), i.X, b)
	case *ssa.MakeInterface:
		if isError(i.Type()) { // its text is made of what it holds
			f.add(f.cell(i), f.guarded(f.shallow(f.cell(i.X)), i.X, b), all)
			return
		}
		if printed(i) { // as by String
			f.add(f.cell(i), f.guarded(f.address(f.cell(i.X)), i.X, b), all&^(Log|Header|Mail))
			return
		}
		f.move(f.cell(i), i.X, b)
	case *ssa.SliceToArrayPointer:
		f.move(f.cell(i), i.X, b)
	case *ssa.Convert:
		f.trust(b, i, i.X)
		f.narrowing(b, i)
		f.change(b, i, i.X)
	case *ssa.MultiConvert:
		f.change(b, i, i.X)
	case *ssa.Slice:
		f.slice(b, i)
	case *ssa.TypeAssert:
		f.assert(b, i)
	case *ssa.Extract:
		if c := f.cell(i.Tuple); c != nil && carries(i.Type()) != 0 {
			f.flow(f.cell(i), f.field(f.object(c), number(i.Index)), i.Type(), all)
		}
	case *ssa.Range:
		f.move(f.cell(i), i.X, b)
	case *ssa.Next:
		f.next(i)
	case *ssa.Send:
		f.move(f.field(f.object(f.cell(i.Chan)), element), i.X, b)
	case *ssa.Select:
		f.selects(b, i)
	case *ssa.MakeSlice:
		f.allocation(b, i, i.Len, i.Cap)
	case *ssa.MakeMap:
		f.allocation(b, i, i.Reserve)
	case *ssa.MakeChan:
		f.allocation(b, i, i.Size)
	}
}

func (f *frame) store(b *ssa.BasicBlock, i *ssa.Store) {
	if f.cell(i.Addr) == nil {
		return
	}
	f.storeSink(b, i)
	if printedOnly(i) {
		f.add(f.memory(i.Addr), f.deepLabels(i.Val, b), all)
		return
	}
	if aggregate(i.Val.Type()) {
		if c := f.cell(i.Val); c != nil {
			f.absorb(f.object(f.cell(i.Addr)), f.object(c), i.Val.Type(), all, maxDepth)
			if len(c.labels) > 0 {
				f.taintObject(f.object(f.cell(i.Addr)), sourcesOf(c.labels), maxDepth)
			}
		}
		return
	}
	f.hand(f.memory(i.Addr), i.Val, all&^(f.guards.clean(i.Val, b)|comparedElement(i)))
}

// printedOnly reports whether a value is put among the arguments of functions
// that print: these become no part of each other.
func printedOnly(i *ssa.Store) bool {
	at, ok := i.Addr.(*ssa.IndexAddr)
	if !ok {
		return false
	}
	alloc, ok := at.X.(*ssa.Alloc)
	if !ok || alloc.Comment != "varargs" || !types.IsInterface(i.Val.Type()) {
		return false
	}
	for _, ref := range *alloc.Referrers() {
		slice, ok := ref.(*ssa.Slice)
		if !ok {
			continue
		}
		for _, use := range *slice.Referrers() {
			call, ok := use.(ssa.CallInstruction)
			if !ok {
				return false
			}
			common, name := call.Common(), ""
			if common.IsInvoke() {
				name = common.Method.Name()
			} else if fn := common.StaticCallee(); fn != nil {
				name = fn.Name()
			}
			if !prints.MatchString(name) {
				return false
			}
		}
	}
	return true
}

// prints are the names of functions that make text of their arguments.
var prints = regexp.MustCompile(`^(?:[SF]?[Pp]rint(?:f|ln)?|Errorf|Wrapf|Msgf|(?:Trace|Debug|Info|Notice|Warn|Warning|Error|Fatal|Panic)(?:f|ln|w)?)$`)

// sourcesOf returns the labels that are no parameter's.
func sourcesOf(labels set) set {
	var out set
	for _, l := range labels {
		if l.class != Parameter {
			out = append(out, l)
		}
	}
	return out
}

func (f *frame) unary(b *ssa.BasicBlock, i *ssa.UnOp) {
	switch i.Op {
	case token.MUL:
		c := f.cell(i.X)
		if c == nil || carries(i.Type()) == 0 {
			return
		}
		if aggregate(i.Type()) {
			kinds := all
			if typeName(i.Type()) == "net/url.URL" && ofRequest(i.X) {
				kinds &^= Redirect | SSRF // a copy leads as little elsewhere
			}
			f.absorb(f.object(f.cell(i)), f.object(c), i.Type(), kinds, maxDepth)
			f.add(f.cell(i), f.object(c).whole, kinds)
			return
		}
		if _, local := i.X.(*ssa.Alloc); !local && carries(i.Type()) == numeric {
			return // only numbers that were parsed here are followed
		}
		f.flow(f.cell(i), f.memory(i.X), i.Type(), all)
	case token.ARROW:
		dst := f.cell(i)
		t := i.Type()
		if i.CommaOk {
			dst, t = f.field(f.object(dst), "0"), t.(*types.Tuple).At(0).Type()
		}
		f.flow(dst, f.field(f.object(f.cell(i.X)), element), t, all)
	case token.SUB, token.XOR:
		f.move(f.cell(i), i.X, b)
	}
}

func (f *frame) binary(b *ssa.BasicBlock, i *ssa.BinOp) {
	switch i.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return
	case token.REM, token.AND:
		return // bounded
	}
	left, right := f.labels(i.X, b), f.labels(i.Y, b)
	if i.Op == token.ADD && isText(i.Type()) {
		head := f.headOf(i.X)
		right = right.only(all &^ head.fixes(len(sourcesOf(f.sourced(left))) > 0))
	}
	text := "concatenated"
	if !isText(i.Type()) {
		text = "computed"
	}
	f.add(f.cell(i), left.via(i.Pos(), text), carries(i.Type()))
	f.add(f.cell(i), right.via(i.Pos(), text), carries(i.Type()))
}

// sourced returns the labels that decide what a URL begins with.
func (f *frame) sourced(labels set) set { return labels.only(SSRF | Redirect) }

func (f *frame) fieldAddr(i *ssa.FieldAddr) {
	c := f.cell(i.X)
	if c == nil {
		return
	}
	t, name := i.Type().(*types.Pointer).Elem(), fieldName(i.X.Type(), i.Field)
	if carries(t) == 0 || harmlessField(i.X.Type(), name) {
		return
	}
	if localField(i, name) {
		f.add(f.field(f.object(f.cell(i)), pointee), f.field(f.object(c), name).labels, all&^(Redirect|SSRF))
		return
	}
	f.nameField(f.field(f.object(c), name), i.X.Type(), name, t, i)
	f.pointAt(i, f.field(f.object(c), name))
	f.meets(i, f.field(f.object(c), name), name, t)
}

// pointAt makes an address the address of cells.
func (f *frame) pointAt(addr ssa.Value, cells ...*cell) {
	t := elemType(addr.Type())
	if carries(t) == 0 {
		return
	}
	c := f.cell(addr)
	for _, target := range cells {
		if target == nil {
			continue
		}
		if aggregate(t) {
			f.unite(f.object(target), f.object(c))
			continue
		}
		o := f.object(c)
		if have := o.fields.get(pointee); have != nil {
			f.uniteCells(target, have)
			continue
		}
		o.fields.add(pointee, target)
		f.changed = true
	}
}

func (f *frame) structField(b *ssa.BasicBlock, i *ssa.Field) {
	c := f.cell(i.X)
	name := fieldName(i.X.Type(), i.Field)
	if c == nil || carries(i.Type()) == 0 || harmlessField(i.X.Type(), name) {
		return
	}
	from := f.field(f.object(c), name)
	f.nameField(from, i.X.Type(), name, i.Type(), i)
	f.flow(f.cell(i), from, i.Type(), all&^f.guards.clean(i.X, b))
}

// nameField adds what the name of a field says of its content.
func (f *frame) nameField(c *cell, holder types.Type, name string, t types.Type, at ssa.Instruction) {
	if isText(t) && secretName(name) && !f.keepsHashed(at) {
		if l := secretLabel(at.Pos(), name); c.labels.addOne(l, all) {
			f.changed = true
		}
	}
	if class := f.fieldSource(holder, name, t); class != Parameter {
		f.taint(c, set{f.sourceLabel(class, at.Pos(), name)}, t)
	}
	if archiveField(holder, name) {
		l := f.sourceLabel(Archive, at.Pos(), name)
		if c.labels.addOne(l, all) {
			f.changed = true
		}
	}
}

// elementCells are the cells that X[index] may be.
func (f *frame) elementCells(x, index ssa.Value) []*cell {
	c := f.cell(x)
	if c == nil {
		return nil
	}
	return []*cell{f.field(f.object(c), element)}
}

// keyName names the field of a map for a key: constants are told apart.
func keyName(key ssa.Value) string {
	if c, ok := key.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.String {
		if s := constant.StringVal(c.Value); len(s) <= 40 {
			return "[" + s + "]"
		}
	}
	return element
}

// entryName is keyName for an entry of a map. Functions in maps are looked up
// by what a request names: whatever one is given, all are.
func entryName(m, key ssa.Value) string {
	if t, ok := m.Type().Underlying().(*types.Map); ok && isFunc(t.Elem()) {
		return element
	}
	return keyName(key)
}

func (f *frame) lookup(i *ssa.Lookup) {
	c := f.cell(i.X)
	if c == nil {
		return
	}
	m, ok := i.X.Type().Underlying().(*types.Map)
	if !ok {
		return // a byte of a string
	}
	dst := f.cell(i)
	if i.CommaOk {
		dst = f.field(f.object(dst), "0")
	}
	if carries(m.Elem()) == 0 {
		return
	}
	o := f.object(c)
	if name := entryName(i.X, i.Index); name != element {
		f.flow(dst, f.field(o, name), m.Elem(), all)
		f.flow(dst, f.field(o, element), m.Elem(), all)
		if secretName(name[1:len(name)-1]) && isText(m.Elem()) {
			if dst.find().labels.addOne(secretLabel(i.Pos(), name), all) {
				f.changed = true
			}
		}
		return
	}
	for _, from := range f.elements(o) {
		f.flow(dst, from, m.Elem(), all)
	}
}

func (f *frame) next(i *ssa.Next) {
	c := f.cell(i.Iter)
	rng, ok := i.Iter.(*ssa.Range)
	if c == nil || !ok {
		return
	}
	if i.IsString {
		f.add(f.field(f.object(f.cell(i)), "2"), f.labels(rng.X, i.Block()), all&^numeric)
		return
	}
	m, ok := rng.X.Type().Underlying().(*types.Map)
	if !ok {
		return
	}
	o, dst := f.object(c), f.object(f.cell(i))
	if carries(m.Key()) != 0 {
		f.flow(f.field(dst, "1"), f.field(o, mapKey), m.Key(), all)
	}
	if carries(m.Elem()) != 0 {
		for _, from := range f.elements(o) {
			f.flow(f.field(dst, "2"), from, m.Elem(), all)
		}
	}
}

// change converts between types of text and numbers.
func (f *frame) change(b *ssa.BasicBlock, v ssa.Value, x ssa.Value) {
	if f.cell(x) == nil {
		return
	}
	if isText(v.Type()) {
		if isText(x.Type()) || isChar(x.Type()) {
			f.taint(f.cell(v), f.deepLabels(x, b), v.Type())
		}
		return
	}
	f.move(f.cell(v), x, b)
}

func (f *frame) slice(b *ssa.BasicBlock, i *ssa.Slice) {
	c := f.cell(i.X)
	if c == nil {
		return
	}
	if p, ok := i.X.Type().Underlying().(*types.Pointer); ok && aggregate(p.Elem()) {
		f.unite(f.object(c), f.object(f.cell(i)))
		f.add(f.cell(i), c.labels, all)
		return
	}
	f.move(f.cell(i), i.X, b)
}

func (f *frame) assert(b *ssa.BasicBlock, i *ssa.TypeAssert) {
	src := f.cell(i.X)
	dst := f.cell(i)
	if src == nil || carries(i.AssertedType) == 0 {
		return
	}
	if i.CommaOk {
		dst = f.field(f.object(dst), "0")
	}
	kinds := all &^ f.guards.clean(i.X, b)
	if isText(i.AssertedType) {
		f.taint(dst, f.deepLabels(i.X, b), i.AssertedType)
		return
	}
	f.flow(dst, src, i.AssertedType, kinds)
}

func (f *frame) selects(b *ssa.BasicBlock, i *ssa.Select) {
	n := 2
	for _, s := range i.States {
		ch := f.object(f.cell(s.Chan))
		if s.Dir == types.SendOnly {
			f.move(f.field(ch, element), s.Send, b)
			continue
		}
		t := s.Chan.Type().Underlying().(*types.Chan).Elem()
		f.flow(f.field(f.object(f.cell(i)), number(n)), f.field(ch, element), t, all)
		n++
	}
}

// allocation notes sizes that come from outside.
func (f *frame) allocation(b *ssa.BasicBlock, i ssa.Instruction, sizes ...ssa.Value) {
	for _, size := range sizes {
		if size != nil {
			f.sink(sinkSpec{kind: Allocation, what: "the size of an allocation"}, f.labels(size, b), i.Pos(), -1)
		}
	}
}
