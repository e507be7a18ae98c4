package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestAccounts(t *testing.T) {
	storetest.TestAccounts(t, func(t *testing.T) storetest.AccountsDB { return memory.New() })
}
