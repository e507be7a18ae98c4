package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

// QueueConfig says how mail leaves the outbox. Store, Sender and Keys are required.
type QueueConfig struct {
	Store  Store
	Sender Sender
	// Keys encrypt the outbox. An entry whose key has left the ring is given up.
	Keys *secrets.Ring

	// Lease is how long a claimed entry belongs to this process. One attempt
	// to send gets half of it. 0 means 2 minutes, at least 2 seconds.
	Lease time.Duration
	// Poll is how often the outbox is looked at without being woken, for
	// entries of other processes and for those due again. 0 means 10 seconds.
	Poll time.Duration
	// MaxAttempts is after how many tries an entry is given up. 0 means 12:
	// with the default delays some five hours.
	MaxAttempts int
	// MinDelay and MaxDelay bound the delay before the next try, which doubles
	// each time; a random half of it is left out. 0 means 30 seconds and 1 hour.
	MinDelay, MaxDelay time.Duration
	// Workers is how many mails are sent at once. 0 means 4.
	Workers int
	// Keep is how long entries sent or given up are kept, without their text,
	// for people to look at. 0 means 7 days.
	Keep time.Duration

	// Logger receives one warning for each failed attempt. Nil is silent.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Queue sends mail through an outbox. It is safe for concurrent use and is
// itself a [Sender].
type Queue struct {
	cfg   QueueConfig
	codec codec
	wake  chan struct{}
}

// NewQueue returns a Queue, or all faults of cfg. Nothing is sent before Run.
func NewQueue(cfg QueueConfig) (*Queue, error) {
	var errs []error
	if cfg.Store == nil || cfg.Sender == nil || cfg.Keys == nil {
		errs = append(errs, errors.New("mail: QueueConfig needs Store, Sender and Keys"))
	}
	orElse := func(d *time.Duration, name string, value time.Duration) {
		if *d < 0 {
			errs = append(errs, fmt.Errorf("mail: %s must not be negative", name))
		}
		if *d == 0 {
			*d = value
		}
	}
	orElse(&cfg.Lease, "Lease", 2*time.Minute)
	orElse(&cfg.Poll, "Poll", 10*time.Second)
	orElse(&cfg.MinDelay, "MinDelay", 30*time.Second)
	orElse(&cfg.MaxDelay, "MaxDelay", max(time.Hour, cfg.MinDelay))
	orElse(&cfg.Keep, "Keep", 7*24*time.Hour)
	if cfg.Lease > 0 && cfg.Lease < 2*time.Second {
		errs = append(errs, errors.New("mail: Lease shorter than 2 seconds"))
	}
	if cfg.MaxDelay < cfg.MinDelay {
		errs = append(errs, errors.New("mail: MaxDelay shorter than MinDelay"))
	}
	if cfg.MaxAttempts < 0 || cfg.Workers < 0 {
		errs = append(errs, errors.New("mail: MaxAttempts and Workers must not be negative"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if cfg.MaxAttempts == 0 {
		cfg.MaxAttempts = 12
	}
	if cfg.Workers == 0 {
		cfg.Workers = 4
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Queue{cfg: cfg, codec: codec{cfg.Keys.Sealer("mail/outbox")}, wake: make(chan struct{}, 1)}, nil
}

// Prepare returns m as an entry of the outbox, for a store that adds it in a
// transaction of its own. It returns an error that wraps [ErrMessage] if m
// can never be sent. Call [Queue.Wake] after the commit.
func (q *Queue) Prepare(m Message) (Entry, error) {
	if err := m.Check(); err != nil {
		return Entry{}, err
	}
	id := m.ID
	if id == "" {
		id = secrets.Token()
	}
	data, err := q.codec.encode(m, id)
	if err != nil {
		return Entry{}, err
	}
	now := q.now()
	return Entry{ID: id, Recipient: m.To, Payload: data, Created: now, Due: now, Expires: whole(m.Expires)}, nil
}

// Send puts m into the outbox and wakes the queue. It does not wait for the
// mail to leave; an error means that it never will.
func (q *Queue) Send(ctx context.Context, m Message) error {
	e, err := q.Prepare(m)
	if err != nil {
		return err
	}
	if err := q.cfg.Store.Add(ctx, e); err != nil {
		return fmt.Errorf("adding mail to the outbox: %w", err)
	}
	q.Wake()
	return nil
}

// Wake makes Run look at the outbox now. It never blocks.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // a wake-up is already waiting
	}
}

// Stats returns counts over the outbox, for metrics and readiness.
func (q *Queue) Stats(ctx context.Context) (Stats, error) { return q.cfg.Store.Stats(ctx) }

// Run sends what is due until ctx ends. It then claims nothing more, lets the
// mails that are being sent finish, for half a lease at most, and returns nil. A failing
// store is logged and tried again. Run may run in several processes over one
// store, and should run once in each.
func (q *Queue) Run(ctx context.Context) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	free := make(chan struct{}, q.cfg.Workers)
	for range q.cfg.Workers {
		free <- struct{}{}
	}
	poll := time.NewTimer(0)
	defer poll.Stop()
	var purged time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-q.wake:
		case <-poll.C:
		}
		if now := q.now(); now.Sub(purged) > time.Hour {
			purged = now
			if _, err := q.cfg.Store.Purge(ctx, now.Add(-q.cfg.Keep)); err != nil {
				q.warn(ctx, "outbox not purged", err.Error())
			}
		}
		q.drain(ctx, free, &sending)
		poll.Reset(q.cfg.Poll)
	}
}

// drain claims and sends until nothing is due. It returns when all is being
// sent, not when all is sent.
func (q *Queue) drain(ctx context.Context, free chan struct{}, sending *sync.WaitGroup) {
	for {
		// Claim no more than can start at once: a claimed entry that waits
		// would use up its lease.
		slots := 0
		select {
		case <-ctx.Done():
			return
		case <-free:
			slots = 1
		}
		for more := true; more; {
			select {
			case <-free:
				slots++
			default:
				more = false
			}
		}
		now := q.now()
		entries, err := q.cfg.Store.Claim(ctx, now, now.Add(q.cfg.Lease), secrets.Token(), slots)
		if err != nil && ctx.Err() == nil {
			q.warn(ctx, "no mail claimed", err.Error())
		}
		for range slots - len(entries) {
			free <- struct{}{}
		}
		for _, e := range entries {
			sending.Go(func() {
				defer func() { free <- struct{}{} }()
				q.attempt(context.WithoutCancel(ctx), e)
			})
		}
		if err != nil || len(entries) < slots {
			return
		}
	}
}

// attempt tries to send one claimed entry and notes how it ended. ctx is not
// cancelled when the queue stops: a mail half sent is better finished.
func (q *Queue) attempt(ctx context.Context, e Entry) {
	// Half of the lease is kept for noting the end, so that nobody else can
	// hold the entry while it is being sent.
	left := e.Due.Sub(q.now()) - q.cfg.Lease/2
	if left <= 0 {
		return // claiming took too long; the lease runs out and it is tried again
	}
	sendCtx, cancel := context.WithTimeout(ctx, left)
	err := q.deliver(sendCtx, e)
	cancel()

	ctx, cancel = context.WithTimeout(ctx, q.cfg.Lease/4)
	defer cancel()
	now := q.now()
	attrs := []slog.Attr{slog.String("mail_id", e.ID), slog.Int("attempts", e.Attempts)}
	switch {
	case err == nil:
		err = q.cfg.Store.Sent(ctx, e.ID, e.Claim, now)
	case permanent(err) || e.Attempts >= q.cfg.MaxAttempts || expired(e, now):
		q.warn(ctx, "mail given up", reason(err), attrs...)
		err = q.cfg.Store.Bury(ctx, e.ID, e.Claim, now, reason(err))
	default:
		q.warn(ctx, "mail not sent", reason(err), attrs...)
		err = q.cfg.Store.Retry(ctx, e.ID, e.Claim, now.Add(q.delay(e.Attempts)), reason(err))
	}
	if err != nil && !errors.Is(err, ErrLost) {
		q.warn(ctx, "end of a mail not noted", err.Error(), attrs...)
	}
}

var (
	errExpired = &Error{Step: "expired before it could be sent", Permanent: true}
	errClaims  = &Error{Step: "claimed too often without an end", Permanent: true}
)

func (q *Queue) deliver(ctx context.Context, e Entry) error {
	if expired(e, q.now()) {
		return errExpired
	}
	if e.Attempts > q.cfg.MaxAttempts {
		return errClaims // every attempt so far ended the process: do not be the next
	}
	m, err := q.codec.decode(e)
	if err != nil {
		return err
	}
	return q.cfg.Sender.Send(ctx, m)
}

// delay returns how long to wait after the nth attempt: MinDelay doubled n-1
// times, at most MaxDelay, less a random half, so that the mails of an outage do
// not come back all at once.
func (q *Queue) delay(n int) time.Duration {
	d := q.cfg.MinDelay
	for range n - 1 {
		if d >= q.cfg.MaxDelay/2 {
			d = q.cfg.MaxDelay
			break
		}
		d *= 2
	}
	return d/2 + rand.N(d/2+1)
}

func expired(e Entry, now time.Time) bool { return !e.Expires.IsZero() && now.After(e.Expires) }

func permanent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Permanent || errors.Is(err, ErrMessage)
}

// reason is what is stored about a failure. Only this package's own errors are
// known to hold nothing secret.
func reason(err error) string {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Error()
	case errors.Is(err, ErrMessage):
		return ErrMessage.Error()
	}
	return "mail: sending failed"
}

func (q *Queue) warn(ctx context.Context, what, reason string, attrs ...slog.Attr) {
	if q.cfg.Logger == nil {
		return
	}
	q.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, what, append(attrs, slog.String("reason", reason))...)
}

func (q *Queue) now() time.Time { return whole(q.cfg.Now()) }

// whole cuts t to what every store keeps.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
