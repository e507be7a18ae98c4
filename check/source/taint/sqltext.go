package taint

import (
	"golang.org/x/tools/go/ssa"
)

// sqlSink applies a statement's text: what reaches it from a source, and, if
// nothing does, what else it is put together from.
func (f *frame) sqlSink(s *site, spec sinkSpec, a ssa.Value, labels set) {
	f.sink(spec, labels, s.pos(), -1, nil)
}
