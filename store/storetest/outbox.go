package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/mail"
)

var outboxStart = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)

func outboxEntry(id string) mail.Entry {
	return mail.Entry{
		ID: id, Recipient: id + "@example.com", Payload: []byte("sealed " + id),
		Created: outboxStart, Due: outboxStart, Expires: outboxStart.Add(time.Hour),
	}
}

// TestOutbox holds a [mail.Store] to its obligations.
func TestOutbox(t *testing.T, open func(t *testing.T) mail.Store) {
	for name, run := range map[string]func(*testing.T, mail.Store){
		"AddClaimSent":     outboxAddClaimSent,
		"FieldsSurvive":    outboxFieldsSurvive,
		"Order":            outboxOrder,
		"LeaseRunsOut":     outboxLeaseRunsOut,
		"Retry":            outboxRetry,
		"Bury":             outboxBury,
		"Lost":             outboxLost,
		"SameID":           outboxSameID,
		"Purge":            outboxPurge,
		"OneClaimWins":     outboxOneClaimWins,
		"CancelledContext": outboxCancelled,
		"HostileStrings":   outboxHostile,
	} {
		t.Run(name, func(t *testing.T) { run(t, open(t)) })
	}
}

func outboxAdd(t *testing.T, s mail.Store, entries ...mail.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := s.Add(t.Context(), e); err != nil {
			t.Fatalf("Add(%q): %v", e.ID, err)
		}
	}
}

func outboxClaim(t *testing.T, s mail.Store, now time.Time, claim string, max int) []mail.Entry {
	t.Helper()
	got, err := s.Claim(t.Context(), now, now.Add(time.Minute), claim, max)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b mail.Entry) int { return strings.Compare(a.ID, b.ID) })
	return got
}

func outboxIDs(entries []mail.Entry) []string {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func outboxStats(t *testing.T, s mail.Store, want mail.Stats) {
	t.Helper()
	got, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Stats (-want +got):\n%s", diff)
	}
}

func outboxAddClaimSent(t *testing.T, s mail.Store) {
	outboxStats(t, s, mail.Stats{})
	outboxAdd(t, s, outboxEntry("a"))
	outboxStats(t, s, mail.Stats{Pending: 1, Oldest: outboxStart})
	if got := outboxClaim(t, s, outboxStart.Add(-time.Microsecond), "c0", 9); got != nil {
		t.Fatalf("claimed before it was due: %v", got)
	}
	if got := outboxIDs(outboxClaim(t, s, outboxStart, "c1", 9)); !slices.Equal(got, []string{"a"}) {
		t.Fatalf("claimed %v", got)
	}
	if got := outboxClaim(t, s, outboxStart, "c2", 9); len(got) != 0 {
		t.Fatalf("claimed twice: %v", got)
	}
	if err := s.Sent(t.Context(), "a", "c1", outboxStart.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if got := outboxClaim(t, s, outboxStart.Add(time.Hour), "c3", 9); len(got) != 0 {
		t.Fatalf("claimed after it was sent: %v", got)
	}
	outboxStats(t, s, mail.Stats{Sent: 1})
}

func outboxFieldsSurvive(t *testing.T, s mail.Store) {
	e := outboxEntry("a")
	e.Payload = bytes.Repeat([]byte{0, 1, 0xff, '\''}, 100_000)
	forever := outboxEntry("b")
	forever.Expires = time.Time{}
	outboxAdd(t, s, e, forever)
	got := outboxClaim(t, s, outboxStart, "claim", 9)
	for _, want := range []*mail.Entry{&e, &forever} {
		want.Due, want.Claim, want.Attempts = outboxStart.Add(time.Minute), "claim", 1
	}
	if diff := cmp.Diff([]mail.Entry{e, forever}, got); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
}

func outboxOrder(t *testing.T, s mail.Store) {
	for i, id := range []string{"c", "a", "b"} {
		e := outboxEntry(id)
		e.Due = outboxStart.Add(time.Duration(i) * time.Second)
		outboxAdd(t, s, e)
	}
	now := outboxStart.Add(time.Minute)
	for _, want := range []string{"c", "a", "b"} {
		if got := outboxIDs(outboxClaim(t, s, now, "claim-"+want, 1)); !slices.Equal(got, []string{want}) {
			t.Errorf("claimed %v, want %s, which is due longer", got, want)
		}
	}
}

func outboxLeaseRunsOut(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	outboxClaim(t, s, outboxStart, "first", 9)
	if got := outboxClaim(t, s, outboxStart.Add(time.Minute-time.Microsecond), "early", 9); len(got) != 0 {
		t.Fatal("claimed while the lease held")
	}
	got := outboxClaim(t, s, outboxStart.Add(time.Minute), "second", 9)
	if len(got) != 1 || got[0].Attempts != 2 || got[0].Claim != "second" {
		t.Fatalf("after the lease: %+v", got)
	}
	// The first holder comes back late.
	if err := s.Sent(t.Context(), "a", "first", outboxStart); !errors.Is(err, mail.ErrLost) {
		t.Errorf("Sent by the first holder: %v, want ErrLost", err)
	}
	if err := s.Sent(t.Context(), "a", "second", outboxStart); err != nil {
		t.Error(err)
	}
}

func outboxRetry(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	outboxClaim(t, s, outboxStart, "c1", 9)
	later := outboxStart.Add(10 * time.Second) // before the lease ends
	if err := s.Retry(t.Context(), "a", "c1", later, "mail: recipient refused (451)"); err != nil {
		t.Fatal(err)
	}
	if got := outboxClaim(t, s, later.Add(-time.Microsecond), "c2", 9); len(got) != 0 {
		t.Fatal("claimed before it was due again")
	}
	got := outboxClaim(t, s, later, "c3", 9)
	if len(got) != 1 || got[0].Attempts != 2 || string(got[0].Payload) != "sealed a" {
		t.Fatalf("after Retry: %+v", got)
	}
}

func outboxBury(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	outboxClaim(t, s, outboxStart, "c1", 9)
	if err := s.Bury(t.Context(), "a", "c1", outboxStart, "mail: recipient refused (550)"); err != nil {
		t.Fatal(err)
	}
	outboxStats(t, s, mail.Stats{Dead: 1})
	if got := outboxClaim(t, s, outboxStart.Add(time.Hour), "c2", 9); len(got) != 0 {
		t.Fatal("claimed after it was given up")
	}
}

func outboxLost(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	outboxClaim(t, s, outboxStart, "mine", 9)
	for name, call := range map[string]func(id, claim string) error{
		"Sent":  func(id, claim string) error { return s.Sent(t.Context(), id, claim, outboxStart) },
		"Retry": func(id, claim string) error { return s.Retry(t.Context(), id, claim, outboxStart, "r") },
		"Bury":  func(id, claim string) error { return s.Bury(t.Context(), id, claim, outboxStart, "r") },
	} {
		for _, at := range [][2]string{{"a", "theirs"}, {"a", ""}, {"none", "mine"}} {
			if err := call(at[0], at[1]); !errors.Is(err, mail.ErrLost) {
				t.Errorf("%s(%q, %q) = %v, want ErrLost", name, at[0], at[1], err)
			}
		}
	}
	if err := s.Sent(t.Context(), "a", "mine", outboxStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), "a", "mine", outboxStart, "r"); !errors.Is(err, mail.ErrLost) {
		t.Errorf("Retry of a mail that was sent: %v, want ErrLost", err)
	}
}

func outboxSameID(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	if err := s.Add(t.Context(), outboxEntry("a")); err == nil {
		t.Error("a second entry with the same id was taken")
	}
	outboxClaim(t, s, outboxStart, "c", 9)
	if err := s.Sent(t.Context(), "a", "c", outboxStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), outboxEntry("a")); err == nil {
		t.Error("the id of a mail that was sent was taken")
	}
}

func outboxPurge(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("dead"), outboxEntry("pending"), outboxEntry("sent"))
	outboxClaim(t, s, outboxStart, "c", 9)
	if err := s.Sent(t.Context(), "sent", "c", outboxStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Bury(t.Context(), "dead", "c", outboxStart.Add(time.Second), "r"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		before time.Time
		want   int
		left   mail.Stats
	}{
		{outboxStart, 0, mail.Stats{Pending: 1, Sent: 1, Dead: 1, Oldest: outboxStart}},
		{outboxStart.Add(time.Second), 1, mail.Stats{Pending: 1, Dead: 1, Oldest: outboxStart}},
		{outboxStart.Add(100 * time.Hour), 1, mail.Stats{Pending: 1, Oldest: outboxStart}},
	} {
		n, err := s.Purge(t.Context(), step.before)
		if err != nil || n != step.want {
			t.Errorf("Purge(%v) = %d, %v, want %d", step.before, n, err, step.want)
		}
		outboxStats(t, s, step.left)
	}
}

// outboxOneClaimWins: of many who claim at once, each entry goes to one.
func outboxOneClaimWins(t *testing.T, s mail.Store) {
	const entries, claimers = 30, 8
	for i := range entries {
		outboxAdd(t, s, outboxEntry(fmt.Sprintf("e%02d", i)))
	}
	var mu sync.Mutex
	holders := make(map[string][]string)
	var all sync.WaitGroup
	for c := range claimers {
		all.Go(func() {
			claim := fmt.Sprintf("claim%d", c)
			for range entries {
				got, err := s.Claim(t.Context(), outboxStart, outboxStart.Add(time.Minute), claim, 2)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) > 2 {
					t.Errorf("asked for 2, got %d", len(got))
				}
				mu.Lock()
				for _, e := range got {
					holders[e.ID] = append(holders[e.ID], claim)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(holders) != entries {
		t.Errorf("%d entries were claimed, want %d", len(holders), entries)
	}
	for id, by := range holders {
		if len(by) != 1 {
			t.Errorf("%s was claimed by %v", id, by)
		}
	}
}

func outboxCancelled(t *testing.T, s mail.Store) {
	outboxAdd(t, s, outboxEntry("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Add(ctx, outboxEntry("b")); err == nil {
		t.Error("Add did not respect the context")
	}
	if got, err := s.Claim(ctx, outboxStart, outboxStart.Add(time.Minute), "c", 9); err == nil {
		t.Errorf("Claim did not respect the context: %v", got)
	}
	if got := outboxIDs(outboxClaim(t, s, outboxStart, "d", 9)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("claimed %v afterwards, want a alone", got)
	}
}

func outboxHostile(t *testing.T, s mail.Store) {
	for i, text := range []string{"'; DROP TABLE outbox; --", "%_\\", "ß@bücher.example", strings.Repeat("x", 254), "a\nb\x7f", "\u202e"} {
		e := outboxEntry(fmt.Sprintf("%d%s", i, text))
		e.Recipient = text
		outboxAdd(t, s, e)
		claim := "claim " + text
		got := outboxClaim(t, s, outboxStart, claim, 9)
		if len(got) != 1 || got[0].Recipient != text || got[0].ID != e.ID || got[0].Claim != claim {
			t.Errorf("%q came back as %+v", text, got)
		}
		if err := s.Bury(t.Context(), e.ID, claim, outboxStart, text); err != nil {
			t.Error(err)
		}
	}
}
