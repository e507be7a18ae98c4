package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/safesql"
)

// TestAudit holds an [audit.Store] to its contract.
func TestAudit(t *testing.T, open func(t *testing.T) audit.Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s audit.Store)
	}{
		{"AppendRead", auditAppendRead},
		{"Tail", auditTail},
		{"ParallelAppendsMakeOneChain", auditParallel},
		{"HostileStrings", auditHostileStrings},
		{"CancelledContext", auditCancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// seal is a chain that can be read: the previous hash's last byte and the number.
func seal(sequence int64, previous []byte) []byte {
	return append([]byte(nil), fmt.Sprintf("%d<%.20s", sequence, previous)...)
}

func auditEvent(i int) audit.Event {
	return audit.Event{
		Name: audit.LoginFail, Time: epoch.Add(time.Duration(i) * time.Microsecond), RequestID: fmt.Sprint("r", i),
		Client: netip.MustParseAddr("192.0.2.9"), Actor: "ann", Subject: "s", Control: "c", Reason: "x", Detail: "a sentence",
	}
}

func auditAppendRead(t *testing.T, s audit.Store) {
	if got, err := s.Read(t.Context(), 0, 10); len(got) != 0 || err != nil {
		t.Errorf("an empty store reads %v, %v", got, err)
	}
	var want []audit.Record
	var previous []byte
	for i := range 5 {
		e := auditEvent(i)
		if i == 3 {
			e = audit.Event{Name: "n", Time: epoch}
		}
		if err := s.Append(t.Context(), e, seal); err != nil {
			t.Fatal(err)
		}
		e.Time = micro(e.Time)
		previous = seal(int64(i+1), previous)
		want = append(want, audit.Record{Sequence: int64(i + 1), Event: e, Hash: previous})
	}
	for after := range 6 {
		for _, limit := range []int{1, 2, 100} {
			got, err := s.Read(t.Context(), int64(after), limit)
			if d := cmp.Diff(want[after:min(5, after+limit)], got, sameAddr, cmp.Transformer("", func(r []audit.Record) []audit.Record {
				return append([]audit.Record{}, r...)
			})); d != "" || err != nil {
				t.Errorf("Read(%d, %d): %v (-want +got):\n%s", after, limit, err, d)
			}
		}
	}
}

func auditTail(t *testing.T, s audit.Store) {
	events := []audit.Event{
		{Name: audit.LoginSuccess, Time: epoch, Actor: "ann", Subject: "ann", Control: "accounts", RequestID: "1", Client: netip.MustParseAddr("192.0.2.1")},
		{Name: audit.LoginFail, Time: epoch.Add(time.Microsecond), Subject: "ann", Control: "accounts", RequestID: "2", Client: netip.MustParseAddr("2001:db8::1")},
		{Name: audit.LoginFail, Time: epoch.Add(2 * time.Microsecond), Subject: "eve", Control: "accounts", RequestID: "3"},
		{Name: audit.MaliciousCSRF, Time: epoch.Add(3 * time.Microsecond), Actor: "eve", Subject: "POST /", Control: "csrf", RequestID: "3"},
	}
	for _, e := range events {
		if err := s.Append(t.Context(), e, seal); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		filter audit.Filter
		want   string
	}{
		{audit.Filter{}, "4 3 2 1"},
		{audit.Filter{Limit: 2}, "4 3"},
		{audit.Filter{Before: 3}, "2 1"},
		{audit.Filter{Names: []audit.Name{audit.LoginFail}}, "3 2"},
		{audit.Filter{Names: []audit.Name{audit.LoginFail, audit.MaliciousCSRF}}, "4 3 2"},
		{audit.Filter{Names: []audit.Name{"' OR 1=1 --"}}, ""},
		{audit.Filter{Actor: "eve"}, "4"},
		{audit.Filter{Subject: "ann"}, "2 1"},
		{audit.Filter{Subject: "an%"}, ""},
		{audit.Filter{Control: "csrf"}, "4"},
		{audit.Filter{RequestID: "3"}, "4 3"},
		{audit.Filter{Client: netip.MustParseAddr("2001:db8::1")}, "2"},
		{audit.Filter{Since: epoch.Add(time.Microsecond), Until: epoch.Add(3 * time.Microsecond)}, "3 2"},
		{audit.Filter{Actor: "ann", Names: []audit.Name{audit.LoginFail}}, ""},
	} {
		if c.filter.Limit == 0 {
			c.filter.Limit = 100
		}
		got, err := s.Tail(t.Context(), c.filter)
		var sequences []string
		for _, r := range got {
			sequences = append(sequences, fmt.Sprint(r.Sequence))
		}
		if text := strings.Join(sequences, " "); text != c.want || err != nil {
			t.Errorf("Tail(%+v) = %s, %v, want %s", c.filter, text, err, c.want)
		}
	}
}

func auditParallel(t *testing.T, s audit.Store) {
	const workers, each = 8, 5
	parallel(workers, func(w int) {
		for i := range each {
			if err := s.Append(t.Context(), auditEvent(w*each+i), seal); err != nil {
				t.Error(err)
			}
		}
	})
	records, err := s.Read(t.Context(), 0, 1000)
	if err != nil || len(records) != workers*each {
		t.Fatalf("%d records, %v", len(records), err)
	}
	var previous []byte
	for i, r := range records {
		if previous = seal(int64(i+1), previous); r.Sequence != int64(i+1) || !bytes.Equal(r.Hash, previous) {
			t.Fatalf("record %d has number %d and hash %q, want %q", i+1, r.Sequence, r.Hash, previous)
		}
	}
}

func auditHostileStrings(t *testing.T, s audit.Store) {
	for i, text := range hostile {
		e := audit.Event{Name: audit.Name(text), Time: epoch, RequestID: text, Actor: text, Subject: text, Control: text, Reason: text, Detail: text}
		if err := s.Append(t.Context(), e, seal); err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
		got, err := s.Read(t.Context(), int64(i), 1)
		e.Time = micro(e.Time)
		if d := cmp.Diff([]audit.Event{e}, []audit.Event{got[0].Event}, sameAddr); err != nil || d != "" {
			t.Errorf("%.40q: %v\n%s", text, err, d)
		}
	}
	for _, text := range refused {
		if err := s.Append(t.Context(), audit.Event{Name: "n", Detail: text}, seal); !errors.Is(err, safesql.ErrText) {
			t.Errorf("%q: %v, want ErrText", text, err)
		}
	}
	if all, err := s.Read(t.Context(), 0, 1000); len(all) != len(hostile) || err != nil {
		t.Errorf("%d records, %v", len(all), err)
	}
}

func auditCancelled(t *testing.T, s audit.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Append(ctx, auditEvent(0), seal); err == nil {
		t.Error("Append with a cancelled context succeeded")
	}
	if _, err := s.Read(ctx, 0, 1); err == nil {
		t.Error("Read with a cancelled context succeeded")
	}
	if _, err := s.Tail(ctx, audit.Filter{Limit: 1}); err == nil {
		t.Error("Tail with a cancelled context succeeded")
	}
	if all, err := s.Read(t.Context(), 0, 10); len(all) != 0 || err != nil {
		t.Errorf("%d records, %v", len(all), err)
	}
}

// TestTampering holds the trail on a store to its promise. The function tamper
// runs one statement on the database behind the store that open returned last,
// as an intruder or an administrator would.
func TestTampering(t *testing.T, open func(t *testing.T) (s audit.Store, tamper func(statement string))) {
	for name, c := range map[string]struct {
		statements []string
		want       audit.Broken
	}{
		"untouched":         {},
		"AttackRewrite":     {[]string{`UPDATE audit_events SET actor = 'nobody' WHERE sequence = 4`}, audit.Broken{Sequence: 4, Reason: "changed"}},
		"AttackBackdate":    {[]string{`UPDATE audit_events SET happened_at = happened_at - 1 WHERE sequence = 7`}, audit.Broken{Sequence: 7, Reason: "changed"}},
		"AttackRemove":      {[]string{`DELETE FROM audit_events WHERE sequence = 5`}, audit.Broken{Sequence: 5, Reason: "missing"}},
		"AttackRemoveFirst": {[]string{`DELETE FROM audit_events WHERE sequence = 1`}, audit.Broken{Sequence: 1, Reason: "missing"}},
		"AttackRemoveAndRenumber": {[]string{
			`DELETE FROM audit_events WHERE sequence = 9`, `UPDATE audit_events SET sequence = 9 WHERE sequence = 10`,
		}, audit.Broken{Sequence: 9, Reason: "changed"}},
		"AttackSwap": {[]string{
			`UPDATE audit_events SET sequence = 99 WHERE sequence = 2`, `UPDATE audit_events SET sequence = 2 WHERE sequence = 3`, `UPDATE audit_events SET sequence = 3 WHERE sequence = 99`,
		}, audit.Broken{Sequence: 2, Reason: "changed"}},
		"AttackMoveText": {[]string{`UPDATE audit_events SET subject = subject || control, control = '' WHERE sequence = 6`}, audit.Broken{Sequence: 6, Reason: "changed"}},
		"AttackCutOff":   {[]string{`DELETE FROM audit_events WHERE sequence > 6`}, audit.Broken{Sequence: 10, Reason: "cut-off"}},
		"AttackEmpty":    {[]string{`DELETE FROM audit_events`}, audit.Broken{Sequence: 10, Reason: "cut-off"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, tamper := open(t)
			trail, err := audit.NewTrail(audit.TrailConfig{Store: s, InsecureUnkeyed: true})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 10 {
				if err := trail.Record(t.Context(), auditEvent(i)); err != nil {
					t.Fatal(err)
				}
			}
			kept, err := trail.Verify(t.Context(), audit.Checkpoint{})
			if err != nil || kept.Sequence != 10 {
				t.Fatal(kept, err)
			}
			for statement := range slices.Values(c.statements) {
				tamper(statement)
			}
			_, err = trail.Verify(t.Context(), audit.Checkpoint{})
			if c.want.Reason == "cut-off" { // a chain alone cannot show it, the checkpoint can
				_, err = trail.Verify(t.Context(), kept)
			}
			var broken *audit.Broken
			if errors.As(err, &broken); broken == nil && c.want.Reason != "" || broken != nil && *broken != c.want {
				t.Errorf("Verify: %v, want %v", err, &c.want)
			}
		})
	}
}
