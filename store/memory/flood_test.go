package memory_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

// TestAttackAnonymousFlood: visitors without an account fill the store, and
// nobody who is signed in is thrown out for them.
func TestAttackAnonymousFlood(t *testing.T) {
	const limit = 40
	db := memory.New()
	db.LimitSessions(limit)
	s := db.Sessions()
	at := time.Unix(1_000_000, 0)
	create := func(i int, user string) error {
		seen := at.Add(time.Duration(i) * time.Second)
		return s.Create(t.Context(), sessions.Record{Hash: sha256.Sum256(fmt.Append(nil, i)), ID: fmt.Sprint(i), UserID: user, LastSeen: seen, Expires: seen.Add(time.Hour)}, sessions.Hash{})
	}
	for i := range limit / 2 {
		if err := create(i, "ann"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 * limit {
		if err := create(1000+i, ""); err != nil {
			t.Fatalf("anonymous %d: %v", i, err)
		}
	}
	if list, err := s.List(t.Context(), "ann", at); len(list) != limit/2 || err != nil {
		t.Errorf("%d of %d signed-in sessions are left (%v)", len(list), limit/2, err)
	}
	for i := range limit / 2 {
		if err := create(limit+i, "bob"); err != nil {
			t.Fatalf("bob %d: %v", i, err)
		}
	}
	// Nothing but signed-in sessions: there is an error, and nobody is thrown out.
	if err := create(100, ""); err == nil {
		t.Error("one more fits")
	}
	// Those that are over make room.
	if err := create(9999, "eve"); err != nil {
		t.Errorf("an expired session does not make room: %v", err)
	}
}
