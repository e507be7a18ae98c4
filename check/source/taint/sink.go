package taint

import (
	"cmp"
	"go/token"
	"slices"

	"github.com/merlon-go/merlon/check"
)

// A sinkSpec says what a value would do where it arrives.
type sinkSpec struct {
	kind Kind // may be several
	what string
	weak bool // one degree of confidence less
}

// A Finding is a tainted value that reaches a sink.
type Finding struct {
	// Kind is a single kind.
	Kind Kind
	// Class is where the value comes from.
	Class Class
	// Pos is where the sink is, or the call that leads to it if it is in
	// another package; At is the sink's own position.
	Pos token.Pos
	At  Position
	// Title says what reaches what.
	Title string
	// Confidence is high for request data, lower for the rest.
	Confidence check.Confidence
	// Trace leads from the source to the sink.
	Trace []Step
	steps *step
}

type findingKey struct {
	kind  Kind
	pos   token.Pos
	at    Position
	class Class
}

func (k findingKey) compare(o findingKey) int {
	return cmp.Or(cmp.Compare(k.pos, o.pos), cmp.Compare(k.at.File, o.at.File), cmp.Compare(k.at.Line, o.at.Line),
		cmp.Compare(k.at.Col, o.at.Col), cmp.Compare(k.kind, o.kind), cmp.Compare(k.class, o.class))
}

// sink notes that labels arrive at a sink of this function.
func (f *frame) sink(spec sinkSpec, labels set, pos token.Pos, writer int) {
	f.reach(spec, labels, pos, Position{}, writer, func(l label) *step { return l.step })
}

// reach turns labels at a sink into findings, if they are sources', or into
// the summary's sinks, if they are the function's roots'.
func (f *frame) reach(spec sinkSpec, labels set, pos token.Pos, at Position, writer int, trace func(label) *step) {
	for _, l := range labels {
		kinds := l.kinds & spec.kind
		if kinds&NoSQL != 0 {
			kinds &^= equality
		}
		kinds.each(func(kind Kind) {
			if l.class == Parameter {
				f.rootSink(spec, kind, l, pos, at, writer, trace)
			} else if writer < 0 {
				f.report(spec, kind, l, pos, at, trace)
			}
		})
	}
}

// maxSinks bounds the sinks of one kind in a summary, maxLogs those of logs:
// what writes down all that it does writes down everything that it has.
const (
	maxSinks = 80
	maxLogs  = 16
)

func (f *frame) rootSink(spec sinkSpec, kind Kind, l label, pos token.Pos, at Position, writer int, trace func(label) *step) {
	key := sinkKey{l.root, l.path, kind, int(pos), at.File, at.Line, writer}
	most := maxSinks
	if kind&(Log|SecretLog) != 0 {
		most = maxLogs
	}
	if f.sinks[key] != nil || f.ofKind[kind] >= most {
		return
	}
	f.ofKind[kind]++
	f.sinks[key] = &SinkFlow{
		From: Place{l.root, l.path}, Kind: kind, What: spec.what, Weak: spec.weak, At: at,
		Writer: writer, pos: pos, step: trace(l),
	}
}

func (f *frame) report(spec sinkSpec, kind Kind, l label, pos token.Pos, at Position, trace func(label) *step) {
	certainty := confidence(kind, l.class, spec.weak)
	if kind == equality {
		kind, certainty = NoSQL, check.Low
	}
	key := findingKey{kind: kind, pos: pos, at: at, class: l.class}
	if f.found[key] != nil || kind == ZipSlip && f.unpacked(pos) {
		return
	}
	steps := trace(l)
	if !pos.IsValid() { // in another package: the last station here leads to it
		for _, s := range slices.Backward(steps.stations()) {
			if pos = s.pos; pos.IsValid() {
				break
			}
		}
		steps = steps.chain(&Step{At: at, Text: "reaches " + spec.what})
	} else {
		at = f.position(pos)
	}
	f.found[key] = &Finding{
		Kind: kind, Class: l.class, Pos: pos, At: at, Confidence: certainty,
		Title: l.class.String() + " reaches " + spec.what, Trace: f.steps(steps), steps: steps,
	}
}

// unpacked reports whether a function that unpacks an archive has been
// reported: one finding says it for all its calls. The first in the source
// stays.
func (f *frame) unpacked(pos token.Pos) bool {
	for key := range f.found {
		if key.kind != ZipSlip {
			continue
		}
		if key.pos <= pos {
			return true
		}
		delete(f.found, key)
	}
	return false
}

// confidence is Brakeman's: high for what a request says, medium for what is
// likely, low for what an operator says or for indirect signs.
func confidence(kind Kind, class Class, weak bool) check.Confidence {
	c := check.High
	switch class {
	case Operator, ErrorText:
		c = check.Low
	case Stored, Remote, Secret:
		c = check.Medium
	case Archive:
		c = check.High
	}
	if weak && c > check.Low {
		c--
	}
	return c
}
