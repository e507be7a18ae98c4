package postgres_test

import (
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/storetest"
)

// TestStress has two nodes of a site on one database.
func TestStress(t *testing.T) {
	storetest.TestStress(t, services.StressSteps(t), func(t *testing.T) (nodes []storetest.Stores) {
		url := unbounded(t)
		for range 2 {
			db := openURL(t, url)
			nodes = append(nodes, storetest.Stores{
				Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Audit: db.Audit(),
				Lockout: db.Lockout(), Reports: db.CSPReports(),
			})
		}
		return nodes
	})
}
