package store

import (
	"context"
	"database/sql/driver"
)

// nestedConnector opens connections on which a transaction is a savepoint, so
// that code which begins its own can run inside one that is open already. It
// offers database/sql only what keeps the session as it is: no reset between
// uses.
type nestedConnector struct{ driver.Connector }

// Connect opens a connection.
func (c nestedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &nestedConn{inner}, nil
}

type nestedConn struct{ driver.Conn }

func (c *nestedConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if err := c.do(ctx, "SAVEPOINT migration"); err != nil {
		return nil, err
	}
	return savepoint{c}, nil
}

func (c *nestedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *nestedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *nestedConn) do(ctx context.Context, text string) error {
	_, err := c.ExecContext(ctx, text, nil)
	return err
}

type savepoint struct{ conn *nestedConn }

func (s savepoint) Commit() error {
	return s.conn.do(context.Background(), "RELEASE SAVEPOINT migration")
}

func (s savepoint) Rollback() error {
	return s.conn.do(context.Background(), "ROLLBACK TO SAVEPOINT migration")
}
