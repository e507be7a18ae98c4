package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/merlon-go/merlon/store/sqlite"
)

// open returns an empty, migrated database in a temporary folder.
func open(tb testing.TB) *sqlite.DB {
	tb.Helper()
	return openAt(tb, filepath.Join(tb.TempDir(), "merlon.db"))
}

func openAt(tb testing.TB, path string) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestOpen(t *testing.T) {
	if err := open(t).Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}
