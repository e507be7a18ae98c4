package store_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/postgres"
)

func TestPostgresSaysWhatIsWrong(t *testing.T) {
	const canary = "CANARYpassw0rd"
	good, err := url.Parse(services.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(u *url.URL)) string {
		u := *good
		if u.User != nil {
			u.User = url.UserPassword(u.User.Username(), canary)
		}
		f(&u)
		return u.String()
	}
	for name, c := range map[string]struct{ url, problem string }{
		"no database": {change(func(u *url.URL) { u.Path = "/no_such_database" }), "the database does not exist"},
		"nobody there": {change(func(u *url.URL) {
			u.Host = "127.0.0.1:1"
			u.RawQuery = "sslmode=disable"
		}), "no connection to the server"},
		"no schema": {change(func(u *url.URL) {
			q := u.Query()
			q.Set("search_path", "no_such_schema")
			u.RawQuery = q.Encode()
		}), "the schema in search_path does not exist"},
		"not a URL":    {"host=localhost password=" + canary, "is malformed"},
		"other scheme": {"mysql://u:" + canary + "@h/d", "is malformed"},
		"bad port":     {"postgres://u:" + canary + "@h:99999999/d", "is malformed"},
		"bad escape":   {"postgres://u:" + canary + "%zz@h/d", "is malformed"},
		"bad option":   {"postgres://u:" + canary + "@h/d?sslmode=" + canary, "is malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := postgres.Open(t.Context(), c.url)
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			wantExplained(t, err, c.problem)
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestPostgresReadOnlyServer(t *testing.T) {
	u := services.Postgres(t)
	sep := "?"
	if strings.Contains(u, "?") {
		sep = "&"
	}
	db, err := postgres.Open(t.Context(), u+sep+"default_transaction_read_only=on")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Migrate(t.Context())
	wantExplained(t, err, "the server is read-only")
}
