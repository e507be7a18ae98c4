package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

// An Entry is a mail in the outbox. Stores keep its fields as they are and look
// into none of them.
type Entry struct {
	ID        string    // 43 characters
	Recipient string    // the address, for people who look after the outbox
	Payload   []byte    // subject and text, encrypted; erased when sent or given up
	Created   time.Time // whole microseconds, UTC, as all times here
	Due       time.Time // when to try (again); while claimed, the end of the lease
	Expires   time.Time // zero: never
	Attempts  int       // claims so far
	Claim     string    // token of the last claim, "" before the first
}

// A Store keeps the outbox. Every method must be atomic, safe for concurrent
// use by several processes, and respect ctx.
//
// Sent, Retry and Bury act only on a pending entry whose Claim is the one
// given, and return [ErrLost] otherwise: the lease ran out and somebody else
// has the entry.
type Store interface {
	// Add stores a new pending entry. An entry with that ID must be an error.
	Add(ctx context.Context, e Entry) error
	// Claim takes up to max pending entries whose Due is not after now, those
	// due longest first. Each must get Due = until, Claim = claim and one
	// Attempt more, in one step, so that no other caller gets it too; it is
	// returned in its new state.
	Claim(ctx context.Context, now, until time.Time, claim string, max int) ([]Entry, error)
	// Sent marks an entry as sent at now and must erase its payload.
	Sent(ctx context.Context, id, claim string, now time.Time) error
	// Retry makes an entry due at due. Reason is why it was not sent.
	Retry(ctx context.Context, id, claim string, due time.Time, reason string) error
	// Bury gives an entry up at now and must erase its payload.
	Bury(ctx context.Context, id, claim string, now time.Time, reason string) error
	// Stats returns counts over the outbox.
	Stats(ctx context.Context) (Stats, error)
	// Purge deletes entries sent or given up before the time and returns how many.
	Purge(ctx context.Context, before time.Time) (int, error)
}

// Stats describes an outbox.
type Stats struct {
	Pending int       // waiting or being sent
	Dead    int       // given up and not purged
	Sent    int       // sent and not purged
	Oldest  time.Time // Created of the oldest pending entry, zero if none
}

// ErrLost is returned by a [Store] for an entry that the caller does not hold.
var ErrLost = errors.New("mail: claim lost")

// payload is what is encrypted of a message.
type payload struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"`
}

// codec turns messages into entries and back.
type codec struct{ sealer *secrets.Sealer }

func (c codec) encode(m Message, id string) ([]byte, error) {
	plain, err := json.Marshal(payload{m.To, m.Subject, m.Text, m.HTML})
	if err != nil {
		return nil, fmt.Errorf("mail: encoding a message: %w", err)
	}
	sealed := c.sealer.Seal(plain, []byte(id))
	if len(sealed) > secrets.MaxText {
		return nil, fmt.Errorf("%w: body too long", ErrMessage)
	}
	return []byte(sealed), nil
}

func (c codec) decode(e Entry) (Message, error) {
	plain, err := c.sealer.Open(string(e.Payload), []byte(e.ID))
	if err != nil {
		return Message{}, &Error{Step: "outbox entry does not open: its key is gone or it was altered", Permanent: true}
	}
	var p payload
	if err := json.Unmarshal(plain, &p); err != nil {
		return Message{}, &Error{Step: "outbox entry is malformed", Permanent: true}
	}
	return Message{To: p.To, Subject: p.Subject, Text: p.Text, HTML: p.HTML, Expires: e.Expires, ID: e.ID}, nil
}
