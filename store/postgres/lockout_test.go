package postgres_test

import (
	"testing"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestLockout(t *testing.T) {
	storetest.TestLockout(t, func(t *testing.T) lockout.Store { return open(t).Lockout() })
}

func BenchmarkLockout(b *testing.B) { storetest.BenchmarkLockout(b, open(b).Lockout()) }
