package taint

import (
	"go/constant"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// comparison collects what a comparison says if it is true, or false.
func (g *guards) comparison(c *ssa.BinOp, holds bool, known facts) {
	equal := c.Op == token.EQL && holds || c.Op == token.NEQ && !holds
	if isChar(c.X.Type()) || isChar(c.Y.Type()) {
		g.character(c, known)
		g.position(c, equal, known)
		return
	}
	if isNil(c.Y) {
		g.nilness(c.X, equal, known)
		return
	}
	if isNil(c.X) {
		g.nilness(c.Y, equal, known)
		return
	}
	switch {
	case equal:
		g.equal(c.X, c.Y, known)
		g.equal(c.Y, c.X, known)
	case c.Op == token.EQL || c.Op == token.NEQ:
	default:
		g.bounded(c, holds, known)
	}
	g.short(c, holds, known)
}

// character says that a character was looked at: whichever way it goes, the
// program has decided what becomes of it. A single one that is told from the
// others settles what it is needed for, a range settles everything.
func (g *guards) character(c *ssa.BinOp, known facts) {
	for _, pair := range [][2]ssa.Value{{c.X, c.Y}, {c.Y, c.X}} {
		kinds := all
		if c.Op == token.EQL || c.Op == token.NEQ {
			s, ok := stringOf(pair[1])
			if !ok {
				continue
			}
			kinds = needed(s)
		}
		if k := g.key(pair[0]); k != "" {
			known[k] |= kinds
		}
	}
}

// needed returns the kinds of attacks that cannot do without the text.
func needed(s string) Kind {
	var kinds Kind
	if strings.Contains(s, "..") || s == "/" || s == "." || s == `\` || strings.Contains(s, "/") && !strings.Contains(s, ":") {
		kinds |= Path | ZipSlip
	}
	if strings.ContainsAny(s, "\r\n") {
		kinds |= Log | Header | Mail
	}
	if strings.Contains(s, "<") {
		kinds |= XSS | TemplateHTML
	}
	if strings.Contains(s, "'") {
		kinds |= SQL
	}
	return kinds
}

// equal says that x equals y: safe if y is a constant or does not come from
// outside. The zero constant excludes nothing: "" is no valid value.
func (g *guards) equal(x, y ssa.Value, known facts) {
	switch v := y.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			g.mark(x, all, known)
			g.host(x, known)
		}
		if v.Value != nil && v.Value.Kind() == constant.Int {
			g.index(x, v, known)
			g.mark(x, Allocation, known)
		}
	case *ssa.UnOp, *ssa.Extract, *ssa.Field, *ssa.Call, *ssa.Parameter:
		if isText(y.Type()) && g.listed(y) {
			g.mark(x, all, known)
			g.host(x, known)
			return
		}
		if isText(y.Type()) {
			g.host(x, known)
			g.mark(x, Path|SSRF|Redirect, known)
		}
	}
}

// listed reports whether a value is an element of a list that the program
// made: of constants, of a package variable, of a field of its own.
func (g *guards) listed(v ssa.Value) bool {
	var list ssa.Value
	switch v := v.(type) {
	case *ssa.UnOp:
		if at, ok := v.X.(*ssa.IndexAddr); ok {
			list = at.X
		}
	case *ssa.Index:
		list = v.X
	case *ssa.Extract: // of a map that is ranged over
		if next, ok := v.Tuple.(*ssa.Next); ok {
			if rng, ok := next.Iter.(*ssa.Range); ok && !next.IsString {
				list = rng.X
			}
		}
	}
	for range 8 {
		switch l := list.(type) {
		case *ssa.Slice:
			list = l.X
		case *ssa.UnOp:
			switch x := l.X.(type) {
			case *ssa.Global:
				return true
			case *ssa.FieldAddr:
				return !sourceTypeName(g.f.names, typeName(x.X.Type()))
			case *ssa.Alloc:
				list = soleStore(x)
				continue
			}
			return false
		case *ssa.Alloc:
			for _, v := range indexed(l) {
				if _, ok := v.(*ssa.Const); !ok {
					return false
				}
			}
			return true
		case *ssa.Global, *ssa.MakeMap:
			return true
		default:
			return false
		}
	}
	return false
}

// index handles strings.Index(x, "..") == -1 and slices.Index.
func (g *guards) index(x ssa.Value, n *ssa.Const, known facts) {
	call, ok := x.(*ssa.Call)
	if !ok || n.Int64() != -1 || len(call.Common().Args) != 2 {
		return
	}
	if fn := call.Common().StaticCallee(); fn != nil && strings.HasPrefix(qualified(fn), "strings.Index") {
		g.lacks(call.Common().Args[0], call.Common().Args[1], known)
	}
}

// bounded says that a number has an upper bound.
func (g *guards) bounded(c *ssa.BinOp, holds bool, known facts) {
	less := c.Op == token.LSS || c.Op == token.LEQ
	if less == holds {
		g.mark(c.X, Allocation|Narrowing, known)
	} else {
		g.mark(c.Y, Allocation|Narrowing, known)
	}
}

// host says that a part of a URL was compared: the URL itself is then fine as
// a target.
func (g *guards) host(v ssa.Value, known facts) {
	target := v
	for range 6 {
		switch x := target.(type) {
		case *ssa.UnOp:
			if fa, ok := x.X.(*ssa.FieldAddr); ok && typeName(fa.X.Type()) == "net/url.URL" {
				if name := fieldName(fa.X.Type(), fa.Field); name == "Host" {
					g.mark(fa.X, SSRF|Redirect, known)
					if k := g.key(fa.X); k != "" { // what a local one leads to
						known[k+".Path"] |= SSRF | Redirect
					}
				}
				return
			}
			return
		case *ssa.Call:
			if fn := x.Common().StaticCallee(); fn != nil && len(x.Common().Args) > 0 {
				if qualified(fn) == "(*net/url.URL).Hostname" {
					g.mark(x.Common().Args[0], SSRF|Redirect, known)
					return
				}
			}
		}
		if target, _ = g.inner(target); target == nil {
			return
		}
	}
}
