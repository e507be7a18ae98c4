package taint

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Query builders take conditions as maps from columns to values, and lists of
// such. They bind the values; the columns become text as they are.

// condition reports whether a value of the type is a condition of a builder:
// a map, or what the builder's package declares for it, or a list of such.
func condition(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Slice:
		return columns(t) || condition(u.Elem())
	case *types.Interface:
		return columns(t)
	}
	return false
}

// columns are the packages whose maps have columns as keys that nobody quotes.
func columns(t types.Type) bool {
	if slice, ok := types.Unalias(t).(*types.Slice); ok {
		t = slice.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	path := plainPath(named.Obj().Pkg().Path())
	return strings.HasSuffix(path, "/squirrel") || path == "xorm.io/builder" || path == "github.com/go-xorm/builder"
}

// conditionSink applies a sink to a condition: what names its columns.
func (f *frame) conditionSink(s *site, spec sinkSpec, a ssa.Value) {
	v := peel(a)
	if c := f.cell(v); c != nil && columns(v.Type()) {
		var labels set
		f.columnLabels(c, &labels, 3)
		f.sink(spec, labels, s.pos(), -1)
	}
}

// columnLabels gathers the labels of the keys of maps, and of the text among
// what a list holds.
func (f *frame) columnLabels(c *cell, out *set, depth int) {
	o := f.object(c)
	out.add(f.deep(f.field(o, mapKey)), all)
	if depth > 0 {
		each := f.field(o, element)
		out.add(sourcesOf(each.labels), all)
		f.columnLabels(each, out, depth-1)
	}
}
