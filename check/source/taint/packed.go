package taint

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
)

// A packed fact is a package's summaries written out: every text and every
// station of a trace once, and after that by its number. A function is read
// when somebody calls it, which most of a large program's never are. As values
// of Go the facts would take thirty times the memory.
type packed struct {
	all      string
	body     string   // the end of all, in which sections lie
	texts    []string // parts of all
	stations []Step
	funcs    []section
	globals  []section
	unknown  []uint32 // names, sorted
}

// A section is what is written under a name; sections are sorted by names.
type section struct{ name, from, to uint32 }

// A packer writes a fact.
type packer struct {
	texts    map[string]int
	order    []string
	stations map[Step]int
	steps    []Step
	body     []byte
	index    [2][]section // of functions and of globals
}

func newPacker() *packer { return &packer{texts: map[string]int{}, stations: map[Step]int{}} }

func (w *packer) number(n int)     { w.body = binary.AppendVarint(w.body, int64(n)) }
func (w *packer) count(n int)      { w.body = binary.AppendUvarint(w.body, uint64(n)) }
func (w *packer) kinds(k Kind)     { w.body = binary.AppendUvarint(w.body, uint64(k)) }
func (w *packer) text(text string) { w.count(w.numberOf(text)) }

func (w *packer) place(p Place) {
	w.number(p.Root)
	w.text(p.Path)
}

func (w *packer) flag(set bool) {
	if set {
		w.body = append(w.body, 1)
	} else {
		w.body = append(w.body, 0)
	}
}

func (w *packer) numberOf(text string) int {
	n, ok := w.texts[text]
	if !ok {
		n = len(w.order)
		w.texts[text] = n
		w.order = append(w.order, text)
	}
	return n
}

func (w *packer) station(s Step) {
	n, ok := w.stations[s]
	if !ok {
		n = len(w.steps)
		w.stations[s] = n
		w.steps = append(w.steps, s)
	}
	w.count(n)
}

func (w *packer) trace(steps []Step) {
	w.count(len(steps))
	for _, s := range steps {
		w.station(s)
	}
}

// section files what was written since from.
func (w *packer) section(list int, name string, from int) {
	w.index[list] = append(w.index[list], section{uint32(w.numberOf(name)), uint32(from), uint32(len(w.body))})
}

// function writes a summary; traces turns a way into its stations.
func (w *packer) function(name string, s *Summary, traces func(*step) []Step) {
	from := len(w.body)
	w.number(s.Params)
	w.flows(s.Flows, traces)
	w.count(len(s.Aliases))
	for _, group := range s.Aliases {
		w.count(len(group))
		for _, p := range group {
			w.place(p)
		}
	}
	w.count(len(s.Sinks))
	for i := range s.Sinks {
		sink := &s.Sinks[i]
		w.place(sink.From)
		w.kinds(sink.Kind)
		w.text(sink.What)
		w.flag(sink.Weak)
		w.station(Step{At: sink.At})
		w.number(sink.Writer)
		w.trace(traces(sink.step))
	}
	w.count(len(s.Checks))
	for _, c := range s.Checks {
		w.number(c.Param)
		w.number(c.Result)
		w.kinds(c.Kinds)
	}
	w.count(len(s.Globals))
	for _, g := range s.Globals {
		w.text(g)
	}
	w.section(0, name, from)
}

func (w *packer) global(name string, flows []Flow, traces func(*step) []Step) {
	from := len(w.body)
	w.flows(flows, traces)
	w.section(1, name, from)
}

func (w *packer) flows(flows []Flow, traces func(*step) []Step) {
	w.count(len(flows))
	for i := range flows {
		f := &flows[i]
		w.count(int(f.Class))
		w.place(f.From)
		w.place(f.To)
		w.kinds(f.Kinds)
		w.flag(f.Whole)
		w.trace(traces(f.step))
	}
}

// pack ends the fact. Functions and globals must have come in the order of
// their names, so that the same facts are the same bytes.
func (w *packer) pack(unknown map[string]bool) *Package {
	body := w.body
	names := slices.Sorted(maps.Keys(unknown))
	for _, name := range names {
		w.numberOf(name)
	}
	for _, s := range w.steps {
		w.numberOf(s.At.File)
		w.numberOf(s.Text)
	}
	w.body = nil
	w.count(len(w.order))
	for _, text := range w.order {
		w.count(len(text))
	}
	w.body = append(w.body, strings.Join(w.order, "")...)
	w.count(len(w.steps))
	for _, s := range w.steps {
		w.text(s.At.File)
		w.count(s.At.Line)
		w.count(s.At.Col)
		w.text(s.Text)
	}
	for _, list := range w.index {
		w.count(len(list))
		for _, s := range list {
			w.count(int(s.name))
			w.count(int(s.from))
			w.count(int(s.to))
		}
	}
	w.count(len(names))
	for _, name := range names {
		w.text(name)
	}
	w.body = append(w.body, body...)
	packed, _ := unpack(string(w.body)) // it was written above
	return &Package{packed}
}

// A cursor reads what a packer wrote. After a fault everything is zero.
type cursor struct {
	p    *packed
	rest string
	bad  bool
}

var errFact = errors.New("taint: not a fact of this build")

// unpack reads all but the sections.
func unpack(all string) (*packed, error) {
	p := &packed{all: all}
	r := &cursor{p: p, rest: all}
	sizes := make([]int, r.count())
	for i := range sizes {
		sizes[i] = r.count()
	}
	p.texts = make([]string, len(sizes))
	for i, n := range sizes {
		if n > len(r.rest) {
			return nil, errFact
		}
		p.texts[i], r.rest = r.rest[:n], r.rest[n:]
	}
	p.stations = make([]Step, r.count())
	for i := range p.stations {
		p.stations[i] = Step{Position{r.text(), int(r.below(math.MaxInt32)), int(r.below(math.MaxInt32))}, r.text()}
	}
	p.funcs, p.globals = r.sections(), r.sections()
	p.unknown = make([]uint32, r.count())
	for i := range p.unknown {
		p.unknown[i] = r.name()
	}
	p.body = r.rest
	for _, s := range slices.Concat(p.funcs, p.globals) {
		r.bad = r.bad || s.from > s.to || int(s.to) > len(p.body)
	}
	if r.bad {
		return nil, errFact
	}
	return p, nil
}

func (r *cursor) sections() []section {
	list := make([]section, r.count())
	for i := range list {
		list[i] = section{r.name(), r.below(math.MaxInt32), r.below(math.MaxInt32)}
	}
	return list
}

func (r *cursor) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

func (r *cursor) number() int {
	v := r.uvarint()
	return int(int64(v>>1) ^ -int64(v&1))
}

// count is a number of things of which each takes a byte or more.
func (r *cursor) count() int { return int(r.below(uint64(len(r.rest)))) }

// below is a number up to a bound.
func (r *cursor) below(most uint64) uint32 {
	n := r.uvarint()
	if n > most {
		r.bad, r.rest = true, ""
		return 0
	}
	return uint32(n)
}

// name is the number of a text.
func (r *cursor) name() uint32 {
	if len(r.p.texts) == 0 {
		r.bad, r.rest = true, ""
		return 0
	}
	return r.below(uint64(len(r.p.texts) - 1))
}

func (r *cursor) text() string {
	if n := r.name(); !r.bad {
		return r.p.texts[n]
	}
	return ""
}

func (r *cursor) flag() bool { return r.uvarint() == 1 }

func (r *cursor) place() Place { return Place{Root: r.number(), Path: r.text()} }

func (r *cursor) station() *Step {
	n := r.uvarint()
	if n >= uint64(len(r.p.stations)) {
		r.bad, r.rest = true, ""
		return &Step{}
	}
	return &r.p.stations[n]
}

func (r *cursor) trace() *step {
	var s *step
	for range r.count() {
		s = s.chain(r.station())
	}
	return s
}

func (r *cursor) flows() []Flow {
	list := make([]Flow, r.count())
	for i := range list {
		list[i] = Flow{Class: Class(r.below(math.MaxUint8)), From: r.place(), To: r.place(), Kinds: Kind(r.uvarint()), Whole: r.flag(), step: r.trace()}
	}
	return list
}

func (r *cursor) summary() *Summary {
	s := &Summary{Params: r.number(), Flows: r.flows()}
	for range r.count() {
		group := make([]Place, r.count())
		for i := range group {
			group[i] = r.place()
		}
		s.Aliases = append(s.Aliases, group)
	}
	for range r.count() {
		sink := SinkFlow{From: r.place(), Kind: Kind(r.uvarint()), What: r.text(), Weak: r.flag()}
		sink.At, sink.Writer, sink.step = r.station().At, r.number(), r.trace()
		s.Sinks = append(s.Sinks, sink)
	}
	for range r.count() {
		s.Checks = append(s.Checks, Check{Param: r.number(), Result: r.number(), Kinds: Kind(r.uvarint())})
	}
	for range r.count() {
		s.Globals = append(s.Globals, r.text())
	}
	return s
}

// find returns where a section's content begins; nil without one.
func (p *packed) find(list []section, name string) *cursor {
	i, ok := slices.BinarySearchFunc(list, name, func(s section, name string) int { return strings.Compare(p.texts[s.name], name) })
	if !ok {
		return nil
	}
	return p.open(list[i])
}

func (p *packed) open(s section) *cursor { return &cursor{p: p, rest: p.body[s.from:s.to]} }
