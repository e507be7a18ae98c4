package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/sessions"
)

// TestServerGone: a server that died is an error, never "no such session", and
// one that hangs keeps nobody longer than the caller allows.
func TestServerGone(t *testing.T) {
	url, server := services.OwnPostgres(t)
	db := openURL(t, url)
	store := db.Sessions()
	r := sessions.Record{Hash: sessions.Hash{1}, ID: "1", UserID: "ann", Expires: time.Unix(1<<40, 0)}
	if err := store.Create(t.Context(), r, sessions.Hash{}); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for name, call := range map[string]func() error{
		"Load":   func() error { _, err := store.Load(ctx, r.Hash); return err },
		"Create": func() error { return store.Create(ctx, r, r.Hash) },
		"Save":   func() error { return store.Save(ctx, r) },
		"Revoke": func() error { _, err := store.Revoke(ctx, sessions.Selector{UserID: "ann"}); return err },
		"Ping":   func() error { return db.Ping(ctx) },
	} {
		if err := call(); err == nil || errors.Is(err, sessions.ErrNotFound) || errors.Is(err, sessions.ErrConflict) {
			t.Errorf("%s without a server: %v", name, err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the calls waited for a server that is gone")
	}
}
