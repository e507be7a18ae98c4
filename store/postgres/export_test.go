package postgres

import (
	"time"

	"github.com/merlon-go/merlon/safesql"
)

// Pool opens the pool to tests.
func (db *DB) Pool() *safesql.DB { return db.write }

// WaitFor is how long a call waits for a connection.
func (db *DB) WaitFor(d time.Duration) { db.driver.patience = d }
