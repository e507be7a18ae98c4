package taint

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A binding is a summary with the caller's cells for its roots.
type binding struct {
	block   *ssa.BasicBlock
	pos     token.Pos
	name    string
	sum     *Summary
	cells   []*cell // parameters and free variables; nil where unknown
	values  []ssa.Value
	results []*cell
	types   []types.Type
	rtype   types.Type
	known   map[Place]set // what bound has said
	station string        // what traces call it
}

// through is the station of what flows through the callee.
func (bd *binding) through() string {
	if bd.station == "" {
		bd.station = "through " + bd.name
	}
	return bd.station
}

// cell returns the caller's cell for a root; nil if there is none.
func (bd *binding) cell(f *frame, root int) *cell {
	switch {
	case root >= firstGlobal:
		return f.globalNamed(bd.sum.Globals, root-firstGlobal)
	case root >= firstResult:
		if n := root - firstResult; n < len(bd.results) {
			return bd.results[n]
		}
	case root < len(bd.cells):
		if bd.cells[root] == nil { // a constant or nil: what the callee makes of it may still come back
			bd.cells[root] = &cell{}
		}
		return bd.cells[root]
	}
	return nil
}

// globalNamed finds a global that a callee knows by its name.
func (f *frame) globalNamed(names []string, n int) *cell {
	if n >= len(names) {
		return nil
	}
	if strings.HasPrefix(names[n], ambient) {
		return f.ambient(names[n])
	}
	dot := strings.LastIndexByte(names[n], '.')
	path, name := names[n][:dot], names[n][dot+1:]
	var pkg *ssa.Package
	if path == f.pass.Pkg.Path() {
		pkg = f.fn.Pkg
	} else {
		for _, imported := range f.pass.Pkg.Imports() {
			if imported.Path() == path && f.fn.Prog != nil {
				pkg = f.fn.Prog.Package(imported)
			}
		}
	}
	if pkg == nil {
		return nil
	}
	if g := pkg.Var(name); g != nil {
		return f.global(g)
	}
	return nil
}

// bind applies a summary.
func (f *frame) bind(bd *binding) {
	for _, group := range bd.sum.Aliases {
		f.alias(bd, group)
	}
	for i := range bd.sum.Flows {
		f.bindFlow(bd, &bd.sum.Flows[i])
	}
	for i := range bd.sum.Sinks {
		f.bindSink(bd, &bd.sum.Sinks[i])
	}
}

// keptBy begins the station of what a callee puts into what it is given, out of
// a context or a global of another package.
const keptBy = "kept by "

// foreign reports whether a root of a callee is a global of another package or
// the value of a context.
// What comes from elsewhere through it to a sink elsewhere is the business of
// those packages, and is not reported again wherever they are called.
func (f *frame) foreign(globals []string, root int) bool {
	n := root - firstGlobal
	if n < 0 || n >= len(globals) {
		return false
	}
	return strings.HasPrefix(globals[n], ambient) || globals[n][:strings.LastIndexByte(globals[n], '.')] != f.pass.Pkg.Path()
}

// alias makes places one object that the callee makes one.
func (f *frame) alias(bd *binding, group []Place) {
	var first *object
	for _, p := range group {
		c := bd.cell(f, p.Root)
		if c == nil {
			continue
		}
		o := f.object(f.at(c, p.Path))
		if first == nil {
			first = o
			continue
		}
		f.unite(first, o)
	}
}

func (f *frame) bindFlow(bd *binding, flow *Flow) {
	to := bd.cell(f, flow.To.Root)
	if to == nil {
		return
	}
	n := flow.To.Root - firstResult
	kinds := all
	if n >= 0 && n < len(bd.types) && flow.To.Path == "" {
		kinds = carries(bd.types[n])
	}
	var labels set
	if flow.Class != Parameter {
		if !flow.Class.travels() && !(flow.Class == Secret && n >= 0) || flow.Class == Secret && hashing.MatchString(bd.name) {
			return
		}
		labels = set{{origin: origin{class: flow.Class}, kinds: flow.Kinds, step: flow.step.then(bd.pos, "returned by "+bd.name)}}
	} else if labels = f.bound(bd, flow.From); !labels.dangerous(flow.Kinds & kinds) {
		return
	} else if labels.from(Secret) && hashing.MatchString(bd.name) {
		labels = slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.class == Secret })
	}
	dst, kinds := f.at(to, flow.To.Path), kinds&flow.Kinds
	station := bd.through()
	if flow.To.Root < firstResult && f.foreign(bd.sum.Globals, flow.From.Root) {
		station = keptBy + bd.name
	}
	if flow.Class != Parameter {
		f.add(dst, labels, kinds)
	} else if dst.find().labels.addVia(labels, kinds, bd.pos, station) {
		f.changed = true
	}
	if flow.Whole && !f.object(dst).whole.holds(labels, kinds) {
		if labels = labels.only(kinds); flow.Class == Parameter {
			labels = labels.via(bd.pos, station)
		}
		f.taintObject(f.object(dst), labels, maxDepth)
	}
}

// bound returns what the caller has at a place below one of the callee's
// roots.
func (f *frame) bound(bd *binding, p Place) set {
	if labels, ok := bd.known[p]; ok {
		return labels
	}
	labels := f.boundNow(bd, p)
	if bd.known == nil {
		bd.known = map[Place]set{}
	}
	bd.known[p] = labels
	return labels
}

func (f *frame) boundNow(bd *binding, p Place) set {
	c := bd.cell(f, p.Root)
	if c == nil {
		return nil
	}
	labels := f.deep(f.at(c, p.Path))
	if p.Root < len(bd.values) && p.Root > 0 && p.Root == len(bd.values)-1 && p.Path == "" {
		if format, ok := stringOf(bd.values[p.Root-1]); ok && strings.Contains(format, "%") && strings.HasSuffix(bd.name, "f") && operands(bd.values[p.Root]) != nil {
			return f.formatLabels(&site{args: bd.values, block: bd.block}, p.Root-1) // as what it hands on to formats it
		}
	}
	if p.Root < len(bd.values) && p.Path == "" {
		return f.guarded(f.shown(bd.values[p.Root], labels), bd.values[p.Root], bd.block)
	}
	if p.Root < len(bd.values) {
		return f.guardedPath(labels, bd.values[p.Root], p.Path, bd.block)
	}
	return labels
}

func (f *frame) bindSink(bd *binding, s *SinkFlow) {
	labels := f.bound(bd, s.From)
	if s.Kind != SQL && !labels.dangerous(s.Kind) {
		return
	}
	labels = labels.only(s.Kind)
	if !s.pos.IsValid() {
		foreign := f.foreign(bd.sum.Globals, s.From.Root)
		labels = slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.class != Parameter && l.step.elsewhere(foreign) })
	}
	if s.Kind == SQL && s.From.Path == "" && s.From.Root < len(bd.values) && len(sourcesOf(labels)) == 0 {
		if v := bd.values[s.From.Root]; v != nil {
			f.assembled(v, bd.block, bd.pos)
		}
	}
	if (s.Kind != SQL && s.Kind != Command || !s.pos.IsValid()) && labels.from(Operator) {
		labels = slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.class == Operator })
	}
	if len(labels) == 0 {
		return
	}
	writer := -1
	if s.Writer >= 0 {
		var v ssa.Value
		if s.Writer < len(bd.values) {
			v = bd.values[s.Writer]
		}
		is, param := f.writer(v)
		if !is && param < 0 {
			return
		}
		if !is {
			writer = param
		}
	}
	if s.Kind == XSS && f.plainAt(bd.block) {
		return
	}
	f.reach(sinkSpec{kind: s.Kind, what: s.What, weak: s.Weak}, labels, s.pos, s.At, writer, func(l label) *step {
		return l.step.then(bd.pos, "passed to "+bd.name).joined(s.step)
	})
}

// summarise reads the summary off the cells of an analysed function.
func (f *frame) summarise() *Summary {
	sum := &Summary{Params: len(f.fn.Params), Globals: slices.Clone(f.globalN)}
	w := &walk{f: f, sum: sum, objects: map[*object]int{}}
	for i, c := range f.globalV {
		if meetingPoint(f.globalN[i]) { // more than a part of what the roots are
			w.object(f.object(c), place{root: firstGlobal + i}, maxDepth)
		}
	}
	for i, v := range f.roots() {
		if c := f.cells[v]; c != nil && carries(v.Type()) != 0 && !flat(v.Type()) {
			w.object(f.object(c), place{root: i}, maxDepth)
		}
	}
	res := f.fn.Signature.Results()
	for i, c := range f.results {
		if carries(res.At(i).Type()) == 0 {
			continue
		}
		w.cell(c, place{root: firstResult + i}, maxDepth)
	}
	for i, c := range f.globalV {
		if !meetingPoint(f.globalN[i]) {
			w.object(f.object(c), place{root: firstGlobal + i}, maxDepth)
		}
	}
	for _, group := range w.groups {
		if len(group) > 1 {
			sum.Aliases = append(sum.Aliases, group)
		}
	}
	sum.Checks = f.checks()
	for _, key := range sortedSinks(f.sinks) {
		sum.Sinks = append(sum.Sinks, *f.sinks[key])
	}
	f.settleGlobals(sum)
	return sum
}
