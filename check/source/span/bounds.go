package span

import (
	"go/token"
	"go/types"
	"math/big"

	"golang.org/x/tools/go/ssa"
)

// Bounds answers for one function. It is not safe for concurrent use.
type Bounds struct {
	fn      *ssa.Function
	tests   []test // the comparisons that control depends on
	paths   map[ssa.Value]map[*ssa.BasicBlock]Span
	cuts    map[ssa.Value]map[*ssa.BasicBlock][2]Span // what each branch leaves
	active  map[question]bool
	answers map[question]Span // answers that nothing was under way for
	left    int               // how many steps the question at hand may still take
	live    map[*ssa.BasicBlock]bool
}

// A test is a comparison at the end of a block.
type test struct {
	block *ssa.BasicBlock
	cond  *ssa.BinOp
	not   bool
}

type question struct {
	value ssa.Value
	block *ssa.BasicBlock
}

// maxBlocks bounds the functions in which comparisons are followed.
const maxBlocks = 1500

// maxDepth bounds how deep expressions are followed.
const maxDepth = 10

// maxSteps bounds the work on one question: where numbers of nested loops are
// tested against each other, every level multiplies it.
const maxSteps = 1000

// Of returns the bounds of a function's numbers.
func Of(fn *ssa.Function) *Bounds {
	b := &Bounds{fn: fn, paths: map[ssa.Value]map[*ssa.BasicBlock]Span{}, cuts: map[ssa.Value]map[*ssa.BasicBlock][2]Span{}, active: map[question]bool{}, answers: map[question]Span{}}
	if len(fn.Blocks) > maxBlocks {
		return b
	}
	for _, block := range fn.Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond, not := branch.Cond, false
		for {
			u, ok := cond.(*ssa.UnOp)
			if !ok || u.Op != token.NOT {
				break
			}
			cond, not = u.X, !not
		}
		if c, ok := cond.(*ssa.BinOp); ok && Type(c.X.Type()).Lo != nil {
			b.tests = append(b.tests, test{block, c, not})
		}
	}
	return b
}

// At returns where a value lies when control is in the block, the zero Span if
// control never gets there with it.
func (b *Bounds) At(v ssa.Value, block *ssa.BasicBlock) Span {
	q := question{v, block}
	s, ok := b.answers[q]
	if !ok {
		b.left = maxSteps
		s = b.at(v, block, 0)
		b.answers[q] = s
	}
	return s
}

func (b *Bounds) at(v ssa.Value, block *ssa.BasicBlock, depth int) Span {
	whole := Type(v.Type())
	if c, ok := v.(*ssa.Const); ok {
		if n := number(c.Value); n != nil {
			return Span{n, n}
		}
		return whole
	}
	q := question{v, block}
	if s, ok := b.answers[q]; ok {
		return s
	}
	if b.left--; depth > maxDepth || b.left < 0 || b.active[q] || whole.Lo == nil {
		return whole
	}
	b.active[q] = true
	defer delete(b.active, q)
	s := b.compute(v, block, depth).Meet(b.path(v, block, depth))
	if phi, ok := v.(*ssa.Phi); ok {
		return stepped(phi, s)
	}
	return s
}

// path returns what the comparisons on the way to the block leave of a value.
// A value does not change, so that what comes around a loop is no more than
// what went in.
func (b *Bounds) path(v ssa.Value, block *ssa.BasicBlock, depth int) Span {
	whole := Type(v.Type())
	if known, ok := b.paths[v]; ok {
		if known == nil {
			return whole
		}
		if s, ok := known[block]; ok {
			return s
		}
		return Span{}
	}
	var edges map[*ssa.BasicBlock][2]Span
	b.paths[v] = nil // while it is computed, nothing is known
	for _, t := range b.tests {
		yes, no, ok := b.tested(t, v, whole, depth)
		if !ok {
			continue
		}
		if edges == nil {
			edges = map[*ssa.BasicBlock][2]Span{}
		}
		edges[t.block] = [2]Span{yes, no}
	}
	if edges == nil {
		return whole
	}
	known := b.flow(whole, edges)
	b.paths[v], b.cuts[v] = known, edges
	return known[block]
}

// along is path on the way from a block to one that follows it.
func (b *Bounds) along(v ssa.Value, from, to *ssa.BasicBlock, depth int) Span {
	s := b.path(v, from, depth)
	cut, ok := b.cuts[v][from]
	if !ok {
		return s
	}
	left := Span{}
	for i, next := range from.Succs {
		if next == to {
			left = left.Join(s.Meet(cut[i]))
		}
	}
	return left
}

// flow carries a span from the entry along all edges, cut by those that test.
func (b *Bounds) flow(whole Span, edges map[*ssa.BasicBlock][2]Span) map[*ssa.BasicBlock]Span {
	known := map[*ssa.BasicBlock]Span{b.fn.Blocks[0]: whole}
	todo := []*ssa.BasicBlock{b.fn.Blocks[0]}
	if b.fn.Recover != nil {
		known[b.fn.Recover] = whole
		todo = append(todo, b.fn.Recover)
	}
	for len(todo) > 0 {
		block := todo[0]
		todo = todo[1:]
		for i, next := range block.Succs {
			s := known[block]
			if cut, ok := edges[block]; ok {
				s = s.Meet(cut[i])
			}
			if s.Empty() {
				continue
			}
			joined := known[next].Join(s)
			if old, ok := known[next]; !ok || !joined.Equal(old) {
				known[next] = joined
				todo = append(todo, next)
			}
		}
	}
	return known
}

// tested returns what is left of a value where the test holds and where it
// does not.
func (b *Bounds) tested(t test, v ssa.Value, whole Span, depth int) (yes, no Span, ok bool) {
	op, x, y := t.cond.Op, t.cond.X, t.cond.Y
	side := func(x, y ssa.Value, op token.Token) bool {
		if !mentions(x, v, 0) {
			return false
		}
		limit := b.at(y, t.block, depth+1)
		if limit.Empty() {
			return false
		}
		yes, ok = invert(x, v, allowed(op, limit, Type(x.Type())), 0)
		if !ok {
			return false
		}
		no, ok = invert(x, v, allowed(negated[op], limit, Type(x.Type())), 0)
		return ok
	}
	if !side(x, y, op) && !side(y, x, flipped[op]) {
		return Span{}, Span{}, false
	}
	if t.not {
		yes, no = no, yes
	}
	return yes.Meet(whole), no.Meet(whole), true
}

var (
	negated = map[token.Token]token.Token{token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL}
	flipped = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ, token.EQL: token.EQL, token.NEQ: token.NEQ}
)

var one = big.NewInt(1)

// allowed returns the numbers that may stand in this relation to the limit.
func allowed(op token.Token, limit, whole Span) Span {
	switch op {
	case token.LSS:
		return whole.Meet(Span{whole.Lo, new(big.Int).Sub(limit.Hi, one)})
	case token.LEQ:
		return whole.Meet(Span{whole.Lo, limit.Hi})
	case token.GTR:
		return whole.Meet(Span{new(big.Int).Add(limit.Lo, one), whole.Hi})
	case token.GEQ:
		return whole.Meet(Span{limit.Lo, whole.Hi})
	case token.EQL:
		return whole.Meet(limit)
	case token.NEQ:
		if limit.Lo.Cmp(limit.Hi) != 0 {
			return whole
		}
		if limit.Lo.Cmp(whole.Lo) == 0 {
			return Span{new(big.Int).Add(whole.Lo, one), whole.Hi}
		}
		if limit.Hi.Cmp(whole.Hi) == 0 {
			return Span{whole.Lo, new(big.Int).Sub(whole.Hi, one)}
		}
	}
	return whole
}

// Reaches reports whether control gets to the block, as far as comparisons of
// known numbers tell.
func (b *Bounds) Reaches(block *ssa.BasicBlock) bool {
	if b.live == nil {
		b.live = b.reach()
	}
	return b.live[block]
}

func (b *Bounds) reach() map[*ssa.BasicBlock]bool {
	dead := map[*ssa.BasicBlock][2]bool{}
	for _, t := range b.tests {
		x, y := b.At(t.cond.X, t.block), b.At(t.cond.Y, t.block)
		if x.Empty() || y.Empty() || negated[t.cond.Op] == token.ILLEGAL {
			continue
		}
		whole := Type(t.cond.X.Type())
		yes, no := x.Meet(allowed(t.cond.Op, y, whole)).Empty(), x.Meet(allowed(negated[t.cond.Op], y, whole)).Empty()
		if t.not {
			yes, no = no, yes
		}
		dead[t.block] = [2]bool{yes, no}
	}
	live := map[*ssa.BasicBlock]bool{}
	var visit func(*ssa.BasicBlock)
	visit = func(block *ssa.BasicBlock) {
		if live[block] {
			return
		}
		live[block] = true
		for i, next := range block.Succs {
			if i > 1 || !dead[block][i] {
				visit(next)
			}
		}
	}
	visit(b.fn.Blocks[0])
	if b.fn.Recover != nil {
		visit(b.fn.Recover)
	}
	return live
}

// Same reports whether two values are the same number by how they are made:
// one value, or the same field, element or expression read twice.
func Same(a, b ssa.Value) bool { return same(a, b, 0) }

func same(a, b ssa.Value, depth int) bool {
	if a == b {
		return true
	}
	if depth > maxDepth || a == nil || b == nil || !types.Identical(a.Type(), b.Type()) {
		return false
	}
	depth++
	switch a := a.(type) {
	case *ssa.Const:
		b, ok := b.(*ssa.Const)
		return ok && a.Value != nil && b.Value != nil && a.Value.ExactString() == b.Value.ExactString()
	case *ssa.UnOp:
		b, ok := b.(*ssa.UnOp)
		return ok && a.Op == b.Op && a.Op != token.ARROW && same(a.X, b.X, depth)
	case *ssa.BinOp:
		b, ok := b.(*ssa.BinOp)
		return ok && a.Op == b.Op && same(a.X, b.X, depth) && same(a.Y, b.Y, depth)
	case *ssa.FieldAddr:
		b, ok := b.(*ssa.FieldAddr)
		return ok && a.Field == b.Field && same(a.X, b.X, depth)
	case *ssa.Field:
		b, ok := b.(*ssa.Field)
		return ok && a.Field == b.Field && same(a.X, b.X, depth)
	case *ssa.IndexAddr:
		b, ok := b.(*ssa.IndexAddr)
		return ok && same(a.X, b.X, depth) && same(a.Index, b.Index, depth)
	case *ssa.Convert:
		b, ok := b.(*ssa.Convert)
		return ok && same(a.X, b.X, depth)
	case *ssa.ChangeType:
		b, ok := b.(*ssa.ChangeType)
		return ok && same(a.X, b.X, depth)
	case *ssa.Call:
		b, ok := b.(*ssa.Call)
		return ok && builtin(a) != "" && builtin(a) == builtin(b) && len(a.Call.Args) == 1 && len(b.Call.Args) == 1 && same(a.Call.Args[0], b.Call.Args[0], depth)
	}
	return false
}

// builtin names the builtin function that is called.
func builtin(c *ssa.Call) string {
	if f, ok := c.Call.Value.(*ssa.Builtin); ok {
		return f.Name()
	}
	return ""
}
