package fixednonce

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check/source/code"
	"github.com/merlon-go/merlon/check/source/span"
)

// A window is a part of a buffer; an end of -1 is the buffer's own, a start of
// -1 is not known.
type window struct{ from, to int64 }

var whole = window{0, -1}

// covers reports whether all of other lies in the window.
func (w window) covers(other window) bool {
	return w == other || w.from >= 0 && w.from <= other.from && (w.to < 0 || other.to >= 0 && other.to <= w.to)
}

// rooted returns the buffer that a slice is a part of, and which part.
func rooted(s *ssa.Slice) (root ssa.Value, w window) {
	w = part(s)
	switch x := s.X.(type) {
	case *ssa.Slice:
		root, outer := rooted(x)
		if outer.from < 0 || w.from < 0 {
			return root, window{-1, -1}
		}
		if w.to >= 0 {
			w.to += outer.from
		} else {
			w.to = outer.to
		}
		return root, window{w.from + outer.from, w.to}
	case *ssa.MakeSlice, *ssa.Alloc, *ssa.Convert, *ssa.Parameter:
		return x, w
	}
	return nil, w
}

func part(s *ssa.Slice) window {
	w := whole
	if s.Low != nil {
		w.from = number(s.Low)
	}
	if s.High != nil {
		w.to = number(s.High)
	}
	return w
}

func number(v ssa.Value) int64 {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil {
		return c.Int64()
	}
	return -1
}

// An event is something that is done to a buffer.
type event struct {
	at    ssa.Instruction
	part  window
	fills bool      // something from outside is written
	index span.Span // where a constant is written otherwise
}

// buffer judges a buffer by all that is done to it on the way to the use.
func (l *looker) buffer(root ssa.Value, used window, at ssa.Instruction, depth int) verdict {
	events := l.events(root, whole, at, depth)
	if n, ok := length(root); ok && used.to < 0 && used.from >= 0 {
		used.to = n
	}
	full, some := false, false
	reached := used.from
	for range events { // parts may follow each other in any order
		for _, e := range events {
			if e.fills && (e.part.covers(used) || e.part.covers(window{used.from, -1})) {
				full = true
			}
			if e.fills && e.part.from >= 0 && e.part.from <= reached && e.part.to > reached {
				reached = e.part.to
			}
			some = some || e.fills
		}
	}
	full = full || used.to >= 0 && reached >= used.to
	switch {
	case full && overwritten(events, used):
		return partly
	case full:
		return fine
	case some:
		return partly
	}
	if _, text := root.(*ssa.Convert); text {
		return fixed
	}
	for _, e := range events {
		if e.at.Parent() == at.Parent() {
			if _, array := root.(*ssa.Alloc); array {
				return fixed // a literal
			}
		}
	}
	return unfilled
}

func length(root ssa.Value) (int64, bool) {
	size := span.Measure(root)
	return size.Len, size.Len >= 0
}

// overwritten reports whether a constant is written after what came from
// outside, and stays.
func overwritten(events []event, used window) bool {
	for _, c := range events {
		if c.fills || c.index.Empty() {
			continue
		}
		if used.to >= 0 && c.index.Meet(span.Between(max(used.from, 0), used.to-1)).Empty() {
			continue
		}
		before, after := false, false
		for _, f := range events {
			if !f.fills {
				continue
			}
			before = before || reaches(f.at, c.at)
			n, one := c.index.One()
			covered := f.part.covers(whole) || one && f.part.from >= 0 && f.part.from <= n && (f.part.to < 0 || n < f.part.to)
			after = after || reaches(c.at, f.at) && covered
		}
		if before && !after {
			return true
		}
	}
	return false
}

// events returns what is done to a buffer, or to a part of it, before a use.
func (l *looker) events(v ssa.Value, at window, before ssa.Instruction, depth int) []event {
	var list []event
	if v.Referrers() == nil || depth > maxDepth {
		return nil
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Slice:
			inner := part(use)
			if use.X != v {
				continue
			}
			if inner.from < 0 || at.from < 0 {
				inner.from = -1
			} else {
				inner.from += at.from
				if inner.to >= 0 {
					inner.to += at.from
				} else {
					inner.to = at.to
				}
			}
			list = append(list, l.events(use, inner, before, depth+1)...)
		case *ssa.ChangeType:
			list = append(list, l.events(use, at, before, depth+1)...)
		case *ssa.IndexAddr:
			list = append(list, l.elements(use, at, before)...)
		case *ssa.Store:
			if variable, ok := use.Addr.(*ssa.Alloc); ok && use.Val == v {
				if loads, plain := readings(variable); plain {
					for _, load := range loads {
						list = append(list, l.events(load, at, before, depth+1)...)
					}
					continue
				}
			}
			if use != before && reaches(use, before) {
				list = append(list, event{at: use, part: at, fills: true})
			}
		case *ssa.Phi, *ssa.DebugRef, *ssa.Return, *ssa.UnOp, *ssa.BinOp, *ssa.Range, *ssa.Lookup:
		case ssa.CallInstruction:
			if use == before || !reaches(use, before) || reads(use.Common()) {
				continue
			}
			list = append(list, l.called(use, v, at, depth)...)
		default:
			if use != before && reaches(use, before) {
				list = append(list, event{at: use, part: at, fills: true}) // kept somewhere: anybody may fill it
			}
		}
	}
	return list
}

// elements are the writes to one element.
func (l *looker) elements(address *ssa.IndexAddr, at window, before ssa.Instruction) []event {
	var list []event
	for _, use := range *address.Referrers() {
		s, ok := use.(*ssa.Store)
		if !ok || s.Addr != address || !reaches(s, before) {
			continue
		}
		fn := s.Parent()
		if l.bounds[fn] == nil {
			l.bounds[fn] = span.Of(fn)
		}
		index := l.bounds[fn].At(address.Index, s.Block())
		if _, constant := s.Val.(*ssa.Const); constant {
			list = append(list, event{at: s, index: index})
			continue
		}
		// A counter or a part of something else: not ours to judge.
		list = append(list, event{at: s, part: whole, fills: true})
	}
	return list
}

// called are the events that a call makes: those of the function, if it is of
// the package.
func (l *looker) called(call ssa.CallInstruction, v ssa.Value, at window, depth int) []event {
	if b, ok := call.Common().Value.(*ssa.Builtin); ok {
		if args := call.Common().Args; b.Name() != "copy" || args[0] != v || constantText(args[1]) {
			return nil
		}
		return []event{{at: call, part: whole, fills: true}}
	}
	fn := call.Common().StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 || fn.Pkg != call.Parent().Pkg {
		if !random(call.Common()) {
			at = whole // it may be all that this nonce needs
		}
		return []event{{at: call, part: at, fills: true}}
	}
	var list []event
	for i, arg := range call.Common().Args {
		if arg != v || i >= len(fn.Params) {
			continue
		}
		inner := l.events(fn.Params[i], whole, nil, depth+1)
		full := false
		for _, e := range inner {
			full = full || e.fills
		}
		if full {
			list = append(list, event{at: call, part: at, fills: true})
		}
		if full && overwritten(inner, whole) {
			list = append(list, event{at: after(call), index: span.Int(0)})
		}
	}
	return list
}

// random reports whether a call draws random bytes, and nothing else.
func random(call *ssa.CallCommon) bool {
	f := call.StaticCallee()
	return f != nil && f.Pkg != nil && (f.Pkg.Pkg.Path() == "crypto/rand" || f.Pkg.Pkg.Path() == "io" && f.Name() == "ReadFull")
}

// after is the instruction that follows.
func after(in ssa.Instruction) ssa.Instruction {
	list := in.Block().Instrs
	for i, other := range list {
		if other == in && i+1 < len(list) {
			return list[i+1]
		}
	}
	return in
}

// fills reports whether a call writes to its argument.
func (l *looker) fills(call ssa.CallInstruction, v ssa.Value, depth int) bool {
	for _, e := range l.called(call, v, whole, depth) {
		if e.fills {
			return true
		}
	}
	return false
}

// readers only look at what they are given.
var readers = map[string]bool{
	"crypto/aes": true, "crypto/des": true, "encoding/hex": true, "encoding/base64": true, "fmt": true, "bytes": true, "log": true, "crypto/hmac": true, "crypto/subtle": true,
}

func reads(call *ssa.CallCommon) bool {
	if _, ok := sink(call, call.Value, 0); ok {
		return true
	}
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name() != "copy"
	}
	if call.IsInvoke() {
		return code.TypeName(call.Value.Type()) == "crypto/cipher.AEAD"
	}
	f := call.StaticCallee()
	if f == nil {
		return false
	}
	object, ok := f.Object().(*types.Func)
	return ok && object.Pkg() != nil && readers[object.Pkg().Path()]
}

// reaches reports whether control may get from one instruction to another; nil
// is the end.
func reaches(from, to ssa.Instruction) bool {
	if to == nil || from.Parent() != to.Parent() {
		return true
	}
	if from.Block() == to.Block() {
		for _, in := range from.Block().Instrs {
			if in == from {
				return true
			}
			if in == to {
				break
			}
		}
	}
	seen := map[*ssa.BasicBlock]bool{}
	todo := append([]*ssa.BasicBlock(nil), from.Block().Succs...)
	for len(todo) > 0 {
		block := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if block == to.Block() {
			return true
		}
		if !seen[block] {
			seen[block] = true
			todo = append(todo, block.Succs...)
		}
	}
	return false
}
