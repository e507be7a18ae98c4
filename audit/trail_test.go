package audit_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/store/memory"
)

func ring(t testing.TB, primary string, fallbacks ...string) *secrets.Ring {
	t.Helper()
	var old []secrets.Secret
	for _, f := range fallbacks {
		old = append(old, secrets.New(f))
	}
	r, err := secrets.NewRing(secrets.New(primary), old...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const keyA, keyB = "k7Qz9vW2xN4pL8rT1yB6mC3dF5gH0jSa", "Zp3XwV8uT5sR1qN9mK6jH2gF4dS7aQ0b"

func TestTrailVerifiesOverKeyRotation(t *testing.T) {
	store := memory.New().Audit()
	open := func(r *secrets.Ring) *audit.Trail {
		trail, err := audit.NewTrail(audit.TrailConfig{Store: store, MAC: r.MAC("audit")})
		if err != nil {
			t.Fatal(err)
		}
		return trail
	}
	old := open(ring(t, keyA))
	for range 3 {
		if err := old.Record(t.Context(), audit.Event{Name: audit.LoginSuccess, Actor: "ann"}); err != nil {
			t.Fatal(err)
		}
	}
	rotated := open(ring(t, keyB, keyA))
	for range 600 { // more than one batch
		if err := rotated.Record(t.Context(), audit.Event{Name: audit.LoginFail, Subject: "ann"}); err != nil {
			t.Fatal(err)
		}
	}
	at, err := rotated.Verify(t.Context(), audit.Checkpoint{})
	if err != nil || at.Sequence != 603 {
		t.Errorf("verified up to %d: %v", at.Sequence, err)
	}
	var broken *audit.Broken
	if _, err := old.Verify(t.Context(), audit.Checkpoint{}); !errors.As(err, &broken) || broken.Sequence != 4 {
		t.Errorf("without the new key: %v", err)
	}
}

func TestAttackForgeTrailWithoutTheKey(t *testing.T) {
	// Who can write to the database writes a whole new trail.
	store := memory.New().Audit()
	forger, err := audit.NewTrail(audit.TrailConfig{Store: store, InsecureUnkeyed: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := forger.Record(t.Context(), audit.Event{Name: audit.LoginSuccess, Actor: "eve"}); err != nil {
		t.Fatal(err)
	}
	trail, err := audit.NewTrail(audit.TrailConfig{Store: store, MAC: ring(t, keyA).MAC("audit")})
	if err != nil {
		t.Fatal(err)
	}
	var broken *audit.Broken
	if _, err := trail.Verify(t.Context(), audit.Checkpoint{}); !errors.As(err, &broken) || broken.Sequence != 1 {
		t.Errorf("the forged trail: %v", err)
	}
}

func TestNewTrailRefuses(t *testing.T) {
	store, mac := memory.New().Audit(), ring(t, keyA).MAC("audit")
	for name, c := range map[string]audit.TrailConfig{
		"zero":       {},
		"no key":     {Store: store},
		"no store":   {MAC: mac},
		"contradict": {Store: store, MAC: mac, InsecureUnkeyed: true},
	} {
		if _, err := audit.NewTrail(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTrailCleansAndDates(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 7200))
	trail, err := audit.NewTrail(audit.TrailConfig{Store: memory.New().Audit(), InsecureUnkeyed: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	err = trail.Record(t.Context(), audit.Event{Name: "x\ny", Actor: "a\x00\xff", Subject: strings.Repeat("s", 5000), Client: netip.MustParseAddr("::ffff:192.0.2.1")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trail.Verify(t.Context(), audit.Checkpoint{}); err != nil {
		t.Error(err)
	}
	got, err := trail.Tail(t.Context(), audit.Filter{})
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	e := got[0].Event
	if e.Name != "x\ufffdy" || e.Actor != "a\ufffd\ufffd" || len(e.Subject) > 600 || e.Client.String() != "192.0.2.1" || !e.Time.Equal(now.Truncate(time.Microsecond)) {
		t.Errorf("%+v", e)
	}
	for _, limit := range []int{-1, audit.MaxTail + 1} {
		if _, err := trail.Tail(t.Context(), audit.Filter{Limit: limit}); err == nil {
			t.Errorf("limit %d accepted", limit)
		}
	}
}

type failing struct{ audit.Store }

func (failing) Append(context.Context, audit.Event, func(int64, []byte) []byte) error {
	return errors.New("disk full")
}

func TestTrailAndTeeReportLoss(t *testing.T) {
	trail, err := audit.NewTrail(audit.TrailConfig{Store: failing{}, InsecureUnkeyed: true})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	other := sinkFunc(func(audit.Event) { seen++ })
	if err := audit.Tee(trail, nil, audit.Discard, other).Record(t.Context(), audit.Event{Name: "x"}); err == nil || seen != 1 {
		t.Errorf("error %v, the other sink saw %d", err, seen)
	}
	if audit.Tee() != audit.Discard || audit.Tee(nil) != audit.Discard {
		t.Error("Tee of nothing is not Discard")
	}
}

type sinkFunc func(audit.Event)

func (f sinkFunc) Record(_ context.Context, e audit.Event) error {
	f(e)
	return nil
}
