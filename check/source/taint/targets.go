package taint

import (
	"go/types"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"
)

// A target is a function that a call may run: of this package, or of another
// whose summary a fact holds.
type target struct {
	fn  *ssa.Function
	obj *types.Func
}

// targets resolves calls: static ones, methods of interfaces by the types that
// implement them, function values by where they are stored.
type targets struct {
	e       *engine
	types   []types.Type // concrete named types of this package and of imported ones
	fields  map[*types.Var][]*ssa.Function
	globals map[*ssa.Global][]*ssa.Function
	methods map[methodKey][]target
	prog    *ssa.Program
	own     map[*ssa.Function]bool
	loops   map[*ssa.Function]bool

	// Filled when a statement is taken apart for the first time.
	calls        map[*ssa.Function][]*ssa.CallCommon
	escapes      map[*ssa.Function]bool
	globalStores map[*ssa.Global][]ssa.Value
	fieldValues  map[*types.Var][]ssa.Value
}

type methodKey struct {
	iface types.Type
	fn    *types.Func
}

// maxTargets bounds how many functions one call is believed to run.
const maxTargets = 8

func newTargets(e *engine, pkg *ssa.Package) *targets {
	t := &targets{
		e: e, prog: pkg.Prog,
		fields: map[*types.Var][]*ssa.Function{}, globals: map[*ssa.Global][]*ssa.Function{},
		methods: map[methodKey][]target{},
		own:     map[*ssa.Function]bool{}, loops: map[*ssa.Function]bool{},
	}
	t.collect(e.pass.Pkg)
	for _, imported := range e.pass.Pkg.Imports() {
		if e.packageFact(imported) != nil {
			t.collect(imported)
		}
	}
	for _, fn := range e.functions {
		t.own[fn] = true
	}
	for _, fn := range e.functions {
		t.stores(fn)
	}
	return t
}

// collect lists the named types of a package that have methods.
func (t *targets) collect(pkg *types.Package) {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if ok && named.NumMethods() > 0 && !types.IsInterface(named) && named.TypeParams().Len() == 0 {
			t.types = append(t.types, named)
		}
	}
}

// stores notes where function values are put.
func (t *targets) stores(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			i, ok := instr.(*ssa.Store)
			if !ok || !isFunc(i.Val.Type()) {
				continue
			}
			found := t.values(i.Val, 0)
			switch addr := i.Addr.(type) {
			case *ssa.Global:
				t.globals[addr] = join(t.globals[addr], found)
			case *ssa.FieldAddr:
				if v := fieldVar(addr.X.Type(), addr.Field); v != nil {
					t.fields[v] = join(t.fields[v], found)
				}
			}
		}
	}
}

func join(a, b []*ssa.Function) []*ssa.Function {
	for _, fn := range b {
		if len(a) < maxTargets && !slices.Contains(a, fn) {
			a = append(a, fn)
		}
	}
	return a
}

func fieldVar(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Origin()
	}
	return nil
}

// values returns the functions that a value may be.
func (t *targets) values(v ssa.Value, depth int) []*ssa.Function {
	if depth > 6 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.Function:
		return []*ssa.Function{unwrapped(v)}
	case *ssa.MakeClosure:
		if fn, ok := v.Fn.(*ssa.Function); ok {
			return []*ssa.Function{unwrapped(fn)}
		}
	case *ssa.ChangeType:
		return t.values(v.X, depth+1)
	case *ssa.MakeInterface:
		return t.values(v.X, depth+1)
	case *ssa.Phi:
		var all []*ssa.Function
		for _, edge := range v.Edges {
			all = join(all, t.values(edge, depth+1))
		}
		return all
	case *ssa.Field:
		if fv := fieldVar(v.X.Type(), v.Field); fv != nil {
			return t.fields[fv]
		}
	case *ssa.UnOp:
		return t.loaded(v.X, depth)
	case *ssa.FreeVar:
		return t.free(v, depth)
	}
	return nil
}

func (t *targets) loaded(addr ssa.Value, depth int) []*ssa.Function {
	switch a := addr.(type) {
	case *ssa.Global:
		return t.globals[a]
	case *ssa.FieldAddr:
		if v := fieldVar(a.X.Type(), a.Field); v != nil {
			return t.fields[v]
		}
	case *ssa.Alloc:
		var all []*ssa.Function
		for _, ref := range *a.Referrers() {
			if s, ok := ref.(*ssa.Store); ok && s.Addr == a {
				all = join(all, t.values(s.Val, depth+1))
			}
		}
		return all
	case *ssa.FreeVar:
		return t.free(a, depth)
	}
	return nil
}

// free resolves a free variable where its closure is made.
func (t *targets) free(v *ssa.FreeVar, depth int) []*ssa.Function {
	parent := v.Parent().Parent()
	if parent == nil {
		return nil
	}
	n := slices.Index(v.Parent().FreeVars, v)
	for _, b := range parent.Blocks {
		for _, instr := range b.Instrs {
			mc, ok := instr.(*ssa.MakeClosure)
			if !ok || mc.Fn != v.Parent() || n >= len(mc.Bindings) {
				continue
			}
			if _, isPointer := mc.Bindings[n].Type().Underlying().(*types.Pointer); isPointer {
				return t.loaded(mc.Bindings[n], depth+1)
			}
			return t.values(mc.Bindings[n], depth+1)
		}
	}
	return nil
}

// of returns what a call may run.
func (t *targets) of(call *ssa.CallCommon) []target {
	if call.IsInvoke() {
		return t.implementations(call.Value.Type(), call.Method)
	}
	if fn := call.StaticCallee(); fn != nil {
		if iface, m := promised(fn); m != nil {
			return t.implementations(iface, m)
		}
		if origin := fn.Origin(); origin != nil {
			fn = origin
		}
		return []target{{fn: fn}}
	}
	var list []target
	for _, fn := range t.values(call.Value, 0) {
		list = append(list, target{fn: fn})
	}
	return list
}

// foreign returns the function of another package that a value is, if it can be
// only one, as in `var run = exec.Command`.
func (t *targets) foreign(v ssa.Value) *types.Func {
	list := t.values(v, 0)
	if len(list) != 1 || len(list[0].Blocks) > 0 {
		return nil
	}
	return calleeObject(list[0])
}

// implementations returns the methods that a call of an interface's method may
// run.
func (t *targets) implementations(iface types.Type, method *types.Func) []target {
	key := methodKey{iface, method}
	if list, ok := t.methods[key]; ok {
		return list
	}
	var list []target
	u, ok := iface.Underlying().(*types.Interface)
	if path := method.Pkg(); ok && path != nil && !wellKnown(path.Path()) {
		for _, named := range t.types {
			if len(list) >= maxTargets {
				break
			}
			ptr := types.NewPointer(named)
			if !types.Implements(ptr, u) {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(ptr, true, method.Pkg(), method.Name())
			fn, ok := obj.(*types.Func)
			if !ok {
				continue
			}
			if fn.Pkg() == t.e.pass.Pkg {
				if body := t.prog.FuncValue(fn); body != nil {
					list = append(list, target{fn: body})
				}
				continue
			}
			list = append(list, target{obj: fn})
		}
	}
	t.methods[key] = list
	return list
}

// wellKnown are packages whose interfaces the tables describe: to look for
// every implementation of io.Reader would say nothing.
func wellKnown(path string) bool {
	switch path {
	case "io", "fmt", "error", "context", "net", "net/http", "sort", "hash", "io/fs", "database/sql/driver":
		return true
	}
	return false
}

func (t *targets) recursive(fn *ssa.Function) bool { return t.loops[fn] }

// components returns the functions in groups that call each other, callees
// before callers.
func components(all []*ssa.Function, t *targets) [][]*ssa.Function {
	edges := map[*ssa.Function][]*ssa.Function{}
	for _, fn := range all {
		edges[fn] = t.edges(fn)
	}
	s := &tarjan{edges: edges, index: map[*ssa.Function]int{}, low: map[*ssa.Function]int{}, on: map[*ssa.Function]bool{}, loops: t.loops}
	for _, fn := range all {
		if _, seen := s.index[fn]; !seen {
			s.visit(fn)
		}
	}
	return s.groups
}

// edges returns the functions of this package that fn calls or makes.
func (t *targets) edges(fn *ssa.Function) []*ssa.Function {
	var list []*ssa.Function
	add := func(to *ssa.Function) {
		if to != nil && t.own[to] {
			list = append(list, to)
		}
	}
	var rands [8]*ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if i, ok := instr.(ssa.CallInstruction); ok {
				for _, to := range t.of(i.Common()) {
					add(to.fn)
				}
			}
			for _, op := range instr.Operands(rands[:0]) {
				if used, ok := (*op).(*ssa.Function); ok {
					add(unwrapped(used))
				}
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Pos() < list[j].Pos() })
	return slices.Compact(list)
}

// tarjan finds strongly connected components.
type tarjan struct {
	edges  map[*ssa.Function][]*ssa.Function
	index  map[*ssa.Function]int
	low    map[*ssa.Function]int
	on     map[*ssa.Function]bool
	stack  []*ssa.Function
	groups [][]*ssa.Function
	loops  map[*ssa.Function]bool
}

func (s *tarjan) visit(fn *ssa.Function) {
	s.index[fn] = len(s.index)
	s.low[fn] = s.index[fn]
	s.stack = append(s.stack, fn)
	s.on[fn] = true
	for _, to := range s.edges[fn] {
		if to == fn {
			s.loops[fn] = true
		}
		if _, seen := s.index[to]; !seen {
			s.visit(to)
			s.low[fn] = min(s.low[fn], s.low[to])
		} else if s.on[to] {
			s.low[fn] = min(s.low[fn], s.index[to])
		}
	}
	if s.low[fn] != s.index[fn] {
		return
	}
	for n := len(s.stack) - 1; ; n-- {
		s.on[s.stack[n]] = false
		if s.stack[n] == fn {
			group := slices.Clone(s.stack[n:])
			s.stack = s.stack[:n]
			slices.SortFunc(group, func(a, b *ssa.Function) int { return int(a.Pos()) - int(b.Pos()) })
			s.groups = append(s.groups, group)
			return
		}
	}
}
