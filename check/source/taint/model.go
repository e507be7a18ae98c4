package taint

import (
	"fmt"
	"go/types"
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
	from   []int // these operands come out of it
	header bool  // operands 1 and 2 are the name and the value of a header
	where  string
}

type modelSink struct {
	kind   Kind
	args   []argument
	rest   bool // the last of args and all after it
	weak   bool
	html   bool // only if the response is known to be HTML
	ctype  int  // operand that is the type of the content; 0 for none
	writer int  // operand that is written to; -1 for none
}

// An argument is an operand of a call: its number, or how to find it where
// versions and relatives of a function differ.
type argument struct {
	by byte // 0: n is the number; 's': the n-th that is text; 'v': the first of the list that ends the operands
	n  int
}

// A modelTable is what all tables say, by the names of what they speak of.
type modelTable struct {
	names   map[string]*model
	fielded map[string]bool // types of which a field is named
}

// models reads the tables once.
var models = sync.OnceValue(func() modelTable {
	t := modelTable{names: map[string]*model{}, fielded: map[string]bool{}}
	entries(t.entry)
	return t
})

// tables are all the tables; what a later one says of a name is added to what
// an earlier one says.
var tables = []string{sinkTable, sqlTable, clientTable, logTable, frameworkTable, sourceTable, cleanTable, specialTable}

// entries calls f for each line of the tables, with a name, after a word if it
// is no function's, and what is said of it.
func entries(f func(word, name string, says []string)) {
	for _, table := range tables {
		for line := range strings.Lines(table) {
			fields := strings.Fields(line)
			if len(fields) == 0 || fields[0] == "#" {
				continue
			}
			word := ""
			switch fields[0] {
			case "pkg", "type", "field", "shape":
				word, fields = fields[0]+" ", fields[1:]
			}
			f(word, fields[0], fields[1:])
		}
	}
}

func (t modelTable) entry(word, name string, says []string) {
	said := model{where: name}
	for _, d := range says {
		said.directive(d)
	}
	for _, full := range braces(name) {
		if word == "field " {
			t.fielded[full[:strings.LastIndexByte(full, '.')]] = true
		}
		if m := t.names[word+full]; m != nil {
			for _, d := range says {
				m.directive(d)
			}
			continue
		}
		m := said
		m.where = full
		t.names[word+full] = &m
	}
}

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
	case "sets":
		m.header = true
	case "from":
		for n := range strings.SplitSeq(rest, ",") {
			m.from = append(m.from, m.number(d, n))
		}
	default:
		m.sinks = append(m.sinks, m.sink(d, word, rest))
	}
}

// sink reads a kind with its operands: "sql:1,3", "log:2+", "sql:s1",
// "path:v1", and after these "?" for weak, "!" for responses known to be HTML,
// "@N" for the operand that is the type of the content, ">N" for the writer.
func (m *model) sink(d, word, rest string) modelSink {
	s := modelSink{kind: parseKinds(word), writer: -1}
	if list, n, ok := strings.Cut(rest, ">"); ok {
		rest, s.writer = list, m.number(d, n)
	}
	if list, n, ok := strings.Cut(rest, "@"); ok {
		rest, s.ctype = list, m.number(d, n)
	}
	rest, s.html = strings.CutSuffix(rest, "!")
	rest, s.weak = strings.CutSuffix(rest, "?")
	rest, s.rest = strings.CutSuffix(rest, "+")
	if rest == "" {
		return s // of a field
	}
	for n := range strings.SplitSeq(rest, ",") {
		var a argument
		if n != "" && (n[0] == 's' || n[0] == 'v') {
			a.by, n = n[0], n[1:]
		}
		a.n = m.number(d, n)
		s.args = append(s.args, a)
	}
	return s
}

func (m *model) number(d, n string) int {
	i, err := strconv.Atoi(n)
	if err != nil {
		panic(fmt.Sprintf("taint: table: %s: %q", m.where, d))
	}
	return i
}

// modelOf returns what the tables say of a function; nil for nothing.
func (e *engine) modelOf(fn *types.Func) *model {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	m, ok := e.called[fn]
	if !ok {
		if m = e.names[modelName(fn)]; m == nil {
			m = e.shape(fn)
		}
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
	if s.model.header {
		f.headerSink(s)
	}
	for _, sink := range s.model.sinks {
		last := len(s.args)
		for _, a := range sink.args {
			i, v := s.find(a)
			if v == nil {
				continue
			}
			last = i
			f.argSink(s, sink, i, v)
		}
		for i := last + 1; sink.rest && i < len(s.args); i++ {
			f.argSink(s, sink, i, s.args[i])
		}
	}
}

// find returns an operand and its number; nil if the call has none such.
func (s *site) find(a argument) (int, ssa.Value) {
	i := a.n
	switch a.by {
	case 's':
		if i = nthText(s.callee, a.n); i < 0 {
			return 0, nil
		}
	case 'v':
		if i = len(s.args) - 1; i < 0 || !s.callee.Signature().Variadic() {
			return 0, nil
		}
		if list := operands(s.args[i]); list != nil {
			if len(list) == 0 {
				return 0, nil
			}
			return i, list[0]
		}
	}
	return i, s.arg(i)
}

// nthText returns the number of the n-th operand whose type is text, counted
// from 1; -1 if there is none.
func nthText(fn *types.Func, n int) int {
	sig := fn.Signature()
	first := 0
	if sig.Recv() != nil {
		first = 1
	}
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if slice, ok := t.Underlying().(*types.Slice); ok && sig.Variadic() && i == sig.Params().Len()-1 {
			t = slice.Elem()
		}
		if isText(t) {
			if n--; n == 0 {
				return first + i
			}
		}
	}
	return -1
}

// argSink applies one sink to one argument, with what is known of the others.
func (f *frame) argSink(s *site, sink modelSink, i int, a ssa.Value) {
	spec := sinkSpec{kind: sink.kind, what: s.name(), weak: sink.weak}
	switch {
	case sink.kind&(Log|SecretLog) != 0:
		f.logSink(s, spec, i, a)
		return
	case sink.kind&XSS != 0:
		f.contentSink(s, sink, spec, a)
		return
	case sink.kind&SQL != 0 && condition(peel(a).Type()):
		f.conditionSink(s, spec, a)
		return
	case sink.kind&SQL != 0 && !statementType(peel(a).Type()):
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
	if sink.kind&NoSQL != 0 {
		spec.kind |= equality
	}
	pos := s.pos()
	if call := sent(s); sink.kind&SSRF != 0 && call != nil {
		spec.what, pos = "Do", call.Pos()
		labels = labels.via(s.pos(), "through "+s.name())
	}
	f.sink(spec, labels, pos, -1)
}

// statementType reports whether a value of the type can be the text of a
// statement. Query builders take maps and structs too, whose values they bind.
func statementType(t types.Type) bool {
	if isText(t) || types.IsInterface(t) {
		return true
	}
	slice, ok := t.Underlying().(*types.Slice)
	return ok && (isText(slice.Elem()) || types.IsInterface(slice.Elem()))
}

// contentSink applies a sink that is the body of a response.
func (f *frame) contentSink(s *site, sink modelSink, spec sinkSpec, a ssa.Value) {
	labels := f.deepLabels(a, s.block)
	if sink.writer >= 0 {
		f.respond(s, s.args[sink.writer], labels)
		return
	}
	if sink.ctype > 0 {
		text, ok := stringOf(s.arg(sink.ctype))
		switch {
		case ok && !scriptable(text):
			return
		case !ok:
			spec.weak = true
		}
	} else if f.plainAt(s.block) || sink.html && !f.htmlAt(s.block) {
		return
	}
	f.sink(spec, labels, s.pos(), -1)
}

// htmlAt reports whether the response is known to be HTML in a block.
func (f *frame) htmlAt(b *ssa.BasicBlock) bool {
	for _, c := range f.contents {
		if c.html && c.block.Dominates(b) {
			return true
		}
	}
	return false
}

// headerSink applies the sinks that are headers by which browsers go elsewhere.
func (f *frame) headerSink(s *site) {
	if len(s.args) < 3 {
		return
	}
	key, ok := stringOf(s.args[1])
	if !ok || !leadsOn(key) {
		return
	}
	f.sink(sinkSpec{kind: Redirect, what: "the " + key + " header"}, f.deepLabels(s.args[2], s.block), s.pos(), -1)
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
	case m.from != nil:
		f.handOn(s, m.from)
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

// handOn lets some operands into the first result.
func (f *frame) handOn(s *site, from []int) {
	if s.result == nil {
		return
	}
	var in set
	for _, i := range from {
		if a := s.arg(i); a != nil {
			in.add(f.deepLabels(a, s.block), all)
		}
	}
	c, t := s.result, s.rtype
	if tuple, ok := t.(*types.Tuple); ok {
		c, t = f.field(f.object(c), "0"), tuple.At(0).Type()
	}
	f.taint(c, in.via(s.pos(), "through "+s.name()), t)
}
