package sqlite_test

import (
	"testing"

	"github.com/merlon-go/merlon/store/storetest"
)

func TestAccounts(t *testing.T) {
	storetest.TestAccounts(t, func(t *testing.T) storetest.AccountsDB { return open(t) })
}
