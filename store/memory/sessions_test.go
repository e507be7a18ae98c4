package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestSessions(t *testing.T) {
	storetest.TestSessions(t, func(t *testing.T) sessions.Store { return memory.New().Sessions() })
}
