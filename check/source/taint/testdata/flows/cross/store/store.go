// Package store asks a database.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

type Store struct {
	db    *sql.DB
	Table string
}

type Filter struct {
	Name  string
	Order string
	Inner *Inner
}

type Inner struct{ City string }

type Querier interface {
	Find(ctx context.Context, name string) error
}

func New(db *sql.DB) *Store { return &Store{db: db, Table: "users"} }

func (s *Store) Find(ctx context.Context, name string) error {
	_, err := s.db.QueryContext(ctx, "SELECT a FROM t WHERE b = '"+name+"'") // want sql-injection sql-injection:medium
	return err
}

func (s *Store) FindSafe(ctx context.Context, name string) error {
	_, err := s.db.QueryContext(ctx, "SELECT a FROM t WHERE b = ?", name)
	return err
}

func (s *Store) List(f Filter) error {
	q := "SELECT a FROM " + s.Table + " WHERE c = '" + f.Inner.City + "'" // of unknown origin besides
	if f.Name != "" {
		q += fmt.Sprintf(" AND b = '%s'", f.Name)
	}
	if ValidColumn(f.Order) {
		q += " ORDER BY " + f.Order
	}
	_, err := s.db.Query(q) // want sql-injection sql-injection:medium
	return err
}

var column = regexp.MustCompile(`^\w+$`)

func ValidColumn(s string) bool { return column.MatchString(s) }

func Clean(s string) string { return column.FindString(s) }

func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func Each(list []string, f func(string) error) error {
	for _, s := range list {
		if err := f(s); err != nil {
			return err
		}
	}
	return nil
}

type Option func(*options)

type options struct{ where string }

func Where(s string) Option { return func(o *options) { o.where = s } }

func Search(db *sql.DB, opts ...Option) {
	var o options
	for _, f := range opts {
		f(&o)
	}
	db.Query("SELECT a FROM t WHERE " + o.where) // want sql-injection
}

type Builder struct{ parts []string }

func (b *Builder) Add(s string) *Builder { b.parts = append(b.parts, s); return b }

func (b *Builder) SQL() string { return strings.Join(b.parts, " ") }

var Last string

func Remember(s string) { Last = s }

type Cell[T any] struct{ v T }

func (c *Cell[T]) Put(v T) { c.v = v }

func (c *Cell[T]) Get() T { return c.v }

func Map[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}
