package postgres_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/sessions"
)

// TestLimitsHoldWhateverThePlan: a server that knows little of a table runs the
// inner query of a DELETE once for each row of the outer one, and each time the
// rows that are gone already make room for others under its limit.
func TestLimitsHoldWhateverThePlan(t *testing.T) {
	db := openURL(t, with(t, services.Postgres(t),
		"enable_hashjoin=off", "enable_mergejoin=off", "enable_hashagg=off", "enable_sort=off", "enable_material=off", "jit=off"))
	now := time.Unix(1_800_000_000, 0)
	for i := range 10 {
		r := sessions.Record{Hash: sha256.Sum256([]byte{byte(i)}), ID: fmt.Sprint(i), UserID: "ann", Expires: now.Add(-time.Duration(i) * time.Second)}
		if err := db.Sessions().Create(t.Context(), r, sessions.Hash{}); err != nil {
			t.Fatal(err)
		}
		mark := fmt.Sprintf("%08d", i)
		try := lockout.Try{Now: now, Mark: mark, Guesses: []lockout.Guess{{
			ID: lockout.ID{byte(i + 1)}, Kind: "user", Account: lockout.ID{100}, Mark: mark,
			Limit: 3, Window: time.Hour, Cooloff: time.Hour, MaxCooloff: time.Hour,
		}}}
		if _, counted, err := db.Lockout().Reserve(t.Context(), try); !counted || err != nil {
			t.Fatal(counted, err)
		}
	}
	purge := db.Lockout().Purge
	for _, c := range []struct {
		name string
		do   func() (int, error)
		want int
	}{
		{"sessions", func() (int, error) { return db.Sessions().Purge(t.Context(), now, 3) }, 3},
		{"counters over a bound", func() (int, error) { return purge(t.Context(), now, 8, 100) }, 2},
		{"counters over a bound, a few", func() (int, error) { return purge(t.Context(), now, 2, 1) }, 1},
		{"counters that ended", func() (int, error) { return purge(t.Context(), now.Add(3*time.Hour), 100, 3) }, 3},
		{"the others", func() (int, error) { return purge(t.Context(), now.Add(3*time.Hour), 100, 100) }, 4},
	} {
		if n, err := c.do(); n != c.want || err != nil {
			t.Errorf("%s: %d were deleted, want %d (%v)", c.name, n, c.want, err)
		}
	}
}
