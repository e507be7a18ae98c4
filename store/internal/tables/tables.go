// Package tables keeps what SQLite and PostgreSQL keep in the same tables with
// the same SQL. What they must say in different words, and how each makes one
// step of several statements, a [DB] is told.
//
// The SQL is in constants beside the methods; it has to run on both, which the
// suites of storetest see to. Lockout counters are not here: one guess is one
// statement, and that is another one in each.
package tables

import (
	"context"

	"github.com/merlon-go/merlon/safesql"
)

// A DB is a database with its own words for what differs. All fields but the
// locks must be set; those are zero where a transaction that writes is alone.
type DB struct {
	// Read and Write are where queries and changes go.
	Read, Write *safesql.DB

	// UsersAfter is the end of a SELECT: limit users after an ID, in the order
	// of the bytes of their IDs.
	UsersAfter func(after string, limit int) safesql.Query
	// ClaimMail claims at most max mails that are due at now, so that no other
	// process does before until, and returns id, recipient, payload,
	// created_at, due_at, expires_at, attempts and claim.
	ClaimMail func(now, until int64, claim string, max int) safesql.Query

	// The locks keep other transactions from what this one reads and then
	// writes: tokens of an address, a user and the user's tokens, a user's
	// sessions, the end of the audit trail, reports. They are taken before any
	// row is touched.
	LockAddress, LockUser, LockSessions func(value string) safesql.Query
	LockAudit, LockReports              safesql.Query
	// ForUpdate ends a SELECT of rows that are about to be deleted; SkipLocked
	// also leaves out those that another transaction holds. Locked in one
	// order, or not waited for, they are never in a circle of waiting.
	ForUpdate, SkipLocked safesql.Query
}

// on is the lock of one value, if there are such locks.
func on(value string, lock func(value string) safesql.Query) safesql.Query {
	if lock == nil {
		return safesql.Query{}
	}
	return lock(value)
}

// lock takes a lock until the transaction ends, if there is one to take.
func lock(ctx context.Context, tx *safesql.Tx, q safesql.Query) error {
	if q.IsZero() {
		return nil
	}
	_, err := tx.Exec(ctx, q)
	return err
}
