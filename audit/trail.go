package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// A MAC seals the trail, so that only who holds the key can write one that
// verifies. A *secrets.MAC is one. Verify must accept what Sum made, also under
// a key that was replaced since.
type MAC interface {
	Sum(dst []byte, parts ...[]byte) []byte
	Verify(tag []byte, parts ...[]byte) bool
}

// TrailConfig says how a [Trail] is kept.
type TrailConfig struct {
	// Store keeps the records. It must be set.
	Store Store
	// MAC seals each record. It must be set, unless InsecureUnkeyed is.
	MAC MAC
	// InsecureUnkeyed seals with plain SHA-256. Such a trail shows a mistake or
	// a damaged disk; whoever can write to the database can forge it whole.
	InsecureUnkeyed bool
	// Now is the clock for events without a time; nil means time.Now.
	Now func() time.Time
}

// A Trail is a [Sink] that keeps events for good, each sealed together with the
// seal of the one before: to change, remove or insert a record afterwards one
// has to seal all that follow anew, which takes the key. It is safe for
// concurrent use.
type Trail struct {
	store Store
	mac   MAC
	now   func() time.Time
}

// NewTrail returns a Trail, or what is wrong with the configuration.
func NewTrail(c TrailConfig) (*Trail, error) {
	switch {
	case c.Store == nil:
		return nil, errors.New("audit: no store")
	case c.MAC == nil && !c.InsecureUnkeyed:
		return nil, errors.New("audit: no key to seal the trail with")
	case c.MAC != nil && c.InsecureUnkeyed:
		return nil, errors.New("audit: a key and InsecureUnkeyed contradict each other")
	}
	if c.MAC == nil {
		c.MAC = unkeyed{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Trail{c.Store, c.MAC, c.Now}, nil
}

// Record appends the event. Its texts are cut and cleaned as [Clean] does. When
// it returns nil the event is on the disk.
func (t *Trail) Record(ctx context.Context, e Event) error {
	if e.Time.IsZero() {
		e.Time = t.now()
	}
	e.Time = time.UnixMicro(e.Time.UnixMicro()).UTC()
	e.Name = Name(Clean(string(e.Name)))
	for _, text := range []*string{&e.RequestID, &e.Actor, &e.Subject, &e.Control, &e.Reason, &e.Detail} {
		*text = Clean(*text)
	}
	if e.Client.IsValid() {
		e.Client = e.Client.Unmap().WithZone("")
	}
	err := t.store.Append(ctx, e, func(sequence int64, previous []byte) []byte {
		return t.mac.Sum(nil, previous, encode(sequence, &e))
	})
	if err != nil {
		return fmt.Errorf("recording %s: %w", e.Name, err)
	}
	return nil
}

// Tail returns the newest records that f selects, newest first.
func (t *Trail) Tail(ctx context.Context, f Filter) ([]Record, error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	if f.Limit < 1 || f.Limit > MaxTail {
		return nil, fmt.Errorf("audit: limit %d is not between 1 and %d", f.Limit, MaxTail)
	}
	return t.store.Tail(ctx, f)
}

// A Checkpoint is a point up to which a trail was found whole. Kept elsewhere,
// on paper or in another system, it shows when the end of a trail was cut off,
// which no chain can show by itself. The zero Checkpoint is the beginning.
type Checkpoint struct {
	Sequence int64
	Hash     []byte
}

// Broken says where a trail is not whole.
type Broken struct {
	Sequence int64 // the first record that is wrong or missing
	// Reason is "missing", "changed" or "cut-off": the record is not there, it
	// does not fit its seal, or the trail ends before the checkpoint.
	Reason string
}

// Error names the record and the reason.
func (b *Broken) Error() string {
	return fmt.Sprintf("audit: trail is broken at record %d: %s", b.Sequence, b.Reason)
}

// verifyBatch is how many records are read at once.
const verifyBatch = 500

// Verify reads the trail from a checkpoint to its end and returns the point it
// reached. If a record is wrong or missing, the error is a *[Broken] and the
// Checkpoint is the last good one. With the zero Checkpoint it reads everything.
func (t *Trail) Verify(ctx context.Context, from Checkpoint) (Checkpoint, error) {
	at := from
	if from.Sequence > 0 {
		records, err := t.store.Read(ctx, from.Sequence-1, 1)
		if err != nil {
			return at, fmt.Errorf("verifying the audit trail: %w", err)
		}
		if len(records) == 0 || records[0].Sequence != from.Sequence {
			return Checkpoint{}, &Broken{from.Sequence, "cut-off"}
		}
		if string(records[0].Hash) != string(from.Hash) {
			return Checkpoint{}, &Broken{from.Sequence, "changed"}
		}
	}
	for {
		records, err := t.store.Read(ctx, at.Sequence, verifyBatch)
		if err != nil {
			return at, fmt.Errorf("verifying the audit trail: %w", err)
		}
		for i := range records {
			r := &records[i]
			if r.Sequence != at.Sequence+1 {
				return at, &Broken{at.Sequence + 1, "missing"}
			}
			if !t.mac.Verify(r.Hash, at.Hash, encode(r.Sequence, &r.Event)) {
				return at, &Broken{r.Sequence, "changed"}
			}
			at = Checkpoint{r.Sequence, r.Hash}
		}
		if len(records) < verifyBatch {
			return at, nil
		}
	}
}

// encode writes what is sealed: numbers in eight bytes, texts after their
// length, so that no two events have the same encoding.
func encode(sequence int64, e *Event) []byte {
	client := ""
	if e.Client.IsValid() {
		client = e.Client.String()
	}
	b := append(make([]byte, 0, 256), "merlon audit 1\n"...)
	b = binary.BigEndian.AppendUint64(b, uint64(sequence))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.UnixMicro()))
	for _, text := range []string{string(e.Name), e.RequestID, client, e.Actor, e.Subject, e.Control, e.Reason, e.Detail} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return b
}

// unkeyed is a MAC without a key.
type unkeyed struct{}

func (unkeyed) Sum(dst []byte, parts ...[]byte) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return h.Sum(dst)
}

func (u unkeyed) Verify(tag []byte, parts ...[]byte) bool {
	return string(tag) == string(u.Sum(nil, parts...))
}
