package taint

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// sourceType returns the class of a parameter whose type says that it comes
// from outside.
func (f *frame) sourceType(v ssa.Value) Class {
	p, ok := v.(*ssa.Parameter)
	if !ok {
		return Parameter
	}
	name := typeName(p.Type())
	m := f.names["type "+name]
	if m == nil {
		return f.remoteCall(p)
	}
	if (name == "net/http.Request" || name == "github.com/valyala/fasthttp.Request") && f.outgoing() {
		return Parameter
	}
	return m.source
}

// outgoing reports whether a request among the function's parameters is on its
// way out.
func (f *frame) outgoing() bool {
	res := f.fn.Signature.Results()
	for i := range res.Len() {
		if typeName(res.At(i).Type()) == "net/http.Response" {
			return true
		}
	}
	params := f.fn.Signature.Params()
	if params.Len() == 1 && res.Len() == 2 && typeName(res.At(0).Type()) == "net/url.URL" && isError(res.At(1).Type()) {
		return true // as Transport.Proxy
	}
	for i := range params.Len() {
		switch typeName(params.At(i).Type()) {
		case "net/http.Response", "github.com/valyala/fasthttp.Response":
			return true
		}
	}
	recv := f.fn.Signature.Recv()
	return strings.Contains(f.fn.Name(), "RoundTrip") || recv != nil && calling.MatchString(typeName(recv.Type()))
}

// calling are the names of types whose methods send requests.
var calling = regexp.MustCompile(`(?:Transport|Client|Conn|Pool|Tripper|Signer|Dialer)$`)

// remoteCall recognises functions that are called from outside: the methods of
// a gRPC or Twirp service, which take a context and a message, the resolvers of
// GraphQL, and the methods of net/rpc.
func (f *frame) remoteCall(p *ssa.Parameter) Class {
	sig := f.fn.Signature
	if sig.Recv() == nil || len(f.fn.Params) < 2 || p == f.fn.Params[0] || !ast.IsExported(f.fn.Name()) || inert(p.Type()) {
		return Parameter
	}
	params := sig.Params()
	ctx := typeName(params.At(0).Type()) == "context.Context"
	switch {
	case ctx && params.Len() == 2 && p == f.fn.Params[2] && protobuf(p.Type()):
		return Request
	case ctx && p != f.fn.Params[1] && resolver(sig.Recv().Type()):
		return Request
	case ctx && params.Len() == 2 && p == f.fn.Params[2] && arguments(p.Type()) && strings.HasSuffix(strings.ToLower(typeName(sig.Recv().Type())), "resolver"):
		return Request
	case f.rpc && params.Len() == 2 && p == f.fn.Params[1] && sig.Results().Len() == 1 && isError(sig.Results().At(0).Type()):
		if _, reply := params.At(1).Type().(*types.Pointer); reply {
			return Request
		}
	}
	return Parameter
}

// arguments reports whether a type is a struct without a name, as functions
// take the arguments of a query.
func arguments(t types.Type) bool {
	_, ok := elemType(t).(*types.Struct)
	return ok
}

// resolver reports whether a type is named as GraphQL's resolvers are.
func resolver(t types.Type) bool {
	name := typeName(t)
	return strings.HasSuffix(name, "queryResolver") || strings.HasSuffix(name, "mutationResolver") || strings.HasSuffix(name, "subscriptionResolver") ||
		strings.HasSuffix(name, ".Resolver") || strings.HasSuffix(name, ".RootResolver")
}

func sourceTypeName(names map[string]*model, name string) bool {
	m := names["type "+name]
	return m != nil && m.source != Parameter
}

// harmlessField are the fields of a request that nobody can put text in.
func harmlessField(t types.Type, name string) bool {
	switch typeName(t) {
	case "net/http.Request":
		switch name {
		case "Method", "Proto", "RemoteAddr", "TLS", "ctx", "ContentLength", "Cancel", "Response", "Pattern", "Close":
			return true
		}
	case "net/url.URL":
		return name == "Scheme"
	case "github.com/gin-gonic/gin.Context":
		return name == "Writer" || name == "Keys" || name == "Errors"
	}
	return false
}

// local are fields of a request that say where on this host it goes: nobody is
// led elsewhere by them.
func localField(i *ssa.FieldAddr, name string) bool {
	switch typeName(i.X.Type()) {
	case "net/http.Request":
		return name == "Host" || name == "RequestURI"
	case "net/url.URL":
		return (name == "Path" || name == "RawPath" || name == "Host") && ofRequest(i.X)
	}
	return false
}

// ofRequest reports whether a URL is the one of a request.
func ofRequest(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	return ok && typeName(fa.X.Type()) == "net/http.Request" && fieldName(fa.X.Type(), fa.Field) == "URL"
}

// archiveField reports whether a field is the name of an archive's entry.
func archiveField(t types.Type, name string) bool {
	switch typeName(t) {
	case "archive/zip.FileHeader", "archive/zip.File", "archive/tar.Header":
		return name == "Name" || name == "Linkname"
	}
	return false
}

func (f *frame) sourceLabel(class Class, pos token.Pos, name string) label {
	return label{origin: origin{class: class}, kinds: class.kinds(), step: (*step)(nil).then(pos, class.String()+" from "+name)}
}

func secretLabel(pos token.Pos, name string) label {
	kinds := SecretLog
	if unshown.MatchString(name) {
		kinds |= SecretResponse
	}
	return label{origin: origin{class: Secret}, kinds: kinds, step: (*step)(nil).then(pos, "secret "+strings.Trim(name, "[]"))}
}

var (
	secretWord = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|(db|database|sql|pg|redis|smtp|mail|ldap|ftp|admin|root|user)_?pass$|\bpwd\b|secret|api_?key|apikey|private_?key|access_?key|access_?token|auth_?token|refresh_?token|session_?token|bearer|credential|\btoken\b|^token$|jwt$|^authorization$|^proxy-authorization$|^x-auth-token$|card_?number|\bcvv\b|\bssn\b|^pin$|otp_?code)`)
	secretNot  = regexp.MustCompile(`(?i)(hash|digest|crypted|encoded|cipher|md5|sha\d*$|sha_?(1|256|512)|masked|redacted|name$|_?id$|url$|path$|file$|type$|field|label|header|param|len(gth)?$|count|policy|valid|error|err$|prompt|placeholder|public|reset|forgot|change|min|max|expir|ttl|hint|rule|strength|required|missing|mismatch|incorrect|invalid|algo|cost|format|kind|prefix|suffix|source|provider|store|manager|service|handler|config$|cfg$|log$|lookup$|namespace$|mode$|status$|state$)`)
)

// unshown are the names of secrets that no response may hold. Tokens are
// handed out in responses.
var unshown = regexp.MustCompile(`(?i)(passw|passphrase|secret|private_?key|cvv|card_?number|ssn)`)

// secretName reports whether a name is that of a secret's text.
func secretName(name string) bool {
	return secretWord.MatchString(name) && !secretNot.MatchString(name)
}

// assigned maps the position of calls to the names of the variables that
// their results are assigned to, since SSA forgets these.
func assigned(files []*ast.File) map[token.Pos]string {
	out := map[token.Pos]string{}
	note := func(lhs ast.Expr, rhs ast.Expr) {
		id, ok := lhs.(*ast.Ident)
		if !ok || !secretName(id.Name) {
			return
		}
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			out[call.Lparen] = id.Name
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, rhs := range n.Rhs {
					if i < len(n.Lhs) {
						note(n.Lhs[i], rhs)
					}
				}
			case *ast.ValueSpec:
				for i, rhs := range n.Values {
					if i < len(n.Names) {
						note(n.Names[i], rhs)
					}
				}
			}
			return true
		})
	}
	return out
}

// nameResult adds what the name of a variable, or a constant key, says of a
// call's result: r.FormValue("password").
func (f *frame) nameResult(s *site) {
	if s.result == nil {
		return
	}
	f.nameCredential(s)
	c, t := s.result, s.rtype
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() == 0 {
			return
		}
		c, t = f.field(f.object(c), "0"), tuple.At(0).Type()
	}
	if !isText(t) || hashes(s) {
		return
	}
	name := f.texts[s.pos()]
	if name == "" && s.callee != nil && len(s.args) > 0 {
		if key, ok := stringOf(s.args[len(s.args)-1]); ok && keyed(s.callee.Name()) && len(key) < 64 {
			name = key
		}
	}
	if name == "" && s.callee != nil {
		name = s.callee.Name() // getPassword
	}
	if name == "" || !secretName(name) {
		return
	}
	if c.find().labels.addOne(secretLabel(s.pos(), name), all) {
		f.changed = true
	}
}

// mentioned maps the position of calls to the name of a variable among their
// operands that is named like a secret and holds a constant. SSA forgets these
// too.
func mentioned(files []*ast.File, info *types.Info) map[token.Pos]string {
	constants := map[types.Object]bool{}
	define := func(lhs, rhs ast.Expr) {
		id, ok := lhs.(*ast.Ident)
		if !ok || !secretName(id.Name) {
			return
		}
		obj, ok := info.ObjectOf(id).(*types.Var)
		if !ok || !isText(obj.Type()) {
			return
		}
		value := info.Types[rhs].Value
		known, seen := constants[obj]
		constants[obj] = value != nil && value.String() != `""` && (known || !seen)
	}
	for _, file := range files {
		definitions(file, define)
	}
	out := map[token.Pos]string{}
	if len(constants) == 0 {
		return out
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, arg := range call.Args {
				parts(arg, func(id *ast.Ident) {
					if obj := info.Uses[id]; obj != nil && constants[obj] {
						out[call.Lparen] = id.Name
					}
				})
			}
			return true
		})
	}
	return out
}

// definitions calls f for every value that is given to a name.
func definitions(file *ast.File, f func(lhs, rhs ast.Expr)) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, rhs := range n.Rhs {
				if i < len(n.Lhs) && len(n.Lhs) == len(n.Rhs) {
					f(n.Lhs[i], rhs)
				}
			}
		case *ast.ValueSpec:
			for i, rhs := range n.Values {
				if i < len(n.Names) && len(n.Names) == len(n.Values) {
					f(n.Names[i], rhs)
				}
			}
		}
		return true
	})
}

// parts calls f for the names that a text is put together from.
func parts(e ast.Expr, f func(*ast.Ident)) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		f(e)
	case *ast.BinaryExpr:
		parts(e.X, f)
		parts(e.Y, f)
	}
}

// keyed are functions that look something up by its name.
func keyed(name string) bool {
	switch name {
	case "FormValue", "PostFormValue", "Get", "Getenv", "PostForm", "Query", "GetString", "Param", "QueryParam", "PathValue", "LookupEnv", "GetHeader":
		return true
	}
	return false
}

// hashes reports whether a call makes something of its arguments that may be
// shown.
func hashes(s *site) bool {
	if s.callee == nil || s.callee.Pkg() == nil {
		return false
	}
	path := s.callee.Pkg().Path()
	name := s.callee.Name()
	return strings.HasPrefix(path, "crypto/") || strings.HasPrefix(path, "golang.org/x/crypto/") || hashing.MatchString(name)
}

// keepsHashed reports whether the only use of a field's address is to put there
// what may be shown.
func (f *frame) keepsHashed(at ssa.Instruction) bool {
	fa, ok := at.(*ssa.FieldAddr)
	if !ok || len(*fa.Referrers()) == 0 {
		return false
	}
	for _, ref := range *fa.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Addr != fa {
			return false
		}
		call, ok := store.Val.(*ssa.Call)
		if !ok {
			return false
		}
		name := ""
		if fn := call.Common().StaticCallee(); fn != nil {
			name = fn.Name()
		} else if call.Common().IsInvoke() {
			name = call.Common().Method.Name()
		}
		if !hashing.MatchString(name) {
			return false
		}
	}
	return true
}

// hashing are the names of functions whose result may be shown.
var hashing = regexp.MustCompile(`(?i)(hash|mask|redact|crypt|digest|hmac|obfusc|fingerprint|scrub|sanitiz|^strip|^conceal)`)

// logSink applies a logging call to one argument. Structured loggers escape
// the values they are given, but not the message.
func (f *frame) logSink(s *site, spec sinkSpec, i int, a ssa.Value) {
	labels := f.shown(a, f.deepLabels(a, s.block))
	if list := operands(a); list != nil && labels.dangerous(SecretLog) {
		labels = labels.only(all &^ SecretLog)
		for _, v := range list {
			labels.add(f.shown(v, f.deepLabels(peel(v), s.block)), SecretLog)
		}
	}
	path := plainPath(s.callee.Pkg().Path())
	name := s.callee.Name()
	structured := !strings.HasSuffix(name, "f") && keyValues(s.callee.Signature()) && !strings.HasSuffix(path, "/logs")
	if strings.HasSuffix(name, "f") && !structured {
		at := 0
		for n, v := range s.args {
			if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
				at = n
				break
			}
		}
		if i > at && at+2 == len(s.args) {
			labels = f.formatLabels(s, at)
		}
	}
	if structured && i == len(s.args)-1 {
		labels = labels.only(all &^ Log)
	}
	f.sink(sinkSpec{kind: spec.kind | SecretLog, what: "the log", weak: spec.weak}, labels, s.pos(), -1)
	f.sink(sinkSpec{kind: SecretLog, what: "the log", weak: spec.weak}, f.carried(s, a), s.pos(), -1)
	if name := f.mentions[s.pos()]; name != "" {
		f.sink(sinkSpec{kind: SecretLog, what: "the log"}, set{secretLabel(s.pos(), name)}, s.pos(), -1)
	}
}

// keyValues reports whether a logging function takes a message and, after it,
// keys and values, which it writes in a form that keeps them apart.
func keyValues(sig *types.Signature) bool {
	n := sig.Params().Len()
	return sig.Variadic() && n > 1 && isText(sig.Params().At(n-2).Type())
}

// shell reports whether a command is a shell told to run text.
func (f *frame) shell(args []ssa.Value) bool {
	for _, a := range append(slices.Clone(args), operands(args[len(args)-1])...) {
		s, ok := stringOf(a)
		if !ok {
			continue
		}
		switch strings.TrimSuffix(s[strings.LastIndexAny(s, `/\`)+1:], ".exe") {
		case "sh", "bash", "zsh", "dash", "ksh", "cmd", "powershell", "pwsh", "eval", "ssh", "python", "python3", "perl", "ruby", "node":
			return true
		}
	}
	return false
}

// posOf is the position of a value's declaration.
func (f *frame) posOf(v ssa.Value) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	return f.fn.Pos()
}
