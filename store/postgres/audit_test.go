package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestAudit(t *testing.T) {
	storetest.TestAudit(t, func(t *testing.T) audit.Store { return open(t).Audit() })
}

func TestTampering(t *testing.T) {
	storetest.TestTampering(t, func(t *testing.T) (audit.Store, func(string)) {
		url := services.Postgres(t)
		db := openURL(t, url)
		return db.Audit(), func(statement string) { tamper(t, url, statement) }
	})
}

// tamper runs a statement behind the store's back.
func tamper(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
