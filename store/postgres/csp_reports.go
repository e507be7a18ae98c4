package postgres

import (
	"github.com/merlon-go/merlon/csp"
)

// CSPReports returns the store of what browsers reported.
func (db *DB) CSPReports() csp.ReportStore { return db.tables.CSPReports() }

// lockReports lets one node write at a time and everybody read. It is short, and
// there is one a node every few seconds.
const lockReports = "LOCK TABLE csp_reports IN SHARE ROW EXCLUSIVE MODE"
