package taint

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// special describes the functions that depend on what is given to them. It
// returns false to leave the result to the usual rules.
func (f *frame) special(s *site) bool {
	switch s.model.where {
	case "fmt.Sprintf", "fmt.Errorf":
		f.formatted(s, 0)
	case "fmt.Appendf":
		f.formatted(s, 1)
		f.move(s.result, s.args[0], s.block)
	case "fmt.Fprintf":
		f.written(s, f.formatLabels(s, 1))
	case "fmt.Fprint", "fmt.Fprintln":
		f.written(s, f.deepLabels(s.args[1], s.block))
	case "io.WriteString", "io.Copy", "io.CopyN", "io.CopyBuffer":
		f.written(s, f.deepLabels(s.args[1], s.block))
	case "fmt.Fscan", "fmt.Fscanf", "fmt.Fscanln", "fmt.Sscan", "fmt.Sscanf", "fmt.Sscanln":
		if in := f.deepLabels(s.args[0], s.block); len(in) > 0 {
			f.fillArg(s.args[len(s.args)-1], in.via(s.pos(), "read by "+s.name()))
		}
	case "errors.As":
		f.fillArg(s.args[1], f.labels(s.args[0], s.block).of(Request, Remote, Parameter).via(s.pos(), "found by "+s.name()))
	case "strings.ReplaceAll", "strings.Replace":
		f.cleaned(s, replacing(s.args[1], s.args[2]))
	case "(*strings.Replacer).Replace":
		f.cleaned(s, f.replacer(s.args[0]))
	case "strings.Map":
		f.mapped(s)
	case "(*regexp.Regexp).ReplaceAllString", "(*regexp.Regexp).ReplaceAllLiteralString", "(*regexp.Regexp).ReplaceAll":
		f.cleaned(s, f.replacedBy(s.args[0], s.args[2]))
	case "(*regexp.Regexp).FindString", "(*regexp.Regexp).FindStringSubmatch", "(*regexp.Regexp).FindAllString":
		if expr, ok := f.expression(s.args[0]); ok && tame(expr) {
			return true
		}
		return false
	case "path/filepath.Clean", "path.Clean":
		f.cleaned(s, f.rootedPath(s.args[0]))
	case "path/filepath.Join", "path.Join":
		f.joined(s)
	case "(*text/template.Template).Execute", "(*text/template.Template).ExecuteTemplate":
		if f.streams(s.args[1]) {
			return true
		}
		f.fillWriter(s, f.deepLabels(s.args[len(s.args)-1], s.block))
	case "(*html/template.Template).Execute", "(*html/template.Template).ExecuteTemplate":
	case "(*net/http.Client).Do":
		if alloc, ok := s.args[1].(*ssa.Alloc); ok { // made here; NewRequest is a sink itself
			f.sink(sinkSpec{kind: SSRF, what: "Do"}, f.deep(f.field(f.object(f.cell(alloc)), "URL")), s.pos(), -1)
		}
	case "(*net/url.URL).String", "(*net/url.URL).RequestURI", "(*net/url.URL).EscapedPath":
		if ofRequest(s.args[0]) {
			f.cleaned(s, Redirect|SSRF|Log|Header|Mail)
			return true
		}
		f.add(s.result, f.guarded(f.address(f.cell(s.args[0])), s.args[0], s.block).via(s.pos(), "through "+s.name()), all&^(Log|Header|Mail))
	case "io.Pipe":
		f.unite(f.object(f.field(f.object(s.result), "0")), f.object(f.field(f.object(s.result), "1")))
	case "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
		f.move(s.result, s.args[0], s.block)
	case "net/url.JoinPath":
		f.add(f.field(f.object(s.result), "0"), f.deepLabels(s.args[0], s.block).via(s.pos(), "joined"), all)
	default:
		return false
	}
	return true
}

// written puts what is printed into the writer, unless that is a stream
// whose content nobody reads back.
func (f *frame) written(s *site, in set) {
	if !f.streams(s.args[0]) {
		f.fillWriter2(s.args[0], in.via(s.pos(), "written by "+s.name()))
	}
}

// streams reports whether a writer leads out of the program.
func (f *frame) streams(w ssa.Value) bool {
	is, _ := f.writer(w)
	return is
}

func (f *frame) fillWriter(s *site, in set) {
	f.fillWriter2(s.args[1], in.via(s.pos(), "written by "+s.name()))
}

func (f *frame) fillWriter2(w ssa.Value, in set) {
	if mi, ok := w.(*ssa.MakeInterface); ok {
		w = mi.X
	}
	if c := f.cell(w); c != nil && len(in) > 0 && !inert(w.Type()) && !stream(w) {
		f.taintObject(f.object(c), in, maxDepth)
	}
}

// replacing returns the kinds that replacing one constant by another makes
// harmless.
func replacing(old, by ssa.Value) Kind {
	from, ok1 := stringOf(old)
	to, ok2 := stringOf(by)
	if !ok1 || !ok2 {
		return 0
	}
	var kinds Kind
	if (from == "\n" || from == "\r" || from == "\r\n") && !strings.ContainsAny(to, "\r\n") {
		kinds |= Log | Header | Mail
	}
	if from == "<" && !strings.Contains(to, "<") {
		kinds |= XSS | TemplateHTML
	}
	if (from == "/" || from == ".") && !strings.ContainsAny(to, "./") {
		kinds |= Path | ZipSlip
	}
	return kinds
}

// replacer returns the kinds that a strings.Replacer makes harmless.
func (f *frame) replacer(v ssa.Value) Kind {
	var call *ssa.Call
	switch v := v.(type) {
	case *ssa.Call:
		call = v
	case *ssa.UnOp:
		if g, ok := v.X.(*ssa.Global); ok {
			call = f.initCall(g)
		}
	}
	if call == nil || call.Common().StaticCallee() == nil || qualified(call.Common().StaticCallee()) != "strings.NewReplacer" {
		return 0
	}
	slice, ok := call.Common().Args[0].(*ssa.Slice)
	if !ok {
		return 0
	}
	alloc, ok := slice.X.(*ssa.Alloc)
	if !ok {
		return 0
	}
	var kinds Kind
	list := varargs(alloc)
	for i := 0; i+1 < len(list); i += 2 {
		kinds |= replacing(list[i], list[i+1])
	}
	return kinds
}

// initCall returns the call whose result a package variable starts with.
func (f *frame) initCall(g *ssa.Global) *ssa.Call {
	if g.Pkg == nil || g.Pkg.Func("init") == nil {
		return nil
	}
	for _, b := range g.Pkg.Func("init").Blocks {
		for _, instr := range b.Instrs {
			if store, ok := instr.(*ssa.Store); ok && store.Addr == g {
				call, _ := store.Val.(*ssa.Call)
				return call
			}
		}
	}
	return nil
}

// replacedBy returns the kinds that a replacement by regular expression makes
// harmless.
func (f *frame) replacedBy(re, by ssa.Value) Kind {
	to := ""
	if s, ok := stringOf(by); ok {
		to = s
	} else if conv, ok := by.(*ssa.Convert); ok {
		if to, ok = stringOf(conv.X); !ok {
			return 0
		}
	}
	if expr, ok := f.expression(re); ok {
		return replaced(expr, to)
	}
	return 0
}

// rootedPath returns what cleaning a path makes harmless: all dots go if it began
// with a slash.
func (f *frame) rootedPath(v ssa.Value) Kind {
	if phi, ok := v.(*ssa.Phi); ok { // if p[0] != '/' { p = "/" + p }
		for _, e := range phi.Edges {
			if b, ok := e.(*ssa.BinOp); ok && slices.Contains(phi.Edges, b.Y) {
				return f.rootedPath(e)
			}
		}
	}
	if call, ok := v.(*ssa.Call); ok && len(call.Common().Args) == 1 { // Join("/", p) begins with a slash too
		if fn := call.Common().StaticCallee(); fn != nil && (qualified(fn) == "path/filepath.Join" || qualified(fn) == "path.Join") {
			if list := operands(call.Common().Args[0]); len(list) > 0 && f.headOf(list[0]).text == "/" {
				v = list[0]
			}
		}
	}
	if f.headOf(v).text == "/" { // below /srv/ the dots would lead out of it
		return Path | ZipSlip
	}
	return 0
}

// joined handles path joins: the parts flow; a join below a constant root
// whose last part was rooted is clean through that part.
func (f *frame) joined(s *site) {
	var clean Kind
	if list := operands(s.args[0]); len(list) > 0 {
		if root, ok := stringOf(list[0]); ok && len(root) > 1 && root[0] == '/' && root[1] != '/' && s.name() == "Join" {
			clean = Redirect
		}
	}
	f.cleaned(s, clean)
}

// A head is what a text is known to begin with.
type head struct {
	text  string // the constant it begins with
	fixed bool   // something else than a constant comes first
	open  bool   // something else follows the text
}

// textOf returns what a text always is: a constant, or a variable that only
// this package can set and that it sets once, to one.
func (f *frame) textOf(v ssa.Value) (string, bool) {
	if load, ok := v.(*ssa.UnOp); ok {
		if g, ok := load.X.(*ssa.Global); ok && g.Pkg == f.fn.Pkg && !ast.IsExported(g.Name()) && isText(v.Type()) {
			if stored := f.targets.stored(g); len(stored) == 1 {
				v = stored[0]
			}
		}
	}
	if !isText(v.Type()) {
		return "", false
	}
	return stringOf(v)
}

// headOf returns the beginning of a text.
func (f *frame) headOf(v ssa.Value) head {
	for range 32 {
		switch x := v.(type) {
		case *ssa.Const:
			if x.Value != nil && x.Value.Kind() == constant.String {
				return head{text: constant.StringVal(x.Value)}
			}
			return head{}
		case *ssa.BinOp:
			left := f.headOf(x.X)
			if s, ok := f.textOf(x.Y); ok && !left.open {
				left.text += s
			} else if !ok {
				left.open = true
			}
			return left
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Convert:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		default:
			if text, ok := f.textOf(v); ok {
				return head{text: text}
			}
			return head{fixed: true}
		}
	}
	return head{fixed: true}
}

// fixes returns the kinds for which what follows the head does not matter.
func (h head) fixes(tainted bool) Kind {
	if !h.fixed {
		return urlHead(h.text)
	}
	if tainted {
		return 0
	}
	return SSRF | Redirect
}

// formatted handles Sprintf.
func (f *frame) formatted(s *site, at int) {
	if s.result == nil {
		return
	}
	f.add(s.result, f.formatLabels(s, at).via(s.pos(), "formatted"), carries(s.rtype))
}

// formatLabels returns the labels of all operands of a format at operand at,
// less what their verbs make harmless.
func (f *frame) formatLabels(s *site, at int) set {
	var out set
	out.add(f.deepLabels(s.args[at], s.block), all)
	if len(s.args) <= at+1 {
		return out
	}
	list := operands(s.args[at+1])
	text, constant := stringOf(s.args[at])
	if list == nil || !constant {
		out.add(f.deepLabels(s.args[at+1], s.block), all)
		return out
	}
	verbs := parseFormat(text)
	before := ""
	tainted, opened := false, false
	for i, v := range list {
		clean := Kind(0)
		if i < len(verbs) {
			clean = verbs[i].cleans()
			before += verbs[i].before
		}
		h := head{text: before, fixed: opened}
		clean |= h.fixes(tainted)
		if mi, ok := v.(*ssa.MakeInterface); !ok || !printed(mi) {
			v = peel(v)
		}
		labels := f.shown(list[i], f.deepLabels(v, s.block))
		if said, ok := f.textOf(v); ok && i < len(verbs) && verbs[i].plain() {
			before += said // as good as the format itself
			out.add(labels, all&^clean)
			continue
		}
		if !opened && before == "" {
			opened = true
		}
		if len(sourcesOf(f.sourced(labels))) > 0 {
			tainted = true
		}
		before += "\x00"
		out.add(labels, all&^clean)
	}
	return out
}

// printed reports whether an interface is made of a URL, which is hardly for
// anything but to be printed: its String escapes what would end a line.
func printed(i *ssa.MakeInterface) bool {
	_, pointer := i.X.Type().(*types.Pointer)
	return pointer && typeName(i.X.Type()) == "net/url.URL"
}

// shown returns the labels of what is printed of a value: a type with a String
// of its own shows that, and not what its fields hold.
func (f *frame) shown(v ssa.Value, labels set) set {
	mi, ok := v.(*ssa.MakeInterface)
	if !ok || isText(mi.X.Type()) || strings.HasPrefix(typeName(mi.X.Type()), "log/slog.") {
		return labels
	}
	for _, name := range []string{"String", "Error", "GoString", "LogValue", "Format"} {
		if obj, _, _ := types.LookupFieldOrMethod(mi.X.Type(), false, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return labels.only(all &^ SecretLog)
			}
		}
	}
	return labels
}

// peel returns what an interface was made of.
func peel(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		default:
			return v
		}
	}
}

// operands returns the values of a variadic argument; nil if they are not
// listed in the call.
func operands(v ssa.Value) []ssa.Value {
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	alloc, ok := slice.X.(*ssa.Alloc)
	if !ok || alloc.Comment != "varargs" {
		return nil
	}
	n := 0
	if a, ok := alloc.Type().(*types.Pointer).Elem().Underlying().(*types.Array); ok {
		n = int(a.Len())
	}
	list := varargs(alloc)
	if len(list) != n {
		return nil
	}
	return list
}

// A verb is one directive of a format with the text before it.
type verb struct {
	before string
	verb   byte
}

// parseFormat splits a format; nil if it indexes its operands.
func parseFormat(format string) []verb {
	var list []verb
	text := strings.Builder{}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			text.WriteByte(format[i])
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
			i++
		}
		if i >= len(format) {
			break
		}
		switch format[i] {
		case '%':
			text.WriteByte('%')
			continue
		case '[', '*':
			return nil
		}
		list = append(list, verb{before: text.String(), verb: format[i]})
		text.Reset()
	}
	return list
}

// cleans returns the kinds that a verb makes harmless.
func (v verb) cleans() Kind {
	switch v.verb {
	case 'd', 't', 'f', 'g', 'e', 'x', 'X', 'b', 'o', 'c', 'U', 'p', 'T':
		return all
	case 'q':
		return Log | Header | Mail
	}
	return 0
}

// plain reports whether a verb prints a text as it is.
func (v verb) plain() bool { return v.verb == 's' || v.verb == 'v' }

// address returns the labels of a URL: what is put into the parts that follow
// the host, or into the user's name before it, which is escaped, leads nowhere
// else.
func (f *frame) address(c *cell) set {
	o := f.object(c)
	out := slices.Clone(c.find().labels)
	out.add(o.whole, all)
	for _, r := range o.roots {
		out.addOne(label{origin: origin{root: r.root, path: r.path}, kinds: all}, all)
	}
	for i, name := range o.fields.names {
		kinds := all
		switch name {
		case "User", "Path", "RawPath", "RawQuery", "Fragment", "RawFragment":
			kinds &^= Redirect | SSRF
		}
		out.add(f.deep(o.fields.cells[i]), kinds)
	}
	return out
}

// stream reports whether a writer is of a kind that nobody reads back: a file,
// or what another package handed out to be closed.
func stream(w ssa.Value) bool {
	if _, ok := w.(*ssa.Parameter); ok || !types.IsInterface(w.Type()) {
		return false
	}
	for _, name := range []string{"Close", "Stat"} {
		if obj, _, _ := types.LookupFieldOrMethod(w.Type(), false, nil, name); obj != nil {
			return true
		}
	}
	return false
}
