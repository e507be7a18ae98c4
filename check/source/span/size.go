package span

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A Size is the length and the capacity of a slice or array, -1 where unknown.
type Size struct{ Len, Cap int64 }

var unknown = Size{-1, -1}

// Measure returns what is known of the size of a slice, an array or a pointer
// to one, by how it is made.
func Measure(v ssa.Value) Size { return measure(v, 0) }

func measure(v ssa.Value, depth int) Size {
	if n, ok := arrayLen(v.Type()); ok {
		return Size{n, n}
	}
	if depth > maxDepth {
		return unknown
	}
	switch v := v.(type) {
	case *ssa.MakeSlice:
		return Size{fixed(v.Len), fixed(v.Cap)}
	case *ssa.Const:
		if _, ok := v.Type().Underlying().(*types.Slice); ok && v.IsNil() {
			return Size{0, 0}
		}
	case *ssa.ChangeType:
		return measure(v.X, depth+1)
	case *ssa.Slice:
		return cut(v, measure(v.X, depth+1))
	}
	return unknown
}

// cut measures a part of something.
func cut(v *ssa.Slice, of Size) Size {
	low, high, most := int64(0), of.Len, of.Cap
	if v.Low != nil {
		low = fixed(v.Low)
	}
	if v.High != nil {
		high = fixed(v.High)
	}
	if v.Max != nil {
		most = fixed(v.Max)
	}
	part := unknown
	if low >= 0 && high >= low {
		part.Len = high - low
	}
	if low >= 0 && most >= low {
		part.Cap = most - low
	}
	return part
}

// fixed returns a constant's value, -1 if it is none.
func fixed(v ssa.Value) int64 {
	if c, ok := v.(*ssa.Const); ok {
		if n := number(c.Value); n != nil && n.IsInt64() {
			return n.Int64()
		}
	}
	return -1
}

// arrayLen returns the length of an array or of what points to one.
func arrayLen(t types.Type) (int64, bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		return a.Len(), true
	}
	return 0, false
}
