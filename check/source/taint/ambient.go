package taint

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Values in contexts, of the standard library and of frameworks, are kept
// under keys. Each key is followed like a global: what any function puts there
// may come out wherever it is asked for.

// ambient begins the names of such globals.
const ambient = "context "

// keep applies the calls that put values in contexts and get them out; false
// if the call is none.
func (f *frame) keep(s *site) bool {
	switch s.where() {
	case "context.WithValue":
		f.putIn(s, s.args[1], s.args[2])
	case "(context.Context).Value":
		f.getOut(s, s.args[1])
	case "(*github.com/gin-gonic/gin.Context).Set", "(github.com/labstack/echo.Context).Set":
		f.putIn(s, s.args[1], s.args[2])
	case "(*github.com/gin-gonic/gin.Context).Get", "(*github.com/gin-gonic/gin.Context).MustGet", "(*github.com/gin-gonic/gin.Context).GetString",
		"(*github.com/gin-gonic/gin.Context).Value", "(github.com/labstack/echo.Context).Get":
		f.getOut(s, s.args[1])
	case "(*github.com/gofiber/fiber.Ctx).Locals", "(github.com/gofiber/fiber.Ctx).Locals":
		for _, v := range operands(s.args[len(s.args)-1]) {
			f.putIn(s, s.args[1], v)
		}
		f.getOut(s, s.args[1])
	default:
		return false
	}
	return true
}

func (f *frame) putIn(s *site, key, v ssa.Value) {
	if name := contextKey(key); name != "" && record(peel(v).Type(), 0) {
		f.move(f.field(f.object(f.ambient(name)), pointee), v, s.block)
	}
}

func (f *frame) getOut(s *site, key ssa.Value) {
	name := contextKey(key)
	if name == "" || s.result == nil || !f.recordWanted(s) {
		return
	}
	dst, t := s.result, s.rtype
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() == 0 {
			return
		}
		dst, t = f.field(f.object(dst), "0"), tuple.At(0).Type()
	}
	from := f.field(f.object(f.ambient(name)), pointee)
	if isText(t) {
		f.taint(dst, f.deep(from), t)
		return
	}
	f.flow(dst, from, t, all)
}

// contextKey names the key of a value in a context: a constant, a value of a
// type of its own, or a package variable; "" for others.
func contextKey(v ssa.Value) string {
	switch k := peel(v).(type) {
	case *ssa.Const:
		name := ambient + types.TypeString(k.Type(), nil)
		if k.Value != nil {
			name += " " + k.Value.ExactString()
		}
		return name
	case *ssa.Global:
		return ambient + "&" + k.String()
	case *ssa.UnOp:
		switch a := k.X.(type) {
		case *ssa.Global:
			return ambient + a.String()
		case *ssa.Alloc:
			if len(*a.Referrers()) == 1 { // a literal without fields
				return ambient + types.TypeString(k.Type(), nil)
			}
		}
	}
	return ""
}

// ambient returns the cell for a name that contextKey made.
func (f *frame) ambient(name string) *cell {
	if c := f.kept[name]; c != nil {
		return c.find()
	}
	c := &cell{}
	if f.kept == nil {
		f.kept = map[string]*cell{}
	}
	f.kept[name] = c
	f.enroot(c, name, f.ambientFlows(name))
	return c
}

// ambientFlows returns what sources put under a key in this package and in
// those below it.
func (e *engine) ambientFlows(name string) []Flow {
	if e.below == nil {
		e.below = map[string][]Flow{}
		e.gatherBelow(e.pass.Pkg, map[*types.Package]bool{})
	}
	return slices.Concat(e.globals[name], e.below[name])
}

func (e *engine) gatherBelow(pkg *types.Package, seen map[*types.Package]bool) {
	for _, imported := range pkg.Imports() {
		if seen[imported] {
			continue
		}
		seen[imported] = true
		if fact := e.packageFact(imported); fact != nil {
			fact.globals(func(name string, flows []Flow) { e.below[name] = append(e.below[name], flows...) })
		}
		e.gatherBelow(imported, seen)
	}
}

// recordWanted reports whether what comes out of a context is used as text or
// as a record.
func (f *frame) recordWanted(s *site) bool {
	v := s.instr.Value()
	if v == nil || v.Referrers() == nil {
		return false
	}
	if isText(v.Type()) {
		return true
	}
	var wanted func(v ssa.Value, depth int) bool
	wanted = func(v ssa.Value, depth int) bool {
		for _, ref := range *v.Referrers() {
			switch r := ref.(type) {
			case *ssa.TypeAssert:
				if record(r.AssertedType, 0) {
					return true
				}
			case *ssa.Extract:
				if depth < 2 && r.Index == 0 && wanted(r, depth+1) {
					return true
				}
			}
		}
		return false
	}
	return wanted(v, 0)
}

// record reports whether a type is text or holds nothing but that and numbers.
// Values that refer to others, such as the parts of a server, are not followed
// through contexts: all requests would be one.
func record(t types.Type, depth int) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Pointer:
		return depth == 0 && record(u.Elem(), 1)
	case *types.Slice:
		return depth < 3 && record(u.Elem(), depth+2)
	case *types.Map:
		return depth < 2 && record(u.Key(), 3) && record(u.Elem(), depth+2)
	case *types.Struct:
		if depth > 2 || u.NumFields() > maxFields {
			return false
		}
		for i := range u.NumFields() {
			if ft := u.Field(i).Type(); !record(ft, depth+1) && !inert(ft) {
				return false
			}
		}
		return true
	}
	return false
}
