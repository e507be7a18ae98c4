package postgres

import (
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/safesql"
)

// Outbox returns the store of outgoing mail.
func (db *DB) Outbox() mail.Store { return db.tables.Outbox() }

// The rows are picked before the update, so that the limit holds whatever plan
// is made, and those that another process is picking are passed over.
func claimMail(now, until int64, claim string, max int) safesql.Query {
	return safesql.New(`
	WITH due AS MATERIALIZED (
		SELECT id FROM outbox WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED
	)
	UPDATE outbox SET due_at = ?, claim = ?, attempts = attempts + 1
	FROM due WHERE outbox.id = due.id
	RETURNING outbox.id, recipient, payload, created_at, due_at, expires_at, attempts, claim`, now, max, until, claim)
}
