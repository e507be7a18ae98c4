package lostcontext

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/merlon-go/merlon/check/source/code"
)

// endless reports the loops of a function that was given a context which have
// no way out, wait for something and never look at the context.
func endless(pass *analysis.Pass, fn *ssa.Function) {
	has := false
	for _, p := range fn.Params {
		has = has || code.TypeName(p.Type()) == "context.Context"
	}
	if !has {
		return
	}
	for _, loop := range loops(fn) {
		var at token.Pos
		open, watches := false, false
		for block := range loop {
			for _, next := range block.Succs {
				open = open || !loop[next]
			}
			for _, in := range block.Instrs {
				switch in := in.(type) {
				case *ssa.Return, *ssa.Panic:
					open = true
				case ssa.CallInstruction:
					watches = watches || done(in.Common())
					if waits(in.Common()) && (!at.IsValid() || in.Pos() < at) {
						at = in.Pos()
					}
				case *ssa.MakeClosure:
					if inner := blocking(in.Fn.(*ssa.Function)); inner.IsValid() && !at.IsValid() {
						at = inner
					}
				}
			}
		}
		if at.IsValid() && !open && !watches {
			pass.Report(analysis.Diagnostic{Pos: at, Category: "info medium", Message: "the loop never ends, and never looks at the context that the function was given"})
		}
	}
}

// loops returns the parts of a function in which each block reaches every
// other, the outermost ones.
func loops(fn *ssa.Function) []map[*ssa.BasicBlock]bool {
	index, low := map[*ssa.BasicBlock]int{}, map[*ssa.BasicBlock]int{}
	onStack := map[*ssa.BasicBlock]bool{}
	var stack []*ssa.BasicBlock
	var found []map[*ssa.BasicBlock]bool
	var visit func(*ssa.BasicBlock)
	visit = func(b *ssa.BasicBlock) {
		index[b] = len(index) + 1
		low[b] = index[b]
		stack, onStack[b] = append(stack, b), true
		self := false
		for _, next := range b.Succs {
			self = self || next == b
			if index[next] == 0 {
				visit(next)
				low[b] = min(low[b], low[next])
			} else if onStack[next] {
				low[b] = min(low[b], index[next])
			}
		}
		if low[b] != index[b] {
			return
		}
		part := map[*ssa.BasicBlock]bool{}
		for {
			last := stack[len(stack)-1]
			stack, onStack[last] = stack[:len(stack)-1], false
			part[last] = true
			if last == b {
				break
			}
		}
		if len(part) > 1 || self {
			found = append(found, part)
		}
	}
	visit(fn.Blocks[0])
	return found
}

// done recognises a look at a context: ctx.Done, ctx.Err.
func done(call *ssa.CallCommon) bool {
	return call.IsInvoke() && (call.Method.Name() == "Done" || call.Method.Name() == "Err") && code.TypeName(call.Value.Type()) == "context.Context"
}

// blockers are functions and methods that wait for something outside.
var blockers = map[string]bool{
	"time.Sleep": true, "net/http.Get": true, "net/http.Head": true, "net/http.Post": true, "net/http.PostForm": true, "net/http.Do": true,
	"database/sql.Query": true, "database/sql.QueryRow": true, "database/sql.Exec": true, "database/sql.Begin": true, "database/sql.BeginTx": true,
	"database/sql.QueryContext": true, "database/sql.QueryRowContext": true, "database/sql.ExecContext": true,
	"os.Open": true, "os.OpenFile": true, "os.ReadFile": true, "os.WriteFile": true,
}

// methods are names of interface methods that wait.
var methods = map[string]bool{
	"Do": true, "Send": true, "Recv": true, "Read": true, "Write": true, "RoundTrip": true, "Query": true, "QueryContext": true, "Exec": true, "ExecContext": true,
}

func waits(call *ssa.CallCommon) bool {
	if call.IsInvoke() {
		return methods[call.Method.Name()]
	}
	return blockers[callee(call)]
}

// blocking returns where a function waits.
func blocking(fn *ssa.Function) token.Pos {
	for in := range code.Instructions(fn) {
		if call, ok := in.(ssa.CallInstruction); ok && waits(call.Common()) {
			return in.Pos()
		}
	}
	return token.NoPos
}
