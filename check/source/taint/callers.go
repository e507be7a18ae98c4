package taint

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// callers returns the calls of a function in this package, and whether there
// can be no others.
func (t *targets) callers(fn *ssa.Function) ([]*ssa.CallCommon, bool) {
	if t.calls == nil {
		t.calls, t.escapes = map[*ssa.Function][]*ssa.CallCommon{}, map[*ssa.Function]bool{}
		for _, f := range t.e.functions {
			for _, b := range f.Blocks {
				for _, instr := range b.Instrs {
					t.noteCall(instr)
				}
			}
		}
	}
	private := !ast.IsExported(fn.Name()) && fn.Signature.Recv() == nil && !t.escapes[fn]
	if recv := fn.Signature.Recv(); recv != nil {
		private = !ast.IsExported(fn.Name())
	}
	return t.calls[fn], private || t.e.pass.Pkg.Name() == "main" && !t.escapes[fn]
}

func (t *targets) noteCall(instr ssa.Instruction) {
	call, isCall := instr.(ssa.CallInstruction)
	if isCall {
		if fn := call.Common().StaticCallee(); fn != nil {
			if origin := fn.Origin(); origin != nil {
				fn = origin
			}
			t.calls[fn] = append(t.calls[fn], call.Common())
		}
	}
	var rands [8]*ssa.Value
	for _, op := range instr.Operands(rands[:0]) {
		if fn, ok := (*op).(*ssa.Function); ok && !(isCall && call.Common().Value == fn) {
			t.escapes[fn] = true
		}
	}
}

// stored returns what is stored in a global of this package.
func (t *targets) stored(g *ssa.Global) []ssa.Value {
	t.noteStores()
	return t.globalStores[g]
}

// fieldStores returns what is stored in a field anywhere in this package.
func (t *targets) fieldStores(v *types.Var) []ssa.Value {
	t.noteStores()
	return t.fieldValues[v]
}

func (t *targets) noteStores() {
	if t.globalStores != nil {
		return
	}
	t.globalStores, t.fieldValues = map[*ssa.Global][]ssa.Value{}, map[*types.Var][]ssa.Value{}
	for _, f := range t.e.functions {
		for _, b := range f.Blocks {
			for _, instr := range b.Instrs {
				s, ok := instr.(*ssa.Store)
				if !ok || !isText(s.Val.Type()) {
					continue
				}
				switch a := s.Addr.(type) {
				case *ssa.Global:
					t.globalStores[a] = append(t.globalStores[a], s.Val)
				case *ssa.FieldAddr:
					if fv := fieldVar(a.X.Type(), a.Field); fv != nil {
						t.fieldValues[fv] = append(t.fieldValues[fv], s.Val)
					}
				}
			}
		}
	}
}
