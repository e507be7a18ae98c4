package coarse

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// requestParts are the fields and methods of http.Request that hold what the
// client sent.
var requestParts = []string{
	"FormValue", "PostFormValue", "PathValue", "FormFile", "Cookie", "Cookies", "UserAgent", "Referer", "BasicAuth", "URL", "Form", "PostForm",
	"MultipartForm", "Header", "Body", "Host", "RequestURI", "Trailer", "MultipartReader",
}

// frameworkParts are the methods by which frameworks give what the client sent.
var frameworkParts = []string{
	"Query", "Param", "PostForm", "DefaultQuery", "DefaultPostForm", "QueryParam", "QueryParams", "FormValue", "PostFormValue", "Params", "PathParam", "GetQuery",
	"GetPostForm", "GetHeader", "Cookie", "Cookies", "URLParam", "PathValue", "QueryArray", "PostFormArray", "GetRawData", "Body", "BodyRaw", "GetString",
	"FormParams", "FormFile", "Get", "Ctx", "UserValue", "QueryString", "QueryArgs", "PostArgs", "ByName",
}

// sourceCalls are functions whose result is what the client sent.
var sourceCalls = []string{
	"github.com/gorilla/mux.Vars", "github.com/go-chi/chi.URLParam", "github.com/julienschmidt/httprouter.Params.ByName", "github.com/julienschmidt/httprouter.ParamsFromContext",
}

// cleaners are functions whose result harms nobody, whatever they are given.
var cleaners = []string{
	"strconv.Atoi", "strconv.Itoa", "strconv.FormatInt", "strconv.FormatUint", "strconv.FormatFloat", "strconv.FormatBool", "strconv.ParseInt", "strconv.ParseUint", "strconv.ParseFloat", "strconv.ParseBool", "strconv.Quote", "len", "cap",
	"html.EscapeString", "html/template.HTMLEscapeString", "html/template.JSEscapeString", "html/template.URLQueryEscaper", "net/url.QueryEscape", "net/url.PathEscape",
	"path/filepath.Base", "path.Base", "regexp.QuoteMeta", "github.com/google/uuid.Parse", "net/netip.ParseAddr", "net.ParseIP", "time.Parse", "time.ParseDuration",
	"encoding/hex.EncodeToString", "encoding/base64.Encoding.EncodeToString", "github.com/lib/pq.QuoteIdentifier", "errors.New",
	"github.com/microcosm-cc/bluemonday.Policy.Sanitize", "path/filepath.Localize", "encoding/json.Marshal", "?.Sanitize", "?.QuoteIdentifier",
}

func isRequest(name string) bool {
	switch name {
	case "net/http.Request", "http.Request", "github.com/gin-gonic/gin.Context", "github.com/labstack/echo.Context", "github.com/gofiber/fiber.Ctx",
		"github.com/valyala/fasthttp.RequestCtx", "github.com/kataras/iris.Context", "github.com/beego/beego/server/web/context.Context",
		"github.com/gobuffalo/buffalo.Context", "github.com/julienschmidt/httprouter.Params", "github.com/revel/revel.Params", "github.com/go-martini/martini.Params", "github.com/kataras/iris/context.Context":
		return true
	}
	return false
}

// level says where the value of an expression comes from.
func (f *function) level(e ast.Expr) level {
	if e == nil || f.harmless(e) {
		return clean
	}
	switch e := e.(type) {
	case *ast.Ident:
		return f.taint[f.key(e)]
	case *ast.ParenExpr:
		return f.level(e.X)
	case *ast.StarExpr:
		return f.level(e.X)
	case *ast.UnaryExpr:
		return f.level(e.X)
	case *ast.TypeAssertExpr:
		return f.level(e.X)
	case *ast.SliceExpr:
		return f.level(e.X)
	case *ast.KeyValueExpr:
		return f.level(e.Value)
	case *ast.IndexExpr:
		return f.level(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return max(f.level(e.X), f.level(e.Y))
		}
	case *ast.CompositeLit:
		return f.most(e.Elts)
	case *ast.SelectorExpr:
		if f.fromRequest(e) {
			return request
		}
		if f.read.Name(f.file, e) == "os.Args" {
			return operator
		}
		return f.level(e.X)
	case *ast.CallExpr:
		return f.result(e)
	}
	return clean
}

func (f *function) most(list []ast.Expr) level {
	l := clean
	for _, e := range list {
		l = max(l, f.level(e))
	}
	return l
}

// harmless reports whether the expression is a constant, a number or an error.
func (f *function) harmless(e ast.Expr) bool {
	if f.read.Constant(e) != nil {
		return true
	}
	t := f.read.Type(e)
	if t == nil {
		return false
	}
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Info()&(types.IsNumeric|types.IsBoolean) != 0 && b.Kind() != types.UntypedRune
	}
	return code.TypeName(t) == "error"
}

// fromRequest reports whether the selector takes a part of a request.
func (f *function) fromRequest(e *ast.SelectorExpr) bool {
	owner := f.read.TypeOf(e.X)
	if id, ok := e.X.(*ast.Ident); ok && owner == "" {
		owner = f.types[id.Name]
		if owner == "" && f.read.Object(id) == nil && (id.Name == "r" || id.Name == "req" || id.Name == "request") {
			owner = "http.Request" // of a handler that this is an excerpt of
		}
	}
	switch {
	case owner == "net/http.Request" || owner == "http.Request":
		return slices.Contains(requestParts, e.Sel.Name)
	case isRequest(owner):
		return slices.Contains(frameworkParts, e.Sel.Name) || slices.Contains(requestParts, e.Sel.Name)
	}
	return false
}

// result says where what a call returns comes from.
func (f *function) result(e *ast.CallExpr) level {
	name := f.read.Name(f.file, e.Fun)
	switch {
	case f.cleans(e):
		return clean
	case slices.Contains(sourceCalls, name):
		return request
	case name == "os.Getenv" || name == "os.LookupEnv":
		return operator
	}
	l := f.most(e.Args)
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
		l = max(l, f.level(sel))
	}
	return l
}

// cleans reports whether what a call returns harms nobody. An excerpt may leave
// out an import.
func (f *function) cleans(e *ast.CallExpr) bool {
	name := f.read.Name(f.file, e.Fun)
	if slices.Contains(cleaners, name) {
		return true
	}
	sel, ok := e.Fun.(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(name, "?.") {
		return false
	}
	written := code.Last(sel.X) + "." + sel.Sel.Name
	return slices.ContainsFunc(cleaners, func(c string) bool { return c == written || strings.HasSuffix(c, "/"+written) })
}
