package taint

import "golang.org/x/tools/go/ssa"

// mailSinks applies what is written to the writer of a mail's text, headers
// and all. Some programs are there to hand mails on.
func (f *frame) mailSinks(s *site) {
	if s.callee == nil || len(s.args) < 2 {
		return
	}
	var labels func() set
	switch s.where() {
	case "fmt.Fprintf":
		labels = func() set { return f.formatLabels(s, 1) }
	case "fmt.Fprint", "fmt.Fprintln", "io.WriteString", "io.Copy", "io.CopyN", "io.CopyBuffer":
		labels = func() set { return f.deepLabels(s.args[1], s.block) }
	default:
		if name := s.callee.Name(); name != "Write" && name != "WriteString" || s.callee.Signature().Recv() == nil {
			return
		}
		labels = func() set { return f.deepLabels(s.args[1], s.block) }
	}
	if mailText(s.args[0]) {
		f.sink(sinkSpec{kind: Mail, what: "a mail", weak: true}, labels(), s.pos(), -1)
	}
}

// mailText reports whether a writer is what net/smtp gives out for the text of
// a mail, or writes to that.
func mailText(v ssa.Value) bool {
	for range 8 {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.UnOp:
			a, ok := x.X.(*ssa.Alloc)
			if !ok {
				return false
			}
			v = soleStore(a)
		case *ssa.Call:
			fn := x.Common().StaticCallee()
			if fn == nil || len(x.Common().Args) == 0 {
				return false
			}
			name := qualified(fn)
			if name == "(*net/smtp.Client).Data" {
				return true
			}
			if !wraps[name] {
				return false
			}
			v = x.Common().Args[0]
		default:
			return false
		}
	}
	return false
}
