package sessions

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Errors that a [Store] returns, and [ErrNotFound] also for a session that
// cannot be revoked because it is not there.
var (
	// ErrNotFound means that there is no such session.
	ErrNotFound = errors.New("sessions: not found")
	// ErrConflict means that the session was changed by somebody else since it
	// was loaded.
	ErrConflict = errors.New("sessions: changed meanwhile")
)

// A Hash is the SHA-256 of a session's token: what a store keeps instead of it.
type Hash [32]byte

// A Record is a session as a store keeps it. Times are cut to microseconds.
type Record struct {
	Hash          Hash
	ID            string    // names the session to its user; opens nothing
	UserID        string    // "" until somebody signs in
	Created       time.Time // begin of the absolute age
	Authenticated time.Time // when credentials were last checked; zero for never
	LastSeen      time.Time
	Expires       time.Time
	Client        netip.Addr // the zero Addr if unknown
	UserAgent     string     // at most 256 bytes, one line
	Version       int64      // grows by one with each Save
	Data          []byte     // opaque; must not be changed by anybody
}

// A Selector says which sessions of a user to delete: the one called ID, or all
// but the one called Except, or, with both empty, all. UserID must not be empty.
type Selector struct {
	UserID string
	ID     string
	Except string
}

// A Store keeps sessions. It must be safe for concurrent use, must give up when
// ctx is done, and must not return before what it did is as durable as it gets.
// Every method returns an error that is neither ErrNotFound nor ErrConflict if
// it could not find out. Text that is not valid UTF-8 or holds NUL must be
// refused with an error.
type Store interface {
	// Load returns the session with the hash, whether or not it has expired, or
	// ErrNotFound. The caller must not change the record's Data.
	Load(ctx context.Context, hash Hash) (Record, error)
	// Create adds r, with version 1, and deletes the session with the hash
	// replaced, in one step. The zero Hash replaces nothing; any other that is
	// not there gives ErrNotFound, and nothing is added.
	Create(ctx context.Context, r Record, replaced Hash) error
	// Save writes LastSeen, Expires, Client, UserAgent and Data of the session
	// with r's hash if its version is still r.Version, and adds one to it.
	// Otherwise it returns ErrConflict, or ErrNotFound if the session is gone.
	Save(ctx context.Context, r Record) error
	// Delete deletes the session with the hash. One that is not there is no error.
	Delete(ctx context.Context, hash Hash) error
	// List returns the sessions of a user that expire after now, the one seen
	// last first, at most 1000.
	List(ctx context.Context, userID string, now time.Time) ([]Record, error)
	// Revoke deletes the sessions that s selects, in one step, and returns how
	// many there were. No session it deletes is ever loaded again.
	Revoke(ctx context.Context, s Selector) (int, error)
	// Purge deletes at most limit sessions that expired at or before now and
	// returns how many it deleted.
	Purge(ctx context.Context, now time.Time, limit int) (int, error)
}
