package sqlite_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/merlon-go/merlon/safesql"
)

// TestTrapPragmaOnOneConnectionOnly: a PRAGMA sent once through a pool holds on
// one connection; the others run without foreign keys and without a timeout.
func TestTrapPragmaOnOneConnectionOnly(t *testing.T) {
	read, write := open(t).Pools()
	settings := []struct {
		query safesql.Query
		want  string
	}{
		{safesql.New("PRAGMA foreign_keys"), "1"},
		{safesql.New("PRAGMA busy_timeout"), "5000"},
		{safesql.New("PRAGMA synchronous"), "2"}, // FULL
		{safesql.New("PRAGMA journal_mode"), "wal"},
		{safesql.New("PRAGMA trusted_schema"), "0"},
		{safesql.New("PRAGMA cell_size_check"), "1"},
		{safesql.New("PRAGMA secure_delete"), "1"},
		{safesql.New("PRAGMA temp_store"), "2"},
	}
	check := func(pool string, db *safesql.DB, readers int) {
		var held, done sync.WaitGroup
		held.Add(readers)
		for range readers {
			done.Go(func() {
				err := db.ReadTx(t.Context(), func(tx *safesql.Tx) error {
					held.Done()
					held.Wait() // all connections are in use at once
					for _, s := range settings {
						got, err := safesql.One(t.Context(), tx, s.query, safesql.Text)
						if err != nil || got != s.want {
							t.Errorf("%s pool: %s is %q (%v), want %s", pool, s.query, got, err, s.want)
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
	}
	check("read", read, 4)
	check("write", write, 1)
}

func TestReadersCannotWrite(t *testing.T) {
	read, _ := open(t).Pools()
	if _, err := read.Exec(t.Context(), safesql.New("DELETE FROM sessions")); err == nil {
		t.Error("a connection for reading wrote")
	}
}

func TestDoubleQuotesAreNames(t *testing.T) {
	read, _ := open(t).Pools()
	if _, err := safesql.One(t.Context(), read, safesql.New(`SELECT "no such column"`), safesql.Text); err == nil {
		t.Error("a misspelt column became a string")
	}
}

// TestManyWritersNoBusy: 64 writers and readers at once meet no "database is locked".
func TestManyWritersNoBusy(t *testing.T) {
	read, write := open(t).Pools()
	if _, err := write.Exec(t.Context(), safesql.New("CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT")); err != nil {
		t.Fatal(err)
	}
	if _, err := write.Exec(t.Context(), safesql.New("INSERT INTO counters (id, n) VALUES (1, 0)")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := write.Tx(t.Context(), func(tx *safesql.Tx) error {
				n, err := safesql.One(t.Context(), tx, safesql.New("SELECT n FROM counters WHERE id = ?", 1), safesql.Int)
				if err != nil {
					return err
				}
				_, err = tx.Exec(t.Context(), safesql.New("UPDATE counters SET n = ? WHERE id = ?", n+1, 1))
				return err
			})
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
			if _, err := safesql.One(t.Context(), read, safesql.New("SELECT n FROM counters"), safesql.Int); err != nil {
				t.Errorf("reader %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n, err := safesql.One(t.Context(), read, safesql.New("SELECT n FROM counters"), safesql.Int); fmt.Sprint(n, err) != "64 <nil>" {
		t.Errorf("after 64 increments: %d, %v", n, err)
	}
}
