// Package postgres keeps everything in a PostgreSQL database: the store for a
// site on several machines.
//
//	db, err := postgres.Open(ctx, "postgres://merlon@db.example/merlon?sslmode=verify-full")
//
// Encryption and certificates are as the URL says (sslmode, sslrootcert …), and
// so is the size of the pool (pool_max_conns). What the URL does not say is set
// on every connection: search_path to the schema public alone, so that nobody
// else's schema is looked into (CVE-2018-1058 is the class), and limits on how
// long a statement, a lock and an idle transaction may last.
//
// What it does not do: it does not encrypt a connection whose URL does not ask
// for it, makes no database and no schema, and reads from no replica.
//
// Each subject is one file, and what it shares with SQLite is in
// internal/tables; see package store on how to add one.
//
// # Locks
//
// No two transactions wait for each other, because each takes what it waits for
// in this order, and most take one thing only:
//
//  1. one advisory lock: of an address (its tokens), of a user's sessions, of the
//     audit trail, of the reports, of making room among the counters;
//  2. the row of one user;
//  3. rows that are there, all before the first of them is changed: of one user
//     or address under its lock, counters by their ids;
//  4. rows to add, counters by their ids: who adds one waits for who adds,
//     changes or deletes another of that key.
//
// What is old is deleted with SKIP LOCKED, which waits for nobody. There are no
// foreign keys, which would lock the rows they lead to.
package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store"
	"github.com/merlon-go/merlon/store/internal/tables"
)

//go:embed migrations/*.sql
var files embed.FS

// settings are sent with every new connection unless the URL says otherwise.
var settings = [...]struct{ name, value string }{
	{"application_name", "merlon"},
	{"search_path", "public"},
	{"statement_timeout", "10s"},
	{"lock_timeout", "5s"},
	{"default_transaction_isolation", "read committed"}, // what locks let through last is seen
	{"idle_in_transaction_session_timeout", "30s"},
	{"standard_conforming_strings", "on"},
	{"timezone", "UTC"},
}

// DB is a pool of connections. It is safe for concurrent use.
type DB struct {
	read, write *safesql.DB
	tables      tables.DB
	migrator    store.Migrator
}

// Open connects to the database at url, which begins with postgres: or
// postgresql:. The schema may be older than the program, see [DB.Migrate]; one
// that is newer is refused. Errors are of type [store.Error] and never hold
// the URL.
func Open(ctx context.Context, url string) (*DB, error) {
	return open(ctx, url, false)
}

// OpenNewer is Open without the refusal of a newer schema. Only the commands
// that show the state of a schema need it.
func OpenNewer(ctx context.Context, url string) (*DB, error) {
	return open(ctx, url, true)
}

func open(ctx context.Context, url string, allowNewer bool) (*DB, error) {
	config, err := configure(url)
	if err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(err)
	}
	d := &pgxDriver{pool, max(acquireTimeout, config.ConnConfig.ConnectTimeout)}
	both := safesql.NewDB(d, safesql.Dollar)
	db := &DB{read: both, write: both}
	db.tables = tables.DB{
		Read: both, Write: both, UsersAfter: usersAfter, ClaimMail: claimMail,
		LockAddress: lockAddress, LockUser: lockUser, LockSessions: lockSessions, LockAudit: safesql.New(lockAudit), LockReports: safesql.New(lockReports),
		ForUpdate: safesql.New("FOR UPDATE"), SkipLocked: safesql.New("FOR UPDATE SKIP LOCKED"),
	}
	db.migrator = store.Migrator{
		Dialect:   goose.DialectPostgres,
		Files:     migrations,
		Pool:      stdlib.OpenDBFromPool(pool),
		Connector: stdlib.GetConnector(*config.ConnConfig),
		// The lock is a session's alone and one per schema; waiting for another
		// migration may take longer than a statement otherwise may.
		Lock: []string{
			"BEGIN",
			"SET LOCAL statement_timeout = '10min'",
			"SET LOCAL lock_timeout = '10min'",
			"SELECT pg_advisory_xact_lock(1835364972, hashtext(current_schema()))",
		},
		NewerHint: "run the newer program, or restore a backup made by this one",
	}
	if err := db.check(ctx, allowNewer); err != nil {
		pool.Close()
		return nil, explain(err)
	}
	return db, nil
}

// CheckURL returns what is wrong with a URL that [Open] would be given, nil if
// nothing is. It connects to nothing, and the error never holds the URL.
func CheckURL(url string) error {
	_, err := configure(url)
	return err
}

// configure reads the URL and adds what it does not say.
func configure(url string) (*pgxpool.Config, error) {
	malformed := &store.Error{Problem: "postgres: the database URL is malformed",
		Hint: "write postgres://user:password@host:5432/database?sslmode=verify-full, with special characters percent-encoded"}
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, malformed
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil { // not wrapped: it may quote the URL
		return nil, malformed
	}
	for _, s := range settings {
		if _, said := config.ConnConfig.RuntimeParams[s.name]; !said {
			config.ConnConfig.RuntimeParams[s.name] = s.value
		}
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	return config, nil
}

// check makes the first contact.
func (db *DB) check(ctx context.Context, allowNewer bool) error {
	there, err := safesql.One(ctx, db.read, safesql.New("SELECT current_schema() IS NOT NULL"), func(row safesql.Row) (ok bool, err error) {
		err = row.Scan(&ok)
		return ok, err
	})
	if err != nil {
		return err
	}
	if !there {
		return &store.Error{Problem: "postgres: the schema in search_path does not exist, or this user may not use it",
			Hint: "CREATE SCHEMA, GRANT USAGE, CREATE ON SCHEMA, or another search_path in DATABASE_URL"}
	}
	if _, err := db.migrator.Plan(ctx); err != nil && !(allowNewer && errors.Is(err, store.ErrNewer)) {
		return err
	}
	return nil
}

// Plan returns every migration with whether it has been applied, and changes nothing.
func (db *DB) Plan(ctx context.Context) ([]store.Migration, error) {
	plan, err := db.migrator.Plan(ctx)
	return plan, explain(err)
}

// Migrate applies the migrations that are pending, all or none, and returns
// them. Several processes may call it at once.
func (db *DB) Migrate(ctx context.Context) ([]store.Migration, error) {
	applied, err := db.migrator.Migrate(ctx)
	return applied, explain(err)
}

// Ping returns nil if the database answers and its schema is the one this
// program works with.
func (db *DB) Ping(ctx context.Context) error { return explain(db.migrator.Check(ctx)) }

// Close closes all connections. It waits for those in use.
func (db *DB) Close() error {
	return errors.Join(db.migrator.Pool.Close(), db.write.Close())
}

// acquireTimeout bounds the wait for a connection of the pool, so that a pool
// that is used up gives errors and not a queue. A URL that allows longer for
// connecting allows it here, too: the connection may have to be made.
const acquireTimeout = 5 * time.Second

// pgxDriver lets safesql run on pgx's own pool.
type pgxDriver struct {
	pool     *pgxpool.Pool
	patience time.Duration // of acquire
}

func (d *pgxDriver) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	short, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	conn, err := d.pool.Acquire(short)
	if err != nil && ctx.Err() == nil && short.Err() != nil {
		return nil, &store.Error{Problem: "postgres: no connection became free within " + d.patience.String(), Hint: "raise pool_max_conns in DATABASE_URL, or look for slow queries", Err: err}
	}
	return conn, err
}

// ExecSQL runs a statement.
func (d *pgxDriver) ExecSQL(ctx context.Context, text string, args []any) (int64, error) {
	conn, err := d.acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	tag, err := conn.Exec(ctx, text, args...)
	return tag.RowsAffected(), translate(err)
}

// QuerySQL runs a query; closing the rows gives the connection back.
func (d *pgxDriver) QuerySQL(ctx context.Context, text string, args []any) (safesql.Rows, error) {
	conn, err := d.acquire(ctx)
	if err != nil {
		return nil, err
	}
	r, err := conn.Query(ctx, text, args...)
	if err != nil {
		conn.Release()
		return nil, translate(err)
	}
	return &rows{Rows: r, release: conn.Release}, nil
}

// Begin starts a transaction.
func (d *pgxDriver) Begin(ctx context.Context, readOnly bool) (safesql.Transaction, error) {
	conn, err := d.acquire(ctx)
	if err != nil {
		return nil, err
	}
	o := pgx.TxOptions{}
	if readOnly {
		o = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	}
	tx, err := conn.BeginTx(ctx, o)
	if err != nil {
		conn.Release()
		return nil, err
	}
	return &transaction{tx, conn}, nil
}

// Ping asks for a sign of life.
func (d *pgxDriver) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Close closes the pool.
func (d *pgxDriver) Close() error {
	d.pool.Close()
	return nil
}

type rows struct {
	pgx.Rows
	release func()
}

func (r *rows) Close() {
	r.Rows.Close()
	if r.release != nil {
		r.release()
		r.release = nil
	}
}

func (r *rows) Err() error { return translate(r.Rows.Err()) }

type transaction struct {
	tx   pgx.Tx
	conn *pgxpool.Conn
}

func (t *transaction) ExecSQL(ctx context.Context, text string, args []any) (int64, error) {
	tag, err := t.tx.Exec(ctx, text, args...)
	return tag.RowsAffected(), translate(err)
}

func (t *transaction) QuerySQL(ctx context.Context, text string, args []any) (safesql.Rows, error) {
	r, err := t.tx.Query(ctx, text, args...)
	if err != nil {
		return nil, translate(err)
	}
	return &rows{Rows: r}, nil
}

func (t *transaction) Commit(ctx context.Context) error {
	err := t.tx.Commit(ctx)
	if err == nil {
		t.release()
	}
	return translate(err) // the caller rolls back, which releases
}

func (t *transaction) Rollback(ctx context.Context) error {
	defer t.release()
	if err := t.tx.Rollback(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		return translate(err)
	}
	return nil
}

func (t *transaction) release() {
	if t.conn != nil {
		t.conn.Release()
		t.conn = nil
	}
}
