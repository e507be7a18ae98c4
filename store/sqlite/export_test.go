package sqlite

import "github.com/merlon-go/merlon/safesql"

// Pools opens the two pools to tests.
func (db *DB) Pools() (read, write *safesql.DB) { return db.read, db.write }
