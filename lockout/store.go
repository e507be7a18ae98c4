package lockout

import (
	"context"
	"strings"
	"time"
)

// An ID names a counter, an account or a network to a [Store]: a keyed hash,
// from which nobody can tell what it stands for. The zero ID is none.
type ID [16]byte

// A Guess is what an attempt asks of one counter.
type Guess struct {
	ID ID
	// Kind says what is counted, such as "user+network". Subject says of whom,
	// encrypted. Both are for people.
	Kind, Subject string
	// Account and Network are what the counter belongs to, for [Store.List] and
	// [Store.Reset]. A counter with neither is the guard's own note: neither of
	// the two nor a lack of room may touch it.
	Account, Network ID
	// Mark is what this failure is told apart by: 8 characters of 0-9 and a-v.
	// If Distinct is set, failures of one Mark count once, as the latest.
	Mark     string
	Distinct bool
	// Limit is the number of failures within Window that lock, 1 to
	// [MaxLimit]; 0 never locks and keeps the last failure alone.
	Limit  int
	Window time.Duration
	// Cooloff is how long a first lock lasts. Each further one lasts twice as
	// long, at most MaxCooloff.
	Cooloff, MaxCooloff time.Duration
	// Delay is how long after the DelayAfter-th failure in a row the next
	// guess must wait, twice as long after each further one, at most MaxDelay.
	// Failures are in a row if no Window lies between two. 0 is no delay.
	DelayAfter      int
	Delay, MaxDelay time.Duration
}

// A Try is one attempt with all its counters, whose IDs differ.
type Try struct {
	Now  time.Time // cut to microseconds
	Mark string    // of this attempt alone: 8 characters of 0-9 and a-v
	Note string    // about the attempt, encrypted; at most 1 KiB, without line breaks
	// Guesses are in ascending order of their IDs.
	Guesses []Guess
}

// A Release is what a success gives back.
type Release struct {
	Now   time.Time
	Mark  string // that of the Try
	Items []Item
}

// An Item is what a success does to one counter: it takes out the failure that
// Mark stands for, or, with Clear, all of them and the lock.
type Item struct {
	ID    ID
	Mark  string
	Clear bool
}

// A Counter is what a [Store] keeps. Times are cut to microseconds; the zero
// time is never.
type Counter struct {
	ID               ID
	Kind, Subject    string
	Account, Network ID
	// Ring holds the last failures, at most as many as the limit, oldest first,
	// each as [Entry] writes it.
	Ring string
	// Last is the Mark of the last attempt that did not come too early.
	Last string
	// Streak is the number of failures in a row, Strikes that of locks.
	Streak, Strikes int
	NotBefore       time.Time
	LockedUntil     time.Time
	// Expires is when the counter means nothing any more.
	Expires time.Time
	// Log holds the last attempts, newest first, at most [MaxLog] bytes. Each
	// is an Entry with the Try's Mark, "F" or after a success "S", the Note,
	// and a line break; the last line may be cut off.
	Log string
}

// Bounds of what a [Store] is asked to keep.
const (
	MaxLimit = 1000
	MaxLog   = 4096
)

// A Query selects counters: those that expire after Now, belong to Account
// and Network unless these are zero, and, with Locked, are locked at Now. They
// come by ID, after the ID After, at most Limit of them.
type Query struct {
	Now              time.Time
	Account, Network ID
	Locked           bool
	After            ID
	Limit            int
}

// A Selector says which counters to delete: those of Account, of Network, of
// both together, or with All every one.
type Selector struct {
	Account, Network ID
	All              bool
}

// A Store keeps counters. It must be safe for concurrent use, must give up
// when ctx is done, and must not return before what it did is as durable as it
// gets. An error means that nothing is known: the guard then refuses.
type Store interface {
	// Reserve counts a failure in every counter of t, or in none if one of
	// them is locked at t.Now, in one atomic step. It reports whether it
	// counted, and returns the counters as they then are; if it did not count,
	// those that are there. Storetest's suite says how a counter changes.
	Reserve(ctx context.Context, t Try) (counters []Counter, counted bool, err error)
	// Release applies a success in one atomic step. A failure that is taken
	// out takes its lock and its delay along: with one failure less there
	// would have been none. Counters that are gone or expired are no error.
	Release(ctx context.Context, r Release) error
	// Extend lets the counters that are locked at now be locked until then,
	// unless they are so for longer.
	Extend(ctx context.Context, ids []ID, now, until time.Time) error
	// Load returns the counters with these IDs that expire after now.
	Load(ctx context.Context, ids []ID, now time.Time) ([]Counter, error)
	// List returns the counters that q selects.
	List(ctx context.Context, q Query) ([]Counter, error)
	// Reset deletes the counters that s selects and returns how many.
	Reset(ctx context.Context, s Selector) (int, error)
	// Purge deletes at most limit counters that expired at or before now, and,
	// if more than keep are left, at most limit of those that are not locked,
	// the ones that expire first. It returns how many it deleted.
	Purge(ctx context.Context, now time.Time, keep, limit int) (int, error)
}

// EntrySize is the length of an [Entry].
const EntrySize = 21

// digits are in ASCII order, so that entries sort by time.
const digits = "0123456789abcdefghijklmnopqrstuv"

// Entry writes a failure as a [Counter]'s Ring holds it: a comma, the time in
// microseconds since 1970 in 11 digits to the base 32, a full stop, and the
// mark.
func Entry(at time.Time, mark string) string { return Stamp(at) + "." + mark }

// Stamp is the first 12 characters of an [Entry]: two of them compare as their
// times do.
func Stamp(at time.Time) string {
	var b [12]byte
	b[0] = ','
	n := max(at.UnixMicro(), 0)
	for i := 11; i > 0; i-- {
		b[i] = digits[n&31]
		n >>= 5
	}
	return string(b[:])
}

// stampTime reads a Stamp.
func stampTime(stamp string) (time.Time, bool) {
	if len(stamp) != 12 || stamp[0] != ',' {
		return time.Time{}, false
	}
	var n int64
	for _, c := range []byte(stamp[1:]) {
		d := strings.IndexByte(digits, c)
		if d < 0 {
			return time.Time{}, false
		}
		n = n<<5 | int64(d)
	}
	return time.UnixMicro(n).UTC(), true
}

// Failures returns how many failures the counter holds that are younger than
// window.
func (c *Counter) Failures(now time.Time, window time.Duration) int {
	cutoff, n := Stamp(now.Add(-window)), 0
	for i := 0; i+EntrySize <= len(c.Ring); i += EntrySize {
		if c.Ring[i:i+12] > cutoff {
			n++
		}
	}
	return n
}
