package coarse

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// A sink is what a value harms: the rule, and which arguments; -1 is all from
// the second on, -2 all.
type sink struct {
	id  string
	arg int
}

var sinks = map[string]sink{
	"os/exec.Command": {"command-injection", -2}, "os/exec.CommandContext": {"command-injection", -1}, "syscall.Exec": {"command-injection", 0},
	"os.Open": {"path-traversal", 0}, "os.OpenFile": {"path-traversal", 0}, "os.ReadFile": {"path-traversal", 0}, "os.WriteFile": {"path-traversal", 0},
	"os.Create": {"path-traversal", 0}, "os.Remove": {"path-traversal", 0}, "os.RemoveAll": {"path-traversal", 0}, "io/ioutil.ReadFile": {"path-traversal", 0},
	"io/ioutil.WriteFile": {"path-traversal", 0}, "net/http.ServeFile": {"path-traversal", 2}, "os.ReadDir": {"path-traversal", 0}, "os.MkdirAll": {"path-traversal", 0},
	"net/http.Redirect": {"open-redirect", 2}, "net/http.Get": {"ssrf", 0}, "net/http.Post": {"ssrf", 0}, "net/http.PostForm": {"ssrf", 0}, "net/http.Head": {"ssrf", 0},
	"net/http.Client.Get": {"ssrf", 0}, "net/http.Client.Post": {"ssrf", 0}, "net/http.Client.PostForm": {"ssrf", 0}, "net/http.NewRequest": {"ssrf", 1},
	"net/http.NewRequestWithContext": {"ssrf", 2}, "html/template.HTML": {"template-html", 0}, "html/template.JS": {"template-html", 0},
	"html/template.URL": {"template-html", 0}, "html/template.HTMLAttr": {"template-html", 0}, "html/template.CSS": {"template-html", 0},
	"html/template.JSStr": {"template-html", 0}, "html/template.Srcset": {"template-html", 0},
	"html/template.Template.Parse": {"template-injection", 0}, "text/template.Template.Parse": {"template-injection", 0},
	"database/sql.DB.Query": {"sql-injection", 0}, "database/sql.DB.QueryRow": {"sql-injection", 0}, "database/sql.DB.Exec": {"sql-injection", 0}, "database/sql.DB.Prepare": {"sql-injection", 0},
	"database/sql.Tx.Query": {"sql-injection", 0}, "database/sql.Tx.QueryRow": {"sql-injection", 0}, "database/sql.Tx.Exec": {"sql-injection", 0}, "database/sql.Tx.Prepare": {"sql-injection", 0},
	"database/sql.DB.QueryContext": {"sql-injection", 1}, "database/sql.DB.QueryRowContext": {"sql-injection", 1}, "database/sql.DB.ExecContext": {"sql-injection", 1},
	"database/sql.Tx.QueryContext": {"sql-injection", 1}, "database/sql.Tx.QueryRowContext": {"sql-injection", 1}, "database/sql.Tx.ExecContext": {"sql-injection", 1},
	"database/sql.Conn.QueryContext": {"sql-injection", 1}, "database/sql.Conn.ExecContext": {"sql-injection", 1},
	"github.com/valyala/fasthttp.Get": {"ssrf", 1}, "github.com/valyala/fasthttp.Post": {"ssrf", 1}, "?.SetRequestURI": {"ssrf", 0}, "?.SetBaseURL": {"ssrf", 0}, "?.SetHostURL": {"ssrf", 0},
	"encoding/gob.NewDecoder": {"unsafe-deserialization", 0}, "regexp.Compile": {"regexp-injection", 0}, "regexp.MustCompile": {"regexp-injection", 0},
}

// sqlMethods are methods of unknown types that take SQL as their first or, with
// a context before it, second argument.
var sqlMethods = []string{
	"Query", "QueryRow", "Exec", "Prepare", "QueryContext", "QueryRowContext", "ExecContext", "PrepareContext", "Raw", "Queryx", "QueryRowx", "MustExec", "NamedExec",
	"NamedQuery", "Where", "WhereOr", "Or", "Not", "Order", "OrderExpr", "GroupExpr", "ColumnExpr", "TableExpr", "Having", "Joins", "Select", "Get", "NewRaw", "QueryEx",
	"OrderBy", "GroupBy", "QueryRowEx", "ExecEx", "QueryOne", "ExecOne", "QueryOneContext", "QueryString", "Queue", "SelectOne", "SelectInt",
}

// databases are the words with which the names of databases begin or end.
var databases = []string{"db", "tx", "conn", "pool", "database", "sqlx", "session", "stmt", "orm", "repo", "store", "pg", "query", "engine", "sq"}

func (f *function) call(n *ast.CallExpr) {
	if !f.late {
		f.builder(n)
		return
	}
	name := f.called(n)
	if s, ok := sinks[name]; ok {
		f.sink(s, n)
		return
	}
	switch {
	case name == "fmt.Fprintf" || name == "fmt.Fprint" || name == "fmt.Fprintln" || name == "io.WriteString":
		if len(n.Args) > 1 && f.response(n.Args[0]) {
			f.report("xss-response", n, fromRequestOnly(f.most(n.Args[1:])), "a response")
		}
	case name == "net/http.ResponseWriter.Write":
		f.report("xss-response", n, fromRequestOnly(f.most(n.Args)), "a response")
	case f.logs(name, n):
		f.logged(n)
	default:
		f.method(code.Last(n.Fun), n)
	}
}

// called is the full name of what a call calls. An excerpt may leave out an
// import of the standard library.
func (f *function) called(n *ast.CallExpr) string {
	name := f.read.Name(f.file, n.Fun)
	if !strings.HasPrefix(name, "?.") {
		return name
	}
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return name
	}
	if id, ok := sel.X.(*ast.Ident); ok && f.read.Object(id) == nil && f.types[id.Name] == "" {
		if path, ok := standard[id.Name]; ok {
			return path + name[1:]
		}
	}
	return name
}

var standard = map[string]string{
	"io": "io", "fmt": "fmt", "http": "net/http", "exec": "os/exec", "os": "os", "ioutil": "io/ioutil", "log": "log", "slog": "log/slog",
}

// fromRequestOnly leaves out what callers give: most of it harms nobody.
func fromRequestOnly(l level) level {
	if l < request {
		return clean
	}
	return l
}

func (f *function) sink(s sink, n *ast.CallExpr) {
	args := n.Args
	switch {
	case s.arg == -1 && len(args) > 0:
		args = args[1:]
	case s.arg >= 0 && s.arg < len(args):
		args = args[s.arg : s.arg+1]
	case s.arg >= 0:
		return
	}
	l := f.most(args)
	switch {
	case s.id == "sql-injection" && len(args) == 1:
		l = f.statement(args[0])
	case s.id == "template-html" && len(args) == 1 && f.composed(args[0]):
		l = max(l, unknown)
	case (s.id == "ssrf" || s.id == "open-redirect") && len(args) == 1 && f.fixed(args[0]):
		return
	default:
		l = fromRequestOnly(l) // a path or an address from the caller is the caller's business
	}
	f.report(s.id, n, l, code.Last(n.Fun))
}

// composed reports whether the expression is a text put together from more
// than constants.
func (f *function) composed(e ast.Expr) bool {
	for _, p := range f.pieces(e, 0) {
		if p.hole != nil {
			return true
		}
	}
	return false
}

// statement says where the text of a statement comes from: from a request, or,
// where a value stands in it that should be an argument, from somewhere.
func (f *function) statement(e ast.Expr) level {
	l := f.level(e)
	if l == unknown && !f.composed(e) {
		l = clean // the caller's business
	}
	before := ""
	for _, p := range f.pieces(e, 0) {
		switch {
		case p.hole == nil:
			before += p.text
			continue
		case l == clean && valuePlace.MatchString(before) && !namePart.MatchString(code.Last(p.hole)):
			l = unknown
		}
		before += "\x00"
		l = max(l, f.level(p.hole))
	}
	return l
}

// isStatement reports whether the constants of a text are those of a statement.
func (f *function) isStatement(e ast.Expr) bool {
	text := ""
	for _, p := range f.pieces(e, 0) {
		text += p.text
	}
	return keyword.MatchString(text)
}

var (
	keyword    = regexp.MustCompile(`(?i)\b(select|insert|update|delete|where)\b`)
	valuePlace = regexp.MustCompile(`(?is)\b(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|where|replace\s+into)\b.*('%?|[=<>]\s*|\b(like|ilike)\s+|\b(in|values)\s*\([^)]*)$`)
	namePart   = regexp.MustCompile(`(?i)(placeholder|^ph$|bind|^mark|table|column|^cols?$|schema|dialect|quote|ident|clause|fragment|sql|expr|cond|where|order|sort|dir)`)
)

// fixed reports whether every way to make a URL begins with a constant that
// settles the host.
func (f *function) fixed(e ast.Expr) bool {
	ways := []ast.Expr{e}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && len(f.values[f.key(id)]) > 0 {
		ways = f.values[f.key(id)]
	}
	settled := false
	for _, way := range ways {
		list := f.pieces(way, 0)
		if len(list) == 1 && list[0].hole == nil {
			continue // a constant
		}
		if len(list) == 0 || !settledHost.MatchString(list[0].text) {
			return false
		}
		settled = true
	}
	return settled
}

var settledHost = regexp.MustCompile(`^(https?:)?//[^/?#]+[/?#]|^/[^/\\]`)

// A piece of a text is a constant or a hole that something else fills.
type piece struct {
	text string
	hole ast.Expr
}

// pieces takes a text apart, through variables of the function.
func (f *function) pieces(e ast.Expr, depth int) []piece {
	e = f.read.Origin(e)
	if text, ok := f.read.String(e); ok {
		return []piece{{text: text}}
	}
	if depth > 6 || e == nil {
		return nil
	}
	switch x := e.(type) {
	case *ast.BinaryExpr:
		return append(f.pieces(x.X, depth+1), f.pieces(x.Y, depth+1)...)
	case *ast.Ident:
		made := len(f.values[f.key(x)]) > 0 // by the program alone
		for _, value := range f.values[f.key(x)] {
			list := f.pieces(value, depth+2)
			if len(list) > 1 {
				return list
			}
			made = made && len(list) == 1 && list[0].hole == nil
		}
		if made {
			return []piece{{text: "?"}}
		}
	case *ast.CallExpr:
		name := f.read.Name(f.file, x.Fun)
		if name == "fmt.Sprintf" || name == "fmt.Printf" {
			return f.formatted(x, depth)
		}
		if f.cleans(x) {
			return []piece{{text: "?"}}
		}
	}
	if f.harmless(e) {
		return []piece{{text: "0"}}
	}
	return []piece{{hole: e}}
}

// formatted takes apart what fmt.Sprintf makes.
func (f *function) formatted(call *ast.CallExpr, depth int) []piece {
	if len(call.Args) == 0 {
		return nil
	}
	format, ok := f.read.String(call.Args[0])
	if id, isName := call.Args[0].(*ast.Ident); !ok && isName {
		for _, value := range f.values[f.key(id)] {
			if format, ok = f.read.String(value); ok {
				break
			}
		}
	}
	var list []piece
	args := call.Args[1:]
	for n, part := range verb.Split(format, -1) {
		if n > 0 && n <= len(args) {
			list = append(list, f.pieces(args[n-1], depth+1)...)
		}
		list = append(list, piece{text: part})
	}
	return list
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// method judges a method of something unknown.
func (f *function) method(name string, n *ast.CallExpr) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) == 0 {
		return
	}
	if slices.Contains(sqlMethods, name) && (isDatabase(code.Last(sel.X)) || isDatabase(code.Last(chained(sel.X)))) {
		for _, arg := range n.Args[:min(len(n.Args), 2)] {
			if _, ok := f.read.String(arg); ok {
				break // the statement: what follows is bound
			}
			if _, ok := arg.(*ast.CompositeLit); ok {
				continue // columns with their values
			}
			if l := f.statement(arg); l > clean && (f.composed(arg) || l == request) && (name != "Get" || f.composed(arg) && f.isStatement(arg)) {
				f.report("sql-injection", n, l, name)
				return
			}
		}
	}
	f.header(name, n)
	root, ok := chained(n).(*ast.Ident)
	switch {
	case !ok:
	case isRequest(f.types[root.Name]):
		f.framework(name, n)
	case client.MatchString(f.file.Imports[root.Name]) && slices.Contains(asks, name):
		if !f.fixed(n.Args[0]) {
			f.report("ssrf", n, fromRequestOnly(f.level(n.Args[0])), name)
		}
	}
}

var (
	client = regexp.MustCompile(`/(resty|req|grequests|gorequest|sling|websocket|colly)(/v\d+)?$`)
	asks   = []string{"Get", "Post", "Put", "Delete", "Patch", "Head", "Options", "Dial", "DialContext", "Visit", "MustGet", "MustPost"}
)

// header judges headers by which browsers go elsewhere.
func (f *function) header(name string, n *ast.CallExpr) {
	if len(n.Args) != 2 || name != "Set" && name != "Add" && name != "Header" {
		return
	}
	key, ok := f.read.String(n.Args[0])
	if !ok && code.Last(n.Args[0]) == "HeaderLocation" || strings.EqualFold(key, "Location") {
		if !f.fixed(n.Args[1]) {
			f.report("open-redirect", n, fromRequestOnly(f.level(n.Args[1])), "the Location header")
		}
	}
}

// isDatabase reports whether a name is one that databases have.
func isDatabase(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(databases, func(w string) bool { return strings.HasSuffix(name, w) || strings.HasPrefix(name, w) })
}

// chained returns what a chain of calls began with.
func chained(e ast.Expr) ast.Expr {
	for {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return e
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return e
		}
		e = sel.X
	}
}

// framework judges the answers that a framework's context gives.
func (f *function) framework(name string, n *ast.CallExpr) {
	last := f.level(n.Args[len(n.Args)-1])
	switch name {
	case "Redirect", "To":
		f.report("open-redirect", n, fromRequestOnly(last), name)
	case "HTML", "HTMLBlob", "SendString", "WriteString", "SetBodyString":
		f.report("xss-response", n, fromRequestOnly(last), "a response")
	case "Data", "Blob":
		if kind, ok := f.read.String(n.Args[min(1, len(n.Args)-1)]); ok && strings.Contains(kind, "html") {
			f.report("xss-response", n, fromRequestOnly(last), "a response")
		}
	case "File", "SendFile", "Attachment", "Download", "FileAttachment", "Inline":
		f.report("path-traversal", n, fromRequestOnly(f.most(n.Args)), name)
	}
}

// response reports whether an expression is a response that is written.
func (f *function) response(e ast.Expr) bool {
	if f.read.TypeOf(e) == "net/http.ResponseWriter" {
		return true
	}
	if sel, ok := e.(*ast.SelectorExpr); ok && sel.Sel.Name == "Writer" { // of a framework's context
		root, ok := sel.X.(*ast.Ident)
		return ok && isRequest(f.types[root.Name])
	}
	id, ok := e.(*ast.Ident)
	return ok && (f.types[id.Name] == "net/http.ResponseWriter" || f.types[id.Name] == "github.com/valyala/fasthttp.RequestCtx")
}

var (
	logMethod = regexp.MustCompile(`\.(Trace|Debug|Info|Notice|Print|Warn|Warning|Error|Critical|Fatal|Panic|Msg)(f|ln|w)?$`)
	logOwner  = regexp.MustCompile(`(^|[./_])(logs?|[gkshabz]log|seelog)$|[lL]ogger$|[a-z]Log$|\b(logrus|zerolog|zap|logr|log15|hclog)\b`)
)

// logs reports whether a call writes to a log, by its name and by what its
// package or variable is called.
func (f *function) logs(name string, n *ast.CallExpr) bool {
	if !logMethod.MatchString(name) {
		return false
	}
	owner := strings.TrimPrefix(name[:strings.LastIndexByte(name, '.')], "?")
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok && owner == "" {
		if owner = code.Last(sel.X); logOwner.MatchString(owner) {
			return true
		}
		owner = code.Last(chained(sel.X))
		if t := f.types[owner]; t != "" {
			owner = t
		}
	}
	return logOwner.MatchString(owner)
}

// logged reports what a client sends to a log, and secrets.
func (f *function) logged(n *ast.CallExpr) {
	fields := f.fields(n)
	for i, arg := range n.Args {
		if l := f.level(arg); l >= operator && !quoted(f, n) && (i == 0 || !fields) {
			f.report("log-injection", n, l, "the log")
		}
		if field, ok := arg.(*ast.CallExpr); ok && fields && len(field.Args) == 2 { // zap.String("key", value)
			arg = field.Args[1]
		}
		name := code.Last(arg)
		if f.read.Constant(arg) == nil && code.Mentions(name, "password", "passwd", "secret", "api key", "access token", "private key", "passphrase") && !code.Mentions(name, "hash", "id", "name", "len", "length", "type", "file", "path") {
			f.found["secret-in-log"] = append(f.found["secret-in-log"], fault{n, "medium", name + " is written to a log"})
			return
		}
	}
}

// fields reports whether a log keeps what follows the message apart from it.
func (f *function) fields(n *ast.CallExpr) bool {
	if strings.HasPrefix(f.read.Name(f.file, n.Fun), "log/slog.") {
		return true
	}
	return len(n.Args) > 1 && !slices.ContainsFunc(n.Args[1:], func(e ast.Expr) bool {
		call, ok := e.(*ast.CallExpr)
		return !ok || !strings.HasPrefix(f.read.Name(f.file, call.Fun), "go.uber.org/zap.") && !strings.HasPrefix(f.read.Name(f.file, call.Fun), "log/slog.")
	})
}

// quoted reports whether a format quotes all that it takes.
func quoted(f *function, n *ast.CallExpr) bool {
	format, ok := f.read.String(n.Args[0])
	return ok && len(n.Args) > 1 && strings.Contains(format, "%") && !strings.Contains(format, "%s") && !strings.Contains(format, "%v") && !strings.Contains(format, "%+v")
}

// builder carries what is written into a strings.Builder or bytes.Buffer.
func (f *function) builder(n *ast.CallExpr) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	switch sel.Sel.Name {
	case "WriteString", "Write", "WriteByte", "WriteRune", "Set", "Add":
		if id, ok := sel.X.(*ast.Ident); ok && f.taint[f.key(id)] < f.most(n.Args) {
			f.set(id, f.most(n.Args))
		}
	}
	switch f.read.Name(f.file, n.Fun) {
	case "fmt.Fprintf", "fmt.Fprint", "io.WriteString", "encoding/json.Unmarshal":
		if len(n.Args) > 1 {
			f.setExpr(rootOf(ast.Unparen(deref(n.Args[0]))), max(f.level(n.Args[0]), f.most(n.Args[1:])))
		}
	}
	// c.Bind(&form), json.NewDecoder(r.Body).Decode(&v): what is pointed to is filled.
	if slices.Contains([]string{"Bind", "BindJSON", "ShouldBind", "ShouldBindJSON", "ShouldBindQuery", "BodyParser", "QueryParser", "Decode", "BindQuery"}, sel.Sel.Name) && len(n.Args) > 0 {
		filled := f.level(sel.X)
		if id, ok := sel.X.(*ast.Ident); ok && isRequest(f.types[id.Name]) {
			filled = request
		}
		f.setExpr(rootOf(deref(n.Args[len(n.Args)-1])), filled)
	}
}

func deref(e ast.Expr) ast.Expr {
	if u, ok := e.(*ast.UnaryExpr); ok {
		return u.X
	}
	return e
}
