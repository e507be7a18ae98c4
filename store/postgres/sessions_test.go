package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/merlon-go/merlon/sessions"

	"github.com/merlon-go/merlon/store/storetest"
)

func TestSessions(t *testing.T) {
	storetest.TestSessions(t, func(t *testing.T) sessions.Store { return open(t).Sessions() })
}

// TestAttackRenewalOutlivesRevocation stops a renewal midway, when the old
// session is gone and the new one is not there yet, and revokes all sessions of
// the user meanwhile: the new one must not be left.
func TestAttackRenewalOutlivesRevocation(t *testing.T) {
	url := unbounded(t)
	db := openURL(t, url)
	s := db.Sessions()
	later := time.Unix(1_900_000_000, 0)
	before := sessions.Record{Hash: sessions.Hash{1}, ID: "before", UserID: "ann", Expires: later}
	after := sessions.Record{Hash: sessions.Hash{2}, ID: "after", UserID: "ann", Expires: later}
	if err := s.Create(t.Context(), before, sessions.Hash{}); err != nil {
		t.Fatal(err)
	}
	rival, watch := newRival(t, url), newRival(t, url)
	rival.do("BEGIN")
	rival.do(`INSERT INTO sessions (token_hash, id, user_id, created_at, authenticated_at, last_seen_at, expires_at, client, user_agent, version, data)
		VALUES (sha256(''), 'after', '', 0, 0, 0, 0, '', '', 1, '')`)
	renewed, revoked := make(chan error, 1), make(chan error, 1)
	go func() { renewed <- s.Create(t.Context(), after, before.Hash) }()
	watch.awaitWaiters(1, renewed)
	go func() {
		_, err := s.Revoke(t.Context(), sessions.Selector{UserID: "ann"})
		revoked <- err
	}()
	watch.awaitWaiters(2, revoked)
	rival.do("ROLLBACK")
	if err := errors.Join(<-renewed, <-revoked); err != nil {
		t.Fatal(err)
	}
	if left, err := s.List(t.Context(), "ann", time.Time{}); len(left) != 0 || err != nil {
		t.Errorf("after all sessions were revoked there are %+v (%v)", left, err)
	}
}
