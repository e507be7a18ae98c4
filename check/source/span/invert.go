package span

import (
	"go/token"
	"math/big"

	"golang.org/x/tools/go/ssa"
)

// mentions reports whether an expression is the value, or made of it in a way
// that can be undone.
func mentions(x, v ssa.Value, depth int) bool {
	if same(x, v, 0) {
		return true
	}
	if depth > 4 {
		return false
	}
	switch x := x.(type) {
	case *ssa.Convert:
		return mentions(x.X, v, depth+1)
	case *ssa.ChangeType:
		return mentions(x.X, v, depth+1)
	case *ssa.UnOp:
		return x.Op == token.SUB && mentions(x.X, v, depth+1)
	case *ssa.BinOp:
		switch x.Op {
		case token.ADD, token.SUB, token.MUL, token.QUO, token.SHL, token.SHR:
			_, left := x.X.(*ssa.Const)
			_, right := x.Y.(*ssa.Const)
			return right && mentions(x.X, v, depth+1) || left && mentions(x.Y, v, depth+1)
		}
	}
	return false
}

// invert returns where v lies if x, which is made of it, lies in s.
func invert(x, v ssa.Value, s Span, depth int) (Span, bool) {
	if same(x, v, 0) {
		return s, true
	}
	if depth > 4 {
		return Span{}, false
	}
	if s.Empty() {
		return Span{}, true
	}
	switch x := x.(type) {
	case *ssa.Convert:
		return invertConversion(x.X, v, Type(x.Type()), s, depth)
	case *ssa.ChangeType:
		return invertConversion(x.X, v, Type(x.Type()), s, depth)
	case *ssa.UnOp:
		if x.Op == token.SUB {
			return invert(x.X, v, Span{new(big.Int).Neg(s.Hi), new(big.Int).Neg(s.Lo)}, depth+1)
		}
	case *ssa.BinOp:
		if c, ok := x.Y.(*ssa.Const); ok {
			if n := number(c.Value); n != nil {
				if s, ok := undo(x.Op, s, n); ok {
					return invert(x.X, v, s, depth+1)
				}
			}
			return Span{}, false
		}
		if c, ok := x.X.(*ssa.Const); ok {
			if n := number(c.Value); n != nil {
				if s, ok := undoLeft(x.Op, n, s); ok {
					return invert(x.Y, v, s, depth+1)
				}
			}
		}
	}
	return Span{}, false
}

// invertConversion undoes a conversion to a type that is as wide or wider.
func invertConversion(x, v ssa.Value, to, s Span, depth int) (Span, bool) {
	from := Type(x.Type())
	if from.Lo == nil || to.Lo == nil || from.Hi.BitLen() > to.Hi.BitLen()+1 {
		return Span{}, false
	}
	return invert(x, v, s, depth+1)
}

// undo returns the numbers that an operation with n on their right takes into s.
func undo(op token.Token, s Span, n *big.Int) (Span, bool) {
	switch op {
	case token.ADD:
		return Span{new(big.Int).Sub(s.Lo, n), new(big.Int).Sub(s.Hi, n)}, true
	case token.SUB:
		return Span{new(big.Int).Add(s.Lo, n), new(big.Int).Add(s.Hi, n)}, true
	case token.MUL:
		if n.Sign() > 0 {
			return Span{ceil(s.Lo, n), floor(s.Hi, n)}, true
		}
	case token.QUO:
		if n.Sign() > 0 {
			rest := new(big.Int).Sub(n, one)
			lo, hi := new(big.Int).Mul(s.Lo, n), new(big.Int).Mul(s.Hi, n)
			if s.Lo.Sign() <= 0 {
				lo.Sub(lo, rest)
			}
			if s.Hi.Sign() >= 0 {
				hi.Add(hi, rest)
			}
			return Span{lo, hi}, true
		}
	case token.SHL:
		if n.IsInt64() && n.Int64() < 63 {
			by := new(big.Int).Lsh(one, uint(n.Int64()))
			return Span{ceil(s.Lo, by), floor(s.Hi, by)}, true
		}
	case token.SHR:
		if n.IsInt64() && n.Int64() < 63 {
			by := uint(n.Int64())
			hi := new(big.Int).Lsh(new(big.Int).Add(s.Hi, one), by)
			return Span{new(big.Int).Lsh(s.Lo, by), hi.Sub(hi, one)}, true
		}
	}
	return Span{}, false
}

// undoLeft is undo for an operation with n on the left.
func undoLeft(op token.Token, n *big.Int, s Span) (Span, bool) {
	switch op {
	case token.ADD, token.MUL:
		return undo(op, s, n)
	case token.SUB:
		return Span{new(big.Int).Sub(n, s.Hi), new(big.Int).Sub(n, s.Lo)}, true
	}
	return Span{}, false
}

func floor(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() < 0 {
		q.Sub(q, one)
	}
	return q
}

func ceil(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() > 0 {
		q.Add(q, one)
	}
	return q
}
