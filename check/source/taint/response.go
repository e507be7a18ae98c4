package taint

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A content is a place where a function sets the type of its response.
type content struct {
	block *ssa.BasicBlock
	html  bool
}

// contentType lists where the function sets a constant type of content.
func (f *frame) contentType() []content {
	var list []content
	for _, b := range f.fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			args := call.Common().Args
			name := ""
			if fn := call.Common().StaticCallee(); fn != nil {
				name = fn.Name()
			} else if call.Common().IsInvoke() {
				name = call.Common().Method.Name()
			}
			switch name {
			case "Set", "Add", "Header", "SetHeader":
				if len(args) < 2 {
					continue
				}
				key, _ := stringOf(args[len(args)-2])
				value, ok := stringOf(args[len(args)-1])
				if ok && strings.EqualFold(key, "Content-Type") {
					list = append(list, content{b, scriptable(value)})
				}
			case "SetContentType", "Type":
				for _, a := range args {
					if value, ok := stringOf(a); ok {
						list = append(list, content{b, scriptable(value)})
						break
					}
				}
			}
		}
	}
	return list
}

// scriptable reports whether browsers run scripts in content of the type.
func scriptable(value string) bool {
	value = strings.ToLower(value)
	return strings.Contains(value, "html") || strings.Contains(value, "svg") || strings.Contains(value, "text/xml")
}

// plainAt reports whether the response is known not to be HTML in a block.
func (f *frame) plainAt(b *ssa.BasicBlock) bool {
	plain := false
	for _, c := range f.contents {
		if !c.block.Dominates(b) {
			continue
		}
		if c.html {
			return false
		}
		plain = true
	}
	return plain
}

// writer reports whether a value is the response of a request, or otherwise
// the number of the parameter that decides it, or -1.
func (f *frame) writer(v ssa.Value) (bool, int) {
	for range 12 {
		if v == nil {
			return false, -1
		}
		if isResponseWriter(v.Type()) {
			return true, -1
		}
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.TypeAssert:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.Phi:
			v = x.Edges[0]
		case *ssa.Call:
			fn := x.Common().StaticCallee()
			if fn == nil || len(x.Common().Args) == 0 || !wraps[qualified(fn)] {
				return false, -1
			}
			v = x.Common().Args[0]
			if slice := operands(v); len(slice) > 0 {
				for _, each := range slice[1:] {
					if is, _ := f.writer(each); is {
						return true, -1
					}
				}
				v = slice[0]
			}
		case *ssa.Parameter:
			for i, p := range f.fn.Params {
				if p == x && types.IsInterface(x.Type()) {
					return false, i
				}
			}
			return false, -1
		case *ssa.UnOp:
			if a, ok := x.X.(*ssa.Alloc); ok {
				v = soleStore(a)
				continue
			}
			return false, -1
		default:
			return false, -1
		}
	}
	return false, -1
}

// wraps are functions whose result writes to their first argument.
var wraps = map[string]bool{
	"bufio.NewWriter": true, "bufio.NewWriterSize": true, "compress/gzip.NewWriter": true, "compress/flate.NewWriter": true,
	"io.MultiWriter": true, "text/tabwriter.NewWriter": true,
}

// soleStore returns the only value ever stored in a variable, or nil.
func soleStore(a *ssa.Alloc) ssa.Value {
	var v ssa.Value
	for _, ref := range *a.Referrers() {
		if s, ok := ref.(*ssa.Store); ok && s.Addr == a {
			if v != nil {
				return nil
			}
			v = s.Val
		}
	}
	return v
}

// isResponseWriter reports whether a type is http.ResponseWriter or embeds it.
func isResponseWriter(t types.Type) bool {
	switch typeName(t) {
	case "net/http.ResponseWriter", "github.com/gin-gonic/gin.ResponseWriter", "github.com/labstack/echo.Response", fasthttpContext:
		return true
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		if v := s.Field(i); v.Embedded() && typeName(v.Type()) == "net/http.ResponseWriter" {
			return true
		}
	}
	return false
}

// fasthttpContext is a response that is plain text unless told otherwise.
const fasthttpContext = "github.com/valyala/fasthttp.RequestCtx"

// output are the kinds that writing to a response may be.
const output = XSS | SecretResponse | ErrorResponse

// responseSinks applies the sinks that are writes to a response.
func (f *frame) responseSinks(s *site) {
	if s.callee == nil || len(s.args) == 0 {
		return
	}
	name := s.callee.Name()
	var labels set
	to := s.args[0]
	switch where := s.where(); where {
	case "fmt.Fprintf":
		if w, p := f.writer(to); !w && p < 0 {
			f.console(s, to, f.formatLabels(s, 1))
			return
		}
		labels = f.formatLabels(s, 1)
	case "fmt.Fprint", "fmt.Fprintln", "io.WriteString", "io.Copy", "io.CopyN", "io.CopyBuffer":
		if w, p := f.writer(to); !w && p < 0 {
			f.console(s, to, f.deepLabels(s.args[1], s.block))
			return
		}
		labels = f.deepLabels(s.args[1], s.block)
	case "io.TeeReader":
		to, labels = s.args[1], f.deepLabels(s.args[0], s.block)
	case "net/http.Error":
		labels = f.deepLabels(s.args[1], s.block).only(SecretResponse | ErrorResponse)
		if refused(s.arg(2)) {
			labels = labels.only(SecretResponse)
		}
		f.sink(sinkSpec{kind: SecretResponse | ErrorResponse, what: "the response"}, labels, s.pos(), -1)
		return
	case "(*text/template.Template).Execute", "(*text/template.Template).ExecuteTemplate":
		to = s.args[1]
		labels = f.deepLabels(s.args[len(s.args)-1], s.block).only(XSS)
	case "(*encoding/json.Encoder).Encode":
		return
	default:
		if name == "WriteTo" && len(s.args) == 2 {
			to, labels = s.args[1], f.deepLabels(s.args[0], s.block)
			break
		}
		if name != "Write" && name != "WriteString" || len(s.args) < 2 || s.callee.Signature().Recv() == nil {
			return
		}
		if !isResponseWriter(to.Type()) {
			if w, _ := f.writer(to); !w {
				return
			}
		}
		labels = f.deepLabels(s.args[1], s.block)
	}
	f.respond(s, to, labels)
}

func (s *site) where() string {
	if s.model != nil {
		return s.model.where
	}
	return ""
}

func (f *frame) respond(s *site, to ssa.Value, labels set) {
	is, param := f.writer(to)
	if !is && param < 0 {
		return
	}
	if f.plainAt(s.block) {
		labels = labels.only(all &^ XSS)
	}
	if is {
		param = -1
	}
	weak := typeName(peel(to).Type()) == fasthttpContext && !f.htmlAt(s.block)
	f.sink(sinkSpec{kind: output, what: "the response", weak: weak}, labels, s.pos(), param)
}

// refused reports whether a status says that the request was at fault, where
// telling what is wrong with it is usual.
func refused(status ssa.Value) bool {
	c, ok := status.(*ssa.Const)
	return ok && c.Value != nil && c.Int64() < 500
}

// storeSink applies the sinks that are assignments.
func (f *frame) storeSink(b *ssa.BasicBlock, i *ssa.Store) {
	fa, ok := i.Addr.(*ssa.FieldAddr)
	if !ok {
		return
	}
	if m := f.fieldModel(fa.X.Type(), fieldName(fa.X.Type(), fa.Field)); m != nil {
		for _, s := range m.sinks {
			if s.kind&SQL != 0 && !statementType(elemType(i.Val.Type())) {
				continue
			}
			f.sink(sinkSpec{kind: s.kind, what: m.where, weak: s.weak}, f.deepLabels(i.Val, b), i.Pos(), -1)
		}
	}
	switch typeName(fa.X.Type()) + "." + fieldName(fa.X.Type(), fa.Field) {
	case "os/exec.Cmd.Path", "os/exec.Cmd.Args":
		f.sink(sinkSpec{kind: Command, what: "a command"}, f.deepLabels(i.Val, b), i.Pos(), -1)
	case "net/url.URL.Host":
		if ofRequest(fa.X) {
			f.sink(sinkSpec{kind: SSRF, what: "the host of a request"}, f.deepLabels(i.Val, b), i.Pos(), -1)
		}
	case "github.com/go-ldap/ldap.SearchRequest.Filter":
		f.sink(sinkSpec{kind: LDAP, what: "an LDAP filter"}, f.deepLabels(i.Val, b), i.Pos(), -1)
	}
}

// trusted are the types whose content html/template does not escape.
func trusted(t types.Type) bool {
	switch typeName(t) {
	case "html/template.HTML", "html/template.JS", "html/template.JSStr", "html/template.CSS", "html/template.URL",
		"html/template.HTMLAttr", "html/template.Srcset":
		return true
	}
	return false
}

// trust applies the conversions of text to those types.
func (f *frame) trust(b *ssa.BasicBlock, v, x ssa.Value) {
	if !trusted(v.Type()) || trusted(x.Type()) {
		return
	}
	labels := f.deepLabels(x, b)
	f.sink(sinkSpec{kind: TemplateHTML, what: "HTML that is not escaped"}, labels, v.Pos(), -1)
	if len(sourcesOf(labels).only(TemplateHTML)) > 0 {
		return
	}
	if hole := f.given(x, b); hole != nil {
		f.unknownOrigin(TemplateHTML, hole, v.Pos(), "a value of unknown origin is declared to be safe HTML")
	}
}
