package postgres_test

import (
	"testing"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestOutbox(t *testing.T) {
	storetest.TestOutbox(t, func(t *testing.T) mail.Store { return open(t).Outbox() })
}
