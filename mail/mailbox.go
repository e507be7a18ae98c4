package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// mailboxSize is how many mails a Mailbox keeps.
const mailboxSize = 50

// Delivered is a mail in a [Mailbox].
type Delivered struct {
	Message
	At time.Time
}

// Mailbox is a [Sender] that keeps the last 50 mails in memory, for tests and for
// the page that shows mail during development. The zero Mailbox is ready for
// use. It is safe for concurrent use.
type Mailbox struct {
	// Now is the clock; nil means time.Now. Set it before the first mail.
	Now func() time.Time

	mu   sync.Mutex
	kept []Delivered // the oldest first
}

// Send keeps m, if it could be sent at all.
func (b *Mailbox) Send(ctx context.Context, m Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	now := b.Now
	if now == nil {
		now = time.Now
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) == mailboxSize {
		b.kept = slices.Delete(b.kept, 0, 1)
	}
	b.kept = append(b.kept, Delivered{m, now()})
	return nil
}

// Messages returns the mails, the latest first. The caller owns the slice.
func (b *Mailbox) Messages() []Delivered {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := slices.Clone(b.kept)
	slices.Reverse(kept)
	return kept
}
