package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// ErrNewer means that the schema was made by a newer program than this one,
// which must not touch it.
var ErrNewer = errors.New("store: the schema is newer than this program")

// ErrPending means that migrations have not been applied yet.
var ErrPending = errors.New("store: migrations are pending")

// A Migration is one step of the schema.
type Migration struct {
	Version int64
	Subject string // such as "sessions"
	Applied bool
}

// String returns the migration as its file is named, without the ending.
func (m Migration) String() string { return fmt.Sprintf("%04d_%s", m.Version, m.Subject) }

// A Migrator brings one database's schema up to date. Its fields are set by
// the package of that database.
type Migrator struct {
	Dialect goose.Dialect
	// Files holds the migrations, named NNNN_subject.sql.
	Files fs.FS
	// Pool is read to see what has been applied.
	Pool *sql.DB
	// Connector opens a connection of its own for the migration.
	Connector driver.Connector
	// Lock begins a transaction that no second migration can be in.
	Lock []string
	// NewerHint is the hint that goes with ErrNewer.
	NewerHint string
}

// versionTable is where goose notes what was applied.
const versionTable = "merlon_schema"

// Plan returns every migration this program knows, in order, with what has
// been applied. It changes nothing. A schema newer than the program gives an
// error that wraps [ErrNewer].
func (m Migrator) Plan(ctx context.Context) ([]Migration, error) {
	known, err := m.known()
	if err != nil {
		return nil, err
	}
	return m.plan(ctx, m.Pool, known)
}

// Migrate applies what is pending, all of it or nothing, in one transaction
// under a lock: of several processes that start at once one migrates, and the
// others wait and find the work done. It returns what it applied.
func (m Migrator) Migrate(ctx context.Context) (applied []Migration, err error) {
	known, err := m.known()
	if err != nil {
		return nil, err
	}
	// One connection for everything, and on it goose's own transactions are
	// savepoints within ours.
	db := sql.OpenDB(nestedConnector{m.Connector})
	db.SetMaxOpenConns(1)
	defer db.Close()
	for _, text := range m.Lock {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return nil, fmt.Errorf("locking the schema: %w", err)
		}
	}
	end := "ROLLBACK"
	defer func() {
		if _, endErr := db.ExecContext(context.WithoutCancel(ctx), end); endErr != nil && err == nil {
			applied, err = nil, fmt.Errorf("migrating: %w", endErr)
		}
	}()
	plan, err := m.plan(ctx, db, known)
	if err != nil {
		return nil, err
	}
	for _, step := range plan {
		if !step.Applied {
			step.Applied = true
			applied = append(applied, step)
		}
	}
	if len(applied) == 0 {
		return nil, nil
	}
	provider, err := goose.NewProvider(m.Dialect, db, m.Files, goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("store: reading migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return nil, fmt.Errorf("migrating: %w", err)
	}
	end = "COMMIT"
	return applied, nil
}

// Check returns nil if the schema is the one this program works with, and an
// [Error] that wraps [ErrPending] or [ErrNewer] otherwise.
func (m Migrator) Check(ctx context.Context) error {
	plan, err := m.Plan(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(plan, func(s Migration) bool { return !s.Applied }); i >= 0 {
		return &Error{"store: the schema lacks " + plan[i].String(), "run the command migrate", ErrPending}
	}
	return nil
}

// known lists the migrations that this program brings along.
func (m Migrator) known() ([]Migration, error) {
	names, err := fs.Glob(m.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	known := make([]Migration, 0, len(names))
	for _, name := range names { // fs.Glob sorts
		number, subject, ok := strings.Cut(strings.TrimSuffix(name, ".sql"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil || len(number) != 4 {
			return nil, fmt.Errorf("store: migration %q is not named NNNN_subject.sql", name)
		}
		known = append(known, Migration{Version: version, Subject: subject})
	}
	return known, nil
}

// plan marks what db has applied.
func (m Migrator) plan(ctx context.Context, db *sql.DB, known []Migration) ([]Migration, error) {
	var n int
	if err := db.QueryRowContext(ctx, m.hasTable()).Scan(&n); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	if n == 0 {
		return known, nil
	}
	rows, err := db.QueryContext(ctx, "SELECT version_id FROM merlon_schema WHERE version_id > 0 ORDER BY version_id")
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, fmt.Errorf("reading the schema: %w", err)
		}
		i := slices.IndexFunc(known, func(s Migration) bool { return s.Version == version })
		if i < 0 {
			return nil, &Error{fmt.Sprintf("store: the schema has migration %04d, which this program does not know", version), m.NewerHint, ErrNewer}
		}
		known[i].Applied = true
	}
	return known, rows.Err()
}

func (m Migrator) hasTable() string {
	if m.Dialect == goose.DialectSQLite3 {
		return "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'merlon_schema'"
	}
	return "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'merlon_schema'"
}
