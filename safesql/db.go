package safesql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Errors that a driver's own are translated into, for errors.Is.
var (
	// ErrNoRows means that [One] found no row. It is sql.ErrNoRows.
	ErrNoRows = sql.ErrNoRows
	// ErrUnique means that a row with the same key is there already.
	ErrUnique = errors.New("safesql: not unique")
	// ErrReference means that a foreign key points to no row, or that a row
	// others point to was to be deleted.
	ErrReference = errors.New("safesql: reference broken")
)

// Rows are the rows of an answer. Close must be called, and may be called
// twice; Err must be asked after Next returned false. [One] and [All] do both.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// A Row is the row that a scan function reads.
type Row interface {
	Scan(dest ...any) error
}

// A Querier runs queries: a [DB], or a [Tx].
type Querier interface {
	// Exec runs q and returns how many rows it changed.
	Exec(ctx context.Context, q Query) (affected int64, err error)
	// Query runs q and returns its rows.
	Query(ctx context.Context, q Query) (Rows, error)
}

// A Conn is the seam to a driver: it runs text that a [Query] rendered. An
// implementation must bind args and must not put them into the text. It should
// wrap its errors in [ErrUnique] and [ErrReference] where they apply.
type Conn interface {
	ExecSQL(ctx context.Context, text string, args []any) (affected int64, err error)
	QuerySQL(ctx context.Context, text string, args []any) (Rows, error)
}

// A Transaction is a driver's transaction. After Commit or Rollback it must
// refuse all work; Rollback after Commit does nothing.
type Transaction interface {
	Conn
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// A Driver is a pool of connections. It must be safe for concurrent use.
type Driver interface {
	Conn
	// Begin starts a transaction; one that is readOnly must refuse to write.
	Begin(ctx context.Context, readOnly bool) (Transaction, error)
	Ping(ctx context.Context) error
	Close() error
}

// DB runs queries on a pool of connections. It is safe for concurrent use.
type DB struct {
	driver Driver
	style  Style
}

// NewDB returns a DB on driver, whose placeholders have the given style.
func NewDB(driver Driver, style Style) *DB { return &DB{driver, style} }

// Exec runs q outside a transaction and returns how many rows it changed.
func (db *DB) Exec(ctx context.Context, q Query) (affected int64, err error) {
	return exec(ctx, db.driver, db.style, q)
}

// Query runs q outside a transaction and returns its rows.
func (db *DB) Query(ctx context.Context, q Query) (Rows, error) {
	return query(ctx, db.driver, db.style, q)
}

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return db.driver.Ping(ctx) }

// Close closes the pool.
func (db *DB) Close() error { return db.driver.Close() }

// Tx runs do in a transaction: committed if do returns nil, rolled back if it
// returns an error or panics. The error of do is returned as it is. When Tx
// returns nil, what do wrote is durable. Do must not keep tx.
func (db *DB) Tx(ctx context.Context, do func(tx *Tx) error) error {
	return db.transact(ctx, false, do)
}

// ReadTx runs do in a read-only transaction: all its queries see one state.
func (db *DB) ReadTx(ctx context.Context, do func(tx *Tx) error) error {
	return db.transact(ctx, true, do)
}

func (db *DB) transact(ctx context.Context, readOnly bool, do func(tx *Tx) error) error {
	t, err := db.driver.Begin(ctx, readOnly)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error, a panic or a Goexit; the context may be over already
			_ = t.Rollback(context.WithoutCancel(ctx))
		}
	}()
	if err := do(&Tx{t, db.style}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // nobody waits for it any more
		return err
	}
	if err := t.Commit(ctx); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	done = true
	return nil
}

// Tx is a transaction within [DB.Tx]. It is not safe for concurrent use.
type Tx struct {
	conn  Conn
	style Style
}

// Exec runs q and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, q Query) (affected int64, err error) {
	return exec(ctx, tx.conn, tx.style, q)
}

// Query runs q and returns its rows, which must be closed before the next
// statement of the transaction.
func (tx *Tx) Query(ctx context.Context, q Query) (Rows, error) {
	return query(ctx, tx.conn, tx.style, q)
}

func exec(ctx context.Context, c Conn, style Style, q Query) (int64, error) {
	text, args, err := q.SQL(style)
	if err != nil {
		return 0, err
	}
	return c.ExecSQL(ctx, text, args)
}

func query(ctx context.Context, c Conn, style Style, q Query) (Rows, error) {
	text, args, err := q.SQL(style)
	if err != nil {
		return nil, err
	}
	return c.QuerySQL(ctx, text, args)
}

// One runs q and reads its first row, or returns [ErrNoRows].
func One[T any](ctx context.Context, db Querier, q Query, scan func(Row) (T, error)) (T, error) {
	var zero T
	rows, err := db.Query(ctx, q)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, err
		}
		return zero, ErrNoRows
	}
	value, err := scan(rows)
	if err != nil {
		return zero, err
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return zero, err
	}
	return value, nil
}

// All runs q and reads all its rows. No rows give a nil slice and no error.
func All[T any](ctx context.Context, db Querier, q Query, scan func(Row) (T, error)) ([]T, error) {
	rows, err := db.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, rows.Err()
}

// Int reads the one integer of a row, for [One] and [All].
func Int(row Row) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

// Text reads the one text of a row, for [One] and [All].
func Text(row Row) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}
