package taint

import (
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A frame is the analysis of one function.
type frame struct {
	heap
	*engine
	fn       *ssa.Function
	cells    map[ssa.Value]*cell
	results  []*cell
	globalN  []string // the globals among the roots, in the order of their use
	globalV  []*cell
	globalC  map[*ssa.Global]*cell
	kept     map[string]*cell // values kept in contexts, which are globals too
	values   []*ssa.Function  // functions used as values
	seeds    map[int]Class    // roots whose type is a source's
	guards   *guards
	sinks    map[sinkKey]*SinkFlow
	ofKind   map[Kind]int // how many of sinks
	found    map[findingKey]*Finding
	contents []content // what content types the function sets
}

// function analyses one function with the summaries known so far.
func (e *engine) function(fn *ssa.Function) (*Summary, []Finding) {
	f := &frame{
		engine: e, fn: fn,
		cells:   map[ssa.Value]*cell{},
		globalC: map[*ssa.Global]*cell{},
		sinks:   map[sinkKey]*SinkFlow{},
		ofKind:  map[Kind]int{},
		found:   map[findingKey]*Finding{},
	}
	f.guards = newGuards(f)
	f.contents = f.contentType()
	for i, v := range f.roots() {
		f.seedRoot(i, v)
	}
	for range fn.Signature.Results().Len() {
		f.results = append(f.results, &cell{})
	}
	order := fn.DomPreorder()
	for range maxRounds {
		f.changed = false
		for _, b := range order {
			for _, instr := range b.Instrs {
				f.transfer(b, instr)
			}
			if f.work > maxWork {
				e.failed[fn] = "too intricate"
				return f.summarise(), f.ordered()
			}
		}
		f.bindValues()
		if !f.changed {
			break
		}
	}
	f.weakChecks()
	return f.summarise(), f.ordered()
}

// ordered returns the findings in the order of their positions.
func (f *frame) ordered() []Finding {
	findings := make([]Finding, 0, len(f.found))
	for _, key := range slices.SortedFunc(maps.Keys(f.found), findingKey.compare) {
		findings = append(findings, *f.found[key])
	}
	return findings
}

// roots are the parameters and free variables.
func (f *frame) roots() []ssa.Value {
	list := make([]ssa.Value, 0, len(f.fn.Params)+len(f.fn.FreeVars))
	for _, p := range f.fn.Params {
		list = append(list, p)
	}
	for _, v := range f.fn.FreeVars {
		list = append(list, v)
	}
	return list
}

// seedRoot gives a parameter its origin, and its class if its type says that
// it comes from outside.
func (f *frame) seedRoot(i int, v ssa.Value) {
	c := f.cell(v)
	t := v.Type()
	if class := f.sourceType(v); class != Parameter {
		if f.seeds == nil {
			f.seeds = map[int]Class{}
		}
		f.seeds[i] = class
		f.taint(c, set{{origin: origin{class: class}, kinds: class.kinds(), step: (*step)(nil).then(f.posOf(v), class.String()+" enters in "+v.Name())}}, nil)
		return
	}
	if carries(t) == 0 {
		return
	}
	if labelled(t) {
		c.labels.addOne(label{origin: origin{root: i}, kinds: carries(t)}, all)
	}
	if !flat(t) {
		f.addRoot(f.object(c), place{root: i})
	}
	if isText(t) && secretName(v.Name()) {
		c.labels.addOne(secretLabel(f.posOf(v), v.Name()), all)
	}
}

// cell returns the cell of a value; nil for constants and functions.
func (f *frame) cell(v ssa.Value) *cell {
	switch v := v.(type) {
	case nil, *ssa.Builtin:
		return nil
	case *ssa.Const:
		return f.constant(v)
	case *ssa.Function:
		return f.funcValue(v)
	case *ssa.Global:
		return f.global(v)
	}
	c := f.cells[v]
	if c == nil {
		c = &cell{}
		f.cells[v] = c
	}
	return c.find()
}

// global returns the cell of a global's address.
func (f *frame) global(g *ssa.Global) *cell {
	if c := f.globalC[g]; c != nil {
		return c.find()
	}
	c := &cell{}
	f.globalC[g] = c
	if g.Pkg == nil || g.Object() == nil {
		return c // such as init$guard
	}
	name := g.Pkg.Pkg.Path() + "." + g.Name()
	if m := f.names[plainPath(g.Pkg.Pkg.Path())+"."+g.Name()]; m != nil && m.source != Parameter {
		f.taint(c, set{f.sourceLabel(m.source, g.Pos(), g.Name())}, nil)
		return c
	}
	t := g.Type().(*types.Pointer).Elem()
	if carries(t) == 0 || f.names["pkg "+plainPath(g.Pkg.Pkg.Path())] != nil {
		return c
	}
	f.enroot(c, name, f.globalFlows(g, name))
	return c
}

// enroot makes the cell of a global one of the function's roots, with what is
// known to arrive there.
func (f *frame) enroot(c *cell, name string, flows []Flow) {
	f.addRoot(f.object(c), place{root: firstGlobal + len(f.globalN)})
	f.globalN = append(f.globalN, name)
	f.globalV = append(f.globalV, c)
	for _, flow := range flows {
		at := f.at(c, flow.To.Path)
		f.taint(at, set{{origin: origin{class: flow.Class}, kinds: flow.Kinds, step: flow.step}}, nil)
	}
}

// globalFlows returns what sources are known to arrive in a global.
func (e *engine) globalFlows(g *ssa.Global, name string) []Flow {
	if g.Pkg.Pkg == e.pass.Pkg {
		return e.globals[name]
	}
	if fact := e.packageFact(g.Pkg.Pkg); fact != nil {
		return fact.global(name)
	}
	return nil
}

// labels returns the labels of a value as it is used in a block, less what
// guards have ruled out there.
func (f *frame) labels(v ssa.Value, b *ssa.BasicBlock) set {
	c := f.cell(v)
	if c == nil {
		return nil
	}
	return f.guarded(c.labels, v, b)
}

// deepLabels is like labels for a value with all below it.
func (f *frame) deepLabels(v ssa.Value, b *ssa.BasicBlock) set {
	c := f.cell(v)
	if c == nil || carries(v.Type()) == 0 {
		return nil
	}
	if isFunc(v.Type()) {
		return f.handedOut(c, v.Type())
	}
	return f.guarded(f.deep(c), v, b)
}

func (f *frame) guarded(labels set, v ssa.Value, b *ssa.BasicBlock) set {
	if len(labels) == 0 {
		return nil
	}
	if clean := f.guards.clean(v, b); clean != 0 {
		return labels.only(all &^ clean)
	}
	return labels
}

// move lets v be in dst when used in block b.
func (f *frame) move(dst *cell, v ssa.Value, b *ssa.BasicBlock) {
	f.hand(dst, v, all&^f.guards.clean(v, b))
}

// merge lets v be in dst, a variable that has a value of its own on each way
// into a block.
func (f *frame) merge(dst *cell, v ssa.Value, from, to *ssa.BasicBlock) {
	f.hand(dst, v, all&^f.guards.cleanEdge(v, from, to))
}

func (f *frame) hand(dst *cell, v ssa.Value, kinds Kind) {
	src := f.cell(v)
	if src == nil || dst == nil || kinds == 0 || carries(v.Type()) == 0 {
		return
	}
	f.flow(dst, src, v.Type(), kinds)
}

// memory returns the cell that an address designates; nil if the value there
// is an aggregate, which is the address's object itself.
func (f *frame) memory(addr ssa.Value) *cell {
	c := f.cell(addr)
	if c == nil {
		return nil
	}
	return f.field(f.object(c), pointee)
}

func elemType(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
