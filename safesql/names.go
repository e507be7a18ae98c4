package safesql

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// maxName bounds a name from outside before it is looked up, in bytes.
const maxName = 128

// maxTerms bounds how many columns one order may name.
const maxTerms = 8

// ErrNotAllowed means that a name from outside is not in the closed set.
var ErrNotAllowed = errors.New("safesql: name not allowed")

// Names is a closed set of the identifiers that a user may pick: columns,
// tables, aliases. It is immutable; the zero Names allows nothing.
type Names struct{ allowed map[string]Query }

// NewNames returns the set of names. Each is letters, digits and underscores
// and does not begin with a digit; one that is not makes every [Names.Ident]
// of the set fail.
func NewNames(names ...constant) Names {
	n := Names{make(map[string]Query, len(names))}
	for _, name := range names {
		n.allowed[string(name)] = identifier(string(name))
	}
	return n
}

// Ident returns the quoted identifier for name, which may come from anywhere,
// or a Query that carries [ErrNotAllowed]. Capitals count.
func (n Names) Ident(name string) Query {
	if len(name) <= maxName {
		if q, ok := n.allowed[name]; ok {
			return q
		}
	}
	return Query{err: ErrNotAllowed}
}

func identifier(name string) Query {
	for i, c := range []byte(name) {
		if c >= 0x80 || !wordByte(c) || i == 0 && '0' <= c && c <= '9' {
			return Query{err: fmt.Errorf("safesql: %q is not a plain identifier", name)}
		}
	}
	if name == "" {
		return Query{err: errors.New("safesql: empty identifier")}
	}
	return Query{text: `"` + name + `"`}
}

// Choice is a closed set of parts of a query that a user picks by name: the
// operators of a search form, the lookups of a filter. The map is written in
// the program, so a name from outside can pick a part and never write one.
type Choice map[string]Query

// Pick returns the part called name, or a Query that carries [ErrNotAllowed].
func (c Choice) Pick(name string) Query {
	if len(name) <= maxName {
		if q, ok := c[name]; ok {
			return q
		}
	}
	return Query{err: ErrNotAllowed}
}

// Sort is a closed set of the orders a user may ask for. It is immutable; the
// zero Sort allows none.
type Sort struct {
	columns map[string]Query
	tie     Query
}

// NewSort returns the orders that columns allows: the name a user gives leads
// to the expression to order by. The expression tie, such as "id", is put last
// so that equal rows keep their place from page to page; an empty tie is left
// out.
func NewSort(columns map[string]Query, tie Query) Sort {
	return Sort{maps.Clone(columns), tie}
}

// By returns ORDER BY for terms such as "-created,name": names separated by
// commas, descending after a hyphen. It may come from anywhere: a name that is
// not in the set carries [ErrNotAllowed]. Empty terms order by the tie alone.
func (s Sort) By(terms string) Query {
	if len(terms) > maxTerms*maxName {
		return Query{err: fmt.Errorf("%w columns to order by", ErrTooMany)}
	}
	var parts []Query
	for term := range strings.SplitSeq(terms, ",") {
		if term = strings.TrimSpace(term); term == "" {
			continue
		}
		name, descending := strings.CutPrefix(term, "-")
		column, ok := s.columns[name]
		if !ok {
			return Query{err: ErrNotAllowed}
		}
		if len(parts) == maxTerms {
			return Query{err: fmt.Errorf("%w columns to order by", ErrTooMany)}
		}
		parts = append(parts, Concat(column, If(descending, New("DESC"))))
	}
	parts = append(parts, s.tie)
	order := Join(", ", parts...)
	if order.IsZero() {
		return order
	}
	return Concat(New("ORDER BY"), order)
}
