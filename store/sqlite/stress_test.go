package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/sqlite"
	"github.com/merlon-go/merlon/store/storetest"
)

// TestStress has two open one file, as two processes do: a site, and a command
// beside it.
func TestStress(t *testing.T) {
	storetest.TestStress(t, services.StressSteps(t), func(t *testing.T) (nodes []storetest.Stores) {
		path := filepath.Join(t.TempDir(), "merlon.db")
		for range 2 {
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{BusyTimeout: time.Hour}) // however slow the disk
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			nodes = append(nodes, storetest.Stores{
				Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Audit: db.Audit(),
				Lockout: db.Lockout(), Reports: db.CSPReports(),
			})
		}
		return nodes
	})
}
