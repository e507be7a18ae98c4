package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/store/memory"
)

// sender notes what it sends and answers as told.
type sender struct {
	mu     sync.Mutex
	times  []time.Time
	mails  []mail.Message
	answer func(ctx context.Context, n int) error // nil: no error
}

func (s *sender) Send(ctx context.Context, m mail.Message) error {
	s.mu.Lock()
	s.times = append(s.times, time.Now())
	s.mails = append(s.mails, m)
	n := len(s.mails)
	s.mu.Unlock()
	if s.answer == nil {
		return nil
	}
	return s.answer(ctx, n)
}

func (s *sender) sent() []mail.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]mail.Message(nil), s.mails...)
}

func (s *sender) at() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.times...)
}

func ring(t testing.TB, key string) *secrets.Ring {
	t.Helper()
	r, err := secrets.NewRing(secrets.New(key))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newQueue(t testing.TB, cfg mail.QueueConfig) *mail.Queue {
	t.Helper()
	if cfg.Keys == nil {
		cfg.Keys = ring(t, "a key of this site")
	}
	if cfg.Store == nil {
		cfg.Store = memory.New().Outbox()
	}
	q, err := mail.NewQueue(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// run runs q until the test, or stop, ends it.
func run(t *testing.T, q *mail.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- q.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func stats(t *testing.T, q *mail.Queue) mail.Stats {
	t.Helper()
	s, err := q.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Oldest = time.Time{}
	return s
}

func TestQueueSendsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sender
		q := newQueue(t, mail.QueueConfig{Sender: &s})
		defer run(t, q)()
		time.Sleep(time.Minute + time.Second) // between two polls
		start := time.Now()
		for i := range 10 {
			m := letter
			m.ID = fmt.Sprint("id-", i)
			if err := q.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := s.sent(); len(got) != 10 || got[0].Text != letter.Text || got[0].To != letter.To || got[0].Subject != letter.Subject {
			t.Errorf("sent %d: %+v", len(got), got)
		}
		if time.Since(start) != 0 {
			t.Errorf("it took %v", time.Since(start))
		}
		if got := stats(t, q); got != (mail.Stats{Sent: 10}) {
			t.Errorf("%+v", got)
		}
	})
}

// The answer of a signup must not depend on the mail server (CVE-2024-45231: a
// failing one told whether the address was known).
func TestAttackMailServerTellsAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sender{answer: func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		q := newQueue(t, mail.QueueConfig{Sender: &s})
		defer run(t, q)()
		start := time.Now()
		for i := range 20 {
			m := letter
			m.ID = fmt.Sprint("id-", i)
			if err := q.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the caller waited %v", took)
		}
	})
}

func TestQueueBackoffAndDeadLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sender{answer: func(context.Context, int) error { return errors.New("421 try later " + token) }}
		var log bytes.Buffer
		q := newQueue(t, mail.QueueConfig{
			Sender: &s, MinDelay: time.Minute, MaxDelay: 10 * time.Minute, MaxAttempts: 7,
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		defer run(t, q)()
		if err := q.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		times := s.at()
		if len(times) != 7 {
			t.Fatalf("%d attempts, want 7", len(times))
		}
		for i, most := range []time.Duration{1, 2, 4, 8, 10, 10} {
			most *= time.Minute
			if gap := times[i+1].Sub(times[i]); gap < most/2 || gap > most+10*time.Second {
				t.Errorf("attempt %d came after %v, want %v to %v", i+2, gap, most/2, most)
			}
		}
		if got := stats(t, q); got != (mail.Stats{Dead: 1}) {
			t.Errorf("%+v", got)
		}
		synctest.Wait()
		if text := log.String(); strings.Contains(text, "k7J2") || strings.Contains(text, "Ann@") || strings.Count(text, "mail not sent") != 6 || strings.Count(text, "mail given up") != 1 {
			t.Errorf("log:\n%s", text)
		}
		time.Sleep(8 * 24 * time.Hour)
		if got := stats(t, q); got != (mail.Stats{}) {
			t.Errorf("after a week: %+v", got)
		}
	})
}

func TestQueueGivesUp(t *testing.T) {
	for name, row := range map[string]struct {
		err     error
		expires time.Duration
		most    int
	}{
		"recipient unknown": {&mail.Error{Step: "recipient refused", Code: 550, Permanent: true}, 0, 1},
		"message invalid":   {fmt.Errorf("wrapped: %w", mail.ErrMessage), 0, 1},
		"link expired":      {errors.New("down"), 10 * time.Minute, 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := sender{answer: func(context.Context, int) error { return row.err }}
				q := newQueue(t, mail.QueueConfig{Sender: &s})
				defer run(t, q)()
				m := letter
				if row.expires > 0 {
					m.Expires = time.Now().Add(row.expires)
				}
				if err := q.Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				if n := len(s.sent()); n < 1 || n > row.most {
					t.Errorf("%d attempts, want 1 to %d", n, row.most)
				}
				if got := stats(t, q); got != (mail.Stats{Dead: 1}) {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// While a lease holds, no second process sends the mail, however slow the first.
func TestAttackTwoProcessesSendOneMailTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New().Outbox()
		s := sender{answer: func(ctx context.Context, n int) error {
			select {
			case <-time.After(50 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		queues := make([]*mail.Queue, 3)
		for i := range queues {
			queues[i] = newQueue(t, mail.QueueConfig{Store: store, Sender: &s, Poll: time.Second})
			defer run(t, queues[i])()
		}
		for i := range 40 {
			m := letter
			m.ID = fmt.Sprint("id-", i)
			if err := queues[i%3].Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Hour)
		seen := make(map[string]int)
		for _, m := range s.sent() {
			seen[m.ID]++
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was sent %d times", id, n)
			}
		}
		if got := stats(t, queues[0]); got != (mail.Stats{Sent: 40}) || len(seen) != 40 {
			t.Errorf("%d mails, %+v", len(seen), got)
		}
	})
}

// A process that dies with a mail in hand loses nothing: the lease runs out.
func TestQueueAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New().Outbox()
		var s sender
		q := newQueue(t, mail.QueueConfig{Store: store, Sender: &s})
		if err := q.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if got, err := store.Claim(t.Context(), start, start.Add(2*time.Minute), "the dead one", 1); err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		defer run(t, q)()
		time.Sleep(time.Hour)
		times, mails := s.at(), s.sent()
		if len(times) != 1 || times[0].Sub(start) < 2*time.Minute || times[0].Sub(start) > 3*time.Minute {
			t.Fatalf("sent at %v", times)
		}
		if mails[0].ID != letter.ID {
			t.Errorf("the Message-ID changed to %s", mails[0].ID)
		}
	})
}

// A mail that kills whoever sends it is not tried for ever.
func TestAttackPoisonMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New().Outbox()
		var s sender
		q := newQueue(t, mail.QueueConfig{Store: store, Sender: &s, MaxAttempts: 3})
		if err := q.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		for range 3 { // processes that died
			if _, err := store.Claim(t.Context(), time.Now(), time.Now(), "dead", 1); err != nil {
				t.Fatal(err)
			}
		}
		defer run(t, q)()
		time.Sleep(time.Minute)
		if got := stats(t, q); got != (mail.Stats{Dead: 1}) || len(s.sent()) != 0 {
			t.Errorf("%+v, sent %d", got, len(s.sent()))
		}
	})
}

// Who is told to stop finishes what is being sent, and claims nothing more.
func TestQueueStopsGracefully(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sender{answer: func(ctx context.Context, n int) error {
			time.Sleep(10 * time.Second)
			return ctx.Err()
		}}
		q := newQueue(t, mail.QueueConfig{Sender: &s, Workers: 2})
		stop := run(t, q)
		for i := range 5 {
			m := letter
			m.ID = fmt.Sprint("id-", i)
			if err := q.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * time.Second)
		start := time.Now()
		stop()
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if got := stats(t, q); got != (mail.Stats{Sent: 2, Pending: 3}) {
			t.Errorf("%+v", got)
		}
	})
}

// brokenStore fails while it is down.
type brokenStore struct {
	mail.Store
	down atomic.Bool
}

func (s *brokenStore) Claim(ctx context.Context, now, until time.Time, claim string, max int) ([]mail.Entry, error) {
	if s.down.Load() {
		return nil, errors.New("database is down")
	}
	return s.Store.Claim(ctx, now, until, claim, max)
}

func (s *brokenStore) Add(ctx context.Context, e mail.Entry) error {
	if s.down.Load() {
		return errors.New("database is down")
	}
	return s.Store.Add(ctx, e)
}

func TestQueueOutlivesItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sender
		store := &brokenStore{Store: memory.New().Outbox()}
		q := newQueue(t, mail.QueueConfig{Store: store, Sender: &s})
		if err := q.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		store.down.Store(true)
		if err := q.Send(t.Context(), letter); err == nil {
			t.Error("a mail that was not stored was taken")
		}
		defer run(t, q)()
		time.Sleep(time.Minute)
		if len(s.sent()) != 0 {
			t.Error("sent without a claim")
		}
		store.down.Store(false)
		time.Sleep(time.Minute)
		if len(s.sent()) != 1 {
			t.Errorf("sent %d times", len(s.sent()))
		}
	})
}

// The table, a backup of it or a replica opens no account.
func TestAttackOutboxDumpOpensAccounts(t *testing.T) {
	var s sender
	q := newQueue(t, mail.QueueConfig{Sender: &s})
	m := letter
	m.HTML = "<a href='" + token + "'>"
	e, err := q.Prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"k7J2", "reset", "Schl", "href"} {
		if bytes.Contains(e.Payload, []byte(part)) {
			t.Errorf("the payload shows %q", part)
		}
	}
	again, err := q.Prepare(m)
	if err != nil || bytes.Equal(again.Payload, e.Payload) {
		t.Errorf("equal mails can be recognised: %v", err)
	}
}

// An entry whose key is gone, or that was moved to another row, is given up.
func TestQueueUnreadableEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New().Outbox()
		var s sender
		old := newQueue(t, mail.QueueConfig{Store: store, Sender: &s, Keys: ring(t, "the key before")})
		if err := old.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		q := newQueue(t, mail.QueueConfig{Store: store, Sender: &s})
		moved, err := q.Prepare(mail.Message{To: "a@castle.example", Subject: "s", Text: "t"})
		if err != nil {
			t.Fatal(err)
		}
		moved.ID = "elsewhere"
		if err := store.Add(t.Context(), moved); err != nil {
			t.Fatal(err)
		}
		defer run(t, q)()
		time.Sleep(time.Minute)
		if got := stats(t, q); got != (mail.Stats{Dead: 2}) || len(s.sent()) != 0 {
			t.Errorf("%+v, sent %d", got, len(s.sent()))
		}
	})
}

func TestQueueConfigFaults(t *testing.T) {
	good := mail.QueueConfig{Store: memory.New().Outbox(), Sender: new(mail.Mailbox), Keys: ring(t, "k")}
	for name, change := range map[string]func(*mail.QueueConfig){
		"no store":       func(c *mail.QueueConfig) { c.Store = nil },
		"no sender":      func(c *mail.QueueConfig) { c.Sender = nil },
		"no keys":        func(c *mail.QueueConfig) { c.Keys = nil },
		"short lease":    func(c *mail.QueueConfig) { c.Lease = time.Second },
		"negative poll":  func(c *mail.QueueConfig) { c.Poll = -1 },
		"delays crossed": func(c *mail.QueueConfig) { c.MinDelay, c.MaxDelay = 2*time.Hour, time.Hour },
		"workers":        func(c *mail.QueueConfig) { c.Workers = -1 },
	} {
		cfg := good
		change(&cfg)
		if _, err := mail.NewQueue(cfg); err == nil {
			t.Errorf("%s: NewQueue took it", name)
		}
	}
	if _, err := mail.NewQueue(good); err != nil {
		t.Error(err)
	}
}
