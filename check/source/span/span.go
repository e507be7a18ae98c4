// Package span computes between which bounds a whole number of a program lies:
// from its type, from constants and arithmetic, from the functions that it
// comes from, from the steps of a loop, and from every comparison that control
// has passed on the way. It serves the analysers that judge conversions and
// indexes, which are noise without it.
//
//	b := span.Of(fn)
//	if s := b.At(value, block); !s.Within(span.Type(target)) { … }
//
// It sees one function at a time. A field or element that is read twice is
// taken to be the same, as people do who check it first; arithmetic that may
// wrap around ends at the bounds of its type.
package span

import (
	"go/constant"
	"go/types"
	"math/big"
)

// A Span is the numbers from Lo to Hi, both included. The zero Span holds
// none: nothing reaches there. Its numbers must not be changed.
type Span struct{ Lo, Hi *big.Int }

// Int returns the span of one number.
func Int(n int64) Span { return Between(n, n) }

// Between returns the span from lo to hi.
func Between(lo, hi int64) Span { return Span{big.NewInt(lo), big.NewInt(hi)} }

// Empty reports whether the span holds no number.
func (s Span) Empty() bool { return s.Lo == nil || s.Lo.Cmp(s.Hi) > 0 }

// Within reports whether all of the span lies in other.
func (s Span) Within(other Span) bool {
	return s.Empty() || !other.Empty() && s.Lo.Cmp(other.Lo) >= 0 && s.Hi.Cmp(other.Hi) <= 0
}

// Meet returns the numbers in both spans.
func (s Span) Meet(other Span) Span {
	if s.Empty() || other.Empty() {
		return Span{}
	}
	m := Span{larger(s.Lo, other.Lo), smaller(s.Hi, other.Hi)}
	if m.Empty() {
		return Span{}
	}
	return m
}

// Join returns the smallest span around both.
func (s Span) Join(other Span) Span {
	switch {
	case s.Empty():
		return other
	case other.Empty():
		return s
	}
	return Span{smaller(s.Lo, other.Lo), larger(s.Hi, other.Hi)}
}

// Equal reports whether both hold the same numbers.
func (s Span) Equal(other Span) bool { return s.Within(other) && other.Within(s) }

// One returns the only number of the span.
func (s Span) One() (int64, bool) {
	if s.Empty() || s.Lo.Cmp(s.Hi) != 0 || !s.Lo.IsInt64() {
		return 0, false
	}
	return s.Lo.Int64(), true
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

func larger(a, b *big.Int) *big.Int {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

// Type returns the numbers that a type holds, with words of 64 bits; the zero
// Span for what is no whole number.
func Type(t types.Type) Span {
	bits, signed := Bits(t)
	if bits == 0 {
		return Span{}
	}
	if signed {
		half := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
		return Span{new(big.Int).Neg(half), new(big.Int).Sub(half, big.NewInt(1))}
	}
	return Span{new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(bits)), big.NewInt(1))}
}

// Bits returns the size of a type of whole numbers; 0 for others.
func Bits(t types.Type) (bits int, signed bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0, false
	}
	switch b.Kind() {
	case types.Int8:
		return 8, true
	case types.Int16:
		return 16, true
	case types.Int32, types.UntypedRune:
		return 32, true
	case types.Int, types.Int64, types.UntypedInt:
		return 64, true
	case types.Uint8:
		return 8, false
	case types.Uint16:
		return 16, false
	case types.Uint32:
		return 32, false
	case types.Uint, types.Uint64, types.Uintptr:
		return 64, false
	}
	return 0, false
}

// number returns a constant's value; nil if it is no whole number.
func number(v constant.Value) *big.Int {
	if v == nil {
		return nil
	}
	v = constant.ToInt(v)
	if v.Kind() != constant.Int {
		return nil
	}
	switch x := constant.Val(v).(type) {
	case int64:
		return big.NewInt(x)
	case *big.Int:
		return x
	}
	return nil
}
