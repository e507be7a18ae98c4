// Package squirrel stands in for the builder.
package squirrel

type Eq map[string]any

func (Eq) ToSql() (string, []any, error) { return "", nil, nil }

type And []Sqlizer

func (And) ToSql() (string, []any, error) { return "", nil, nil }

type Sqlizer interface{ ToSql() (string, []any, error) }

type SelectBuilder struct{}

func Select(columns ...string) SelectBuilder                      { return SelectBuilder{} }
func Expr(sql string, args ...any) Sqlizer                        { return nil }
func (b SelectBuilder) From(from string) SelectBuilder            { return b }
func (b SelectBuilder) Where(pred any, args ...any) SelectBuilder { return b }
func (b SelectBuilder) OrderBy(clauses ...string) SelectBuilder   { return b }
func (b SelectBuilder) ToSql() (string, []any, error)             { return "", nil, nil }
