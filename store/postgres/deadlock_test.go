package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/store/postgres"
)

// A rival is a connection beside the store's, which does one step of a
// transaction at a time.
type rival struct {
	*testing.T
	conn *pgx.Conn
}

func newRival(t *testing.T, url string) rival {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return rival{t, conn}
}

func (r rival) do(statement string, args ...any) {
	r.Helper()
	if _, err := r.conn.Exec(r.Context(), statement, args...); err != nil {
		r.Fatalf("%s: %v", statement, err)
	}
}

// code does the statement and returns the SQLSTATE of its error, if any.
func (r rival) code(statement string, args ...any) string {
	r.Helper()
	_, err := r.conn.Exec(r.Context(), statement, args...)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	if err != nil {
		r.Fatalf("%s: %v", statement, err)
	}
	return ""
}

// awaitWaiters returns when n connections wait for a lock, or one is done.
func (r rival) awaitWaiters(n int, done <-chan error) {
	r.Helper()
	for got := 0; got != n; {
		// Within a transaction this would show the same each time.
		err := r.conn.QueryRow(r.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&got)
		if err != nil {
			r.Fatal(err)
		}
		select {
		case err := <-done:
			r.Fatalf("it did not wait (%v)", err)
		default:
		}
	}
}

const insertCounter = `INSERT INTO lockout_counters
	(id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log)
	VALUES ($1, 'user', '', '\x64', '', '', '', 0, 0, 0, $2, $3, '')`

// TestWhoWaitsHasChangedNothing has each step on two counters wait for one of
// them, and then another transaction add the other one, which somebody else
// added a moment before. Had the step already changed that counter, the two
// would wait for each other.
func TestWhoWaitsHasChangedNothing(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	soon, later := now.Add(time.Hour), now.Add(2*time.Hour)
	one, two := lockout.ID{1}, lockout.ID{2}
	guess := lockout.Guess{Kind: "user", Account: lockout.ID{100}, Mark: "00000001", Limit: 3, Window: time.Hour, Cooloff: time.Hour, MaxCooloff: time.Hour}
	first, second := guess, guess
	first.ID, second.ID = one, two
	// The plan that an unknowing server makes: a row at a time.
	plans := map[string][]string{
		"usual plan": nil,
		"row by row": {"enable_hashjoin=off", "enable_mergejoin=off", "enable_hashagg=off", "enable_sort=off", "enable_material=off", "jit=off"},
	}
	for name, step := range map[string]struct {
		adds bool // else it changes both
		do   func(s lockout.Store) error
	}{
		"Reserve": {true, func(s lockout.Store) error {
			_, counted, err := s.Reserve(t.Context(), lockout.Try{Now: now, Mark: guess.Mark, Guesses: []lockout.Guess{first, second}})
			if err == nil && !counted {
				err = errors.New("not counted")
			}
			return err
		}},
		"Release": {false, func(s lockout.Store) error {
			return s.Release(t.Context(), lockout.Release{Now: now, Mark: guess.Mark, Items: []lockout.Item{{ID: one, Clear: true}, {ID: two, Clear: true}}})
		}},
		"Extend": {false, func(s lockout.Store) error {
			return s.Extend(t.Context(), []lockout.ID{one, two}, now, later)
		}},
		"Reset": {false, func(s lockout.Store) error {
			_, err := s.Reset(t.Context(), lockout.Selector{All: true})
			return err
		}},
	} {
		for plan, parameters := range plans {
			t.Run(name+", "+plan, func(t *testing.T) {
				url := unbounded(t)
				db := openURL(t, with(t, url, parameters...))
				rival, watch := newRival(t, url), newRival(t, url)
				add := func(id lockout.ID, locked time.Time) []any {
					return []any{id[:], max(locked.UnixMicro(), 0), later.UnixMicro()}
				}
				free := second.ID
				if step.adds { // it waits for a counter that is being added, and holds the other
					watch.do(insertCounter, add(two, time.Unix(0, 0))...)
					rival.do("BEGIN")
					rival.do(insertCounter, add(one, time.Unix(0, 0))...)
				} else { // it waits for the second counter, and holds the first
					watch.do(insertCounter, add(one, soon)...)
					watch.do(insertCounter, add(two, soon)...)
					rival.do("BEGIN")
					rival.do("SELECT FROM lockout_counters WHERE id = $1 FOR UPDATE", two[:])
					free = one
				}
				wantNoCircle(t, db, step.do, rival, watch, add(free, soon))
			})
		}
	}
}

// wantNoCircle runs step until it waits for rival, which then adds a counter
// that is there already.
func wantNoCircle(t *testing.T, db *postgres.DB, step func(lockout.Store) error, rival, watch rival, counter []any) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- step(db.Lockout()) }()
	watch.awaitWaiters(1, done)
	if code := rival.code(insertCounter, counter...); code != "23505" {
		t.Errorf("SQLSTATE %q, want 23505 (unique_violation) at once", code)
	}
	rival.do("ROLLBACK")
	if err := <-done; err != nil {
		t.Error(err)
	}
}
