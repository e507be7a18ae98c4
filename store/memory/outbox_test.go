package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestOutbox(t *testing.T) {
	storetest.TestOutbox(t, func(*testing.T) mail.Store { return memory.New().Outbox() })
}
