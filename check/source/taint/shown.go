package taint

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Secrets are shown with what holds them: a record that is printed whole, all
// headers of a request, a constant under another name.

// wholeRecord returns the name of a secret in a record that is printed whole,
// "" for none. What the function itself puts there is followed, and judged by
// what it is.
func (f *frame) wholeRecord(v ssa.Value) string {
	t := v.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	name := secretField(t, 0)
	if name == "" {
		return ""
	}
	if load, ok := v.(*ssa.UnOp); ok {
		v = load.X
	}
	if alloc, ok := v.(*ssa.Alloc); ok {
		for _, ref := range *alloc.Referrers() {
			if fa, ok := ref.(*ssa.FieldAddr); ok && fieldName(fa.X.Type(), fa.Field) == name {
				return ""
			}
		}
	}
	return name
}

// secretField returns the name of the first field of a type, or of a record in
// it, whose text is a secret that printing shows.
func secretField(t types.Type, depth int) string {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 1 || inert(t) || shownBy(t) {
		return ""
	}
	for i := range min(s.NumFields(), maxFields) {
		field := s.Field(i)
		if isText(field.Type()) {
			if secretName(field.Name()) && !shownBy(field.Type()) {
				return field.Name()
			}
			continue
		}
		if name := secretField(field.Type(), depth+1); name != "" {
			return name
		}
	}
	return ""
}

// shownBy reports whether a type decides itself what printing it shows.
func shownBy(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.Named); !ok {
		return false
	}
	for _, name := range []string{"String", "Format", "GoString", "LogValue", "Error", "MarshalText", "MarshalJSON", "MarshalLogObject", "MarshalZerologObject", "ProtoReflect"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := obj.(*types.Func); ok {
			return true
		}
	}
	return false
}

// printsWhole reports whether the n-th operand of a format is printed with all
// that it holds; so it is where there is no format.
func printsWhole(s *site, n int) bool {
	if !strings.HasSuffix(s.callee.Name(), "f") || len(s.args) < 2 {
		return true
	}
	text, ok := stringOf(s.args[len(s.args)-2])
	if !ok {
		return true
	}
	verbs := parseFormat(text)
	return n >= len(verbs) || verbs[n].verb == 'v' || verbs[n].verb == 's'
}

// eachHeader reports whether a value is one that a loop over all headers of a
// request gets, and the loop does not look at their names.
func eachHeader(v ssa.Value) bool {
	for range 6 {
		switch x := v.(type) {
		case *ssa.Call: // strings.Join
			if fn := x.Common().StaticCallee(); fn == nil || qualified(fn) != "strings.Join" {
				return false
			}
			v = x.Common().Args[0]
		case *ssa.UnOp:
			v = x.X
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Extract:
			next, ok := x.Tuple.(*ssa.Next)
			if !ok || x.Index != 2 {
				return false
			}
			rng, ok := next.Iter.(*ssa.Range)
			return ok && typeName(rng.X.Type()) == "net/http.Header" && !slices.ContainsFunc(*next.Referrers(), func(ref ssa.Instruction) bool {
				key, ok := ref.(*ssa.Extract)
				return ok && key.Index == 1 && asked(key, 0)
			})
		default:
			return false
		}
	}
	return false
}

// asked reports whether the program decides something by a value.
func asked(v ssa.Value, depth int) bool {
	if v.Referrers() == nil || depth > 3 {
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch r := ref.(type) {
		case *ssa.BinOp, *ssa.Lookup:
			return true
		case *ssa.Call:
			if t, ok := r.Type().Underlying().(*types.Basic); ok {
				return t.Info()&types.IsBoolean != 0 || t.Info()&types.IsString != 0 && asked(r, depth+1)
			}
		}
		return false
	})
}

// handsOut reports whether a function returns a secret as text: what it is
// called says nothing then.
func (f *frame) handsOut(l label, to place) bool {
	n := to.root - firstResult
	return l.class == Secret && l.kinds&SecretLog != 0 && to.path == "" && isText(f.fn.Signature.Results().At(n).Type()) &&
		!hashing.MatchString(f.fn.Name()) && !secretNot.MatchString(f.fn.Name())
}

// secretConstants are the constants that variables named like secrets are set
// to, with these names. SSA forgets the variables; a text that is as unlikely
// as a password is known again.
func secretConstants(files []*ast.File, info *types.Info) map[string]string {
	var out map[string]string
	var shared []string // with constants that are called so by themselves
	for _, file := range files {
		definitions(file, func(lhs, rhs ast.Expr) {
			id, ok := lhs.(*ast.Ident)
			value := info.Types[rhs].Value
			if !ok || value == nil || !secretName(id.Name) {
				return
			}
			if _, isVar := info.ObjectOf(id).(*types.Var); !isVar {
				if text, ok := textOf(value); ok {
					shared = append(shared, text)
				}
				return
			}
			if text, ok := textOf(value); ok && len(text) >= 6 && !secretWord.MatchString(text) && !strings.ContainsAny(text, " %/") {
				if out == nil {
					out = map[string]string{}
				}
				out[text] = id.Name
			}
		})
	}
	for _, text := range shared {
		delete(out, text)
	}
	return out
}

// constant returns the cell of a constant; nil unless it is a secret.
func (f *frame) constant(v *ssa.Const) *cell {
	if len(f.constants) == 0 || v.Value == nil {
		return nil
	}
	text, ok := textOf(v.Value)
	if !ok || f.constants[text] == "" {
		return nil
	}
	c := f.cells[v]
	if c == nil {
		l := secretLabel(f.fn.Pos(), f.constants[text])
		l.kinds = SecretLog
		c = &cell{labels: set{l}}
		f.cells[v] = c
	}
	return c.find()
}

// console applies what is printed to a stream that people, and who keeps their
// logs, read.
func (f *frame) console(s *site, to ssa.Value, labels set) {
	if !consoles(to) {
		return
	}
	labels = slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.class == Operator })
	f.sink(sinkSpec{kind: Log | SecretLog, what: "the log", weak: true}, labels, s.pos(), -1)
}

func consoles(w ssa.Value) bool {
	switch w := peel(w).(type) {
	case *ssa.UnOp:
		if g, ok := w.X.(*ssa.Global); ok && g.Pkg != nil {
			switch g.Pkg.Pkg.Path() + "." + g.Name() {
			case "os.Stdout", "os.Stderr", "github.com/gin-gonic/gin.DefaultWriter", "github.com/gin-gonic/gin.DefaultErrorWriter":
				return true
			}
		}
	case *ssa.Call:
		if fn := w.Common().StaticCallee(); fn != nil {
			return qualified(fn) == "log.Writer" || qualified(fn) == "(*log.Logger).Writer"
		}
	}
	return false
}

func textOf(v constant.Value) (string, bool) {
	if v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}
