package audit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// NewJSONHandler returns the log handler for production: one JSON object a
// line, redacted as [Redact] does. A nil level means Info.
func NewJSONHandler(w io.Writer, level slog.Leveler) slog.Handler {
	return Redact(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

// NewTextHandler returns the log handler for development: one line a record,
// for people, redacted as [Redact] does. A nil level means Info.
func NewTextHandler(w io.Writer, level slog.Leveler) slog.Handler {
	return Redact(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
				a.Value = slog.StringValue(a.Value.Time().Format("15:04:05.000"))
			}
			return a
		},
	}))
}

// Redact returns a handler that passes records to next without what opens
// something: values whose name is [Sensitive] are masked at any depth of groups,
// maps, structs and headers, and texts go through [RedactText]. It is a net for
// mistakes, not a permission to log secrets.
func Redact(next slog.Handler) slog.Handler { return redactor{next: next} }

type redactor struct {
	next slog.Handler
	hide bool // within a group whose name is sensitive
}

func (h redactor) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, RedactText(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a, 0))
		return true
	})
	return h.next.Handle(ctx, clean)
}

func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a, 0)
	}
	return redactor{h.next.WithAttrs(clean), h.hide}
}

func (h redactor) WithGroup(name string) slog.Handler {
	return redactor{h.next.WithGroup(name), h.hide || Sensitive(name)}
}

// maxDepth bounds how deep a value is looked into; what is deeper is masked.
const maxDepth = 6

// maxElements bounds how many elements of a list or a map are shown.
const maxElements = 100

func (h redactor) attr(a slog.Attr, depth int) slog.Attr {
	if h.hide || Sensitive(a.Key) {
		return slog.String(a.Key, masked)
	}
	a.Value = redactValue(a.Value.Resolve(), depth)
	return a
}

func redactValue(v slog.Value, depth int) slog.Value {
	if depth > maxDepth {
		return slog.StringValue(masked)
	}
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(RedactText(v.String()))
	case slog.KindGroup:
		group := v.Group()
		clean := make([]slog.Attr, len(group))
		for i, a := range group {
			clean[i] = redactor{}.attr(a, depth+1)
		}
		return slog.GroupValue(clean...)
	case slog.KindAny:
		return redactAny(v.Any(), depth)
	}
	return v
}

// redactAny turns a value that a handler would print in its own way into one
// made of parts that were looked at.
func redactAny(value any, depth int) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(RedactText(text(v, v.Error)))
	case *http.Request:
		if v == nil || v.URL == nil {
			return slog.AnyValue(nil)
		}
		return slog.StringValue(v.Method + " " + RedactText(v.URL.Path))
	case *http.Cookie:
		if v == nil {
			return slog.AnyValue(nil)
		}
		return slog.StringValue(v.Name + "=" + masked)
	case http.Cookie:
		return slog.StringValue(v.Name + "=" + masked)
	case *url.URL:
		if v == nil {
			return slog.AnyValue(nil)
		}
		return slog.StringValue(RedactText(v.Redacted()))
	case []byte:
		return slog.StringValue(fmt.Sprintf("[%d bytes]", len(v)))
	case time.Time, netip.Addr, netip.AddrPort, netip.Prefix:
		return slog.StringValue(fmt.Sprint(v))
	case slog.LogValuer:
		return redactValue(slog.AnyValue(v).Resolve(), depth+1)
	case fmt.Stringer:
		return slog.StringValue(RedactText(text(v, v.String)))
	}
	return redactReflect(reflect.ValueOf(value), depth)
}

// text calls a method that may not be ready for a nil receiver.
func text(v any, method func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("[%T]", v)
		}
	}()
	return method()
}

func redactReflect(v reflect.Value, depth int) slog.Value {
	if depth > maxDepth {
		return slog.StringValue(masked)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return slog.AnyValue(nil)
		}
		return redactElement(v.Elem(), depth+1)
	case reflect.Map:
		return redactMap(v, depth)
	case reflect.Struct:
		var attrs []slog.Attr
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				attrs = append(attrs, redactField(f.Name, v.Field(i), depth))
			}
		}
		return slog.GroupValue(attrs...)
	case reflect.Slice, reflect.Array:
		list := make([]any, 0, min(v.Len(), maxElements))
		for i := range min(v.Len(), maxElements) {
			list = append(list, plain(redactElement(v.Index(i), depth+1)))
		}
		return slog.AnyValue(list)
	case reflect.String:
		return slog.StringValue(RedactText(v.String()))
	case reflect.Bool:
		return slog.BoolValue(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return slog.Int64Value(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return slog.Uint64Value(v.Uint())
	case reflect.Float32, reflect.Float64:
		return slog.Float64Value(v.Float())
	}
	return slog.StringValue("[" + v.Type().String() + "]")
}

func redactMap(v reflect.Value, depth int) slog.Value {
	var attrs []slog.Attr
	for _, key := range v.MapKeys()[:min(v.Len(), maxElements)] {
		attrs = append(attrs, redactField(fmt.Sprint(key), v.MapIndex(key), depth))
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return strings.Compare(a.Key, b.Key) })
	return slog.GroupValue(attrs...)
}

func redactField(name string, v reflect.Value, depth int) slog.Attr {
	if Sensitive(name) {
		return slog.String(name, masked)
	}
	return slog.Attr{Key: name, Value: redactElement(v, depth+1)}
}

func redactElement(v reflect.Value, depth int) slog.Value {
	if v.IsValid() && v.CanInterface() {
		return redactAnyValue(v.Interface(), depth)
	}
	return redactReflect(v, depth)
}

func redactAnyValue(value any, depth int) slog.Value {
	return redactValue(slog.AnyValue(value).Resolve(), depth)
}

// plain turns a value into one that prints the same inside a list.
func plain(v slog.Value) any {
	if v.Kind() != slog.KindGroup {
		return v.Any()
	}
	m := make(map[string]any, len(v.Group()))
	for _, a := range v.Group() {
		m[a.Key] = plain(a.Value)
	}
	return m
}
