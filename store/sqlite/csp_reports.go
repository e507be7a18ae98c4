package sqlite

import (
	"github.com/merlon-go/merlon/csp"
)

// CSPReports returns the store of what browsers reported.
func (db *DB) CSPReports() csp.ReportStore { return db.tables.CSPReports() }
