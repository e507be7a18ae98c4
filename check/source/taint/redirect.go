package taint

import (
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"golang.org/x/tools/go/ssa"
)

// A target that begins with a slash is local only if its second character is
// neither a slash nor a backslash, which browsers take for one: //host and
// /\host lead to another host. Facts of the three are kept under the target's
// key with a prefix.
const (
	slash       = "slash "       // it begins with a slash
	noSlash     = "noslash "     // the second character is no slash
	noBackslash = "nobackslash " // nor a backslash
)

// begins says that x begins with a slash, as the instruction has found.
func (g *guards) begins(x ssa.Value, check ssa.Instruction, known facts) {
	k := g.key(x)
	if k == "" {
		return
	}
	known[slash+k] |= Redirect
	if g.slashes == nil {
		g.slashes = map[string][]ssa.Instruction{}
	}
	if !slices.Contains(g.slashes[k], check) {
		g.slashes[k] = append(g.slashes[k], check)
	}
}

// position collects what is said of one of the first characters of a text.
func (g *guards) position(c *ssa.BinOp, equal bool, known facts) {
	if c.Op != token.EQL && c.Op != token.NEQ {
		return
	}
	text, at := character(c.X)
	s, ok := stringOf(c.Y)
	if text == nil || !ok {
		return
	}
	switch {
	case at == 0 && s == "/" && equal:
		g.begins(text, c, known)
	case at == 1 && s == "/" && !equal:
		known[noSlash+g.key(text)] |= Redirect
	case at == 1 && s == `\` && !equal:
		known[noBackslash+g.key(text)] |= Redirect
	}
}

// character returns the text that a value is a character of, and which; nil if
// it is none.
func character(v ssa.Value) (ssa.Value, int64) {
	var x, index ssa.Value
	switch v := v.(type) {
	case *ssa.Lookup:
		x, index = v.X, v.Index
	case *ssa.Index:
		x, index = v.X, v.Index
	case *ssa.Convert:
		return character(v.X)
	}
	c, ok := index.(*ssa.Const)
	if !ok || x == nil || !isText(x.Type()) || c.Value == nil {
		return nil, 0
	}
	return x, c.Int64()
}

// short says that a text has no second character.
func (g *guards) short(c *ssa.BinOp, holds bool, known facts) {
	call, ok := c.X.(*ssa.Call)
	n, isConst := c.Y.(*ssa.Const)
	if !ok || !isConst || n.Value == nil || n.Value.Kind() != constant.Int {
		return
	}
	if b, ok := call.Common().Value.(*ssa.Builtin); !ok || b.Name() != "len" || !isText(call.Common().Args[0].Type()) {
		return
	}
	most := n.Int64()
	switch op := c.Op; {
	case op == token.LSS && holds, op == token.GEQ && !holds:
		most--
	case op == token.LEQ && holds, op == token.GTR && !holds, op == token.EQL && holds, op == token.NEQ && !holds:
	default:
		return
	}
	if k := g.key(call.Common().Args[0]); k != "" && most <= 1 {
		known[noSlash+k] |= Redirect
		known[noBackslash+k] |= Redirect
	}
}

// weakChecks reports checks that let a target pass because it begins with a
// slash, where it is used as one, or where the function's names say that it
// will be.
func (f *frame) weakChecks() {
	if len(f.guards.slashes) == 0 || f.guards.in == nil {
		return
	}
	named := f.namesTarget()
	for _, b := range f.fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Return:
				if named {
					f.weakReturn(b, i)
				}
			case ssa.CallInstruction:
				for _, v := range f.redirectedTo(i) {
					f.weakUse(v, b, i.Pos())
				}
			}
		}
	}
}

// redirectedTo returns the operands of a call that browsers are sent to.
func (f *frame) redirectedTo(call ssa.CallInstruction) []ssa.Value {
	fn := call.Common().StaticCallee()
	if fn == nil {
		return nil
	}
	m := f.modelOf(calleeObject(fn))
	if m == nil {
		return nil
	}
	var list []ssa.Value
	for _, sink := range m.sinks {
		if sink.kind&Redirect == 0 {
			continue
		}
		for _, a := range sink.args {
			if a.by == 0 && a.n < len(call.Common().Args) {
				list = append(list, call.Common().Args[a.n])
			}
		}
	}
	return list
}

// weakReturn looks at a function that returns the target that it has checked,
// or says whether it may be used.
func (f *frame) weakReturn(b *ssa.BasicBlock, ret *ssa.Return) {
	for _, v := range ret.Results {
		if isText(v.Type()) {
			f.weakUse(v, b, ret.Pos())
			continue
		}
		if t, ok := v.Type().Underlying().(*types.Basic); !ok || t.Info()&types.IsBoolean == 0 {
			continue
		}
		for _, known := range f.outcomes(v, b, true, 0) {
			for _, p := range f.fn.Params {
				f.weak(p, known, f.end())
			}
		}
	}
}

// weakUse looks at a target where it is used.
func (f *frame) weakUse(v ssa.Value, b *ssa.BasicBlock, before token.Pos) {
	phi, ok := v.(*ssa.Phi)
	if !ok {
		f.weak(v, f.guards.in[b.Index], before)
		return
	}
	if slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool { _, made := e.(*ssa.BinOp); return made }) {
		return // a slash is put before it where it lacks one
	}
	for n, edge := range phi.Edges {
		from := phi.Block().Preds[n].Index
		f.weak(edge, union(f.guards.in[from], f.guards.edge[[2]int{from, phi.Block().Index}]), before)
	}
}

// weak reports the check of a target of which too little is known.
func (f *frame) weak(v ssa.Value, known facts, before token.Pos) {
	if call, ok := v.(*ssa.Call); ok { // two slashes become one, a backslash stays
		if fn := call.Common().StaticCallee(); fn != nil && qualified(fn) == "path.Clean" {
			v = call.Common().Args[0]
			if _, whole := v.(*ssa.Parameter); !whole {
				return
			}
			known = maps.Clone(known)
			if known != nil {
				known[noSlash+f.guards.key(v)] |= Redirect
			}
		}
	}
	k := f.guards.key(v)
	var check ssa.Instruction // the last one before the use
	for _, c := range f.guards.slashes[k] {
		if c.Pos() < before && (check == nil || c.Pos() > check.Pos()) {
			check = c
		}
	}
	if check == nil || known[slash+k] == 0 || known[k]&Redirect != 0 {
		return
	}
	switch {
	case known[noSlash+k] == 0 && f.redirects():
		// Reported where the target is used.
	case known[noSlash+k] == 0:
		f.weakCheck(check, `a check of where to redirect lets //host pass`)
	case known[noBackslash+k] == 0:
		f.weakCheck(check, `a check of where to redirect lets /\host pass`)
	}
}

// redirects reports whether the function is known to send browsers elsewhere.
func (f *frame) redirects() bool {
	for key := range f.found {
		if key.kind == Redirect && key.class != Parameter {
			return true
		}
	}
	return false
}

func (f *frame) weakCheck(at ssa.Instruction, title string) {
	f.fault(Redirect, at, title, check.Medium, nil)
}

// namesTarget reports whether the function or one of its parameters is called
// like what browsers are sent to.
func (f *frame) namesTarget() bool {
	return redirecting.MatchString(f.fn.Name()) || slices.ContainsFunc(f.fn.Params, func(p *ssa.Parameter) bool {
		return isText(p.Type()) && targetName.MatchString(p.Name())
	})
}

var (
	redirecting = regexp.MustCompile(`(?i)redir|return_?(to|url)|(next|back|local)_?url|safe_?(next|target)`)
	targetName  = regexp.MustCompile(`(?i)^redir|redirect|return_?(to|url|path|uri)$|^(next|goto|continue|target)$|^(next|back|continue|goto|success|login|logout|landing)_?(url|uri|page|path|to)$`)
)

// end is where the function's text ends.
func (f *frame) end() token.Pos {
	if n := f.fn.Syntax(); n != nil {
		return n.End()
	}
	return f.fn.Pos()
}

// leadsOn reports whether a header sends browsers elsewhere.
func leadsOn(header string) bool {
	return strings.EqualFold(header, "Location") || strings.EqualFold(header, "Refresh") || strings.EqualFold(header, "HX-Redirect")
}

// headerUpdate applies a header that is set as the entry of a map, which it is.
func (f *frame) headerUpdate(b *ssa.BasicBlock, i *ssa.MapUpdate) {
	key, ok := stringOf(i.Key)
	if !ok || !leadsOn(key) || typeName(i.Map.Type()) != "net/http.Header" {
		return
	}
	f.sink(sinkSpec{kind: Redirect, what: "the " + key + " header"}, f.deepLabels(i.Value, b), i.Pos(), -1)
}
