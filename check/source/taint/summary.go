package taint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A walk reads flows and aliases off the objects of a function.
type walk struct {
	f       *frame
	sum     *Summary
	objects map[*object]int // index in groups
	groups  [][]Place
}

// maxFlows bounds a summary.
const maxFlows = 150

func (w *walk) labels(labels set, to place, whole bool) {
	for _, l := range labels {
		if l.class == Parameter && l.root == to.root && l.path == to.path || len(w.sum.Flows) >= maxFlows {
			continue
		}
		if to.root < firstResult && l.class == Parameter && l.root == to.root && (l.path == "" || strings.HasPrefix(to.path, l.path) || strings.HasPrefix(l.path, to.path)) {
			continue // the caller's deep view has it
		}
		if to.root < firstResult && l.class != Parameter && l.class == w.f.seeds[to.root] {
			continue // its type says so, to callers too
		}
		if !l.class.travels() && to.root < firstGlobal && to.root >= firstResult {
			if whole || !w.f.handsOut(l, to) {
				continue
			}
			l.kinds &= SecretLog
		}
		if !l.class.travels() && to.root >= firstGlobal && meetingPoint(w.f.globalN[to.root-firstGlobal]) {
			continue
		}
		w.sum.Flows = append(w.sum.Flows, Flow{
			Class: l.class, From: Place{l.root, l.path}, To: Place(struct {
				Root int
				Path string
			}{to.root, to.path}), Kinds: l.kinds, Whole: whole, step: l.step,
		})
	}
}

func (w *walk) cell(c *cell, at place, depth int) {
	c = c.find()
	w.labels(c.labels, at, false)
	if c.obj != nil {
		w.object(w.f.object(c), at, depth)
	}
}

func (w *walk) object(o *object, at place, depth int) {
	o = o.find()
	if n, ok := w.objects[o]; ok {
		if len(w.groups[n]) < maxRoots {
			w.groups[n] = append(w.groups[n], Place{at.root, at.path})
		}
		return
	}
	w.objects[o] = len(w.groups)
	w.groups = append(w.groups, []Place{{at.root, at.path}})
	w.labels(o.whole, at, true)
	if depth == 0 {
		return
	}
	for _, name := range slices.Clone(o.fields.names) {
		w.cell(w.f.field(o, name), place{at.root, at.path + "." + name}, depth-1)
	}
}

// settleGlobals moves what sources put into globals to the package's account.
func (f *frame) settleGlobals(sum *Summary) {
	sum.Flows = slices.DeleteFunc(sum.Flows, func(flow Flow) bool {
		if flow.To.Root < firstGlobal || flow.Class == Parameter {
			return false
		}
		name := f.globalN[flow.To.Root-firstGlobal]
		known := f.engine.globals[name]
		for i := range known {
			if known[i].Class == flow.Class && known[i].To.Path == flow.To.Path {
				if known[i].Kinds|flow.Kinds != known[i].Kinds {
					known[i].Kinds |= flow.Kinds
					f.newGlobal = true
				}
				return true
			}
		}
		if len(known) < 32 {
			f.engine.globals[name] = append(known, flow)
			f.newGlobal = true
		}
		return true
	})
	if len(sum.Globals) > 0 && !sum.usesGlobals() {
		sum.Globals = nil
	}
}

func (s *Summary) usesGlobals() bool {
	return slices.ContainsFunc(s.Flows, func(f Flow) bool { return f.From.Root >= firstGlobal || f.To.Root >= firstGlobal }) ||
		slices.ContainsFunc(s.Sinks, func(f SinkFlow) bool { return f.From.Root >= firstGlobal }) ||
		slices.ContainsFunc(s.Aliases, func(g []Place) bool {
			return slices.ContainsFunc(g, func(p Place) bool { return p.Root >= firstGlobal })
		})
}

func (s *Summary) empty() bool {
	return len(s.Flows) == 0 && len(s.Aliases) == 0 && len(s.Sinks) == 0 && len(s.Checks) == 0
}

// same reports whether two summaries say the same, traces aside.
func same(a, b *Summary) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.EqualFunc(a.Flows, b.Flows, func(x, y Flow) bool {
		return x.Class == y.Class && x.From == y.From && x.To == y.To && x.Kinds == y.Kinds && x.Whole == y.Whole
	}) && slices.EqualFunc(a.Sinks, b.Sinks, func(x, y SinkFlow) bool {
		return x.From == y.From && x.Kind == y.Kind && x.pos == y.pos && x.At == y.At && x.Writer == y.Writer
	}) && slices.Equal(a.Checks, b.Checks) && slices.EqualFunc(a.Aliases, b.Aliases, slices.Equal[[]Place])
}

// A sinkKey tells the ways of a function's roots to sinks apart.
type sinkKey struct {
	root   int
	path   string
	kind   Kind
	at     int // token.Pos
	file   string
	line   int
	writer int
}

func (k sinkKey) compare(o sinkKey) int {
	return cmp.Or(cmp.Compare(k.root, o.root), cmp.Compare(k.path, o.path), cmp.Compare(k.kind, o.kind), cmp.Compare(k.at, o.at),
		cmp.Compare(k.file, o.file), cmp.Compare(k.line, o.line), cmp.Compare(k.writer, o.writer))
}

func sortedSinks(m map[sinkKey]*SinkFlow) []sinkKey {
	return slices.SortedFunc(maps.Keys(m), sinkKey.compare)
}
