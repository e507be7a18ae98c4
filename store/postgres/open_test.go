package postgres_test

import (
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/postgres"
)

// open returns an empty, migrated database on a real server.
func open(tb testing.TB) *postgres.DB {
	tb.Helper()
	return openURL(tb, services.Postgres(tb))
}

func openURL(tb testing.TB, url string) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), url)
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
