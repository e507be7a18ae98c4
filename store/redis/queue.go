package redis

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/rueidis"
)

// A queue gathers calls while earlier ones are on the wire. Whoever finds fewer
// than the flights allowed starts another, and a flight ends only under the
// lock and with nothing waiting: a call that waits always has a flight that
// will take it. Nothing waits for a timer.
type queue struct {
	mu      sync.Mutex
	waiting []*call
	flying  int
}

// add reports whether the caller must start another flight.
func (q *queue) add(c *call) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, c)
	if q.flying == flights {
		return false
	}
	q.flying++
	return true
}

// next appends calls of up to maxBatch cells to batch. None left ends a flight.
func (q *queue) next(batch []*call) []*call {
	q.mu.Lock()
	defer q.mu.Unlock()
	cells, n := 0, 0
	for _, c := range q.waiting {
		if cells += len(c.cells); cells > maxBatch {
			break
		}
		n++
	}
	batch = append(batch, q.waiting[:n]...)
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	if n == 0 {
		q.flying--
	}
	return batch
}

// idle ends a flight if nothing waits.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		return false
	}
	q.flying--
	return true
}

// lead begins a flight: the caller decides the first batch itself, which costs
// a lone one no change of goroutines, and leaves the rest, if any, to run. The
// batch is bounded by its deadline then; that ctx is cancelled does not end it,
// because others may share it. A caller with little time left does not lead:
// the others' answers would be cut off with its own.
func (s *RateLimits) lead(ctx context.Context, q *queue) {
	timeout := s.db.options.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		if left < timeout/2 {
			go s.run(q)
			return
		}
		timeout = min(timeout, left)
	}
	b := s.batches.Get().(*batch)
	if b.calls = q.next(b.calls); len(b.calls) > 0 {
		s.land(b, timeout)
		if !q.idle() {
			go s.run(q)
		}
	}
	s.batches.Put(b)
}

// run decides what waits in q until nothing does. It never outlives its work:
// each call of the script is bounded by Options.Timeout.
func (s *RateLimits) run(q *queue) {
	b := s.batches.Get().(*batch)
	defer s.batches.Put(b)
	for {
		if b.calls = q.next(b.calls); len(b.calls) == 0 {
			return
		}
		s.land(b, s.db.options.Timeout)
		runtime.Gosched() // who got an answer may have the next question: larger batches cost less
	}
}

// land decides a batch and tells its callers, who own their calls from then on.
func (s *RateLimits) land(b *batch, timeout time.Duration) {
	err := s.fly(b, timeout)
	for _, c := range b.calls {
		c.err = err
		c.done <- struct{}{}
	}
	b.clear()
}

// fly decides a batch by one run of the script.
func (s *RateLimits) fly(b *batch, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	client, err := s.db.connection(ctx)
	if err != nil {
		return err
	}
	s.heartbeat(ctx, client)
	clock := ""
	if s.db.options.Now != nil {
		clock = strconv.FormatInt(int64(s.db.clock().Sub(epoch)/tick), 10)
	}
	b.encode(s.db.options.Prefix, clock)
	reply := s.script.run(ctx, client, b.keys, b.args[:])
	// A connection that was closed while nobody used it is found out only now.
	for range flights {
		if !b.again || !hungUp(reply.NonRedisError()) {
			break
		}
		reply = s.script.run(ctx, client, b.keys, b.args[:])
	}
	values, err := reply.ToArray()
	if err == nil {
		return b.decode(values)
	}
	if refusal, ok := rueidis.IsRedisErr(err); !ok {
		s.db.warm(client)
	} else if strings.Contains(refusal.Error(), "READONLY") {
		s.db.renew(client)
	}
	return err
}

// hungUp reports whether err says that the server closed the connection.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
