package postgres

import (
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/safesql"
)

// Accounts returns the users and their one-time tokens.
func (db *DB) Accounts() accounts.Store { return db.tables.Accounts() }

func usersAfter(after string, limit int) safesql.Query {
	return safesql.New(`WHERE id COLLATE "C" > ? ORDER BY id COLLATE "C" LIMIT ?`, after, limit)
}

// lockAddress lets the callers for one address in one after the other.
func lockAddress(canonical string) safesql.Query {
	return safesql.New(`SELECT pg_advisory_xact_lock(1835364973, hashtext(?))`, canonical)
}

// lockUser lets the callers for one user in one after the other.
func lockUser(id string) safesql.Query {
	return safesql.New(`SELECT FROM accounts WHERE id = ? FOR UPDATE`, id)
}
