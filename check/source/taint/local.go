package taint

import (
	"go/types"

	"github.com/merlon-go/merlon/check"
	"golang.org/x/tools/go/ssa"
)

// fault reports a finding that needs no source.
func (f *frame) fault(kind Kind, at ssa.Instruction, title string, confidence check.Confidence, from ssa.Value) {
	key := findingKey{kind: kind, pos: at.Pos()}
	if f.found[key] != nil || !at.Pos().IsValid() {
		return
	}
	var first *step
	if from != nil && from.Pos().IsValid() {
		first = first.then(from.Pos(), "made here")
	}
	f.found[key] = &Finding{
		Kind: kind, Pos: at.Pos(), At: f.position(at.Pos()), Title: title, Confidence: confidence,
		Trace: f.steps(first), steps: first,
	}
}

// bomb reports compressed data that is read to its end.
func (f *frame) bomb(s *site) {
	i := 0
	switch qualifiedFunc(s.callee) {
	case "io.Copy", "io.CopyBuffer":
		i = 1
	case "io.ReadAll", "io/ioutil.ReadAll":
	default:
		return
	}
	if from := decompressor(s.args[i], 0); from != nil {
		f.fault(Bomb, s.instr, "compressed data is unpacked without a limit", check.High, from)
	}
}

func qualifiedFunc(fn *types.Func) string {
	if fn == nil || fn.Pkg() == nil {
		return ""
	}
	switch fn.Pkg().Path() {
	case "io", "io/ioutil":
		return fn.FullName()
	}
	return ""
}

// decompressor returns the call that made a reader of compressed data; nil if
// it is none, or limited.
func decompressor(v ssa.Value, depth int) ssa.Value {
	if depth > 10 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return decompressor(v.X, depth+1)
	case *ssa.ChangeInterface:
		return decompressor(v.X, depth+1)
	case *ssa.Extract:
		return decompressor(v.Tuple, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if from := decompressor(e, depth+1); from != nil {
				return from
			}
		}
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			if s := soleStore(a); s != nil {
				return decompressor(s, depth+1)
			}
		}
	case *ssa.Call:
		fn := v.Common().StaticCallee()
		if fn == nil {
			return nil
		}
		switch qualified(fn) {
		case "compress/gzip.NewReader", "compress/zlib.NewReader", "compress/zlib.NewReaderDict", "compress/flate.NewReader",
			"compress/flate.NewReaderDict", "compress/bzip2.NewReader", "compress/lzw.NewReader", "(*archive/zip.File).Open",
			"(*archive/zip.Reader).Open", "archive/tar.NewReader":
			if built(v.Common().Args[0], 0) {
				return nil
			}
			return v
		case "bufio.NewReader", "bufio.NewReaderSize", "io.TeeReader", "io.NopCloser":
			return decompressor(v.Common().Args[0], depth+1)
		}
	}
	return nil
}

// narrowing reports parsed numbers converted to types that cannot hold them.
func (f *frame) narrowing(b *ssa.BasicBlock, i *ssa.Convert) {
	to, ok1 := i.Type().Underlying().(*types.Basic)
	from, ok2 := i.X.Type().Underlying().(*types.Basic)
	if !ok1 || !ok2 || to.Info()&types.IsInteger == 0 || from.Info()&types.IsInteger == 0 {
		return
	}
	width := bits(to.Kind())
	if width >= 64 {
		return
	}
	parsed, have := parsedNumber(i.X, 0)
	if parsed == nil || have <= width || f.guards.clean(i.X, b)&Narrowing != 0 {
		return
	}
	f.fault(Narrowing, i, "a parsed number is cut to "+to.Name(), check.High, parsed)
}

func bits(k types.BasicKind) int64 {
	switch k {
	case types.Int8, types.Uint8:
		return 8
	case types.Int16, types.Uint16:
		return 16
	case types.Int32, types.Uint32:
		return 32
	}
	return 64
}

// parsedNumber returns the call that parsed a number, and for how many bits.
func parsedNumber(v ssa.Value, depth int) (ssa.Value, int64) {
	if depth > 8 {
		return nil, 0
	}
	switch v := v.(type) {
	case *ssa.Extract:
		if v.Index == 0 {
			return parsedNumber(v.Tuple, depth+1)
		}
	case *ssa.Phi:
		for _, e := range v.Edges {
			if from, n := parsedNumber(e, depth+1); from != nil {
				return from, n
			}
		}
	case *ssa.Convert:
		if b, ok := v.Type().Underlying().(*types.Basic); ok && bits(b.Kind()) == 64 {
			return parsedNumber(v.X, depth+1)
		}
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			if s := soleStore(a); s != nil {
				return parsedNumber(s, depth+1)
			}
		}
	case *ssa.Call:
		fn := v.Common().StaticCallee()
		if fn == nil {
			return nil, 0
		}
		switch qualified(fn) {
		case "strconv.Atoi":
			return v, 64
		case "strconv.ParseInt", "strconv.ParseUint":
			if c, ok := v.Common().Args[2].(*ssa.Const); ok && c.Value != nil {
				if n := c.Int64(); n != 0 {
					return v, n
				}
				return v, 64
			}
		}
	}
	return nil, 0
}

// built reports whether a reader reads a package variable: data that was built
// into the program.
func built(v ssa.Value, depth int) bool {
	if depth > 6 {
		return false
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return built(v.X, depth+1)
	case *ssa.Convert:
		return built(v.X, depth+1)
	case *ssa.UnOp:
		_, global := v.X.(*ssa.Global)
		return global && isText(v.Type())
	case *ssa.Call:
		if fn := v.Common().StaticCallee(); fn != nil {
			switch qualified(fn) {
			case "bytes.NewReader", "strings.NewReader", "bytes.NewBuffer", "bytes.NewBufferString":
				return built(v.Common().Args[0], depth+1)
			}
		}
	}
	return false
}
