// Package secretinjson finds structures that are written as JSON, XML, YAML or
// TOML with a field in them that is a secret by its name. It knows no more than
// names: an answer of a token endpoint has such a field on purpose.
package secretinjson

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "secret-in-json", Title: "A secret is written with the structure that it is a field of", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "secrets"},
	Why:  "The structure goes to a client, a log or a file, and the password or token with it.",
	Fix:  "Give the field the tag `json:\"-\"`, the type secrets.Secret, or the structure another one for the outside.",
	More: "secret-in-response and secret-in-log follow where the value goes. This rule sees the structure alone.",
	CWE:  []int{499, 200}, ASVS: []string{"V15.3.1"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

// writers are the functions, the tag they read and the methods by which a type
// writes itself.
var writers = map[string]string{
	"encoding/json.Marshal": "json", "encoding/json.MarshalIndent": "json", "encoding/json.Encoder.Encode": "json",
	"encoding/xml.Marshal": "xml", "encoding/xml.MarshalIndent": "xml", "encoding/xml.Encoder.Encode": "xml",
	"gopkg.in/yaml.Marshal": "yaml", "gopkg.in/yaml.Encoder.Encode": "yaml", "go.yaml.in/yaml.Marshal": "yaml", "go.yaml.in/yaml.Encoder.Encode": "yaml",
	"gopkg.in/yaml.v2.Marshal": "yaml", "gopkg.in/yaml.v3.Marshal": "yaml", "sigs.k8s.io/yaml.Marshal": "json", "github.com/goccy/go-yaml.Marshal": "yaml",
	"github.com/BurntSushi/toml.Marshal": "toml", "github.com/BurntSushi/toml.Encoder.Encode": "toml", "github.com/pelletier/go-toml.Marshal": "toml",
}

func look(read *code.Reader) {
	for name, tag := range writers {
		for _, call := range read.Calls(name) {
			arg := call.Arg(0)
			if arg == nil || strings.HasPrefix(call.In.Name(), "Marshal") {
				continue // the type's own way of writing itself
			}
			if field := secretField(read.Type(arg), tag, hidden(read, arg), 0); field != "" {
				read.Report(call, "", "%s is written as %s", field, strings.ToUpper(tag))
			}
		}
	}
}

// hidden are the fields that the argument, a literal, sets by a function: of
// which something else than the secret comes.
func hidden(read *code.Reader, arg ast.Expr) map[string]bool {
	names := map[string]bool{}
	e := read.Origin(arg)
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return names
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			_, call := ast.Unparen(kv.Value).(*ast.CallExpr)
			names[code.Last(kv.Key)] = call || read.Constant(kv.Value) != nil
		}
	}
	return names
}

// secretField returns the name of a field that is a secret, in the type or in
// what it holds.
func secretField(t types.Type, tag string, hidden map[string]bool, depth int) string {
	if t == nil || depth > 3 || writesItself(t) {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return secretField(u.Elem(), tag, hidden, depth+1)
	case *types.Slice:
		return secretField(u.Elem(), tag, hidden, depth+1)
	case *types.Array:
		return secretField(u.Elem(), tag, hidden, depth+1)
	case *types.Map:
		return secretField(u.Elem(), tag, hidden, depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			f := u.Field(i)
			if !f.Exported() || hidden[f.Name()] || !text(f.Type()) {
				continue
			}
			value, _ := reflect.StructTag(u.Tag(i)).Lookup(tag)
			if value == "-" {
				continue
			}
			key, _, _ := strings.Cut(value, ",")
			if secret(f.Name()) || secret(key) {
				return f.Name()
			}
		}
	}
	return ""
}

// writesItself reports whether the type has a method of its own for it.
func writesItself(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if _, ok := types.Unalias(t).(*types.Named); !ok {
		return false
	}
	for _, method := range []string{"MarshalJSON", "MarshalXML", "MarshalYAML", "MarshalText", "MarshalTOML"} {
		object, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, method)
		if _, ok := object.(*types.Func); ok {
			return true
		}
	}
	return false
}

// text reports whether a field holds text: a string, bytes, or several.
func text(t types.Type) bool {
	if writesItself(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Pointer:
		return text(u.Elem())
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Byte || text(u.Elem())
	}
	return false
}

var (
	words = []string{"password", "passwd", "passphrase", "secret", "api key", "apikey", "private key", "access key", "secret key", "access token", "auth token",
		"refresh token", "bearer token", "api token", "client secret", "credential"}
	about = []string{"name", "path", "file", "url", "uri", "type", "kind", "id", "ref", "field", "header", "policy", "prefix", "env", "store", "provider", "hash", "hint", "namespace", "redacted", "masked", "public"}
)

func secret(name string) bool {
	return name != "" && len(name) < 80 && (code.Mentions(name, words...) || strings.EqualFold(name, "token")) && !code.Mentions(name, about...)
}
