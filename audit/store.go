package audit

import (
	"context"
	"net/netip"
	"time"
)

// A Record is an event as a [Store] keeps it: numbered, and tied to the one
// before it by its hash.
type Record struct {
	Sequence int64 // 1 for the first, then without gaps
	Event    Event // its Time cut to microseconds, in UTC
	Hash     []byte
}

// A Filter selects records. Its zero fields select all of them.
type Filter struct {
	Names        []Name // any of them
	Actor        string
	Subject      string
	Control      string
	RequestID    string
	Client       netip.Addr
	Since, Until time.Time // from Since on and before Until
	Before       int64     // sequence numbers below this one: the next page
	Limit        int       // 1 to 1000; 0 means 100
}

// MaxTail is the largest Limit of a [Filter].
const MaxTail = 1000

// A Store keeps records for good. It must be safe for concurrent use, and what
// it acknowledged must survive a crash. It offers no way to change or delete a
// record.
type Store interface {
	// Append adds one record after the last one. In the same step it must ask
	// seal for the hash, giving it the record's sequence number and the hash of
	// the record before (nil for the first). Appends of several processes must
	// come one after the other. If it returns an error, nothing was added, or it
	// is not known whether something was.
	Append(ctx context.Context, e Event, seal func(sequence int64, previous []byte) []byte) error
	// Read returns at most limit records whose sequence is greater than after,
	// in ascending order.
	Read(ctx context.Context, after int64, limit int) ([]Record, error)
	// Tail returns the newest records that f selects, newest first. Limit has
	// been set.
	Tail(ctx context.Context, f Filter) ([]Record, error)
}
