package taint

import (
	"go/types"
	"regexp"
	"strings"
)

// Programs put interfaces of their own before databases and logs, and code is
// generated with others. What their methods do shows in how they are declared.

// rows are the results by which a method is known to run a statement.
var rows = map[string]bool{
	"database/sql.Rows": true, "database/sql.Row": true, "database/sql.Result": true, "database/sql.Stmt": true,
	"github.com/jmoiron/sqlx.Rows": true, "github.com/jmoiron/sqlx.Row": true,
	"github.com/jackc/pgx.Rows": true, "github.com/jackc/pgx.Row": true,
	"github.com/jackc/pgconn.CommandTag": true, "github.com/jackc/pgx/pgconn.CommandTag": true,
}

var (
	logType   = regexp.MustCompile(`(?i)log(ger)?$`)
	logMethod = regexp.MustCompile(`^(Trace|Debug|Info|Notice|Print|Warn|Warning|Err|Error|Critical|Fatal|Panic|DPanic)(f|ln|w|Context|Ctx|Contextf)?$`)
)

// shape returns a model for a method of an interface that no table names; nil
// if its declaration says nothing.
func (e *engine) shape(fn *types.Func) *model {
	recv := fn.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		return nil
	}
	switch sig := fn.Signature(); {
	case runsStatement(sig):
		return e.names["shape statement"]
	case logMethod.MatchString(fn.Name()) && logType.MatchString(typeName(recv.Type())) && sig.Results().Len() == 0:
		return e.names["shape log"]
	case fn.Name() == "Recv" && strings.HasSuffix(typeName(recv.Type()), "Server") && sig.Results().Len() == 2 && protobuf(sig.Results().At(0).Type()):
		return e.names["shape stream"]
	}
	return nil
}

// runsStatement recognises (context, text, ...any) with rows as the result.
func runsStatement(sig *types.Signature) bool {
	if sig.Results().Len() == 0 || !rows[typeName(sig.Results().At(0).Type())] {
		return false
	}
	for i := range sig.Params().Len() {
		switch t := sig.Params().At(i).Type(); {
		case typeName(t) == "context.Context":
		default:
			return isText(t)
		}
	}
	return false
}

// protobuf reports whether a type is a generated message.
func protobuf(t types.Type) bool {
	for _, name := range []string{"ProtoReflect", "ProtoMessage"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := obj.(*types.Func); ok {
			return true
		}
	}
	return false
}

// fieldModel returns what the tables say of a field; nil for nothing.
func (e *engine) fieldModel(holder types.Type, name string) *model {
	full, ok := e.holders[holder]
	if !ok {
		if full = typeName(holder); !e.fielded[full] {
			full = ""
		}
		e.holders[holder] = full
	}
	if full == "" {
		return nil
	}
	return e.names["field "+full+"."+name]
}

// fieldSource returns the class of what lies in a field because of its name or
// because its type is a framework's, whoever put it there. A request may be on
// its way out and says nothing.
func (e *engine) fieldSource(holder types.Type, name string, t types.Type) Class {
	if m := e.fieldModel(holder, name); m != nil && m.source != Parameter {
		return m.source
	}
	class, ok := e.contexts[t]
	if !ok {
		switch full := typeName(t); full {
		case "", "net/http.Request", "github.com/valyala/fasthttp.Request", "mime/multipart.FileHeader", "mime/multipart.Form", "mime/multipart.Part":
		default:
			if m := e.names["type "+full]; m != nil {
				class = m.source
			}
		}
		e.contexts[t] = class
	}
	return class
}
