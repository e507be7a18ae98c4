package safesql

import (
	"errors"
	"fmt"
	"strings"
)

// MaxList is how many values [List] and [In] take. SQLite allows 32,766 bound
// values in a statement and PostgreSQL 65,535; a list from a request should be
// far shorter.
const MaxList = 1000

// ErrTooMany means that a list, a page or an order is longer than allowed.
var ErrTooMany = errors.New("safesql: too many")

// And joins the conditions that are not empty with AND, each in parentheses.
// No conditions give the empty Query.
func And(conditions ...Query) Query { return logic(" AND ", conditions) }

// Or joins the conditions that are not empty with OR, each in parentheses. No
// conditions give the empty Query: no alternative was asked for.
func Or(conditions ...Query) Query { return logic(" OR ", conditions) }

func logic(operator constant, conditions []Query) Query {
	var parts []Query
	for _, c := range conditions {
		if !c.IsZero() {
			parts = append(parts, enclose(c))
		}
	}
	if len(parts) < 2 {
		return Join(operator, parts...)
	}
	return enclose(Join(operator, parts...))
}

func enclose(q Query) Query {
	return Query{"(" + q.text + ")", q.args, q.err}
}

// Where returns WHERE and the conditions that are not empty, joined with AND,
// or the empty Query if all are empty.
func Where(conditions ...Query) Query {
	all := And(conditions...)
	if all.IsZero() {
		return all
	}
	return Concat(New("WHERE"), all)
}

// List returns "(?, ?, …)" with values bound, at most [MaxList] of them. SQL
// has no empty list: for no values it returns "(NULL)", which nothing equals.
func List[T any](values ...T) Query {
	switch {
	case len(values) > MaxList:
		return Query{err: fmt.Errorf("%w values in a list: %d", ErrTooMany, len(values))}
	case len(values) == 0:
		return New("(NULL)")
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	args, err := checkArgs(args)
	return Query{"(?" + strings.Repeat(", ?", len(values)-1) + ")", args, err}
}

// In returns "expression IN (?, ?, …)". No values match nothing.
func In[T any](expression constant, values ...T) Query {
	if len(values) == 0 {
		return New("1 = 0")
	}
	return Concat(New(expression), New("IN"), List(values...))
}

// StartsWith returns a condition that holds where expression begins with
// prefix, letter by letter: % and _ in it stand for themselves.
func StartsWith(expression constant, prefix string) Query {
	return like(expression, escapeLike.Replace(prefix)+"%")
}

// Contains returns a condition that holds where expression contains part.
func Contains(expression constant, part string) Query {
	return like(expression, "%"+escapeLike.Replace(part)+"%")
}

var escapeLike = strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`)

func like(expression constant, pattern string) Query {
	return Concat(New(expression), New("LIKE ? ESCAPE '!'", pattern))
}

// Limit returns "LIMIT ? OFFSET ?" for a page of size rows after offset rows.
// A size under 1 or over most is an error, and so is an offset that is negative
// or over a million: deep pages are asked for by where the last one ended.
func Limit(size, offset, most int) Query {
	if size < 1 || size > most || offset < 0 || offset > maxOffset {
		return Query{err: fmt.Errorf("%w rows in a page: %d after %d, at most %d", ErrTooMany, size, offset, most)}
	}
	return New("LIMIT ? OFFSET ?", size, offset)
}

const maxOffset = 1_000_000

// JSONPath returns the path of the member that keys lead to, as in `$."a"."b"`,
// to be bound to a placeholder of json_extract or jsonb_path_query. A key that
// cannot stand in a path unambiguously gives [ErrNotAllowed].
func JSONPath(keys ...string) (string, error) {
	var b strings.Builder
	b.WriteByte('$')
	for _, k := range keys {
		if k == "" || len(k) > maxName || !ValidText(k) || strings.ContainsFunc(k, func(r rune) bool {
			return r == '"' || r == '\\' || r < ' ' || r == 0x7f
		}) {
			return "", fmt.Errorf("%w: JSON key", ErrNotAllowed)
		}
		b.WriteString(`."` + k + `"`)
	}
	return b.String(), nil
}
