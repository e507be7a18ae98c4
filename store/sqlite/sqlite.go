// Package sqlite keeps everything in one SQLite file: the default store, for a
// site on one machine.
//
//	db, err := sqlite.Open(ctx, "merlon.db", sqlite.Options{})
//
// What is acknowledged is on the disk: the journal is a write-ahead log that is
// synced at each commit. One connection writes, in transactions that take the
// lock when they begin, so that writers wait in line instead of failing midway;
// others read at the same time. The file and its companions -wal and -shm are
// made with mode 0600.
//
// What it does not do: it is no store for several machines (a network file
// system breaks SQLite's locks), and it encrypts nothing.
//
// Each subject is one file, and what it shares with PostgreSQL is in
// internal/tables; see package store on how to add one.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	driversqlite "modernc.org/sqlite"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store"
	"github.com/merlon-go/merlon/store/internal/tables"
)

//go:embed migrations/*.sql
var files embed.FS

// Options vary how a file is opened. The zero Options are right for a site.
type Options struct {
	// Readers is how many connections read at once; 0 means 4.
	Readers int
	// BusyTimeout is how long a statement waits for another process that holds
	// the lock; 0 means 5 s.
	BusyTimeout time.Duration
	// SkipSchemaCheck opens a file whose schema is newer than this program.
	// Only the commands that show the state of a schema need it.
	SkipSchemaCheck bool
}

// DB is an open file. It is safe for concurrent use.
type DB struct {
	read, write *safesql.DB
	tables      tables.DB
	path        string
	migrator    store.Migrator
}

// Open opens the file at path, or makes it. The path may be written as a URL,
// "sqlite:///absolute/merlon.db" or "sqlite:relative.db". The schema may be
// older than the program, see [DB.Migrate]; one that is newer is refused.
// Errors are of type [store.Error].
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	writer, err := connector(path, o.BusyTimeout, "_txlock=immediate")
	if err != nil {
		return nil, explain(path, err)
	}
	reader, err := connector(path, o.BusyTimeout, "_query_only=1")
	if err != nil {
		return nil, explain(path, err)
	}
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	readers := pool(reader, o.Readers)
	db := &DB{
		write: safesql.Wrap(pool(writer, 1), safesql.Question, translate),
		read:  safesql.Wrap(readers, safesql.Question, translate),
		path:  path,
	}
	db.tables = tables.DB{Read: db.read, Write: db.write, UsersAfter: usersAfter, ClaimMail: claimMail}
	db.migrator = store.Migrator{
		Dialect:   goose.DialectSQLite3,
		Files:     migrations,
		Pool:      readers,
		Connector: writer,
		Lock:      []string{"BEGIN IMMEDIATE"},
		NewerHint: "run the newer program, or restore a backup made by this one",
	}
	if err := db.check(ctx, o); err != nil {
		db.Close()
		return nil, explain(path, err)
	}
	return db, nil
}

// check makes the first contact: it is here that a file turns out not to be a
// database, to be locked, or to be too new.
func (db *DB) check(ctx context.Context, o Options) error {
	if err := db.write.Ping(ctx); err != nil {
		return err
	}
	// Reading the schema reads the file's header, which a ping does not.
	if _, err := db.migrator.Plan(ctx); err != nil && !(o.SkipSchemaCheck && errors.Is(err, store.ErrNewer)) {
		return err
	}
	return nil
}

// Plan returns every migration with whether it has been applied, and changes nothing.
func (db *DB) Plan(ctx context.Context) ([]store.Migration, error) {
	plan, err := db.migrator.Plan(ctx)
	return plan, explain(db.path, err)
}

// Migrate applies the migrations that are pending, all or none, and returns
// them. Several processes may call it at once.
func (db *DB) Migrate(ctx context.Context) ([]store.Migration, error) {
	applied, err := db.migrator.Migrate(ctx)
	return applied, explain(db.path, err)
}

// Ping returns nil if the file can be read and its schema is the one this
// program works with.
func (db *DB) Ping(ctx context.Context) error {
	return explain(db.path, db.migrator.Check(ctx))
}

// Close closes the file.
func (db *DB) Close() error { return errors.Join(db.read.Close(), db.write.Close()) }

// filePath turns a URL or a path into a path.
func filePath(name string) (string, error) {
	path := name
	if rest, ok := strings.CutPrefix(name, "sqlite:"); ok {
		path = strings.TrimPrefix(rest, "//")
		unescaped, err := url.PathUnescape(path)
		if err != nil {
			return "", &store.Error{Problem: "sqlite: malformed URL", Hint: "write sqlite:///absolute/path.db or sqlite:relative.db"}
		}
		path = unescaped
	}
	// A question mark would begin the driver's options, one of which runs SQL.
	if path == "" || strings.ContainsAny(path, "?#\x00") || strings.HasPrefix(path, ":") || strings.HasPrefix(path, "file:") {
		return "", &store.Error{Problem: fmt.Sprintf("sqlite: %q does not name a file", path),
			Hint: "write sqlite:///absolute/path.db or sqlite:relative.db, without options"}
	}
	return filepath.Clean(path), nil
}

// connector opens connections with every setting in their address, since a
// PRAGMA sent once holds on one connection of the pool only.
func connector(path string, busy time.Duration, mode string) (driver.Connector, error) {
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return driversqlite.NewConnector("file:" + escaped + "?" + strings.Join([]string{
		mode,
		fmt.Sprintf("_busy_timeout=%d", busy.Milliseconds()),
		"_foreign_keys=1",
		"_journal_mode=WAL",
		"_synchronous=FULL", // NORMAL may lose the last commits with the power
		"_dqs=0",            // "x" is a name, never a string
		"_defensive=1",
		"_pragma=trusted_schema(0)",
		"_pragma=cell_size_check(1)",
		"_pragma=secure_delete(1)", // what is deleted is not left in the file
		"_pragma=temp_store(2)",    // no temporary files beside the database
		"_error_rc=1",
	}, "&"))
}

func pool(c driver.Connector, size int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// prepare makes the file with mode 0600 if it is not there, since SQLite would
// use the umask; -wal and -shm take the mode of the file.
func prepare(path string) error {
	dir := filepath.Dir(path)
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return &store.Error{Problem: "sqlite: folder " + dir + " does not exist", Hint: "create the folder, or set DATABASE_URL"}
	case err != nil:
		return &store.Error{Problem: "sqlite: folder " + dir, Hint: "check the permissions of the folders above it", Err: err}
	case !info.IsDir():
		return &store.Error{Problem: "sqlite: " + dir + " is not a folder", Hint: "set DATABASE_URL"}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return explain(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return &store.Error{Problem: "sqlite: " + path + " is not a file", Hint: "set DATABASE_URL"}
	}
	return nil
}
