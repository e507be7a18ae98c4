package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestAudit(t *testing.T) {
	storetest.TestAudit(t, func(t *testing.T) audit.Store { return open(t).Audit() })
}

func TestTampering(t *testing.T) {
	storetest.TestTampering(t, func(t *testing.T) (audit.Store, func(string)) {
		path := filepath.Join(t.TempDir(), "merlon.db")
		db := openAt(t, path)
		return db.Audit(), func(statement string) { tamper(t, "sqlite", path, statement) }
	})
}

// tamper runs a statement behind the store's back.
func tamper(t *testing.T, driver, name, statement string) {
	t.Helper()
	raw, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
