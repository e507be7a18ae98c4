package taint

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A site is a call as the transfer functions see it: all operands in one list,
// the receiver first, whichever way it is called.
type site struct {
	block  *ssa.BasicBlock
	instr  ssa.CallInstruction
	common *ssa.CallCommon
	args   []ssa.Value
	result *cell // nil if there is none or nobody looks
	rtype  types.Type
	callee *types.Func // nil for functions without a name
	model  *model
}

func (s *site) pos() token.Pos { return s.instr.Pos() }

func (s *site) name() string {
	if s.callee == nil {
		return "a function"
	}
	return s.callee.Name()
}

// arg returns an operand or nil.
func (s *site) arg(i int) ssa.Value {
	if i < 0 || i >= len(s.args) {
		return nil
	}
	return s.args[i]
}

// call applies a call: sinks of its arguments by the tables, then what the
// callee does, by its summary, by the tables, or by what such functions
// usually do.
func (f *frame) call(b *ssa.BasicBlock, instr ssa.CallInstruction) {
	common := instr.Common()
	s := &site{block: b, instr: instr, common: common, args: common.Args}
	if v := instr.Value(); v != nil {
		s.rtype = v.Type()
		s.result = f.cell(v)
	} else {
		s.rtype = types.NewTuple()
	}
	if common.IsInvoke() {
		s.args = append([]ssa.Value{common.Value}, common.Args...)
		s.callee = common.Method
	} else if builtin, ok := common.Value.(*ssa.Builtin); ok {
		f.builtin(s, builtin.Name())
		return
	} else if fn := common.StaticCallee(); fn != nil {
		s.callee = calleeObject(fn)
		if mc, ok := common.Value.(*ssa.MakeClosure); ok && method(fn) != nil && len(mc.Bindings) == 1 {
			s.args = append([]ssa.Value{mc.Bindings[0]}, common.Args...) // a method value
		}
	} else {
		f.callValue(s)
		s.callee = f.targets.foreign(common.Value)
	}
	s.model = f.modelOf(s.callee)
	f.tableSinks(s)
	f.responseSinks(s)
	f.mailSinks(s)
	f.bomb(s)
	if f.keep(s) {
		f.nameResult(s)
		return
	}
	if s.model != nil && f.modelled(s) {
		f.nameResult(s)
		return
	}
	known := false
	for _, target := range f.targets.of(common) {
		if sum := f.summaryOf(target); sum != nil {
			f.apply(s, sum, target.fn)
			known = true
		}
	}
	if !known {
		f.unknown(s)
	}
	f.nameResult(s)
}

// calleeObject returns the declared function; nil for literals.
func calleeObject(fn *ssa.Function) *types.Func {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}

func (f *frame) summaryOf(t target) *Summary {
	if t.fn != nil {
		return f.summary(t.fn)
	}
	return f.fact(t.obj)
}

func (f *frame) builtin(s *site, name string) {
	switch name {
	case "append":
		if s.result == nil || len(s.args) == 0 {
			return
		}
		f.move(s.result, s.args[0], s.block)
		if len(s.args) < 2 {
			return
		}
		if isText(s.rtype) {
			f.taint(s.result, f.deepLabels(s.args[1], s.block), s.rtype)
			return
		}
		src := f.cell(s.args[1])
		slice, ok := s.rtype.Underlying().(*types.Slice)
		if src == nil || !ok || carries(slice.Elem()) == 0 {
			return
		}
		f.flow(f.field(f.object(s.result), element), f.field(f.object(src), element), slice.Elem(), all)
		f.add(s.result, src.find().labels, all)
	case "copy":
		if dst := f.cell(s.args[0]); dst != nil {
			f.taint(dst, f.deepLabels(s.args[1], s.block), s.args[0].Type())
		}
	case "min", "max":
		if name == "min" {
			for _, a := range s.args {
				if _, ok := a.(*ssa.Const); ok {
					return // bounded
				}
			}
		}
		for _, a := range s.args {
			f.move(s.result, a, s.block)
		}
	case "String", "StringData", "Slice", "SliceData": // of package unsafe
		f.taint(s.result, f.deepLabels(s.args[0], s.block), s.rtype)
	case "ssa:wrapnilchk":
		f.move(s.result, s.args[0], s.block)
	}
}

// apply applies a callee's summary to the operands of a call.
func (f *frame) apply(s *site, sum *Summary, fn *ssa.Function) {
	bd := &binding{block: s.block, pos: s.pos(), name: s.name(), sum: sum, rtype: s.rtype}
	if len(s.args) == sum.Params-1 { // a method value, whose receiver is not here
		bd.cells, bd.values = append(bd.cells, nil), append(bd.values, nil)
	}
	for _, v := range s.args {
		bd.cells = append(bd.cells, f.cell(v))
		bd.values = append(bd.values, v)
	}
	if fn != nil {
		if mc, ok := s.common.Value.(*ssa.MakeClosure); ok && mc.Fn == fn && method(fn) == nil {
			for _, v := range mc.Bindings {
				bd.cells = append(bd.cells, f.cell(v))
				bd.values = append(bd.values, v)
			}
		}
	}
	if s.result != nil {
		n := 1
		if tuple, ok := s.rtype.(*types.Tuple); ok {
			n = tuple.Len()
			for i := range n {
				bd.results = append(bd.results, f.field(f.object(s.result), number(i)))
				bd.types = append(bd.types, tuple.At(i).Type())
			}
		} else {
			bd.results = []*cell{s.result}
			bd.types = []types.Type{s.rtype}
		}
	}
	f.bind(bd)
}

// unknown applies what functions do of which neither body nor table is known.
func (f *frame) unknown(s *site) {
	if s.callee == nil || s.callee.Pkg() == nil {
		if s.callee != nil && s.callee.Name() == "Error" && s.result != nil { // (error).Error
			f.add(s.result, f.labels(s.args[0], s.block), all)
			f.add(s.result, set{f.sourceLabel(ErrorText, s.pos(), "error")}, all)
		}
		return
	}
	path := plainPath(s.callee.Pkg().Path())
	policy := packagePolicy(f.names, path)
	switch {
	case policy == policyNone:
	case policy == policyFlow:
		f.propagate(s, true)
	case s.callee.Pkg() == f.pass.Pkg && !s.common.IsInvoke():
		// Its body has been analysed, or is not Go.
	default:
		f.propagate(s, false)
	}
}

// propagate lets what goes into a call come out of it. Of functions that are
// not in the tables only text is believed to be made of what is given, unless
// the receiver itself is a source, such as a framework's context.
func (f *frame) propagate(s *site, known bool) {
	var in set
	receiver := s.callee.Signature().Recv() != nil
	for i, a := range s.args {
		labels := f.deepLabels(a, s.block)
		if !known {
			if receiver && i > 0 {
				continue
			}
			if i > 0 || !receiver {
				if !isText(a.Type()) && !sourceTypeName(f.names, typeName(a.Type())) && typeName(a.Type()) != "io.Reader" {
					continue
				}
			} else if !s.common.IsInvoke() || !isText(s.rtype) {
				labels = sourcesOf(labels)
			}
		}
		in.add(labels, all)
	}
	if known {
		for _, a := range s.args {
			f.handIn(a, in, s)
		}
	}
	f.fill(s, in, known)
	if len(in) == 0 {
		return
	}
	in = in.via(s.pos(), "through "+s.name())
	if known && receiver && mutates(s.callee.Name()) {
		if c := f.cell(s.args[0]); c != nil {
			f.taint(c, in, s.args[0].Type())
		}
	}
	f.produce(s, in, known)
}

// produce puts labels into the results of a call, but not into errors.
func (f *frame) produce(s *site, in set, known bool) {
	if s.result == nil {
		return
	}
	accept := func(t types.Type) bool {
		if isFunc(t) {
			return known
		}
		if carries(t) == numeric && counts(s.callee.Name()) {
			return false
		}
		if isError(t) && !(s.callee.Pkg() != nil && (s.callee.Pkg().Path() == "fmt" || s.callee.Pkg().Path() == "errors")) {
			return false
		}
		return known || isText(t) || textual(t) || s.callee.Signature().Recv() != nil
	}
	if tuple, ok := s.rtype.(*types.Tuple); ok {
		for i := range tuple.Len() {
			if t := tuple.At(i).Type(); accept(t) {
				f.give(f.field(f.object(s.result), number(i)), in, t)
			}
		}
		return
	}
	if accept(s.rtype) {
		f.give(s.result, in, s.rtype)
	}
}

// counts reports whether functions of the name say how much there is already.
func counts(name string) bool {
	switch name {
	case "Len", "Cap", "Count", "Length", "Available", "Buffered":
		return true
	}
	return strings.HasPrefix(name, "Num") && len(name) > 3 && name[3] >= 'A' && name[3] <= 'Z'
}

// textual are types that are text in another shape.
func textual(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok && isText(s.Elem()) {
		return true
	}
	switch typeName(t) {
	case "io.Reader", "io.ReadCloser", "net/url.URL", "net/url.Values", "bytes.Buffer", "strings.Reader":
		return true
	}
	return false
}

// mutates reports whether methods of the name usually store their arguments.
func mutates(name string) bool {
	for _, prefix := range []string{"Write", "Set", "Add", "Append", "Push", "Store", "Put", "Insert", "Swap", "LoadOrStore", "ReadFrom", "Reset", "Send", "Init"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// fills reports whether functions of the name usually fill what their
// arguments point at with what they read.
func fills(name string) bool {
	for _, part := range []string{"Decode", "Unmarshal", "Bind", "Read", "Scan", "Parser", "Copy", "JSON", "ParseForm"} {
		if strings.Contains(name, part) && !strings.HasPrefix(name, "Marshal") && !strings.HasPrefix(name, "New") {
			return true
		}
	}
	return false
}

// fill taints what the pointers among the arguments point at.
func (f *frame) fill(s *site, in set, known bool) {
	if !fills(s.callee.Name()) {
		return
	}
	if !known {
		if s.callee.Signature().Recv() == nil {
			for _, a := range s.args {
				in.add(sourcesOf(f.deepLabels(a, s.block)), all)
			}
		}
		in = sourcesOf(in)
	}
	if len(in) == 0 {
		return
	}
	in = in.via(s.pos(), "read by "+s.name())
	first := 0
	if s.callee.Signature().Recv() != nil {
		first = 1
	}
	for _, a := range s.args[first:] {
		f.fillArg(a, in)
	}
}

// fillArg taints what an argument points at; a list of arguments is opened.
func (f *frame) fillArg(a ssa.Value, in set) {
	c := f.cell(a)
	if c == nil {
		return
	}
	if slice, ok := a.(*ssa.Slice); ok {
		if alloc, ok := slice.X.(*ssa.Alloc); ok && alloc.Comment == "varargs" {
			for _, v := range varargs(alloc) {
				f.fillArg(v, in)
			}
			return
		}
	}
	if mi, ok := a.(*ssa.MakeInterface); ok {
		a = mi.X
		if c = f.cell(a); c == nil {
			return
		}
	}
	switch t := a.Type().Underlying().(type) {
	case *types.Pointer:
		if !inert(t.Elem()) && carries(t.Elem())&^numeric != 0 {
			f.taintObject(f.object(c), in.only(carries(t.Elem())), maxDepth)
		}
	case *types.Slice, *types.Map:
		f.taint(c, in, t)
	case *types.Interface:
		if _, ok := a.(*ssa.Parameter); ok || !isError(a.Type()) {
			f.taintObject(f.object(c), in, maxDepth)
		}
	}
}

// varargs returns the values of a list of variadic arguments, in order.
func varargs(alloc *ssa.Alloc) []ssa.Value {
	var list []ssa.Value
	for _, ref := range *alloc.Referrers() {
		at, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, use := range *at.Referrers() {
			if store, ok := use.(*ssa.Store); ok && store.Addr == at {
				list = append(list, store.Val)
			}
		}
	}
	return list
}
