package sqlite

import (
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/safesql"
)

// Accounts returns the users and their one-time tokens.
func (db *DB) Accounts() accounts.Store { return db.tables.Accounts() }

func usersAfter(after string, limit int) safesql.Query {
	return safesql.New(`WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
}
