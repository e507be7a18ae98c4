package postgres

import (
	"github.com/merlon-go/merlon/audit"
)

// Audit returns the store of the audit trail.
func (db *DB) Audit() audit.Store { return db.tables.Audit() }

// lockAudit lets one append at a time, over all processes that share the schema;
// readers and vacuum are not kept waiting.
const lockAudit = `SELECT pg_advisory_xact_lock(1635083369, hashtext(current_schema()))`
