package postgres

import (
	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/sessions"
)

// Sessions returns the store of sessions.
func (db *DB) Sessions() sessions.Store { return db.tables.Sessions() }

// lockSessions lets the callers for the sessions of one user in one after the
// other, where one may not see what the other is about to add.
func lockSessions(userID string) safesql.Query {
	return safesql.New(`SELECT pg_advisory_xact_lock(1936028531, hashtext(?))`, userID)
}
