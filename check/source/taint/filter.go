package taint

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A filter of documents that compares a field with a text can only be given
// another text. What a client can turn into something else is a value of any
// type, as JSON fills it, a key, and the text of an operator that runs code.

// compared returns NoSQL if an entry of a map is text under a constant key.
func compared(i *ssa.MapUpdate) Kind {
	if _, open := i.Map.Type().Underlying().(*types.Map).Elem().Underlying().(*types.Interface); !open || !plainText(i.Value) {
		return 0
	}
	return harmlessKey(i.Key)
}

// comparedElement returns NoSQL if the value stored is text that an element of
// a list of keys and values, such as bson.D, puts under a constant key.
func comparedElement(i *ssa.Store) Kind {
	fa, ok := i.Addr.(*ssa.FieldAddr)
	if !ok || !plainText(i.Val) || fieldName(fa.X.Type(), fa.Field) != "Value" || !strings.HasSuffix(typeName(fa.X.Type()), ".E") {
		return 0
	}
	for _, ref := range *fa.X.Referrers() {
		key, ok := ref.(*ssa.FieldAddr)
		if !ok || fieldName(key.X.Type(), key.Field) != "Key" {
			continue
		}
		for _, use := range *key.Referrers() {
			if s, ok := use.(*ssa.Store); ok && s.Addr == key {
				return harmlessKey(s.Val)
			}
		}
	}
	return 0
}

func harmlessKey(key ssa.Value) Kind {
	switch name, ok := stringOf(key); {
	case !ok, name == "$where", name == "$expr", name == "$function", name == "$accumulator":
		return 0
	}
	return NoSQL
}

// plainText reports whether an interface holds text or a list of texts.
func plainText(v ssa.Value) bool {
	made, ok := v.(*ssa.MakeInterface)
	if !ok {
		return false
	}
	t := made.X.Type()
	if slice, ok := t.Underlying().(*types.Slice); ok && isText(slice.Elem()) {
		return true
	}
	return isText(t)
}
