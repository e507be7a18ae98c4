// Package gorm stands in for the mapper.
package gorm

type DB struct{}

func (db *DB) Raw(sql string, values ...any) *DB  { return db }
func (db *DB) Where(query any, args ...any) *DB   { return db }
func (db *DB) Order(value any) *DB                { return db }
func (db *DB) First(dest any, conds ...any) *DB   { return db }
func (db *DB) Delete(value any, conds ...any) *DB { return db }
func (db *DB) Pluck(column string, dest any) *DB  { return db }
