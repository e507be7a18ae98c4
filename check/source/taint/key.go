package taint

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// key names what a value is, so that two reads of one variable, field or
// request parameter are known to be the same; "" if it cannot be named.
func (g *guards) key(v ssa.Value) string {
	if k, ok := g.keys[v]; ok {
		return k
	}
	g.keys[v] = "" // cycles end here
	k := g.name(v)
	if len(k) > 200 {
		k = ""
	}
	g.keys[v] = k
	return k
}

func (g *guards) name(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		return v.Name()
	case *ssa.Global:
		return "&" + v.Name()
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if k := g.address(v.X); k != "" {
				return k
			}
		}
	case *ssa.FieldAddr:
		if k := g.key(v.X); k != "" {
			return k + "&." + fieldName(v.X.Type(), v.Field)
		}
	case *ssa.Field:
		if k := g.key(v.X); k != "" {
			return k + "." + fieldName(v.X.Type(), v.Field)
		}
	case *ssa.MakeInterface:
		return g.key(v.X)
	case *ssa.ChangeInterface:
		return g.key(v.X)
	case *ssa.ChangeType:
		return g.key(v.X)
	case *ssa.Convert:
		if isText(v.Type()) && isText(v.X.Type()) {
			return g.key(v.X)
		}
	case *ssa.Lookup:
		if c, ok := v.Index.(*ssa.Const); ok {
			if k := g.key(v.X); k != "" && !v.CommaOk {
				return k + "[" + c.Name() + "]"
			}
		}
	case *ssa.IndexAddr:
		if k, at := g.key(v.X), g.key(v.Index); k != "" && at != "" {
			return k + "&[" + at + "]"
		}
	case *ssa.Index:
		if k, at := g.key(v.X), g.key(v.Index); k != "" && at != "" {
			return k + "[" + at + "]"
		}
	case *ssa.Call:
		if k := g.callKey(v); k != "" {
			return k
		}
	case nil:
		return ""
	}
	return v.Name() + "@" // an SSA register, unique in the function
}

// address names what an address designates.
func (g *guards) address(addr ssa.Value) string {
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		if k := g.key(a.X); k != "" {
			return k + "." + fieldName(a.X.Type(), a.Field)
		}
	case *ssa.IndexAddr:
		return g.key(a)
	case *ssa.Global:
		return "*" + a.Name()
	case *ssa.Alloc, *ssa.FreeVar:
		return "*" + a.Name()
	}
	return ""
}

// pure are methods that give the same answer when asked twice.
var pure = map[string]bool{
	"FormValue": true, "PostFormValue": true, "PathValue": true, "Get": true, "Query": true, "Param": true, "QueryParam": true,
	"Hostname": true, "URLParam": true, "Vars": true, "PostForm": true, "DefaultQuery": true, "Params": true, "UserAgent": true, "Referer": true,
	"String": true, "Host": true, "Port": true,
}

func (g *guards) callKey(c *ssa.Call) string {
	common := c.Common()
	var name string
	var args []ssa.Value
	switch {
	case common.IsInvoke():
		name, args = common.Method.Name(), append([]ssa.Value{common.Value}, common.Args...)
	case common.StaticCallee() != nil:
		name, args = common.StaticCallee().Name(), common.Args
	}
	if !pure[name] || len(args) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(name)
	for _, a := range args {
		k := g.key(a)
		if k == "" {
			return ""
		}
		b.WriteByte('(')
		b.WriteString(k)
	}
	return b.String()
}
