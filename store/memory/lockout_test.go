package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestLockout(t *testing.T) {
	storetest.TestLockout(t, func(t *testing.T) lockout.Store { return memory.New().Lockout() })
}

func BenchmarkLockout(b *testing.B) { storetest.BenchmarkLockout(b, memory.New().Lockout()) }
