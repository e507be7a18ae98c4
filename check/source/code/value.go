package code

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
)

// Constant returns the constant that an expression is, nil if it is none. A
// literal is one even where types are unknown.
func (r *Reader) Constant(e ast.Expr) constant.Value {
	if e == nil {
		return nil
	}
	if tv, ok := r.pass.TypesInfo.Types[e]; ok && tv.Value != nil {
		return tv.Value
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0)
	case *ast.Ident:
		switch e.Name {
		case "true", "false":
			return constant.MakeBool(e.Name == "true")
		}
		if c, ok := r.pass.TypesInfo.ObjectOf(e).(*types.Const); ok {
			return c.Val()
		}
	}
	return nil
}

// String returns the text that an expression always is, through variables that
// are set once and conversions to []byte and string.
func (r *Reader) String(e ast.Expr) (string, bool) {
	e = r.Origin(e)
	if v := r.Constant(e); v != nil && v.Kind() == constant.String {
		return constant.StringVal(v), true
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		if len(e.Args) == 1 && isTextType(e.Fun) {
			return r.String(e.Args[0])
		}
	case *ast.CompositeLit:
		return r.bytes(e)
	}
	return "", false
}

// isTextType recognises string, []byte and []rune as they are written.
func isTextType(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name == "string"
	case *ast.ArrayType:
		id, ok := e.Elt.(*ast.Ident)
		return ok && (id.Name == "byte" || id.Name == "uint8" || id.Name == "rune")
	}
	return false
}

// bytes reads []byte{1, 2, 3}.
func (r *Reader) bytes(lit *ast.CompositeLit) (string, bool) {
	if lit.Type == nil || !isTextType(lit.Type) {
		return "", false
	}
	var text []byte
	for _, e := range lit.Elts {
		n, ok := r.Int(e)
		if !ok || n < 0 || n > 255 {
			return "", false
		}
		text = append(text, byte(n))
	}
	return string(text), true
}

// Int returns the whole number that an expression always is.
func (r *Reader) Int(e ast.Expr) (int64, bool) {
	if v := r.Constant(r.Origin(e)); v != nil && v.Kind() != constant.Unknown {
		if v = constant.ToInt(v); v.Kind() == constant.Int {
			return constant.Int64Val(v)
		}
	}
	return 0, false
}

// Bool returns the truth value that an expression always has.
func (r *Reader) Bool(e ast.Expr) (value, ok bool) {
	if v := r.Constant(r.Origin(e)); v != nil && v.Kind() == constant.Bool {
		return constant.BoolVal(v), true
	}
	return false, false
}

// Origin returns the expression that a variable was set to, if it is set once
// and its address is not taken; else e itself, without parentheses.
func (r *Reader) Origin(e ast.Expr) ast.Expr {
	for range 8 {
		if e == nil {
			return nil
		}
		e = ast.Unparen(e)
		id, ok := e.(*ast.Ident)
		if !ok {
			return e
		}
		object, ok := r.pass.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok {
			return e
		}
		values := r.values[object]
		if len(values) != 1 || values[0] == nil {
			return e
		}
		if object.Parent() == nil || object.Exported() && object.Pkg() != nil && object.Parent() == object.Pkg().Scope() {
			return e // another package may set it
		}
		e = values[0]
	}
	return e
}

// Values returns all that a variable is set to in the package; complete is
// false if some of it is unknown, as for a parameter.
func (r *Reader) Values(e ast.Expr) (values []ast.Expr, complete bool) {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return []ast.Expr{e}, true
	}
	object := r.pass.TypesInfo.ObjectOf(id)
	if _, ok := object.(*types.Var); !ok {
		return []ast.Expr{e}, true
	}
	complete = len(r.values[object]) > 0
	for _, v := range r.values[object] {
		if v == nil {
			complete = false
			continue
		}
		values = append(values, v)
	}
	return values, complete
}

// Field returns the value that a literal gives a field; nil if none.
func Field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// Keyed reports whether the literal names its fields, as an empty one does.
func Keyed(lit *ast.CompositeLit) bool {
	if len(lit.Elts) == 0 {
		return true
	}
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// Arg returns the n-th argument of a call; nil if there is none.
func (c *Call) Arg(n int) ast.Expr {
	if n < 0 || n >= len(c.Args) {
		return nil
	}
	return c.Args[n]
}

// Receiver returns what a method is called on; nil for a function.
func (c *Call) Receiver() ast.Expr {
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// Last returns the last name in an expression: of a variable, a field, a
// method that is called, a constant string that indexes; "" if there is none.
func Last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.ParenExpr:
		return Last(e.X)
	case *ast.StarExpr:
		return Last(e.X)
	case *ast.UnaryExpr:
		return Last(e.X)
	case *ast.CallExpr:
		if len(e.Args) == 1 && isTextType(e.Fun) {
			return Last(e.Args[0])
		}
		return Last(e.Fun)
	case *ast.IndexExpr:
		if lit, ok := e.Index.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				return text
			}
		}
		return Last(e.X)
	case *ast.SliceExpr:
		return Last(e.X)
	case *ast.TypeAssertExpr:
		return Last(e.X)
	}
	return ""
}
