package safesql

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// constant is the type of SQL text. Outside this package nothing but an
// untyped string constant converts to it.
type constant string

// ErrText means that a bound string is not valid UTF-8 or holds a NUL.
var ErrText = errors.New("safesql: text value is not valid UTF-8 without NUL")

// A Query is SQL text with the values of its placeholders: a whole statement,
// or a part of one. The zero Query is empty and disappears from joins. A Query
// is immutable and may be used by several goroutines, as long as the bound
// slices of bytes are not changed.
type Query struct {
	text string
	args []any
	err  error
}

// New returns the query text with args bound to its placeholders, in order.
// Each arg is nil, a bool, an integer, a float64, a string, a []byte (nil is
// stored as empty, not as NULL) or a [driver.Valuer] that yields one of those.
func New(text constant, args ...any) Query {
	q := Query{text: string(text), args: args}
	n, err := scan(q.text)
	switch {
	case err != nil:
		q.err = err
	case n != len(args):
		q.err = fmt.Errorf("safesql: %d placeholders and %d values", n, len(args))
	default:
		q.args, q.err = checkArgs(args)
	}
	return q
}

// If returns q if condition holds and the empty Query otherwise.
func If(condition bool, q Query) Query {
	if condition {
		return q
	}
	return Query{}
}

// Join puts parts together with separator between them, leaving empty ones
// out. The separator may hold no placeholder.
func Join(separator constant, parts ...Query) Query {
	between := New(separator)
	var (
		text strings.Builder
		args []any
		errs []error
	)
	for _, p := range parts {
		if p.IsZero() {
			continue
		}
		if text.Len() > 0 {
			text.WriteString(between.text)
		}
		text.WriteString(p.text)
		args = append(args, p.args...)
		errs = append(errs, p.err)
	}
	if between.err != nil {
		errs = append(errs, between.err)
	}
	return Query{text.String(), args, errors.Join(errs...)}
}

// Concat puts parts together with one space between them.
func Concat(parts ...Query) Query { return Join(" ", parts...) }

// IsZero reports whether q is empty.
func (q Query) IsZero() bool { return q.text == "" && len(q.args) == 0 && q.err == nil }

// Err returns what is wrong with q, or nil. It is the error that running q
// returns; asking early helps where a part was made from a user's choice.
func (q Query) Err() error { return q.err }

// SQL returns the text as it is sent with placeholders of the given style, and
// the bound values. The caller must not change the values.
func (q Query) SQL(style Style) (text string, args []any, err error) {
	if q.err != nil {
		return "", nil, q.err
	}
	text, err = rewrite(q.text, style)
	return text, q.args, err
}

// String returns the text without the bound values, which may be secrets.
func (q Query) String() string { return q.text }

// checkArgs returns args as they may be bound. It copies them only if one has
// to be changed.
func checkArgs(args []any) ([]any, error) {
	copied := false
	for i, a := range args {
		b, changed, err := checkArg(a)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		if changed {
			if !copied {
				args, copied = slices.Clone(args), true
			}
			args[i] = b
		}
	}
	return args, nil
}

func checkArg(a any) (value any, changed bool, err error) {
	switch v := a.(type) {
	case nil, bool, int, int8, int16, int32, int64, uint8, uint16, uint32, float64:
		return a, false, nil
	case string:
		if !ValidText(v) {
			return nil, false, ErrText
		}
		return a, false, nil
	case []byte:
		if v == nil {
			return []byte{}, true, nil
		}
		return a, false, nil
	case driver.Valuer:
		inner, err := v.Value()
		if err != nil {
			return nil, false, err
		}
		if _, again := inner.(driver.Valuer); again {
			break
		}
		value, _, err = checkArg(inner)
		return value, true, err
	}
	return nil, false, fmt.Errorf("safesql: values of type %T cannot be bound", a)
}

// ValidText reports whether s can be stored as text on every database: valid
// UTF-8 without NUL. It is what bound strings are checked with.
func ValidText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Micros returns t as it is stored: microseconds since 1970, and 0 for the zero
// Time. Databases round what is finer; this cuts it off on all of them alike.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the inverse of [Micros]; the time is in UTC.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
