package span

import (
	"go/token"
	"go/types"
	"math/big"

	"golang.org/x/tools/go/ssa"
)

// compute returns where a value lies by how it is made.
func (b *Bounds) compute(v ssa.Value, block *ssa.BasicBlock, depth int) Span {
	whole := Type(v.Type())
	switch v := v.(type) {
	case *ssa.Convert:
		return b.converted(v.X, whole, block, depth)
	case *ssa.ChangeType:
		return b.converted(v.X, whole, block, depth)
	case *ssa.BinOp:
		return wrapped(b.arithmetic(v, whole, block, depth), whole)
	case *ssa.UnOp:
		return wrapped(b.unary(v, whole, block, depth), whole)
	case *ssa.Phi:
		return b.phi(v, whole, depth)
	case *ssa.Call:
		return b.call(v, whole, block, depth).Meet(whole)
	case *ssa.Extract:
		return extracted(v, whole).Meet(whole)
	}
	return whole
}

// converted is what a conversion makes of a number: itself, if it fits.
func (b *Bounds) converted(x ssa.Value, whole Span, block *ssa.BasicBlock, depth int) Span {
	from := Type(x.Type())
	if from.Lo == nil {
		return whole
	}
	s := b.at(x, block, depth+1)
	if s.Within(whole) {
		return s
	}
	return whole
}

// wrapped is a result, or every number of the type if it may leave the type.
func wrapped(s, whole Span) Span {
	if s.Within(whole) {
		return s
	}
	return whole
}

func (b *Bounds) unary(v *ssa.UnOp, whole Span, block *ssa.BasicBlock, depth int) Span {
	switch v.Op {
	case token.SUB:
		s := b.at(v.X, block, depth+1)
		if s.Empty() {
			return Span{}
		}
		return Span{new(big.Int).Neg(s.Hi), new(big.Int).Neg(s.Lo)}
	case token.XOR:
		s := b.at(v.X, block, depth+1)
		if s.Empty() {
			return Span{}
		}
		// The complement is counted from the other end of the type.
		sum := new(big.Int).Add(whole.Lo, whole.Hi)
		return Span{new(big.Int).Sub(sum, s.Hi), new(big.Int).Sub(sum, s.Lo)}
	case token.MUL:
		return element(v.X, whole)
	}
	return whole
}

// element is what is known of what an address holds: text holds characters.
func element(address ssa.Value, whole Span) Span {
	at, ok := address.(*ssa.IndexAddr)
	if !ok {
		return whole
	}
	if c, ok := at.X.(*ssa.Convert); ok {
		if text, ok := c.X.Type().Underlying().(*types.Basic); ok && text.Info()&types.IsString != 0 {
			if bits, _ := Bits(at.Type().Underlying().(*types.Pointer).Elem()); bits == 32 {
				return Between(0, 0x10FFFF)
			}
		}
	}
	return whole
}

func (b *Bounds) arithmetic(v *ssa.BinOp, whole Span, block *ssa.BasicBlock, depth int) Span {
	if Type(v.X.Type()).Lo == nil {
		return whole
	}
	x, y := b.at(v.X, block, depth+1), b.at(v.Y, block, depth+1)
	if x.Empty() || y.Empty() {
		return Span{}
	}
	switch v.Op {
	case token.ADD:
		return Span{new(big.Int).Add(x.Lo, y.Lo), new(big.Int).Add(x.Hi, y.Hi)}
	case token.SUB:
		return Span{new(big.Int).Sub(x.Lo, y.Hi), new(big.Int).Sub(x.Hi, y.Lo)}
	case token.MUL:
		return corners(x, y, func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) })
	case token.QUO:
		if y.Lo.Sign() <= 0 && y.Hi.Sign() >= 0 {
			return whole // by zero, or by what may be anything
		}
		return corners(x, y, func(a, b *big.Int) *big.Int { return new(big.Int).Quo(a, b) })
	case token.REM:
		return remainder(x, y)
	case token.AND:
		return masked(x, y, whole)
	case token.OR, token.XOR:
		if x.Lo.Sign() >= 0 && y.Lo.Sign() >= 0 {
			return Span{new(big.Int), ones(larger(x.Hi, y.Hi))}
		}
	case token.AND_NOT:
		if x.Lo.Sign() >= 0 {
			return Span{new(big.Int), x.Hi}
		}
	case token.SHL:
		if by, ok := shift(y); ok {
			return Span{new(big.Int).Lsh(x.Lo, by), new(big.Int).Lsh(x.Hi, by)}
		}
	case token.SHR:
		if by, ok := shift(y); ok {
			return Span{new(big.Int).Rsh(x.Lo, by), new(big.Int).Rsh(x.Hi, by)}
		}
		return x.Join(Int(0))
	}
	return whole
}

func shift(by Span) (uint, bool) {
	n, ok := by.One()
	return uint(n), ok && n >= 0 && n < 64
}

// corners is the span of a product or quotient.
func corners(x, y Span, f func(a, b *big.Int) *big.Int) Span {
	first := f(x.Lo, y.Lo)
	s := Span{first, first}
	for _, n := range []*big.Int{f(x.Lo, y.Hi), f(x.Hi, y.Lo), f(x.Hi, y.Hi)} {
		s = s.Join(Span{n, n})
	}
	return s
}

// remainder takes the sign of what is divided.
func remainder(x, y Span) Span {
	most := larger(new(big.Int).Abs(y.Lo), new(big.Int).Abs(y.Hi))
	most = new(big.Int).Sub(most, one)
	s := Span{new(big.Int), most}
	if x.Lo.Sign() < 0 {
		s.Lo = larger(new(big.Int).Neg(most), x.Lo)
	}
	if x.Hi.Sign() < 0 {
		s.Hi = new(big.Int)
	} else {
		s.Hi = smaller(most, x.Hi)
	}
	return s
}

// masked is the span of x & y: a mask that is not negative bounds it.
func masked(x, y, whole Span) Span {
	switch {
	case x.Lo.Sign() >= 0 && y.Lo.Sign() >= 0:
		return Span{new(big.Int), smaller(x.Hi, y.Hi)}
	case y.Lo.Sign() >= 0:
		return Span{new(big.Int), y.Hi}
	case x.Lo.Sign() >= 0:
		return Span{new(big.Int), x.Hi}
	}
	return whole
}

// ones is the smallest number of the form 2ⁿ-1 that is not below n.
func ones(n *big.Int) *big.Int {
	return new(big.Int).Sub(new(big.Int).Lsh(one, uint(n.BitLen())), one)
}

// phi joins what comes from each side. What is counted in a loop is bounded on
// the side that it starts from.
func (b *Bounds) phi(v *ssa.Phi, whole Span, depth int) Span {
	if depth > maxDepth/2 {
		return whole
	}
	all := Span{}
	for i, edge := range v.Edges {
		from := v.Block().Preds[i]
		if up, ok := step(v, edge); ok {
			way := b.along(edge, from, v.Block(), depth+1)
			switch {
			case way.Empty():
			case up:
				all = all.Join(Span{smaller(way.Hi, lowest(all, whole)), way.Hi})
			default:
				all = all.Join(Span{way.Lo, larger(way.Lo, highest(all, whole))})
			}
			continue
		}
		if Type(edge.Type()).Lo != nil {
			all = all.Join(b.at(edge, from, depth+1).Meet(b.along(edge, from, v.Block(), depth+1)))
		}
	}
	if all.Empty() {
		return whole
	}
	return all
}

func lowest(s, whole Span) *big.Int {
	if s.Empty() {
		return whole.Hi
	}
	return s.Lo
}

func highest(s, whole Span) *big.Int {
	if s.Empty() {
		return whole.Lo
	}
	return s.Hi
}

// stepped ends the span of a loop's number at the last one that its steps meet.
func stepped(v *ssa.Phi, s Span) Span {
	if len(v.Edges) != 2 || s.Empty() {
		return s
	}
	for i, edge := range v.Edges {
		op, ok := edge.(*ssa.BinOp)
		if !ok || op.X != v || op.Op != token.ADD {
			continue
		}
		first, ok1 := v.Edges[1-i].(*ssa.Const)
		by, ok2 := op.Y.(*ssa.Const)
		if !ok1 || !ok2 {
			continue
		}
		start, n := number(first.Value), number(by.Value)
		if start == nil || n == nil || n.Sign() <= 0 || s.Hi.Cmp(start) < 0 {
			continue
		}
		steps := new(big.Int).Quo(new(big.Int).Sub(s.Hi, start), n)
		return Span{s.Lo, steps.Add(steps.Mul(steps, n), start)}
	}
	return s
}

// step recognises what adds a constant to the phi, or takes one away.
func step(v *ssa.Phi, edge ssa.Value) (up, ok bool) {
	op, isOp := edge.(*ssa.BinOp)
	if !isOp || op.X != v || op.Op != token.ADD && op.Op != token.SUB {
		return false, false
	}
	c, isConst := op.Y.(*ssa.Const)
	if !isConst {
		return false, false
	}
	n := number(c.Value)
	if n == nil {
		return false, false
	}
	return (n.Sign() >= 0) == (op.Op == token.ADD), true
}

func (b *Bounds) call(v *ssa.Call, whole Span, block *ssa.BasicBlock, depth int) Span {
	args := v.Call.Args
	switch builtin(v) {
	case "len", "cap":
		size := Measure(args[0])
		if builtin(v) == "cap" {
			size.Len = size.Cap
		}
		if size.Len >= 0 {
			return Int(size.Len)
		}
		return Span{new(big.Int), whole.Hi}
	case "copy":
		return Span{new(big.Int), whole.Hi}
	case "min", "max":
		s := b.at(args[0], block, depth+1)
		for _, arg := range args[1:] {
			other := b.at(arg, block, depth+1)
			if s.Empty() || other.Empty() {
				return whole
			}
			if builtin(v) == "min" {
				s = Span{smaller(s.Lo, other.Lo), smaller(s.Hi, other.Hi)}
			} else {
				s = Span{larger(s.Lo, other.Lo), larger(s.Hi, other.Hi)}
			}
		}
		return s
	case "":
		if f := v.Call.StaticCallee(); f != nil && f.Object() != nil && f.Object().Pkg() != nil {
			return b.known(f.Object().(*types.Func).FullName(), args, whole, block, depth)
		}
	}
	return whole
}

// nonnegative are functions of the standard library that return no negative
// number.
var nonnegative = map[string]bool{
	"math/rand.Int": true, "math/rand.Int31": true, "math/rand.Int63": true, "(*math/rand.Rand).Int": true, "(*math/rand.Rand).Int63": true,
	"math/rand/v2.Int": true, "math/rand/v2.Int32": true, "math/rand/v2.Int64": true,
	"(time.Time).Unix": true, "(time.Time).UnixMilli": true, "(time.Time).UnixMicro": true, "(time.Time).UnixNano": true,
	"unicode/utf8.RuneCount": true, "unicode/utf8.RuneCountInString": true, "strings.Count": true, "bytes.Count": true,
	"(*bytes.Buffer).Len": true, "(*bytes.Buffer).Cap": true, "(*bytes.Reader).Size": true, "(*strings.Builder).Len": true, "(*strings.Reader).Size": true,
	"runtime.NumCPU": true, "runtime.NumGoroutine": true, "os.Getpid": true, "os.Getpagesize": true, "(reflect.Value).Len": true,
}

// small are functions of the standard library with few results.
var small = map[string]Span{
	"(time.Time).Year": Between(-32768, 32767), "(time.Time).Month": Between(1, 12), "(time.Time).Day": Between(1, 31), "(time.Time).Hour": Between(0, 23),
	"(time.Time).Minute": Between(0, 59), "(time.Time).Second": Between(0, 59), "(time.Time).Nanosecond": Between(0, 999999999), "(time.Time).YearDay": Between(1, 366),
	"(time.Time).Weekday": Between(0, 6), "math/bits.LeadingZeros64": Between(0, 64), "math/bits.LeadingZeros32": Between(0, 32), "math/bits.TrailingZeros64": Between(0, 64),
	"math/bits.TrailingZeros32": Between(0, 32), "math/bits.OnesCount64": Between(0, 64), "math/bits.OnesCount32": Between(0, 32), "math/bits.Len64": Between(0, 64),
	"math/bits.Len32": Between(0, 32), "math/bits.Len": Between(0, 64), "math/bits.Len8": Between(0, 8), "math/bits.Len16": Between(0, 16),
	"unicode/utf8.RuneLen": Between(-1, 4), "unicode/utf8.EncodeRune": Between(1, 4), "(*math/big.Int).Sign": Between(-1, 1), "strings.Compare": Between(-1, 1), "bytes.Compare": Between(-1, 1),
}

func (b *Bounds) known(name string, args []ssa.Value, whole Span, block *ssa.BasicBlock, depth int) Span {
	switch name {
	case "math/rand.Intn", "math/rand.Int31n", "math/rand.Int63n", "math/rand/v2.IntN", "math/rand/v2.Int32N", "math/rand/v2.Int64N", "math/rand/v2.UintN", "math/rand/v2.Uint32N", "math/rand/v2.Uint64N":
		if s := b.at(args[0], block, depth+1); !s.Empty() && s.Hi.Sign() > 0 {
			return Span{new(big.Int), new(big.Int).Sub(s.Hi, one)}
		}
	}
	if s, ok := small[name]; ok {
		return s
	}
	if nonnegative[name] {
		return Span{new(big.Int), whole.Hi}
	}
	return whole
}

// extracted is what is known of one of several results.
func extracted(v *ssa.Extract, whole Span) Span {
	switch from := v.Tuple.(type) {
	case *ssa.Next:
		if from.IsString {
			if v.Index == 2 {
				return Between(0, 0x10FFFF)
			}
			return Span{new(big.Int), whole.Hi}
		}
	case *ssa.Call:
		f := from.Call.StaticCallee()
		if f == nil || f.Object() == nil || f.Object().Pkg() == nil || v.Index != 0 {
			return whole
		}
		switch name := f.Object().(*types.Func).FullName(); name {
		case "strconv.ParseInt", "strconv.ParseUint":
			return parsed(from.Call.Args[2], name == "strconv.ParseInt", whole)
		case "unicode/utf8.DecodeRune", "unicode/utf8.DecodeRuneInString", "unicode/utf8.DecodeLastRune", "unicode/utf8.DecodeLastRuneInString":
			return Between(0, 0x10FFFF)
		}
		if readers[f.Name()] && whole.Hi != nil && isInt(v.Type()) {
			return Span{new(big.Int), whole.Hi}
		}
	}
	return whole
}

// readers are methods whose first result counts.
var readers = map[string]bool{"Read": true, "Write": true, "ReadAt": true, "WriteAt": true, "ReadFull": true, "Copy": true, "CopyN": true, "ReadFrom": true, "WriteTo": true, "WriteString": true}

func isInt(t types.Type) bool {
	bits, signed := Bits(t)
	return bits == 64 && signed
}

// parsed is what strconv returns for a size in bits.
func parsed(size ssa.Value, signed bool, whole Span) Span {
	c, ok := size.(*ssa.Const)
	if !ok {
		return whole
	}
	n := number(c.Value)
	if n == nil || n.Sign() <= 0 || n.Cmp(big.NewInt(64)) > 0 {
		return whole
	}
	bits := uint(n.Uint64())
	if signed {
		half := new(big.Int).Lsh(one, bits-1)
		return Span{new(big.Int).Neg(half), new(big.Int).Sub(half, one)}
	}
	return Span{new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)}
}
