// Package sqlx stands in for the library around database/sql.
package sqlx

import "context"

type DB struct{}

func (db *DB) Get(dest any, query string, args ...any) error { return nil }
func (db *DB) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	return nil
}
func (db *DB) Rebind(query string) string                 { return query }
func In(query string, args ...any) (string, []any, error) { return query, args, nil }
