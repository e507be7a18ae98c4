package postgres

import "github.com/merlon-go/merlon/safesql"

// Pool opens the pool to tests.
func (db *DB) Pool() *safesql.DB { return db.write }
