package coarse

import (
	"go/ast"
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
	"html/template.Template.Parse": {"template-injection", 0}, "text/template.Template.Parse": {"template-injection", 0},
	"database/sql.DB.Query": {"sql-injection", 0}, "database/sql.DB.QueryRow": {"sql-injection", 0}, "database/sql.DB.Exec": {"sql-injection", 0}, "database/sql.DB.Prepare": {"sql-injection", 0},
	"database/sql.Tx.Query": {"sql-injection", 0}, "database/sql.Tx.QueryRow": {"sql-injection", 0}, "database/sql.Tx.Exec": {"sql-injection", 0}, "database/sql.Tx.Prepare": {"sql-injection", 0},
	"database/sql.DB.QueryContext": {"sql-injection", 1}, "database/sql.DB.QueryRowContext": {"sql-injection", 1}, "database/sql.DB.ExecContext": {"sql-injection", 1},
	"database/sql.Tx.QueryContext": {"sql-injection", 1}, "database/sql.Tx.QueryRowContext": {"sql-injection", 1}, "database/sql.Tx.ExecContext": {"sql-injection", 1},
	"database/sql.Conn.QueryContext": {"sql-injection", 1}, "database/sql.Conn.ExecContext": {"sql-injection", 1},
	"encoding/gob.NewDecoder": {"unsafe-deserialization", 0}, "regexp.Compile": {"regexp-injection", 0}, "regexp.MustCompile": {"regexp-injection", 0},
}

// sqlMethods are methods of unknown types that take SQL as their first or, with
// a context before it, second argument.
var sqlMethods = []string{
	"Query", "QueryRow", "Exec", "QueryContext", "QueryRowContext", "ExecContext", "Raw", "Queryx", "QueryRowx", "MustExec", "NamedExec", "Where", "Order", "Having", "Select", "Get", "NewRaw",
}

func (f *function) call(n *ast.CallExpr) {
	if !f.late {
		f.builder(n)
		return
	}
	name := f.read.Name(f.file, n.Fun)
	if s, ok := sinks[name]; ok {
		f.sink(s, n)
		return
	}
	switch {
	case strings.HasPrefix(name, "?."):
		f.method(strings.TrimPrefix(name, "?."), n)
	case name == "fmt.Fprintf" || name == "fmt.Fprint" || name == "fmt.Fprintln" || name == "io.WriteString":
		if len(n.Args) > 1 && f.response(n.Args[0]) {
			f.report("xss-response", n, fromRequestOnly(f.most(n.Args[1:])), "a response")
		}
	case name == "net/http.ResponseWriter.Write":
		f.report("xss-response", n, fromRequestOnly(f.most(n.Args)), "a response")
	case strings.HasPrefix(name, "log.Print") || strings.HasPrefix(name, "log.Logger.Print") || strings.HasPrefix(name, "log/slog."):
		f.logged(n)
	}
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
	if s.id != "sql-injection" || len(args) != 1 || !f.composed(args[0]) {
		l = fromRequestOnly(l) // a path or an address from the caller is the caller's business
	}
	f.report(s.id, n, l, code.Last(n.Fun))
}

// composed reports whether the expression is a text put together.
func (f *function) composed(e ast.Expr) bool {
	switch x := f.read.Origin(e).(type) {
	case *ast.BinaryExpr:
		return true
	case *ast.CallExpr:
		return strings.HasPrefix(f.read.Name(f.file, x.Fun), "fmt.Sprint")
	}
	return false
}

// method judges a method of something unknown.
func (f *function) method(name string, n *ast.CallExpr) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) == 0 {
		return
	}
	to := strings.ToLower(code.Last(sel.X))
	database := slices.ContainsFunc([]string{"db", "tx", "conn", "pool", "database", "sqlx", "session", "stmt", "orm", "repo", "store", "pg", "query", "engine"}, func(w string) bool { return strings.HasSuffix(to, w) || strings.HasPrefix(to, w) })
	if database && slices.Contains(sqlMethods, name) {
		for _, arg := range n.Args[:min(len(n.Args), 2)] {
			if f.composed(arg) || f.level(arg) == request && !strings.HasPrefix(name, "Get") {
				f.report("sql-injection", n, f.level(arg), name)
				return
			}
		}
	}
	if receiver, ok := sel.X.(*ast.Ident); ok && isRequest(f.types[receiver.Name]) {
		f.framework(name, n)
	}
}

// framework judges the answers that a framework's context gives.
func (f *function) framework(name string, n *ast.CallExpr) {
	last := f.level(n.Args[len(n.Args)-1])
	switch name {
	case "Redirect", "To":
		f.report("open-redirect", n, fromRequestOnly(last), name)
	case "HTML", "HTMLBlob", "SendString", "WriteString":
		f.report("xss-response", n, fromRequestOnly(last), "a response")
	case "File", "SendFile", "Attachment", "Download", "FileAttachment", "Inline":
		f.report("path-traversal", n, fromRequestOnly(f.most(n.Args)), name)
	}
}

// response reports whether an expression is a response that is written.
func (f *function) response(e ast.Expr) bool {
	if f.read.TypeOf(e) == "net/http.ResponseWriter" {
		return true
	}
	id, ok := e.(*ast.Ident)
	return ok && f.types[id.Name] == "net/http.ResponseWriter"
}

// logged reports secrets that are written to a log.
func (f *function) logged(n *ast.CallExpr) {
	for _, arg := range n.Args {
		name := code.Last(arg)
		if f.read.Constant(arg) == nil && code.Mentions(name, "password", "passwd", "secret", "api key", "access token", "private key", "passphrase") && !code.Mentions(name, "hash", "id", "name", "len", "length", "type", "file", "path") {
			f.found["secret-in-log"] = append(f.found["secret-in-log"], fault{n, "medium", name + " is written to a log"})
			return
		}
	}
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
