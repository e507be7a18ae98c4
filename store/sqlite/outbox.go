package sqlite

import (
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/safesql"
)

// Outbox returns the store of outgoing mail.
func (db *DB) Outbox() mail.Store { return db.tables.Outbox() }

func claimMail(now, until int64, claim string, max int) safesql.Query {
	return safesql.New(`
	UPDATE outbox SET due_at = ?, claim = ?, attempts = attempts + 1
	WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ?)
	RETURNING id, recipient, payload, created_at, due_at, expires_at, attempts, claim`, until, claim, now, max)
}
