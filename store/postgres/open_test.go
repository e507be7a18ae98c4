package postgres_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/postgres"
)

// open returns an empty, migrated database on a real server. Suites let many
// meet at one row, which a busy machine serves one after the other in its own
// time: what bounds that on a site would judge the machine here.
func open(tb testing.TB) *postgres.DB {
	tb.Helper()
	return openURL(tb, unbounded(tb))
}

// unbounded returns the URL of an empty database whose connections may take all
// the time they need.
func unbounded(tb testing.TB) string {
	tb.Helper()
	return with(tb, services.Postgres(tb), "statement_timeout=0", "lock_timeout=0", "idle_in_transaction_session_timeout=0")
}

func openURL(tb testing.TB, address string) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

// with sets parameters of a database URL, each written as name=value.
func with(tb testing.TB, address string, parameters ...string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	query := u.Query()
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func TestOpen(t *testing.T) {
	if err := open(t).Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}
