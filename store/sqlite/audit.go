package sqlite

import (
	"github.com/merlon-go/merlon/audit"
)

// Audit returns the store of the audit trail.
func (db *DB) Audit() audit.Store { return db.tables.Audit() }
