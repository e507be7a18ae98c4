package memory

import "github.com/merlon-go/merlon/lockout"

// Lockout returns the counters of failed guesses.
func (db *DB) Lockout() lockout.Store { return db.lockout }
