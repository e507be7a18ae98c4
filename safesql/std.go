package safesql

import (
	"context"
	"database/sql"
	"errors"
)

// Wrap returns a DB on a database/sql pool whose placeholders have the given
// style. The function translate, if not nil, turns the driver's errors into
// ones that wrap [ErrUnique] and [ErrReference]; it is not called with nil.
func Wrap(pool *sql.DB, style Style, translate func(error) error) *DB {
	if translate == nil {
		translate = func(err error) error { return err }
	}
	return NewDB(stdDriver{stdConn{pool, translate}, pool}, style)
}

// stdQuerier is what sql.DB and sql.Tx have in common.
type stdQuerier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type stdConn struct {
	on        stdQuerier
	translate func(error) error
}

func (c stdConn) ExecSQL(ctx context.Context, text string, args []any) (int64, error) {
	result, err := c.on.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, c.translate(err)
	}
	return result.RowsAffected()
}

func (c stdConn) QuerySQL(ctx context.Context, text string, args []any) (Rows, error) {
	rows, err := c.on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, c.translate(err)
	}
	return stdRows{rows, c.translate}, nil
}

type stdRows struct {
	*sql.Rows
	translate func(error) error
}

func (r stdRows) Close() { _ = r.Rows.Close() } // its error is kept for Err

func (r stdRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return r.translate(err)
	}
	return nil
}

type stdDriver struct {
	stdConn
	pool *sql.DB
}

func (d stdDriver) Begin(ctx context.Context, readOnly bool) (Transaction, error) {
	tx, err := d.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		return nil, d.translate(err)
	}
	return stdTransaction{stdConn{tx, d.translate}, tx}, nil
}

func (d stdDriver) Ping(ctx context.Context) error {
	if err := d.pool.PingContext(ctx); err != nil {
		return d.translate(err)
	}
	return nil
}

func (d stdDriver) Close() error { return d.pool.Close() }

type stdTransaction struct {
	stdConn
	tx *sql.Tx
}

func (t stdTransaction) Commit(context.Context) error {
	if err := t.tx.Commit(); err != nil {
		return t.translate(err)
	}
	return nil
}

func (t stdTransaction) Rollback(context.Context) error {
	if err := t.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return t.translate(err)
	}
	return nil
}
