package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestStress(t *testing.T) {
	storetest.TestStress(t, services.StressSteps(t), func(t *testing.T) []storetest.Stores {
		db := memory.New()
		limits, err := ratelimit.NewMemory(0, nil)
		if err != nil {
			t.Fatal(err)
		}
		return []storetest.Stores{{
			Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Audit: db.Audit(),
			Lockout: db.Lockout(), Reports: db.CSPReports(), RateLimit: limits,
		}}
	})
}
