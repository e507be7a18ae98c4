package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/safesql"
)

// TestTrapSettingOnOneConnectionOnly asks every connection of the pool.
func TestTrapSettingOnOneConnectionOnly(t *testing.T) {
	// The database's own defaults are others, and the pool has as many
	// connections as are held at once, whatever the machine.
	address := services.Postgres(t)
	for _, s := range []string{"search_path = 'pg_catalog'", "default_transaction_isolation = 'serializable'", "standard_conforming_strings = off"} {
		tamper(t, address, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "+strings.ReplaceAll(s, "'", "''")+"', current_database()); END $$")
	}
	db := openURL(t, with(t, address, "pool_max_conns=4")).Pool()
	var held, done sync.WaitGroup
	const connections = 4
	enough := errors.New("enough")
	held.Add(connections)
	for range connections {
		done.Go(func() {
			err := db.ReadTx(t.Context(), func(tx *safesql.Tx) error {
				for _, s := range []struct {
					query safesql.Query
					want  string
				}{
					{safesql.New("SHOW search_path"), "public"},
					{safesql.New("SHOW statement_timeout"), "10s"},
					{safesql.New("SHOW lock_timeout"), "5s"},
					{safesql.New("SHOW default_transaction_isolation"), "read committed"},
					{safesql.New("SHOW idle_in_transaction_session_timeout"), "30s"},
					{safesql.New("SHOW standard_conforming_strings"), "on"},
					{safesql.New("SHOW transaction_read_only"), "on"},
				} {
					if got, err := safesql.One(t.Context(), tx, s.query, safesql.Text); err != nil || got != s.want {
						t.Errorf("%s is %q (%v), want %s", s.query, got, err, s.want)
					}
				}
				held.Done()
				held.Wait()   // so that no two share a connection
				return enough // on a slow machine the server may have ended it by now
			})
			if !errors.Is(err, enough) {
				t.Error(err)
				held.Done()
			}
		})
	}
	done.Wait()
}

func TestConstraintsHaveNames(t *testing.T) {
	db := open(t).Pool()
	for _, q := range []safesql.Query{
		safesql.New("CREATE TABLE parents (id BIGINT PRIMARY KEY)"),
		safesql.New("CREATE TABLE children (parent BIGINT NOT NULL REFERENCES parents (id))"),
		safesql.New("INSERT INTO parents (id) VALUES (?)", 1),
	} {
		if _, err := db.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(t.Context(), safesql.New("INSERT INTO parents (id) VALUES (?)", 1)); !errors.Is(err, safesql.ErrUnique) {
		t.Errorf("same key twice: %v", err)
	}
	if _, err := db.Exec(t.Context(), safesql.New("INSERT INTO children (parent) VALUES (?)", 2)); !errors.Is(err, safesql.ErrReference) {
		t.Errorf("no parent: %v", err)
	}
	// The same where the error arrives with the rows.
	if _, err := safesql.One(t.Context(), db, safesql.New("INSERT INTO parents (id) VALUES (?) RETURNING id", 1), safesql.Int); !errors.Is(err, safesql.ErrUnique) {
		t.Errorf("same key twice, returning: %v", err)
	}
}

// TestConnectionsComeBack takes many more connections than there are, by every
// way out of a transaction and a query.
func TestConnectionsComeBack(t *testing.T) {
	db := open(t).Pool()
	stop := errors.New("stop")
	for range 50 {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		if err := db.Tx(ctx, func(tx *safesql.Tx) error { return stop }); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if err := db.Tx(ctx, func(tx *safesql.Tx) error {
			_, err := tx.Exec(ctx, safesql.New("SELECT no_such_column"))
			return err
		}); err == nil {
			t.Fatal("no error")
		}
		if _, err := safesql.One(ctx, db, safesql.New("SELECT no_such_column"), safesql.Int); err == nil {
			t.Fatal("no error")
		}
		if n, err := safesql.One(ctx, db, safesql.New("SELECT n FROM generate_series(1, 1000) AS n"), safesql.Int); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		cancel()
		if err := db.Tx(ctx, func(tx *safesql.Tx) error { return nil }); err == nil {
			t.Fatal("a transaction with a cancelled context")
		}
	}
}
