package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestAudit(t *testing.T) {
	storetest.TestAudit(t, func(t *testing.T) audit.Store { return memory.New().Audit() })
}
