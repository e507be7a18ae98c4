package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/sessions"
)

// epoch is a moment with nanoseconds, which no database keeps.
var epoch = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.FixedZone("", 3600))

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// micro is t as a store returns it.
func micro(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }

// session makes a record of its own for each name.
func session(name, user string) sessions.Record {
	return sessions.Record{
		Hash: sha256.Sum256([]byte(name)), ID: "id-" + name, UserID: user,
		Created: epoch, Authenticated: epoch.Add(time.Second), LastSeen: epoch.Add(2 * time.Second), Expires: epoch.Add(time.Hour),
		Client: netip.MustParseAddr("2001:db8::7"), UserAgent: "agent of " + name, Version: 1, Data: []byte{1, 0, 0xff, 'd'},
	}
}

// stored is r as a store returns it.
func stored(r sessions.Record) sessions.Record {
	r.Created, r.LastSeen, r.Expires = micro(r.Created), micro(r.LastSeen), micro(r.Expires)
	if !r.Authenticated.IsZero() {
		r.Authenticated = micro(r.Authenticated)
	}
	return r
}

// TestSessions holds a [sessions.Store] to its contract.
func TestSessions(t *testing.T, open func(t *testing.T) sessions.Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s sessions.Store)
	}{
		{"CreateLoad", sessionsCreateLoad},
		{"CreateReplaces", sessionsCreateReplaces},
		{"Save", sessionsSave},
		{"Delete", sessionsDelete},
		{"List", sessionsList},
		{"Revoke", sessionsRevoke},
		{"Purge", sessionsPurge},
		{"SubSecond", sessionsSubSecond},
		{"HostileStrings", sessionsHostileStrings},
		{"CancelledContext", sessionsCancelled},
		{"ParallelSaves", sessionsParallelSaves},
		{"ParallelReplacementsHaveOneWinner", sessionsParallelReplacements},
		{"RevokedStaysRevoked", sessionsRevokedStaysRevoked},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func mustCreate(t *testing.T, s sessions.Store, records ...sessions.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Create(t.Context(), r, sessions.Hash{}); err != nil {
			t.Fatalf("Create(%s): %v", r.ID, err)
		}
	}
}

func wantLoaded(t *testing.T, s sessions.Store, want sessions.Record) {
	t.Helper()
	got, err := s.Load(t.Context(), want.Hash)
	if err != nil {
		t.Fatalf("Load(%s): %v", want.ID, err)
	}
	if len(got.Data) == 0 && len(want.Data) == 0 {
		got.Data, want.Data = nil, nil
	}
	if d := cmp.Diff(stored(want), got, sameAddr); d != "" {
		t.Errorf("Load(%s) (-want +got):\n%s", want.ID, d)
	}
}

func wantGone(t *testing.T, s sessions.Store, r sessions.Record) {
	t.Helper()
	if got, err := s.Load(t.Context(), r.Hash); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("Load(%s) = %v, %v, want ErrNotFound", r.ID, got, err)
	}
}

func sessionsCreateLoad(t *testing.T, s sessions.Store) {
	full := session("full", "ann")
	bare := sessions.Record{Hash: sha256.Sum256([]byte("bare")), ID: "bare", Created: epoch, LastSeen: epoch, Expires: epoch, Version: 1}
	wantGone(t, s, full)
	mustCreate(t, s, full, bare)
	wantLoaded(t, s, full)
	wantLoaded(t, s, bare) // expired, and loaded all the same: the manager judges
	if err := s.Create(t.Context(), full, sessions.Hash{}); err == nil {
		t.Error("Create took the same hash twice")
	}
	odd := session("odd", "ann")
	odd.Version = 77
	mustCreate(t, s, odd)
	odd.Version = 1
	wantLoaded(t, s, odd)
}

func sessionsCreateReplaces(t *testing.T, s sessions.Store) {
	old, next, orphan := session("old", ""), session("next", "ann"), session("orphan", "ann")
	mustCreate(t, s, old)
	if err := s.Create(t.Context(), next, old.Hash); err != nil {
		t.Fatal(err)
	}
	wantGone(t, s, old)
	wantLoaded(t, s, next)
	if err := s.Create(t.Context(), orphan, old.Hash); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("Create in place of nothing: %v, want ErrNotFound", err)
	}
	wantGone(t, s, orphan)
	// A creation that fails must not delete what it was to replace.
	twin := session("twin", "ann")
	mustCreate(t, s, twin)
	if err := s.Create(t.Context(), twin, next.Hash); err == nil {
		t.Error("Create took the same hash twice")
	}
	wantLoaded(t, s, next)
}

func sessionsSave(t *testing.T, s sessions.Store) {
	r := session("r", "ann")
	mustCreate(t, s, r, session("other", "ann"))
	change := r
	change.LastSeen, change.Expires = epoch.Add(time.Minute), epoch.Add(2*time.Hour)
	change.Client, change.UserAgent, change.Data = netip.Addr{}, "", []byte("new")
	// These are not Save's to change.
	change.UserID, change.ID, change.Created, change.Authenticated = "eve", "x", epoch.Add(1), time.Time{}
	if err := s.Save(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	want := change
	want.UserID, want.ID, want.Created, want.Authenticated, want.Version = r.UserID, r.ID, r.Created, r.Authenticated, 2
	wantLoaded(t, s, want)
	wantLoaded(t, s, session("other", "ann"))
	if err := s.Save(t.Context(), change); !errors.Is(err, sessions.ErrConflict) {
		t.Errorf("Save of a stale version: %v, want ErrConflict", err)
	}
	wantLoaded(t, s, want)
	want.Data = nil
	if err := s.Save(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want.Version = 3
	wantLoaded(t, s, want)
	if err := s.Save(t.Context(), session("never", "ann")); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("Save of what is not there: %v, want ErrNotFound", err)
	}
}

func sessionsDelete(t *testing.T, s sessions.Store) {
	r, other := session("r", "ann"), session("other", "ann")
	mustCreate(t, s, r, other)
	for range 2 {
		if err := s.Delete(t.Context(), r.Hash); err != nil {
			t.Fatal(err)
		}
	}
	wantGone(t, s, r)
	wantLoaded(t, s, other)
	if err := s.Save(t.Context(), r); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("Save brought a deleted session back: %v", err)
	}
	wantGone(t, s, r)
}

func ids(records []sessions.Record) string {
	var all []string
	for _, r := range records {
		all = append(all, r.ID)
	}
	return strings.Join(all, " ")
}

func sessionsList(t *testing.T, s sessions.Store) {
	first, last, over, eve := session("first", "ann"), session("last", "ann"), session("over", "ann"), session("eve", "eve")
	first.LastSeen = epoch.Add(-time.Minute)
	over.Expires = epoch.Add(time.Minute)
	mustCreate(t, s, first, over, last, eve, session("nobody", ""))
	list, err := s.List(t.Context(), "ann", over.Expires)
	if err != nil || ids(list) != "id-last id-first" {
		t.Errorf("List = %s, %v", ids(list), err)
	}
	if d := cmp.Diff([]sessions.Record{stored(last), stored(first)}, list, sameAddr); d != "" {
		t.Errorf("List (-want +got):\n%s", d)
	}
	for _, user := range []string{"Ann", "ann ", "a%", "nobody"} {
		if list, err := s.List(t.Context(), user, epoch); err != nil || len(list) != 0 {
			t.Errorf("List(%q) = %s, %v", user, ids(list), err)
		}
	}
}

func sessionsRevoke(t *testing.T, s sessions.Store) {
	a, b, c, eve, nobody := session("a", "ann"), session("b", "ann"), session("c", "ann"), session("e", "eve"), session("n", "")
	mustCreate(t, s, a, b, c, eve, nobody)
	for _, step := range []struct {
		selector sessions.Selector
		n        int
	}{
		{sessions.Selector{UserID: "ann", ID: eve.ID}, 0}, // somebody else's
		{sessions.Selector{UserID: "ann", ID: "nothing"}, 0},
		{sessions.Selector{UserID: "ann", ID: a.ID}, 1},
		{sessions.Selector{UserID: "ann", ID: a.ID}, 0},
		{sessions.Selector{UserID: "ann", Except: b.ID}, 1},
		{sessions.Selector{UserID: "ann", Except: "nothing"}, 1},
		{sessions.Selector{UserID: "ann"}, 0},
	} {
		if n, err := s.Revoke(t.Context(), step.selector); n != step.n || err != nil {
			t.Errorf("Revoke(%+v) = %d, %v, want %d", step.selector, n, err, step.n)
		}
	}
	wantGone(t, s, a)
	wantGone(t, s, b)
	wantGone(t, s, c)
	wantLoaded(t, s, eve)
	wantLoaded(t, s, nobody)
}

func sessionsPurge(t *testing.T, s sessions.Store) {
	for i := range 7 {
		r := session(fmt.Sprint(i), "ann")
		r.Expires = epoch.Add(time.Duration(i) * time.Microsecond)
		mustCreate(t, s, r)
	}
	at := epoch.Add(4 * time.Microsecond) // 0 to 4 are over, 4 at this very moment
	for _, want := range []int{3, 2, 0} {
		if n, err := s.Purge(t.Context(), at, 3); n != want || err != nil {
			t.Errorf("Purge = %d, %v, want %d", n, err, want)
		}
	}
	for i := range 7 {
		_, err := s.Load(t.Context(), session(fmt.Sprint(i), "").Hash)
		if gone := errors.Is(err, sessions.ErrNotFound); gone != (i <= 4) {
			t.Errorf("session %d: gone is %v (%v)", i, gone, err)
		}
	}
}

func sessionsSubSecond(t *testing.T, s sessions.Store) {
	r := session("r", "ann")
	r.Expires = epoch.Add(5 * time.Microsecond)
	mustCreate(t, s, r)
	before, at := r.Expires.Add(-time.Microsecond), r.Expires
	if list, err := s.List(t.Context(), "ann", before); len(list) != 1 || err != nil {
		t.Errorf("one microsecond before its end: %s, %v", ids(list), err)
	}
	if n, err := s.Purge(t.Context(), before, 10); n != 0 || err != nil {
		t.Errorf("Purge one microsecond early = %d, %v", n, err)
	}
	if list, err := s.List(t.Context(), "ann", at); len(list) != 0 || err != nil {
		t.Errorf("at its end: %s, %v", ids(list), err)
	}
}

// hostile are texts that break stores which build SQL, cut at NUL, normalise or
// compare loosely.
var hostile = []string{
	`'; DROP TABLE sessions; --`, `" OR ""="`, `\'; --`, `?`, `$1`, `:a`, `%`, `_`, "`", `]`, `\`, `\x00`, `NULL`, `0`, "",
	"é", "e\u0301", "É", "ſ", "K", "\u202e", "\ufeff", "\u0000"[:0] + "a\nb\r\n\t", "𝕏😀", strings.Repeat("长", 20_000),
}

// refused are texts that no store may take.
var refused = []string{"\x00", "a\x00b", "\xff", "a\xc0\xaf", "\xed\xa0\x80", "x\xf0\x9f"}

func sessionsHostileStrings(t *testing.T, s sessions.Store) {
	var all []sessions.Record
	for i, text := range hostile {
		r := session(fmt.Sprint(i), "u"+text)
		r.ID, r.UserAgent, r.Data = "i"+text, text, []byte(text)
		mustCreate(t, s, r)
		all = append(all, r)
	}
	for _, r := range all {
		wantLoaded(t, s, r)
		if list, err := s.List(t.Context(), r.UserID, epoch); err != nil || ids(list) != r.ID {
			t.Errorf("List(%.40q) = %.80q, %v", r.UserID, ids(list), err)
		}
	}
	for _, r := range all {
		if n, err := s.Revoke(t.Context(), sessions.Selector{UserID: r.UserID, ID: r.ID}); n != 1 || err != nil {
			t.Errorf("Revoke(%.40q) = %d, %v", r.UserID, n, err)
		}
	}
	for i, text := range refused {
		for field, set := range map[string]func(*sessions.Record){
			"user":  func(r *sessions.Record) { r.UserID = text },
			"id":    func(r *sessions.Record) { r.ID = text },
			"agent": func(r *sessions.Record) { r.UserAgent = text },
		} {
			r := session(fmt.Sprint("refused", i), "ann")
			set(&r)
			if err := s.Create(t.Context(), r, sessions.Hash{}); err == nil {
				t.Errorf("Create took %q as %s", text, field)
			}
			wantGone(t, s, r)
		}
	}
	data := session("data", "ann")
	data.Data = []byte("\x00\xff\xfe any bytes \x00")
	mustCreate(t, s, data)
	wantLoaded(t, s, data)
}

func sessionsCancelled(t *testing.T, s sessions.Store) {
	r := session("r", "ann")
	mustCreate(t, s, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Load":   func() error { _, err := s.Load(ctx, r.Hash); return err },
		"Create": func() error { return s.Create(ctx, session("new", "ann"), r.Hash) },
		"Save":   func() error { return s.Save(ctx, r) },
		"Delete": func() error { return s.Delete(ctx, r.Hash) },
		"List":   func() error { _, err := s.List(ctx, "ann", epoch); return err },
		"Revoke": func() error { _, err := s.Revoke(ctx, sessions.Selector{UserID: "ann"}); return err },
		"Purge":  func() error { _, err := s.Purge(ctx, epoch.Add(time.Hour*9), 9); return err },
	} {
		// Neither "not found" nor "conflict": that would be an answer.
		if err := call(); err == nil || errors.Is(err, sessions.ErrNotFound) || errors.Is(err, sessions.ErrConflict) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
	wantLoaded(t, s, r)
	wantGone(t, s, session("new", "ann"))
}

func sessionsParallelSaves(t *testing.T, s sessions.Store) {
	const workers, rounds = 8, 10
	r := session("r", "ann")
	r.Data = nil
	mustCreate(t, s, r)
	parallel(workers, func(int) {
		for done := 0; done < rounds; {
			next, err := s.Load(t.Context(), r.Hash)
			if err != nil {
				t.Error(err)
				return
			}
			next.Data = append(append([]byte(nil), next.Data...), 'x')
			switch err := s.Save(t.Context(), next); {
			case err == nil:
				done++
			case !errors.Is(err, sessions.ErrConflict):
				t.Error(err)
				return
			}
		}
	})
	got, err := s.Load(t.Context(), r.Hash)
	if err != nil || len(got.Data) != workers*rounds || got.Version != 1+workers*rounds {
		t.Errorf("after %d saves: %d bytes, version %d, %v", workers*rounds, len(got.Data), got.Version, err)
	}
}

func sessionsParallelReplacements(t *testing.T, s sessions.Store) {
	const workers = 16
	old := session("old", "")
	mustCreate(t, s, old)
	var won counter
	parallel(workers, func(i int) {
		err := s.Create(t.Context(), session(fmt.Sprint(i), "ann"), old.Hash)
		switch {
		case err == nil:
			won.add()
		case !errors.Is(err, sessions.ErrNotFound):
			t.Error(err)
		}
	})
	list, err := s.List(t.Context(), "ann", epoch)
	if won.n != 1 || len(list) != 1 || err != nil {
		t.Errorf("%d replaced the same session, %d sessions, %v", won.n, len(list), err)
	}
}

func sessionsRevokedStaysRevoked(t *testing.T, s sessions.Store) {
	const workers = 8
	for round := range 5 {
		r := session(fmt.Sprint(round), "ann")
		mustCreate(t, s, r)
		parallel(workers, func(i int) {
			if i == 0 {
				if _, err := s.Revoke(t.Context(), sessions.Selector{UserID: "ann"}); err != nil {
					t.Error(err)
				}
				return
			}
			next := r
			for {
				err := s.Save(t.Context(), next)
				if errors.Is(err, sessions.ErrNotFound) {
					return
				}
				if err != nil && !errors.Is(err, sessions.ErrConflict) {
					t.Error(err)
					return
				}
				next.Version++
			}
		})
		wantGone(t, s, r)
	}
}

// parallel runs work in n goroutines and waits for them.
func parallel(n int, work func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			work(i)
		})
	}
	close(start)
	wg.Wait()
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}
