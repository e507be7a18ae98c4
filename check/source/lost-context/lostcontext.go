// Package lostcontext finds contexts that end nothing: those whose cancel
// function nobody calls, goroutines that take a background context although
// their function was given one, and endless loops that never look at theirs.
//
// A cancel function that is returned, passed on, captured or kept where the
// package reads it again is taken to be called.
package lostcontext

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "lost-context", Title: "Work that nobody can end", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "denial-of-service"},
	Why:  "Timers, goroutines and connections pile up with every request until the process stands still.",
	Fix:  "Defer the cancel function, give goroutines the context that the function got (or context.WithoutCancel of it), and return when it is done.",
	More: "A cancel function that is never called is a warning; goroutines and loops are info, because some work shall outlive its request.",
	CWE:  []int{772, 400}, ASVS: []string{"V13.2.6"}, OWASP: "A06",
}

// Analyzer finds it.
var Analyzer = code.NewSSA(Rule, look)

func look(pass *analysis.Pass, functions []*ssa.Function) {
	kept := readAgain(functions)
	for _, fn := range functions {
		for in := range code.Instructions(fn) {
			switch in := in.(type) {
			case *ssa.Call:
				if makesCancel[callee(&in.Call)] && !cancelled(in, kept) {
					pass.Report(analysis.Diagnostic{Pos: in.Pos(), Message: "nobody calls the cancel function of " + in.Call.StaticCallee().Name()})
				}
			case *ssa.Go:
				if given(fn) && background(in) {
					pass.Report(analysis.Diagnostic{Pos: in.Pos(), Category: "info low", Message: "the goroutine takes a background context, not the one that its function was given"})
				}
			}
		}
		endless(pass, fn)
	}
}

// A place is where a function value can be kept: a variable of the package, or
// a field of a type.
type place struct {
	global *ssa.Global
	owner  types.Type
	field  int
}

// readAgain returns the places that a function of the package reads.
func readAgain(functions []*ssa.Function) map[place]bool {
	kept := map[place]bool{}
	for _, fn := range functions {
		for in := range code.Instructions(fn) {
			switch in := in.(type) {
			case *ssa.UnOp:
				if p, ok := placeOf(in.X); ok && in.Op == token.MUL {
					kept[p] = true
				}
			case *ssa.Field:
				kept[place{owner: in.X.Type(), field: in.Field}] = true
			}
		}
	}
	return kept
}

func placeOf(address ssa.Value) (place, bool) {
	switch a := address.(type) {
	case *ssa.Global:
		return place{global: a}, true
	case *ssa.FieldAddr:
		return place{owner: types.Unalias(a.X.Type().Underlying().(*types.Pointer).Elem()), field: a.Field}, true
	}
	return place{}, false
}

// callee names the function or method that is called, without its receiver; ""
// where that is not known.
func callee(call *ssa.CallCommon) string {
	f := call.StaticCallee()
	if f == nil || f.Pkg == nil {
		return ""
	}
	return f.Pkg.Pkg.Path() + "." + f.Name()
}

// makesCancel are the functions whose second result is a cancel function.
var makesCancel = map[string]bool{
	"context.WithCancel": true, "context.WithTimeout": true, "context.WithDeadline": true,
	"context.WithCancelCause": true, "context.WithTimeoutCause": true, "context.WithDeadlineCause": true,
}

// cancelled reports whether somebody may call the cancel function.
func cancelled(call *ssa.Call, kept map[place]bool) bool {
	for _, use := range *call.Referrers() {
		e, ok := use.(*ssa.Extract)
		if !ok {
			return true // the pair is returned or passed on
		}
		if e.Index == 1 && used(e, kept, map[ssa.Value]bool{}) {
			return true
		}
	}
	return false
}

func used(v ssa.Value, kept map[place]bool, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Phi, *ssa.ChangeType:
			if used(use.(ssa.Value), kept, seen) {
				return true
			}
		case *ssa.MakeInterface:
			if unboxed(use, kept, seen) {
				return true
			}
		case *ssa.Store:
			if use.Val == v && stored(use.Addr, kept, seen) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// unboxed reports whether a function in an interface may be called: not by an
// assertion of another type, which fails. A context.CancelFunc is no func().
func unboxed(v *ssa.MakeInterface, kept map[place]bool, seen map[ssa.Value]bool) bool {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.TypeAssert:
			if types.IsInterface(use.AssertedType) || types.Identical(use.AssertedType, v.X.Type()) && used(use, kept, seen) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// stored reports whether what is stored at the address may be called.
func stored(address ssa.Value, kept map[place]bool, seen map[ssa.Value]bool) bool {
	switch a := address.(type) {
	case *ssa.Alloc:
		for _, use := range *a.Referrers() {
			switch use := use.(type) {
			case *ssa.Store, *ssa.DebugRef:
			case *ssa.UnOp:
				if used(use, kept, seen) {
					return true
				}
			default:
				return true // captured, or its address is passed on
			}
		}
		return false
	case *ssa.Global:
		return a.Object() != nil && a.Object().Exported() || kept[place{global: a}]
	case *ssa.FieldAddr:
		p, _ := placeOf(a)
		s, ok := p.owner.Underlying().(*types.Struct)
		return !ok || s.Field(p.field).Exported() || kept[p]
	}
	return true
}

// given reports whether the function has a context: as a parameter, or of a
// request that it asks for one.
func given(fn *ssa.Function) bool {
	for _, p := range fn.Params {
		switch code.TypeName(p.Type()) {
		case "context.Context":
			return true
		case "net/http.Request":
			for _, use := range *p.Referrers() {
				if call, ok := use.(*ssa.Call); ok && call.Call.StaticCallee() != nil && call.Call.StaticCallee().Name() == "Context" {
					return true
				}
			}
		}
	}
	return false
}

// background reports whether a goroutine of the package begins with a context
// of nobody.
func background(in *ssa.Go) bool {
	for _, arg := range in.Call.Args {
		if nobodys(arg) {
			return true
		}
	}
	fn, ok := in.Call.Value.(*ssa.Function)
	if closure, made := in.Call.Value.(*ssa.MakeClosure); made {
		fn, ok = closure.Fn.(*ssa.Function)
	}
	if !ok || fn.Pkg == nil || fn.Pkg != in.Parent().Pkg {
		return false
	}
	for i := range code.Instructions(fn) {
		if v, ok := i.(ssa.Value); ok && nobodys(v) {
			return true
		}
	}
	return false
}

func nobodys(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	name := callee(&call.Call)
	return name == "context.Background" || name == "context.TODO"
}
