// Package insecurecookie finds cookies that hold a session or a token without
// Secure, HttpOnly and SameSite, and cookies whose value is a constant.
package insecurecookie

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "insecure-cookie", Title: "A cookie without its protections", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "cookies"},
	Why:  "Without Secure the cookie travels in clear text, without HttpOnly a script reads it, without SameSite other sites send it along.",
	Fix:  "Set Secure, HttpOnly and SameSite, and begin the name with __Host-.",
	More: "A cookie whose name speaks of a session, a login or a token is an error; another is a warning. HttpOnly is not asked for where a script must read the cookie, as for CSRF and for language or theme.",
	CWE:  []int{614, 1004, 1275}, ASVS: []string{"V3.3.1", "V3.3.2", "V3.3.4"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

const cookie = "net/http.Cookie"

var (
	session  = []string{"session", "sess", "sid", "auth", "token", "jwt", "login", "remember", "user", "identity", "access", "refresh", "sso", "ticket", "credential", "password"}
	scripted = []string{"csrf", "xsrf", "lang", "language", "locale", "theme", "consent", "color", "tz", "timezone"}
)

func look(read *code.Reader) {
	for _, lit := range read.Literals(cookie) {
		if !code.Keyed(lit.CompositeLit) || deleting(read, lit.CompositeLit) {
			continue
		}
		judge(read, lit)
	}
	for _, name := range []string{"Secure", "HttpOnly"} {
		for _, set := range read.Sets(cookie + "." + name) {
			if on, ok := read.Bool(set.Right); ok && !on {
				read.Report(set.AssignStmt, "", "%s is switched off", name)
			}
		}
	}
	frameworks(read)
}

// deleting reports whether the cookie is one that takes another away.
func deleting(read *code.Reader, lit *ast.CompositeLit) bool {
	if age, ok := read.Int(code.Field(lit, "MaxAge")); ok && age < 0 {
		return true
	}
	value, ok := read.String(code.Field(lit, "Value"))
	return ok && value == "" && code.Field(lit, "Expires") != nil
}

func judge(read *code.Reader, lit *code.Literal) {
	if !complete(read, lit) {
		return
	}
	var missing []string
	name := nameOf(read, lit.CompositeLit)
	for _, field := range []string{"Secure", "HttpOnly"} {
		value := code.Field(lit.CompositeLit, field)
		on, known := read.Bool(value)
		if value != nil && (!known || on) || setLater(read, lit, field) {
			continue
		}
		if field == "HttpOnly" && code.Mentions(name, scripted...) {
			continue
		}
		missing = append(missing, field)
	}
	site := code.Field(lit.CompositeLit, "SameSite")
	none := code.Last(site) == "SameSiteNoneMode"
	if len(missing) == 0 && !none {
		return // browsers take an absent SameSite for Lax
	}
	if none || site == nil && !setLater(read, lit, "SameSite") {
		missing = append(missing, "SameSite")
	}
	category := "low"
	if code.Mentions(name, session...) {
		category = "error high"
	}
	title := "the cookie " + name + " lacks " + strings.Join(missing, ", ")
	if name == "" {
		title = "a cookie lacks " + strings.Join(missing, ", ")
	}
	read.Report(lit, category, "%s", title)
}

// complete reports whether the literal is meant to be a whole cookie: one that
// only has a name is looked up or compared.
func complete(read *code.Reader, lit *code.Literal) bool {
	return code.Field(lit.CompositeLit, "Name") != nil && code.Field(lit.CompositeLit, "Value") != nil || setLater(read, lit, "Value")
}

func nameOf(read *code.Reader, lit *ast.CompositeLit) string {
	value := code.Field(lit, "Name")
	if text, ok := read.String(value); ok {
		return text
	}
	if value == nil {
		return ""
	}
	return code.Last(value)
}

// setLater reports whether the function around the literal assigns the field
// of the variable that holds it.
func setLater(read *code.Reader, lit *code.Literal, field string) bool {
	for _, set := range read.Sets(cookie + "." + field) {
		if set.In != lit.In || set.Pos() < lit.Pos() {
			continue
		}
		sel, ok := set.Left.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		from := read.Origin(sel.X)
		if u, ok := from.(*ast.UnaryExpr); ok && u.Op == token.AND {
			from = u.X
		}
		if on, known := read.Bool(set.Right); from == lit.CompositeLit && (!known || on) {
			return true
		}
	}
	return false
}

// frameworks judges the calls by which others set cookies.
func frameworks(read *code.Reader) {
	for _, call := range read.Calls("github.com/gin-gonic/gin.Context.SetCookie", "?.SetCookie") {
		if len(call.Args) != 7 {
			continue
		}
		name, _ := read.String(call.Arg(0))
		var missing []string
		for i, field := range []string{"Secure", "HttpOnly"} {
			if on, ok := read.Bool(call.Arg(5 + i)); ok && !on {
				missing = append(missing, field)
			}
		}
		if age, ok := read.Int(call.Arg(2)); ok && age < 0 || len(missing) == 0 {
			continue
		}
		category := "low"
		if code.Mentions(name, session...) {
			category = "error high"
		}
		read.Report(call, category, "the cookie %s lacks %s", name, strings.Join(missing, ", "))
	}
	for _, lit := range read.Literals("github.com/gorilla/sessions.Options", "github.com/gin-contrib/sessions.Options") {
		options(read, lit, "Secure", "HttpOnly", "SameSite")
	}
	for _, lit := range read.Literals("github.com/gofiber/fiber.Cookie") {
		if age, ok := read.Int(code.Field(lit.CompositeLit, "MaxAge")); !ok || age >= 0 {
			options(read, lit, "Secure", "HTTPOnly", "SameSite")
		}
	}
	for _, lit := range read.Literals("github.com/gofiber/fiber/middleware/session.Config") {
		options(read, lit, "CookieSecure", "CookieHTTPOnly", "CookieSameSite")
	}
	switches(read)
}

// options judges the options of a session's cookie: two that must be on, and
// one that must not be None.
func options(read *code.Reader, lit *code.Literal, secure, httpOnly, site string) {
	if !code.Keyed(lit.CompositeLit) {
		return
	}
	for _, field := range []string{secure, httpOnly} {
		value := code.Field(lit.CompositeLit, field)
		if on, known := read.Bool(value); value == nil || known && !on {
			read.Report(lit, "error high", "the session's cookie lacks %s", field)
			return
		}
	}
	value := code.Field(lit.CompositeLit, site)
	if text, ok := read.String(value); code.Last(value) == "SameSiteNoneMode" || ok && strings.EqualFold(text, "None") {
		read.Report(lit, "", "other sites send the session's cookie along: %s is None", site)
	}
}

// switches judges the calls by which protections are switched off.
func switches(read *code.Reader) {
	for _, call := range read.Calls("github.com/valyala/fasthttp.Cookie.SetSecure", "github.com/valyala/fasthttp.Cookie.SetHTTPOnly", "?.SetHTTPOnly") {
		if on, ok := read.Bool(call.Arg(0)); ok && !on {
			read.Report(call, "", "%s is switched off", strings.TrimPrefix(code.Last(call.Fun), "Set"))
		}
	}
}
