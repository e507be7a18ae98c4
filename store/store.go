// Package store holds what the databases under it have in common: how a schema
// is migrated, and how it is said that a database cannot be used.
//
// The stores themselves are in memory, sqlite and postgres, and each implements
// the interfaces that the controls declare: sessions.Store, accounts.Store and
// so on. The suites that hold them to the same behaviour are in storetest.
//
// A site's own program opens one of them:
//
//	db, err := sqlite.Open(ctx, "merlon.db", sqlite.Options{})
//	...
//	applied, err := db.Migrate(ctx)
//
// # Adding a subject
//
// A subject is what one control keeps: "sessions", "accounts". To add one:
//
//  1. Write migrations/NNNN_subject.sql in sqlite and in postgres, with the same
//     tables and columns. Begin with a line "-- +goose Up". SQLite's tables are
//     STRICT: INTEGER, TEXT, BLOB where PostgreSQL has BIGINT, TEXT, BYTEA; a
//     flag is INTEGER and BOOLEAN. Times are microseconds (safesql.Micros).
//  2. Write subject.go in internal/tables, with the SQL in constants beside the
//     methods, and in sqlite and postgres a method on DB that returns it as the
//     control's interface. Reads go to Read, writes and whatever says RETURNING
//     to Write; what must be one step goes in Write.Tx. What the two have to say
//     differently is a field of tables.DB. Write subject.go in memory, too.
//  3. Write subject.go in storetest: func TestSubject(t, open), and call it from
//     subject_test.go in all three.
//  4. Run `go test ./store -run Migrations -update` once to note the checksums.
package store

// An Error says why a database cannot be used. It prints as one line; Hint is
// the next thing to try, for a person.
type Error struct {
	Problem string // such as "sqlite: folder /srv/data does not exist"
	Hint    string // such as "create the folder, or set DATABASE_URL"
	Err     error  // the cause; nil if there is none
}

// Error returns the problem, and the cause if there is one.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Problem
	}
	return e.Problem + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// HintText returns the hint, for the commands' "hint:" lines.
func (e *Error) HintText() string { return e.Hint }
