package taint

import (
	"go/types"
	"strconv"
	"strings"
)

func number(i int) string { return strconv.Itoa(i) }

// carries returns the kinds that values of a type can transport.
func carries(t types.Type) Kind {
	if t == nil {
		return all
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return 0
		case isChar(u):
			return all &^ numeric
		case u.Info()&types.IsNumeric != 0:
			return numeric
		}
	}
	if inert(t) {
		return 0
	}
	return all
}

// isChar reports whether a type is that of a character of a text: a byte, or a
// rune as it is called, not the number that it is. Bytes cannot be told from
// numbers by their name: what indexes a string is an uint8.
func isChar(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && (b.Name() == "rune" || b.Kind() == types.Uint8)
}

// flat reports whether values of the type have nothing below them.
func flat(t types.Type) bool {
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Basic:
		return true
	}
	return isError(t) || inert(t)
}

// labelled reports whether values of the type have labels for the roots that
// they come from; for the others their objects know.
func labelled(t types.Type) bool {
	return flat(t) || isText(t) || types.IsInterface(t)
}

// shared reports whether copies of a value refer to the same object.
func shared(t types.Type) bool {
	if t == nil {
		return true
	}
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array, *types.Tuple:
		return false
	}
	return true
}

// aggregate reports whether a variable of the type is its object, rather than
// a cell in it.
func aggregate(t types.Type) bool { return !shared(t) }

func isError(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() == nil && named.Obj().Name() == "error"
}

// inert are types that carry no text of an attacker, for which tracking would
// only make noise and cost time.
func inert(t types.Type) bool {
	if !mayBeInert(t) {
		return false
	}
	switch name := typeName(t); name {
	case "context.Context", "net/http.ResponseWriter", "database/sql.DB", "database/sql.Tx", "database/sql.Conn",
		"database/sql.Stmt", "log/slog.Logger", "log.Logger", "time.Time", "time.Location", "regexp.Regexp",
		"net/http.Client", "net/http.ServeMux", "net/http.Server", "html/template.Template", "text/template.Template",
		"os.Root", "net/netip.Addr", "net/netip.AddrPort", "net/netip.Prefix", "net.IP", "net.IPNet", "math/big.Int",
		"reflect.Type", "io/fs.FileMode", "io/fs.FileInfo", "testing.T", "testing.B", "crypto/tls.Config":
		return true
	default:
		// What is put into a Pool is reset before the next one gets it.
		return strings.HasPrefix(name, "sync.") && name != "sync.Map" || strings.HasSuffix(name, "/uuid.UUID")
	}
}

// mayBeInert tells most types from those that inert lists by their package
// alone, without making a string: it is asked of every value.
func mayBeInert(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	switch named.Obj().Pkg().Path() {
	case "context", "net/http", "database/sql", "log/slog", "log", "time", "regexp", "html/template", "text/template", "os",
		"net/netip", "net", "math/big", "reflect", "io/fs", "testing", "crypto/tls", "sync":
		return true
	}
	return named.Obj().Name() == "UUID"
}

// typeName returns the import path and name of a named type or of what a
// pointer points to, without major versions; "" for others.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return plainPath(named.Obj().Pkg().Path()) + "." + named.Obj().Name()
}

// plainPath returns an import path without vendor directories and major
// versions, so that one line of a table means all of them.
func plainPath(path string) string {
	if _, after, ok := strings.Cut(path, "/vendor/"); ok {
		path = after
	}
	if !strings.Contains(path, "/v") && !strings.Contains(path, ".v") {
		return path
	}
	parts := strings.Split(path, "/")
	out := parts[:0]
	for _, part := range parts {
		if len(part) > 1 && part[0] == 'v' && strings.Trim(part[1:], "0123456789") == "" {
			continue
		}
		if base, version, ok := strings.Cut(part, ".v"); ok && parts[0] == "gopkg.in" && strings.Trim(version, "0123456789") == "" {
			part = base
		}
		out = append(out, part)
	}
	return strings.Join(out, "/")
}

// isText reports whether the type is a string or bytes.
func isText(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
	}
	return false
}

// fieldName returns the name of the i-th field of a struct or of what a
// pointer to a struct points to.
func fieldName(t types.Type, i int) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Name()
	}
	return number(i)
}
