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

// A queue gathers calls while earlier ones are on the wire. Who finds nothing
// on the wire starts a flight, and so does who finds that all flights under way
// take long already: the server is far away, or one connection hangs. A flight
// ends only under the lock and with nothing waiting, so that a call that waits
// always has a flight that will take it. Nothing waits for a timer.
type queue struct {
	now      func() time.Time
	mu       sync.Mutex
	waiting  []*call
	launched [flights]time.Time // the last batch of each flight; zero without one
}

// add reports whether the caller must start a flight, and which.
func (q *queue) add(c *call) (flight int, start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, c)
	flight = -1
	var latest time.Time
	for i, t := range &q.launched {
		switch {
		case t.IsZero():
			flight = i
		case t.After(latest):
			latest = t
		}
	}
	if flight < 0 || !latest.IsZero() && q.now().Sub(latest) < late {
		return 0, false
	}
	q.launched[flight] = q.now()
	return flight, true
}

// next appends calls of up to maxBatch cells to batch. None left ends the flight.
func (q *queue) next(flight int, batch []*call) []*call {
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
		q.launched[flight] = time.Time{}
	} else {
		q.launched[flight] = q.now()
	}
	return batch
}

// idle ends the flight if nothing waits.
func (q *queue) idle(flight int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		return false
	}
	q.launched[flight] = time.Time{}
	return true
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// lead begins a flight: the caller decides the first batch itself, which costs
// a lone one no change of goroutines, and leaves the rest, if any, to run. The
// batch is bounded by its deadline then; that ctx is cancelled does not end it,
// because others may share it. A caller with little time left does not lead:
// the others' answers would be cut off with its own.
func (s *RateLimits) lead(ctx context.Context, q *queue, flight int) {
	timeout := s.db.options.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		if left < timeout/2 {
			go s.run(q, flight)
			return
		}
		timeout = min(timeout, left)
	}
	b := s.batches.Get().(*batch)
	if b.calls = q.next(flight, b.calls); len(b.calls) > 0 {
		s.land(b, timeout)
		if !q.idle(flight) {
			go s.run(q, flight)
		}
	}
	s.batches.Put(b)
}

// run decides what waits in q until nothing does. It never outlives its work:
// each call of the script is bounded by Options.Timeout.
func (s *RateLimits) run(q *queue, flight int) {
	b := s.batches.Get().(*batch)
	defer s.batches.Put(b)
	for {
		if b.calls = q.next(flight, b.calls); len(b.calls) == 0 {
			return
		}
		n := len(b.calls)
		s.land(b, s.db.options.Timeout)
		if q.len() < n/2 {
			runtime.Gosched() // who got an answer may have the next question: larger batches cost less
		}
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
	if err := ctx.Err(); err != nil {
		s.db.warm(client) // the heartbeat's connection is gone
		return err
	}
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
