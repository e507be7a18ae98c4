package taint

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"golang.org/x/tools/go/ssa"
)

// sqlSink applies a statement's text: what reaches it from a source, and, if
// nothing does, what else it is put together from.
func (f *frame) sqlSink(s *site, spec sinkSpec, a ssa.Value, labels set) {
	f.sink(spec, labels, s.pos(), -1)
	if len(sourcesOf(labels).only(SQL)) == 0 {
		f.assembled(a, s.block, s.pos())
	}
}

// assembled reports a statement that is put together from values of unknown
// origin: medium where the value stands for a value, as it should be an
// argument then; nothing where it stands for a name or a clause, which cannot
// be an argument and is mostly chosen by the program.
func (f *frame) assembled(a ssa.Value, b *ssa.BasicBlock, pos token.Pos) {
	if _, ok := a.(*ssa.Const); ok || !isText(peel(a).Type()) {
		return
	}
	w := &sqlWalk{f: f, seen: map[ssa.Value]bool{}}
	w.text(peel(a), b, nil, 0)
	var before strings.Builder
	for _, p := range w.parts {
		if p.hole == nil {
			before.WriteString(p.text)
			continue
		}
		if (statement.MatchString(before.String()) && valuePlace.MatchString(before.String()) || quotedPlace.MatchString(before.String())) && f.chosenByOthers(p.hole) {
			f.unknownOrigin(SQL, p.hole, pos, "a value of unknown origin is part of a statement's text")
			return
		}
		before.WriteString("\x00")
	}
}

var (
	statement   = regexp.MustCompile(`(?is)\b(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|where|replace\s+into)\b`)
	valuePlace  = regexp.MustCompile(`(?is)('%?|[=<>]\s*|\b(like|ilike)\s+|\b(in|values)\s*\(\s*|\b(in|values)\s*\('?[^)]*,\s*'?)$`)
	quotedPlace = regexp.MustCompile(`(?i)([\w.")\]]\s*(=|<>|!=|[<>]=?|\blike|\bilike)|\()\s*'%?$`) // in a part of a statement too
	namePart    = regexp.MustCompile(`(?i)(placeholder|^ph$|bind|^mark|table|column|^cols?$|schema|dialect|quote|ident|clause|fragment|sql|expr|cond|where|order|sort|dir)`)
)

// chosenByOthers reports whether a value in a statement's text is not known to
// be chosen by the program.
func (f *frame) chosenByOthers(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Parameter:
		return !namePart.MatchString(v.Name())
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok {
			return !namePart.MatchString(fieldName(fa.X.Type(), fa.Field))
		}
		_, global := v.X.(*ssa.Global)
		return !global
	case *ssa.Field:
		return !namePart.MatchString(fieldName(v.X.Type(), v.Field))
	case *ssa.Call:
		if fn := v.Common().StaticCallee(); fn != nil {
			return !namePart.MatchString(fn.Name())
		}
		return !v.Common().IsInvoke()
	}
	return true
}

// given returns a part of a text that callers or others give it: a parameter
// or a field; nil if the program makes all of it.
func (f *frame) given(v ssa.Value, b *ssa.BasicBlock) ssa.Value {
	w := &sqlWalk{f: f, seen: map[ssa.Value]bool{}}
	w.text(v, b, nil, 0)
	for _, p := range w.parts {
		switch hole := p.hole.(type) {
		case *ssa.Parameter:
			return hole
		case *ssa.Field:
			return hole
		case *ssa.UnOp:
			if _, ok := hole.X.(*ssa.FieldAddr); ok {
				return hole
			}
		}
	}
	return nil
}

// unknownOrigin reports a value of which only this is known: that it is not
// the program's.
func (f *frame) unknownOrigin(kind Kind, hole ssa.Value, pos token.Pos, title string) {
	key := findingKey{kind: kind, pos: pos, class: Parameter}
	if f.found[key] != nil {
		return
	}
	var first *step
	if hole.Pos().IsValid() {
		first = first.then(hole.Pos(), "a value of unknown origin")
	}
	f.found[key] = &Finding{
		Kind: kind, Pos: pos, At: f.position(pos), Confidence: check.Medium, Title: title, Trace: f.steps(first), steps: first,
	}
}

// A part of a statement is constant text or a value that is not.
type part struct {
	text string
	hole ssa.Value
}

// A sqlWalk takes a text apart.
type sqlWalk struct {
	f     *frame
	seen  map[ssa.Value]bool
	parts []part
}

// maxParts bounds how many parts a statement is taken into.
const maxParts = 200

func (w *sqlWalk) constant(text string) { w.parts = append(w.parts, part{text: text}) }
func (w *sqlWalk) hole(v ssa.Value)     { w.parts = append(w.parts, part{hole: v}) }
func (w *sqlWalk) again(v ssa.Value) bool {
	if w.seen[v] || len(w.parts) > maxParts {
		return true
	}
	w.seen[v] = true
	return false
}

// args are the values of a callee's parameters; nil at the outermost level.
type args map[*ssa.Parameter]ssa.Value

// text adds the parts of v.
func (w *sqlWalk) text(v ssa.Value, b *ssa.BasicBlock, in args, depth int) {
	if s, ok := stringOf(v); ok {
		w.constant(s)
		return
	}
	if !isText(v.Type()) && !types.IsInterface(v.Type()) {
		w.constant("0")
		return
	}
	if depth > 24 || w.again(v) {
		return
	}
	if b != nil && b.Parent() == w.f.fn && w.f.guards.clean(v, b)&SQL != 0 {
		w.constant("x")
		return
	}
	switch v := v.(type) {
	case *ssa.BinOp:
		w.text(v.X, v.Block(), in, depth+1)
		w.text(v.Y, v.Block(), in, depth+1)
	case *ssa.Phi:
		for n, edge := range v.Edges {
			if v.Parent() == w.f.fn && w.f.guards.cleanEdge(edge, v.Block().Preds[n], v.Block())&SQL != 0 {
				w.constant("x")
				continue
			}
			w.text(edge, v.Block().Preds[n], in, depth+1)
		}
	case *ssa.ChangeType:
		w.text(v.X, b, in, depth+1)
	case *ssa.Convert:
		w.text(v.X, b, in, depth+1)
	case *ssa.MakeInterface:
		w.text(v.X, b, in, depth+1)
	case *ssa.Slice:
		w.text(v.X, b, in, depth+1)
	case *ssa.Call:
		w.call(v, in, depth)
	case *ssa.Parameter:
		w.parameter(v, in, depth)
	case *ssa.UnOp:
		w.load(v, in, depth)
	case *ssa.Lookup:
		w.constant("x") // out of a map: the program's choice, unless a source says otherwise
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok && w.returned(call, v.Index, in, depth) {
			return
		}
		if call, ok := v.Tuple.(*ssa.Call); ok {
			if fn := call.Common().StaticCallee(); fn != nil && qualified(fn) == "strings.Cut" {
				w.text(call.Common().Args[0], nil, in, depth+1)
				return
			}
			w.hole(v)
		}
	default:
		w.hole(v)
	}
}

// parameter follows a parameter to what the callers in this package pass, if
// nobody else can call the function.
func (w *sqlWalk) parameter(p *ssa.Parameter, in args, depth int) {
	if a, ok := in[p]; ok {
		w.text(a, nil, nil, depth+1)
		return
	}
	if !types.Identical(p.Type(), types.Typ[types.String]) && isText(p.Type()) {
		w.constant("x") // a type of its own: an enumeration
		return
	}
	callers, all := w.f.targets.callers(p.Parent())
	if !all || len(callers) == 0 {
		w.hole(p)
		return
	}
	n := slices.Index(p.Parent().Params, p)
	for _, c := range callers {
		if n >= len(c.Args) {
			w.hole(p)
			return
		}
		probe := &sqlWalk{f: w.f, seen: w.seen}
		probe.text(c.Args[n], nil, nil, depth+1)
		if slices.ContainsFunc(probe.parts, func(p part) bool { return p.hole != nil }) {
			w.hole(p)
			return
		}
	}
	w.constant("x")
}

// load follows a variable or field to what is stored there.
func (w *sqlWalk) load(v *ssa.UnOp, in args, depth int) {
	if v.Op != token.MUL {
		w.hole(v)
		return
	}
	var stored []ssa.Value
	known := false
	switch a := v.X.(type) {
	case *ssa.Alloc:
		for _, ref := range *a.Referrers() {
			if s, ok := ref.(*ssa.Store); ok && s.Addr == a {
				stored = append(stored, s.Val)
			}
		}
		known = len(stored) > 0
	case *ssa.Global:
		stored, known = w.f.targets.stored(a), a.Pkg == w.f.fn.Pkg
		if !known {
			w.constant("x")
			return
		}
	case *ssa.FieldAddr:
		if fv := fieldVar(a.X.Type(), a.Field); fv != nil && fv.Pkg() == w.f.pass.Pkg && (!fv.Exported() || fv.Pkg().Name() == "main") {
			stored = w.f.targets.fieldStores(fv)
			known = len(stored) > 0
		}
	case *ssa.IndexAddr:
		if list := w.elements(a.X); len(list) > 0 {
			stored, known = list, true
		}
	}
	if !known {
		w.hole(v)
		return
	}
	if _, local := v.X.(*ssa.Alloc); local {
		for _, s := range stored {
			w.text(s, nil, in, depth+1)
		}
		return
	}
	probe := &sqlWalk{f: w.f, seen: w.seen}
	for _, s := range stored {
		probe.text(s, nil, in, depth+1)
	}
	if slices.ContainsFunc(probe.parts, func(p part) bool { return p.hole != nil }) {
		w.hole(v)
		return
	}
	w.parts = append(w.parts, probe.parts...)
}

// call takes apart what a call returns.
func (w *sqlWalk) call(c *ssa.Call, in args, depth int) {
	common := c.Common()
	fn := common.StaticCallee()
	if b, ok := common.Value.(*ssa.Builtin); ok && b.Name() == "append" {
		w.text(common.Args[0], nil, in, depth+1)
		return
	}
	if fn == nil {
		w.hole(c)
		return
	}
	list := common.Args
	switch qualified(fn) {
	case "fmt.Sprintf":
		w.format(list, in, depth)
	case "strings.Join":
		w.joined(list, in, depth)
	case "fmt.Sprint", "fmt.Sprintln":
		for _, v := range operands(list[0]) {
			w.text(peel(v), nil, in, depth+1)
		}
	case "strings.Repeat", "strings.TrimSuffix", "strings.TrimPrefix", "strings.TrimRight", "strings.TrimLeft", "strings.Trim", "strings.TrimSpace",
		"strings.ToUpper", "strings.ToLower":
		w.text(list[0], nil, in, depth+1)
	case "strings.Replace", "strings.ReplaceAll":
		w.text(list[0], nil, in, depth+1)
		w.text(list[2], nil, in, depth+1)
	case "(*strings.Builder).String", "(*bytes.Buffer).String":
		w.builder(list[0], in, depth)
	default:
		w.other(c, fn, in, depth)
	}
}

func (w *sqlWalk) other(c *ssa.Call, fn *ssa.Function, in args, depth int) {
	if obj := calleeObject(fn); obj != nil {
		if m := w.f.modelOf(obj); m != nil && m.cleans && m.clean&SQL != 0 {
			w.constant("x")
			return
		}
		if obj.Pkg() != nil && packagePolicy(w.f.names, plainPath(obj.Pkg().Path())) == policyNone {
			w.constant("x")
			return
		}
	}
	if !w.returned(c, 0, in, depth) {
		w.hole(c)
	}
}

// returned takes apart what a function of this package returns; false if it is
// of another, or too deep.
func (w *sqlWalk) returned(c *ssa.Call, n int, in args, depth int) bool {
	fn := c.Common().StaticCallee()
	if fn == nil || depth > 12 {
		return false
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if !w.f.targets.own[fn] {
		return false
	}
	inner := args{}
	for i, p := range fn.Params {
		if i < len(c.Common().Args) {
			inner[p] = c.Common().Args[i]
			if q, ok := c.Common().Args[i].(*ssa.Parameter); ok && in[q] != nil {
				inner[p] = in[q]
			}
		}
	}
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && n < len(ret.Results) {
			w.text(ret.Results[n], nil, inner, depth+2)
		}
	}
	return true
}

func (w *sqlWalk) format(list []ssa.Value, in args, depth int) {
	text, ok := stringOf(list[0])
	if !ok {
		probe := &sqlWalk{f: w.f, seen: map[ssa.Value]bool{}}
		probe.text(list[0], nil, in, depth+1)
		for _, p := range probe.parts {
			if p.hole != nil {
				w.hole(p.hole)
				return
			}
			text += p.text
		}
	}
	verbs := parseFormat(text)
	values := operands(list[1])
	if values == nil || len(verbs) == 0 {
		w.constant(text)
		return
	}
	for i, v := range verbs {
		w.constant(v.before)
		if i >= len(values) {
			break
		}
		if v.cleans()&SQL != 0 {
			w.constant("0")
			continue
		}
		w.text(peel(values[i]), nil, in, depth+1)
	}
}

// joined takes apart the elements of a slice.
func (w *sqlWalk) joined(list []ssa.Value, in args, depth int) {
	elements := w.elements(list[0])
	if elements == nil {
		w.hole(list[0])
		return
	}
	sep, _ := stringOf(list[1])
	for _, e := range elements {
		w.text(e, nil, in, depth+1)
		w.constant(sep)
	}
}
