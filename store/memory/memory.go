// Package memory keeps everything in the memory of one process: for tests, for
// development, and for sites that may forget their sessions on a restart.
//
//	db := memory.New()
//
// What it does not do: it keeps nothing over a restart and shares nothing with
// a second process, so that neither accounts nor an audit trail belong here in
// production.
//
// Each subject is one file with a type of its own and its own lock, held in one
// field of [DB]; see package store on how to add one.
package memory

import (
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/lockout"
)

// DB holds one value per subject. It is safe for concurrent use.
type DB struct {
	sessions   *sessionStore
	outbox     *outbox
	accounts   *accountStore
	audit      auditStore
	lockout    *lockout.Memory
	cspReports *csp.MemoryStore
}

// New returns an empty DB.
func New() *DB {
	out := newOutbox()
	return &DB{
		sessions:   newSessionStore(),
		outbox:     out,
		accounts:   newAccountStore(out),
		lockout:    lockout.NewMemory(0),
		cspReports: csp.NewMemoryStore(0),
	}
}

// Close does nothing; it is there because the other stores have it.
func (db *DB) Close() error { return nil }
