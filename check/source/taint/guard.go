package taint

import (
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// guards knows, for each block of a function, which values have been
// validated on every way to it, as by `if !allowed[x] { return }`.
type guards struct {
	f    *frame
	keys map[ssa.Value]string
	in   []facts // by block index; nil if nothing is known
	edge map[[2]int]facts
	// slashes are the checks that a text begins with a slash, by its key.
	slashes map[string][]ssa.Instruction
	// inside are the variables whose value is being traced back.
	inside map[*ssa.Phi]bool
}

// facts are the kinds that values, by key, have been validated for.
type facts map[string]Kind

func newGuards(f *frame) *guards {
	g := &guards{f: f, keys: map[ssa.Value]string{}}
	if again := g.branches(); len(g.edge) > 0 {
		g.solve(g.edge)
		if again { // variables that were set where something was known
			g.branches()
			g.solve(g.edge)
		}
	}
	return g
}

// branches collects what each branch of the function says on its ways, and
// reports whether one asks for a variable that a loop may have set.
func (g *guards) branches() (flags bool) {
	edges := map[[2]int]facts{}
	for _, b := range g.f.fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if _, phi := branch.Cond.(*ssa.Phi); phi {
			flags = true
		} else if not, ok := branch.Cond.(*ssa.UnOp); ok && not.Op == token.NOT {
			_, phi = not.X.(*ssa.Phi)
			flags = flags || phi
		}
		for n, to := range b.Succs {
			known := facts{}
			g.condition(branch.Cond, n == 0, known, 0)
			if len(known) > 0 {
				edges[[2]int{b.Index, to.Index}] = known
			}
		}
	}
	g.edge = edges
	return flags
}

// solve finds what holds on every way to each block.
func (g *guards) solve(edges map[[2]int]facts) {
	blocks := g.f.fn.Blocks
	g.in = make([]facts, len(blocks))
	reached := make([]bool, len(blocks))
	reached[0] = true
	order := g.f.fn.DomPreorder()
	for range 10 {
		changed := false
		for _, b := range order {
			var all facts
			first := true
			for _, p := range b.Preds {
				if !reached[p.Index] {
					continue
				}
				here := g.in[p.Index]
				if edge := edges[[2]int{p.Index, b.Index}]; edge != nil {
					here = union(here, edge)
				}
				if first {
					all, first = here, false
				} else {
					all = meet(all, here)
				}
			}
			if b.Index == 0 || first {
				continue
			}
			if !reached[b.Index] || !maps.Equal(all, g.in[b.Index]) {
				reached[b.Index], g.in[b.Index], changed = true, maps.Clone(all), true
			}
		}
		if !changed {
			return
		}
	}
	g.in = nil // did not settle: believe nothing
}

func union(a, b facts) facts {
	out := maps.Clone(a)
	if out == nil {
		out = facts{}
	}
	for k, kinds := range b {
		out[k] |= kinds
	}
	return out
}

func meet(a, b facts) facts {
	out := facts{}
	for k, kinds := range a {
		if both := kinds & b[k]; both != 0 {
			out[k] = both
		}
	}
	return out
}

// clean returns the kinds that v has been validated for when b runs.
func (g *guards) clean(v ssa.Value, b *ssa.BasicBlock) Kind {
	if g.in == nil || v == nil || b == nil || len(g.in[b.Index]) == 0 {
		return 0
	}
	return g.in[b.Index].of(g.key(v))
}

// of returns what is known of a key. A target that begins with one slash and
// not with two, as two conditions say, is local; see [frame.weakChecks].
func (k facts) of(key string) Kind {
	kinds := k[key]
	if len(k) > 1 && kinds&Redirect == 0 && k[slash+key] != 0 && k[noSlash+key] != 0 {
		kinds |= Redirect
	}
	return kinds
}

// cleanEdge is clean for a value that is used on the way from one block to
// another.
func (g *guards) cleanEdge(v ssa.Value, from, to *ssa.BasicBlock) Kind {
	kinds := g.clean(v, from)
	if g.in != nil {
		if known := g.edge[[2]int{from.Index, to.Index}]; len(known) > 0 {
			kinds |= union(g.in[from.Index], known).of(g.key(v))
		}
	}
	return kinds
}

// cleanPath is clean for what lies at a path below v.
func (g *guards) cleanPath(v ssa.Value, path string, b *ssa.BasicBlock) Kind {
	if g.in == nil || v == nil || b == nil || len(g.in[b.Index]) == 0 {
		return 0
	}
	k := g.key(v)
	if k == "" {
		return 0
	}
	return g.in[b.Index][k+path] | g.in[b.Index]["*"+strings.TrimPrefix(k, "&")+strings.TrimSuffix(path, ".*")]
}

func (f *frame) guardedPath(labels set, v ssa.Value, path string, b *ssa.BasicBlock) set {
	if clean := f.guards.cleanPath(v, path, b); clean != 0 {
		return labels.only(all &^ clean)
	}
	return labels
}

// mark notes that v is fine for the kinds, and what v is made from by changing
// case or trimming, which a comparison often does first.
func (g *guards) mark(v ssa.Value, kinds Kind, known facts) {
	for range 6 {
		if k := g.key(v); k != "" {
			known[k] |= kinds
		}
		next, part := g.inner(v)
		if next == nil {
			return
		}
		if v = next; part {
			kinds &= SSRF | Redirect
		}
	}
}

// inner returns what v is a view of, or nil, and whether it is only the part
// that says where a URL leads.
func (g *guards) inner(v ssa.Value) (of ssa.Value, part bool) {
	switch v := v.(type) {
	case *ssa.Call:
		if fn := v.Common().StaticCallee(); fn != nil && len(v.Common().Args) > 0 {
			switch qualified(fn) {
			case "strings.ToLower", "strings.ToUpper", "strings.TrimSpace", "strings.Trim", "strings.TrimSuffix",
				"path/filepath.Clean", "path.Clean", "path/filepath.FromSlash", "path/filepath.ToSlash", "(*net/url.URL).String":
				return v.Common().Args[0], false
			case "(*net/url.URL).Hostname":
				return v.Common().Args[0], true
			}
		}
	case *ssa.Extract:
		if c, ok := v.Tuple.(*ssa.Call); ok && v.Index == 0 {
			if fn := c.Common().StaticCallee(); fn != nil && len(c.Common().Args) > 0 {
				switch qualified(fn) {
				case "net/url.Parse", "net/url.ParseRequestURI", "path/filepath.Abs", "path/filepath.EvalSymlinks":
					return c.Common().Args[0], false
				case "path/filepath.Rel":
					return c.Common().Args[1], false
				case "net.SplitHostPort", "strings.Cut":
					return c.Common().Args[0], true
				}
			}
		}
	case *ssa.MakeInterface:
		return v.X, false
	}
	return nil, false
}

func qualified(fn *ssa.Function) string {
	if obj := calleeObject(fn); obj != nil {
		return obj.FullName()
	}
	return ""
}

// condition collects what a condition says if it is true, or false.
func (g *guards) condition(cond ssa.Value, holds bool, known facts, depth int) {
	if depth > 6 {
		return
	}
	switch c := cond.(type) {
	case *ssa.UnOp:
		if c.Op == token.NOT {
			g.condition(c.X, !holds, known, depth+1)
		}
	case *ssa.BinOp:
		g.comparison(c, holds, known)
	case *ssa.Call:
		g.predicate(c, holds, known)
	case *ssa.Lookup: // a set: map[string]bool
		if holds {
			g.mark(c.Index, all, known)
			g.host(c.Index, known)
		}
	case *ssa.Extract:
		g.extracted(c, holds, known)
	case *ssa.Phi:
		if depth < 3 && len(c.Edges) <= 8 {
			g.shortCircuit(c, holds, known, depth)
		}
	}
}

// shortCircuit handles a && b and a || b kept in a variable: all edges but
// constants that cannot be the outcome must agree.
func (g *guards) shortCircuit(phi *ssa.Phi, holds bool, known facts, depth int) {
	var agreed facts
	first := true
	if g.inside == nil {
		g.inside = map[*ssa.Phi]bool{}
	}
	g.inside[phi] = true
	defer delete(g.inside, phi)
	for n, edge := range phi.Edges {
		if again, ok := edge.(*ssa.Phi); ok && g.inside[again] {
			continue // as it was: the other ways say how it became so
		}
		here := facts{}
		if g.in != nil {
			from := phi.Block().Preds[n].Index
			here = union(g.in[from], g.edge[[2]int{from, phi.Block().Index}])
		}
		if c, ok := edge.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Bool {
			if constant.BoolVal(c.Value) != holds {
				continue
			}
		} else {
			g.condition(edge, holds, here, depth+1)
		}
		if first {
			agreed, first = here, false
		} else {
			agreed = meet(agreed, here)
		}
	}
	for k, kinds := range agreed {
		known[k] |= kinds
	}
}

// extracted handles `v, ok := f(x)`.
func (g *guards) extracted(c *ssa.Extract, holds bool, known facts) {
	if !holds {
		return
	}
	switch t := c.Tuple.(type) {
	case *ssa.Lookup:
		g.mark(t.Index, all, known)
		g.host(t.Index, known)
	case *ssa.Call:
		g.validated(t, c.Index, known)
	}
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// nilness handles err == nil after a validating call, and ParseIP(x) != nil.
func (g *guards) nilness(v ssa.Value, isNil bool, known facts) {
	switch v := v.(type) {
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if !ok {
			return
		}
		if isNil && isError(v.Type()) {
			g.validated(call, v.Index, known)
		}
	case *ssa.Call:
		switch {
		case isNil && isError(v.Type()):
			g.validated(v, 0, known)
		case !isNil:
			if fn := v.Common().StaticCallee(); fn != nil && qualified(fn) == "net.ParseIP" {
				g.mark(v.Common().Args[0], all&^SSRF, known)
			}
		}
	}
}

// validated applies a call whose result says that its arguments are fine: by
// the summary of its body, by the tables, or by its name.
func (g *guards) validated(call *ssa.Call, result int, known facts) {
	common := call.Common()
	args := common.Args
	if common.IsInvoke() {
		args = append([]ssa.Value{common.Value}, args...)
	}
	summarised := false
	for _, t := range g.f.targets.of(common) {
		sum := g.f.summaryOf(t)
		if sum == nil {
			continue
		}
		summarised = true
		for _, c := range sum.Checks {
			if c.Result == result && c.Param < len(args) {
				g.mark(args[c.Param], c.Kinds, known)
			}
		}
	}
	var callee *types.Func
	if common.IsInvoke() {
		callee = common.Method
	} else if fn := common.StaticCallee(); fn != nil {
		callee = calleeObject(fn)
	}
	if callee == nil {
		return
	}
	if m := g.f.modelOf(callee); m != nil && m.checks != 0 {
		for _, a := range args {
			g.mark(a, m.checks, known)
		}
		return
	}
	if !summarised && validator.MatchString(callee.Name()) {
		for _, a := range args {
			if isText(a.Type()) {
				g.mark(a, all, known)
				g.host(a, known)
			}
		}
	}
}

// validator are the names of functions of unknown body that say whether their
// argument is fine.
var validator = regexp.MustCompile(`^(?i:is_?(valid|safe|allowed|permitted|trusted|known|local)|valid|check(?:ed)?(path|url|host|redirect|name|input|file|param)|allow|permit|whitelist|allowlist|verify(path|url|host|redirect|name|input)|must_?be|ensure(safe|valid|local|allowed)|safe|has$|contains$|exists$)`)
