package store_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store"
	"github.com/merlon-go/merlon/store/postgres"
	"github.com/merlon-go/merlon/store/sqlite"
)

var update = flag.Bool("update", false, "note the checksums of new migrations")

// database is one of the two, seen from outside.
type database struct {
	name, driver, address string
	columns               string // SQL that lists table and column
	db                    interface {
		Plan(context.Context) ([]store.Migration, error)
		Migrate(context.Context) ([]store.Migration, error)
		Ping(context.Context) error
		Close() error
	}
}

func (d *database) exec(t *testing.T, statement string) {
	t.Helper()
	raw, err := sql.Open(d.driver, d.address)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func (d *database) open(t *testing.T) error {
	t.Helper()
	var err error
	if d.driver == "sqlite" {
		d.db, err = sqlite.Open(t.Context(), d.address, sqlite.Options{BusyTimeout: time.Hour}) // several meet at one file
	} else {
		d.db, err = postgres.Open(t.Context(), d.address)
	}
	if err == nil {
		db := d.db
		t.Cleanup(func() { db.Close() })
	}
	return err
}

// each runs test on an empty database of either kind.
func each(t *testing.T, test func(t *testing.T, d *database)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, &database{name: "sqlite", driver: "sqlite", address: filepath.Join(t.TempDir(), "merlon.db"), columns: `
			SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, &database{name: "postgres", driver: "pgx", address: services.Postgres(t), columns: `
			SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`})
	})
}

func TestMigrationsAreNumbered(t *testing.T) {
	var names [2][]string
	for i, dialect := range []string{"sqlite", "postgres"} {
		files, err := filepath.Glob(filepath.Join(dialect, "migrations", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for n, file := range files {
			name := filepath.Base(file)
			if want := fmt.Sprintf("%04d_", n+1); !strings.HasPrefix(name, want) || !strings.HasSuffix(name, ".sql") {
				t.Errorf("%s/%s: want the number %s", dialect, name, want)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(text), "-- +goose Up\n") || strings.Contains(string(text), "NO TRANSACTION") || strings.Contains(string(text), "goose Down") {
				t.Errorf("%s/%s: begin with -- +goose Up; no way down, and none outside the transaction", dialect, name)
			}
			names[i] = append(names[i], name)
		}
	}
	if d := cmp.Diff(names[0], names[1]); d != "" || len(names[0]) == 0 {
		t.Errorf("sqlite and postgres have different migrations:\n%s", d)
	}
}

// A released migration is never edited: a database that has it would not get
// the change. With -update, migrations that are new are noted.
func TestMigrationsAreNeverEdited(t *testing.T) {
	const list = "testdata/migrations.sha256"
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if sum, file, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			noted[file] = sum
		}
	}
	files, _ := filepath.Glob("*/migrations/*.sql")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		got, name := hex.EncodeToString(sum[:]), filepath.ToSlash(file)
		switch want, ok := noted[name]; {
		case !ok && *update:
			noted[name] = got
		case !ok:
			t.Errorf("%s is new: note it with go test ./store -run Migrations -update", name)
		case got != want:
			t.Errorf("%s was edited; write a new migration instead (if it was never released: delete its line in %s and use -update)", name, list)
		}
	}
	for name := range noted {
		if !slices.Contains(files, filepath.FromSlash(name)) {
			t.Errorf("%s is gone; databases that have it could not be opened any more", name)
		}
	}
	if *update && !t.Failed() {
		var out strings.Builder
		for _, name := range slices.Sorted(maps.Keys(noted)) {
			out.WriteString(noted[name] + "  " + name + "\n")
		}
		if err := os.WriteFile(list, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBothDatabasesEndWithTheSameColumns(t *testing.T) {
	found := map[string]map[string]bool{}
	each(t, func(t *testing.T, d *database) {
		if err := d.open(t); err != nil {
			t.Fatal(err)
		}
		if _, err := d.db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		raw, err := sql.Open(d.driver, d.address)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		rows, err := raw.QueryContext(t.Context(), d.columns)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		found[d.name] = map[string]bool{}
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			if table != "merlon_schema" { // goose's own, which differs
				found[d.name][table+"."+column] = true
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	})
	if d := cmp.Diff(found["sqlite"], found["postgres"]); d != "" || len(found["sqlite"]) == 0 {
		t.Errorf("-sqlite +postgres:\n%s", d)
	}
}

func TestPlanAndMigrate(t *testing.T) {
	each(t, func(t *testing.T, d *database) {
		if err := d.open(t); err != nil {
			t.Fatal(err)
		}
		if err := d.db.Ping(t.Context()); !isErr(err, store.ErrPending) {
			t.Errorf("Ping of an empty schema: %v", err)
		}
		plan, err := d.db.Plan(t.Context())
		if err != nil || len(plan) == 0 || slices.ContainsFunc(plan, func(m store.Migration) bool { return m.Applied }) {
			t.Errorf("plan %v, %v", plan, err)
		}
		applied, err := d.db.Migrate(t.Context())
		if err != nil || fmt.Sprint(applied) != fmt.Sprint(plan) {
			t.Errorf("applied %v, %v, planned %v", applied, err, plan)
		}
		if again, err := d.db.Migrate(t.Context()); err != nil || len(again) != 0 {
			t.Errorf("migrating again applied %v, %v", again, err)
		}
		if err := d.db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	each(t, func(t *testing.T, d *database) {
		if err := d.open(t); err != nil {
			t.Fatal(err)
		}
		if _, err := d.db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.exec(t, `INSERT INTO merlon_schema (version_id, is_applied) VALUES (9000, true)`)
		for name, do := range map[string]func() error{
			"Open":    func() error { return d.open(t) },
			"Ping":    func() error { return d.db.Ping(t.Context()) },
			"Plan":    func() error { _, err := d.db.Plan(t.Context()); return err },
			"Migrate": func() error { _, err := d.db.Migrate(t.Context()); return err },
		} {
			old := d.db
			err := do()
			d.db = old
			if !isErr(err, store.ErrNewer) || !strings.Contains(err.Error(), "9000") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestTwoProcessesMigrateAtOnce lets many migrate one empty database together:
// one does the work, and the others find it done.
func TestTwoProcessesMigrateAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *database) {
		const processes = 4 // each with a pool of its own; locks do not know processes from connections
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			total int
		)
		for range processes {
			one := &database{driver: d.driver, address: d.address}
			if err := one.open(t); err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				applied, err := one.db.Migrate(t.Context())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				total += len(applied)
			})
		}
		wg.Wait()
		if err := d.open(t); err != nil {
			t.Fatal(err)
		}
		plan, err := d.db.Plan(t.Context())
		if err != nil || total != len(plan) {
			t.Errorf("%d migrations were applied in all, want %d (%v)", total, len(plan), err)
		}
		if err := d.db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestMigrationThatFailsLeavesNothing breaks the last migration's ground and
// finds the first not applied either.
func TestMigrationThatFailsLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *database) {
		d.exec(t, `CREATE TABLE audit_events (x INTEGER)`)
		if err := d.open(t); err != nil {
			t.Fatal(err)
		}
		if applied, err := d.db.Migrate(t.Context()); err == nil || len(applied) != 0 {
			t.Fatalf("applied %v, %v", applied, err)
		}
		plan, err := d.db.Plan(t.Context())
		if err != nil || slices.ContainsFunc(plan, func(m store.Migration) bool { return m.Applied }) {
			t.Errorf("half of it was applied: %v, %v", plan, err)
		}
		d.exec(t, `DROP TABLE audit_events`)
		if _, err := d.db.Migrate(t.Context()); err != nil {
			t.Errorf("after the cause is gone: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.db.Migrate(ctx); err == nil {
			t.Error("migrated with a cancelled context")
		}
	})
}
