package ratelimit_test

import (
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		m, err := ratelimit.NewMemory(10_000, now)
		if err != nil {
			t.Fatal(err)
		}
		return m
	})
}
