package taint

import (
	"fmt"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// A model is what the tables say of a function, a global, a type or a package.
type model struct {
	sinks  []modelSink
	clean  Kind  // kinds that the result is no longer dangerous for
	cleans bool  // clean is said
	checks Kind  // kinds that its saying yes rules out
	source Class // class of its result
	fill   Class // class of what it puts where its arguments point
	none   bool  // nothing comes out of it
	flow   bool  // everything comes out of it
	where  string
}

type modelSink struct {
	kind Kind
	args []int
	rest bool // the last of args and all after it
	weak bool
}

// models reads the tables once.
var models = sync.OnceValue(func() map[string]*model {
	all := map[string]*model{}
	for _, table := range []string{sinkTable, sourceTable, cleanTable, specialTable} {
		for line := range strings.Lines(table) {
			fields := strings.Fields(line)
			if len(fields) == 0 || fields[0] == "#" {
				continue
			}
			names := []string{fields[0]}
			if fields[0] == "pkg" || fields[0] == "type" {
				names = []string{fields[0] + " " + fields[1]}
				fields = fields[1:]
			}
			for _, name := range names {
				for _, full := range braces(name) {
					m := all[full]
					if m == nil {
						m = &model{where: full}
						all[full] = m
					}
					for _, d := range fields[1:] {
						m.directive(d)
					}
				}
			}
		}
	}
	return all
})

// braces expands a{b,c}d to abd and acd.
func braces(s string) []string {
	before, rest, ok := strings.Cut(s, "{")
	if !ok {
		return []string{s}
	}
	inside, after, _ := strings.Cut(rest, "}")
	var all []string
	for option := range strings.SplitSeq(inside, ",") {
		all = append(all, braces(before+option+after)...)
	}
	return all
}

func (m *model) directive(d string) {
	word, rest, _ := strings.Cut(d, ":")
	switch word {
	case "none":
		m.none = true
	case "flow":
		m.flow = true
	case "clean":
		m.cleans = true
		m.clean |= parseKinds(rest)
	case "check":
		m.checks |= parseKinds(rest)
	case "source":
		m.source = parseClass(rest)
	case "fill":
		m.fill = parseClass(rest)
	default:
		s := modelSink{kind: parseKinds(word)}
		rest, s.weak = strings.CutSuffix(rest, "?")
		rest, s.rest = strings.CutSuffix(rest, "+")
		for n := range strings.SplitSeq(rest, ",") {
			i, err := strconv.Atoi(n)
			if err != nil {
				panic(fmt.Sprintf("taint: table: %s: %q", m.where, d))
			}
			s.args = append(s.args, i)
		}
		m.sinks = append(m.sinks, s)
	}
}

// modelOf returns what the tables say of a function; nil for nothing.
func (e *engine) modelOf(fn *types.Func) *model {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	m, ok := e.called[fn]
	if !ok {
		m = e.names[modelName(fn)]
		e.called[fn] = m
	}
	return m
}

// modelName is the full name of a function without type arguments, major
// versions and vendor directories.
func modelName(fn *types.Func) string {
	fn = fn.Origin()
	path := plainPath(fn.Pkg().Path())
	recv := fn.Signature().Recv()
	if recv == nil {
		return path + "." + fn.Name()
	}
	t := recv.Type()
	star := ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return "(" + star + path + "." + named.Obj().Name() + ")." + fn.Name()
	}
	return path + ".?." + fn.Name()
}

// The policies for functions that no line names.
type policy int

const (
	policyGuess policy = iota
	policyFlow         // what goes in comes out
	policyNone         // nothing does
)

func packagePolicy(names map[string]*model, path string) policy {
	if m := names["pkg "+path]; m != nil {
		switch {
		case m.none:
			return policyNone
		case m.flow:
			return policyFlow
		}
	}
	for p := path; ; {
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return policyGuess
		}
		p = p[:i]
		if m := names["pkg "+p+"/..."]; m != nil {
			if m.none {
				return policyNone
			}
			return policyFlow
		}
	}
}

// tableSinks applies the sinks that the tables name.
func (f *frame) tableSinks(s *site) {
	if s.model == nil {
		return
	}
	for _, sink := range s.model.sinks {
		last := sink.args[len(sink.args)-1]
		for i, a := range s.args {
			if !slices.Contains(sink.args, i) && !(sink.rest && i > last) {
				continue
			}
			f.argSink(s, sink, i, a)
		}
	}
}

// argSink applies one sink to one argument, with what is known of the others.
func (f *frame) argSink(s *site, sink modelSink, i int, a ssa.Value) {
	spec := sinkSpec{kind: sink.kind, what: s.name(), weak: sink.weak}
	if sink.kind&(Log|SecretLog) != 0 {
		f.logSink(s, spec, i, a)
		return
	}
	labels := f.deepLabels(a, s.block)
	if sink.kind&Command != 0 && i > 0 {
		spec.weak = !f.shell(s.args)
		if list := operands(a); !spec.weak && len(list) > 1 && len(sourcesOf(labels).only(Command)) == 0 {
			if hole := f.given(peel(list[len(list)-1]), s.block); hole != nil {
				f.unknownOrigin(Command, hole, s.pos(), "a shell runs a value of unknown origin")
			}
		}
	}
	if sink.kind&SQL != 0 {
		f.sqlSink(s, spec, a, labels)
		return
	}
	if sink.kind&Path != 0 {
		spec.kind |= ZipSlip
	}
	f.sink(spec, labels, s.pos(), -1)
}

// modelled applies what the tables say of the result; false if they leave that
// to others.
func (f *frame) modelled(s *site) bool {
	m := s.model
	switch {
	case m.source != Parameter:
		f.putSource(s, m.source)
	case m.fill != Parameter:
		first := 0
		if s.callee.Signature().Recv() != nil {
			first = 1
		}
		for _, a := range s.args[first:] {
			f.fillArg(a, set{f.sourceLabel(m.fill, s.pos(), s.name())})
		}
	case m.none:
	case m.cleans:
		f.cleaned(s, m.clean)
	case m.flow:
		f.propagate(s, true)
	default:
		return f.special(s)
	}
	return true
}

func (f *frame) putSource(s *site, class Class) {
	if s.result == nil {
		return
	}
	labels := set{f.sourceLabel(class, s.pos(), s.name())}
	if tuple, ok := s.rtype.(*types.Tuple); ok {
		for i := range tuple.Len() {
			if t := tuple.At(i).Type(); !isError(t) {
				f.taint(f.field(f.object(s.result), number(i)), labels, t)
			}
		}
		return
	}
	f.taint(s.result, labels, s.rtype)
}

// cleaned lets the arguments into the result without some kinds.
func (f *frame) cleaned(s *site, clean Kind) {
	var in set
	for _, a := range s.args {
		in.add(f.deepLabels(a, s.block), all&^clean)
	}
	f.produce(s, in.via(s.pos(), "through "+s.name()), true)
}
