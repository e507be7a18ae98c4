package postgres

import (
	"github.com/merlon-go/merlon/csp"
)

// CSPReports returns the store of what browsers reported.
func (db *DB) CSPReports() csp.ReportStore { return db.tables.CSPReports() }

// lockReports lets one node write at a time, over all processes that share the
// schema; readers and vacuum are not kept waiting. It is short, and there is one
// a node every few seconds.
const lockReports = `SELECT pg_advisory_xact_lock(1668509810, hashtext(current_schema()))`
