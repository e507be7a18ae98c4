package memory

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/merlon-go/merlon/mail"
)

// outbox keeps outgoing mail.
type outbox struct {
	mu      sync.Mutex
	pending map[string]mail.Entry
	ended   map[string]ending // sent or given up; nothing of the mail is kept
}

type ending struct {
	at   time.Time
	dead bool
}

func newOutbox() *outbox {
	return &outbox{pending: make(map[string]mail.Entry), ended: make(map[string]ending)}
}

// Outbox returns the store of outgoing mail.
func (db *DB) Outbox() mail.Store { return db.outbox }

var errSameMail = errors.New("memory: a mail with this id is in the outbox already")

func (o *outbox) Add(ctx context.Context, e mail.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	_, pending := o.pending[e.ID]
	if _, ended := o.ended[e.ID]; pending || ended {
		return errSameMail
	}
	e.Payload = slices.Clone(e.Payload)
	o.pending[e.ID] = e
	return nil
}

func (o *outbox) Claim(ctx context.Context, now, until time.Time, claim string, max int) ([]mail.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var due []mail.Entry
	for _, e := range o.pending {
		if !e.Due.After(now) {
			due = append(due, e)
		}
	}
	slices.SortFunc(due, func(a, b mail.Entry) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	due = due[:min(len(due), max)]
	for i := range due {
		due[i].Due, due[i].Claim = until, claim
		due[i].Attempts++
		o.pending[due[i].ID] = due[i]
		due[i].Payload = slices.Clone(due[i].Payload)
	}
	return due, nil
}

func (o *outbox) Sent(ctx context.Context, id, claim string, now time.Time) error {
	return o.end(ctx, id, claim, ending{at: now})
}

func (o *outbox) Bury(ctx context.Context, id, claim string, now time.Time, _ string) error {
	return o.end(ctx, id, claim, ending{at: now, dead: true})
}

func (o *outbox) end(ctx context.Context, id, claim string, how ending) error {
	return o.held(ctx, id, claim, func(e mail.Entry) {
		delete(o.pending, id)
		o.ended[id] = how
	})
}

func (o *outbox) Retry(ctx context.Context, id, claim string, due time.Time, _ string) error {
	return o.held(ctx, id, claim, func(e mail.Entry) {
		e.Due = due
		o.pending[id] = e
	})
}

// held calls change with the entry if the caller still holds it.
func (o *outbox) held(ctx context.Context, id, claim string, change func(mail.Entry)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.pending[id]
	if !ok || e.Claim != claim {
		return mail.ErrLost
	}
	change(e)
	return nil
}

func (o *outbox) Stats(ctx context.Context) (mail.Stats, error) {
	if err := ctx.Err(); err != nil {
		return mail.Stats{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s := mail.Stats{Pending: len(o.pending)}
	for _, e := range o.pending {
		if s.Oldest.IsZero() || e.Created.Before(s.Oldest) {
			s.Oldest = e.Created
		}
	}
	for _, e := range o.ended {
		if e.dead {
			s.Dead++
		} else {
			s.Sent++
		}
	}
	return s, nil
}

func (o *outbox) Purge(ctx context.Context, before time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	had := len(o.ended)
	maps.DeleteFunc(o.ended, func(_ string, e ending) bool { return e.at.Before(before) })
	return had - len(o.ended), nil
}
