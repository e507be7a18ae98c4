package loopvariable

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/merlon-go/merlon/check/source/code"
)

// A scope is the body of a loop or of a function: what is kept outside of it
// lives on.
type scope struct {
	*looker
	loop  ast.Node // nil for a function
	body  *ast.BlockStmt
	above map[ast.Node]ast.Node
	depth int
}

// A fate says what becomes of a value: how it is kept, "" if it is not, or
// that it is returned.
type fate struct {
	how, category string
	returned      bool
}

const maxDepth = 4

// uses returns where a variable is mentioned in the body.
func (s *scope) uses(object types.Object) []*ast.Ident {
	var list []*ast.Ident
	ast.Inspect(s.body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && s.read.Object(id) == object && id.Pos() != object.Pos() {
			list = append(list, id)
		}
		return true
	})
	return list
}

// judge says what becomes of the loop's variable that is mentioned: by the
// function literals around it, then by its address.
func (s *scope) judge(use *ast.Ident) (at ast.Node, f fate) {
	var literals []*ast.FuncLit
	for n := s.above[use]; n != nil; n = s.above[n] {
		if lit, ok := n.(*ast.FuncLit); ok {
			literals = append(literals, lit)
		}
	}
	for _, lit := range slices.Backward(literals) {
		if f := s.follow(lit, true); f.how != "" {
			return lit, f
		}
	}
	if address := s.address(use); address != nil {
		if f := s.follow(address, false); f.how != "" {
			return address, f
		}
	}
	return nil, fate{}
}

// address returns the expression that takes the variable's address, or that of
// a part of it; nil if none does.
func (s *scope) address(use *ast.Ident) ast.Expr {
	var e ast.Expr = use
	for {
		switch p := s.above[e].(type) {
		case *ast.ParenExpr:
			e = p
		case *ast.IndexExpr:
			if p.X != e || !is[*types.Array](s.read.Type(e)) {
				return nil
			}
			e = p
		case *ast.SliceExpr:
			if p.X != e || !is[*types.Array](s.read.Type(e)) {
				return nil
			}
			return p
		case *ast.SelectorExpr:
			if t := s.read.Type(e); t == nil || is[*types.Pointer](t) {
				return nil
			}
			if fn, ok := s.read.Object(p.Sel).(*types.Func); ok {
				return s.method(p, fn)
			}
			e = p
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return p
			}
			return nil
		default:
			return nil
		}
	}
}

// method returns a method of the variable that has its address, unless it is
// called at once.
func (s *scope) method(sel *ast.SelectorExpr, fn *types.Func) ast.Expr {
	recv := fn.Signature().Recv()
	if recv == nil || !is[*types.Pointer](recv.Type()) {
		return nil
	}
	return sel
}

func is[T types.Type](t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(T)
	return ok
}

// follow says what becomes of an expression that has the variable in it; late
// says that it is a function.
func (s *scope) follow(e ast.Expr, late bool) fate {
	for {
		switch p := s.above[e].(type) {
		case *ast.ParenExpr:
			e = p
		case *ast.KeyValueExpr:
			e = p
		case *ast.CompositeLit:
			e = p
		case *ast.UnaryExpr:
			if p.Op != token.AND {
				return fate{}
			}
			e = p
		case *ast.SelectorExpr: // a method of the address
			if call, ok := s.above[p].(*ast.CallExpr); !ok || call.Fun != p {
				return fate{}
			}
			e = p
		case *ast.CallExpr:
			f := s.call(p, e, late)
			if !f.returned {
				return f
			}
			e = p
		case *ast.AssignStmt:
			return s.assigned(p, e, late)
		case *ast.ValueSpec:
			for i, v := range p.Values {
				if v == e && i < len(p.Names) {
					return s.variable(p.Names[i], late)
				}
			}
			return fate{}
		case *ast.SendStmt:
			if p.Value != e {
				return fate{}
			}
			return s.kept(p, "the channel is sent")
		case *ast.ReturnStmt:
			return fate{returned: s.loop == nil}
		default:
			return fate{}
		}
	}
}

// kept is the fate of what a statement keeps, unless it leaves the loop.
func (s *scope) kept(at ast.Node, how string) fate {
	if s.loop != nil && s.leaves(at) {
		return fate{}
	}
	return fate{how: how}
}

// last reports whether an assignment is made in every step: what it sets then
// sees the last element in every version of Go.
func (s *scope) last(a *ast.AssignStmt, left ast.Expr) bool {
	id, plain := left.(*ast.Ident)
	if !plain || s.loop == nil || !slices.Contains(s.body.List, ast.Stmt(a)) {
		return false
	}
	skipped := false
	ast.Inspect(s.body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		skipped = skipped || ok && b.Tok != token.BREAK && b.Tok != token.FALLTHROUGH
		return !skipped
	})
	return !skipped && len(s.uses(s.read.Object(id))) == 1
}

// assigned judges an assignment with the expression on its right.
func (s *scope) assigned(a *ast.AssignStmt, e ast.Expr, late bool) fate {
	for i, right := range a.Rhs {
		if right != e || i >= len(a.Lhs) {
			continue
		}
		left := ast.Unparen(a.Lhs[i])
		if id, ok := left.(*ast.Ident); ok {
			if id.Name == "_" {
				return fate{}
			}
			if s.own(id) {
				return s.variable(id, late)
			}
			if _, pointer := e.(*ast.UnaryExpr); pointer && s.last(a, left) {
				return fate{}
			}
			return s.kept(a, code.Last(left)+" keeps")
		}
		if root := rootOf(left); root != nil && s.own(root) && !is[*types.Pointer](s.read.Type(root)) {
			return s.variable(root, late)
		}
		return s.kept(a, code.Last(left)+" keeps")
	}
	return fate{}
}

// rootOf returns the variable that a field or element belongs to.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// own reports whether a variable lives no longer than a step of the loop, or a
// call of the function.
func (s *scope) own(id *ast.Ident) bool {
	object := s.read.Object(id)
	return object != nil && s.body.Pos() <= object.Pos() && object.Pos() < s.body.End()
}

// variable judges what becomes of a variable of the scope.
func (s *scope) variable(id *ast.Ident, late bool) fate {
	object := s.read.Object(id)
	if object == nil || s.depth > maxDepth {
		return fate{}
	}
	deeper := *s
	deeper.depth++
	for _, use := range s.uses(object) {
		if f := deeper.becomes(use, late); f.how != "" || f.returned {
			return f
		}
	}
	return fate{}
}

// leaves reports whether control leaves the loop after a statement, before the
// variable is set anew.
func (s *scope) leaves(at ast.Node) bool {
	breaks := true // a break here means this loop
	for n := at; n != nil && n != s.body; n = s.above[n] {
		switch p := s.above[n].(type) {
		case *ast.BlockStmt:
			if s.ends(p.List, breaks) {
				return true
			}
		case *ast.CaseClause:
			breaks = false
			if s.ends(p.Body, breaks) {
				return true
			}
		case *ast.CommClause:
			breaks = false
			if s.ends(p.Body, breaks) {
				return true
			}
		case *ast.ForStmt, *ast.RangeStmt:
			breaks = false
		case *ast.FuncLit:
			return false
		}
	}
	return false
}

// ends reports whether statements end by leaving the loop.
func (s *scope) ends(list []ast.Stmt, breaks bool) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.GOTO || last.Tok == token.BREAK && (breaks || last.Label != nil)
	case *ast.ExprStmt:
		if call, ok := last.X.(*ast.CallExpr); ok {
			switch s.read.Name(s.file, call.Fun) {
			case "panic", "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln":
				return true
			}
		}
	}
	return false
}
