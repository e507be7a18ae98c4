package taint

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Some fields of structs are meeting points: one function sends into a channel
// there and another one, started long before, receives; one package calls a
// function there and another one has put it in. No call leads from the one to
// the other, so these fields are followed like globals, one for each field of
// a type, whichever struct they are in.

// meets ties the channel or the function in a field to all others in it.
func (f *frame) meets(i *ssa.FieldAddr, c *cell, name string, t types.Type) {
	if key := f.meeting(i, name, t); key != "" {
		f.unite(f.object(f.ambient(key)), f.object(c))
	}
}

// fieldOf begins the names of these globals.
const fieldOf = ambient + "field "

func meetingPoint(name string) bool { return strings.HasPrefix(name, fieldOf) }

// meeting names the global that a field is followed like; "" for fields that
// are not.
func (f *frame) meeting(i *ssa.FieldAddr, name string, t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Chan:
		if !message(u.Elem()) {
			return ""
		}
	case *types.Signature:
		if !ast.IsExported(name) || !told(u) {
			return "" // only this package can put one in
		}
	default:
		return ""
	}
	holder := elemType(i.X.Type())
	named, ok := types.Unalias(holder).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || f.names["pkg "+plainPath(named.Obj().Pkg().Path())] != nil {
		return ""
	}
	if pkg := named.Obj().Pkg(); pkg != f.pass.Pkg && f.packageFact(pkg) == nil {
		return "" // nobody here knows what that package does
	}
	return fieldOf + types.TypeString(named.Origin(), nil) + "." + name
}

// message reports whether a type is text, or a struct of such beside whatever
// an answer comes back through.
func message(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return isText(t)
	}
	some := false
	for i := range min(s.NumFields(), maxFields) {
		switch ft := s.Field(i).Type(); ft.Underlying().(type) {
		case *types.Chan, *types.Signature, *types.Interface:
		default:
			if carries(ft)&^numeric == 0 {
				continue
			}
			if !record(ft, 1) {
				return false
			}
			some = true
		}
	}
	return some
}

// told reports whether a function is given text.
func told(sig *types.Signature) bool {
	for i := range sig.Params().Len() {
		if t := sig.Params().At(i).Type(); isText(t) || message(t) {
			return true
		}
	}
	return false
}
