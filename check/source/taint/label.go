package taint

import (
	"go/token"
	"slices"
	"strings"
)

// An origin is where a value comes from: a source of some class, or a place
// below one of the function's roots (parameters, free variables, globals).
type origin struct {
	class Class
	root  int
	path  string
}

// A label says that a value comes from an origin and what it can still do.
type label struct {
	origin
	kinds Kind
	step  *step
}

// A step is one station of a value's way, linked to the one before it, or the
// end of a way that goes on with the stations of another.
type step struct {
	pos  token.Pos // of the last station if it is in this package, or NoPos
	text string
	far  *Step // the station if it is in another package
	rest *step // what the way goes on with
	prev *step
	n    int
}

// maxSteps bounds a trace; what lies in the middle of longer ones is left out.
const maxSteps = 16

func (s *step) then(pos token.Pos, text string) *step {
	n := 1
	if !pos.IsValid() { // in what the compiler made
		return s
	}
	if s != nil {
		if s.n >= maxSteps || s.pos == pos {
			return s
		}
		n = s.n + 1
	}
	return &step{pos: pos, text: text, prev: s, n: n}
}

// elsewhere reports whether a way begins in another package and was not handed
// to this one: it came out of a global, or is in one now.
func (s *step) elsewhere(global bool) bool {
	for ; s != nil && s.prev != nil; s = s.prev {
		if s.pos.IsValid() && !s.prev.pos.IsValid() { // where it comes in
			return strings.HasPrefix(s.text, keptBy)
		}
	}
	return global && s != nil && !s.pos.IsValid()
}

// joined appends the stations of b to a. They are shared, not copied: what many
// functions reach through many others has many ways.
func (s *step) joined(b *step) *step {
	switch {
	case s == nil:
		return b
	case b == nil || s.n >= maxSteps:
		return s
	}
	return &step{pos: b.pos, rest: b, prev: s, n: min(s.n+b.n, maxSteps)}
}

// chain appends a station in another package, to a way of any length: it may be
// where harm is done.
func (s *step) chain(far *Step) *step {
	n := 1
	if s != nil {
		n = min(s.n+1, maxSteps)
	}
	return &step{far: far, prev: s, n: n}
}

// stations returns the stations, the first one first.
func (s *step) stations() []*step {
	if s == nil {
		return nil
	}
	list := s.gather(make([]*step, 0, s.n))
	if s.rest == nil {
		list[len(list)-1] = s // the end of a way that is too long stays
	}
	return list
}

func (s *step) gather(list []*step) []*step {
	if s == nil || len(list) >= maxSteps {
		return list
	}
	list = s.prev.gather(list)
	if s.rest != nil {
		return s.rest.gather(list)
	}
	if len(list) < maxSteps {
		list = append(list, s)
	}
	return list
}

// A set holds at most one label for each origin.
type set []label

// maxLabels bounds a set: a value that comes from more origins than this comes
// from everywhere, and the first ones say enough.
const maxLabels = 16

// add adds the labels, restricted to the kinds, and reports whether s grew.
func (s *set) add(labels set, kinds Kind) bool {
	grew := false
	if len(*s) == 0 && len(labels) > 1 {
		*s = make(set, 0, len(labels))
	}
	for i := range labels {
		if s.addOne(labels[i], kinds) {
			grew = true
		}
	}
	return grew
}

// addVia adds labels that have come through a call; the station is made for
// those only that are new.
func (s *set) addVia(labels set, kinds Kind, pos token.Pos, text string) bool {
	grew := false
	for _, l := range labels {
		if l.kinds &= kinds; l.class == Operator {
			l.kinds &^= Log // what a program says of its own arguments is its business
		}
		at := slices.IndexFunc(*s, func(have label) bool { return have.origin == l.origin })
		if l.kinds == 0 || at >= 0 && l.kinds&^(*s)[at].kinds == 0 || at < 0 && len(*s) >= maxLabels && l.class == Parameter {
			continue
		}
		l.step = l.step.then(pos, text)
		if s.addOne(l, all) {
			grew = true
		}
	}
	return grew
}

func (s *set) addOne(l label, kinds Kind) bool {
	l.kinds &= kinds
	if l.kinds == 0 {
		return false
	}
	for i := range *s {
		have := &(*s)[i]
		if have.origin == l.origin {
			if have.kinds|l.kinds == have.kinds {
				return false
			}
			have.kinds |= l.kinds
			return true
		}
	}
	if len(*s) >= maxLabels {
		if l.class == Parameter {
			return false
		}
		at := slices.IndexFunc(*s, func(have label) bool { return have.class == Parameter })
		if at < 0 {
			return false
		}
		(*s)[at] = l
		return true
	}
	*s = append(*s, l)
	return true
}

// only returns the labels restricted to the kinds; s itself is not changed.
func (s set) only(kinds Kind) set {
	same := true
	for i := range s {
		same = same && s[i].kinds&^kinds == 0
	}
	if same {
		return s
	}
	var out set
	out.add(s, kinds)
	return out
}

// dangerous reports whether a label is for one of the kinds.
func (s set) dangerous(kinds Kind) bool {
	for i := range s {
		if s[i].kinds&kinds != 0 {
			return true
		}
	}
	return false
}

// from reports whether a label is of the class.
func (s set) from(class Class) bool {
	return slices.ContainsFunc(s, func(l label) bool { return l.class == class })
}

// of returns the labels of the classes.
func (s set) of(classes ...Class) set {
	return slices.DeleteFunc(slices.Clone(s), func(l label) bool { return !slices.Contains(classes, l.class) })
}

// holds reports whether adding the labels, restricted to the kinds, would not
// change s.
func (s set) holds(labels set, kinds Kind) bool {
	for i := range labels {
		rest := labels[i].kinds & kinds
		for n := range s {
			if rest != 0 && s[n].origin == labels[i].origin {
				rest &^= s[n].kinds
				break
			}
		}
		if rest != 0 {
			return false
		}
	}
	return true
}

// via returns the labels with one more station on their way.
func (s set) via(pos token.Pos, text string) set {
	out := make(set, len(s))
	for i, l := range s {
		l.step = l.step.then(pos, text)
		out[i] = l
	}
	return out
}
