package postgres

import (
	"github.com/merlon-go/merlon/sessions"
)

// Sessions returns the store of sessions.
func (db *DB) Sessions() sessions.Store { return db.tables.Sessions() }
