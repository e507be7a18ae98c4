package redis

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// A queue gathers calls while earlier ones are on the wire.
type queue struct {
	tag     int
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

// lead decides one batch in the caller's goroutine, which costs a lone caller
// no change of goroutines, and leaves the rest, if any, to run. It waits no
// longer than ctx allows; that ctx is cancelled does not end it, because others
// may share the batch.
func (s *RateLimits) lead(ctx context.Context, q *queue) {
	batch := q.next(nil)
	if len(batch) == 0 {
		return
	}
	timeout := s.db.options.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline))
	}
	s.land(batch, timeout)
	if !q.idle() {
		go s.run(q)
	}
}

// run decides what waits in q until nothing does. It never outlives its work:
// each call of the script is bounded by Options.Timeout.
func (s *RateLimits) run(q *queue) {
	var batch []*call
	for {
		if batch = q.next(batch[:0]); len(batch) == 0 {
			return
		}
		s.land(batch, s.db.options.Timeout)
	}
}

// land decides a batch and tells its callers, who own their calls from then on.
func (s *RateLimits) land(batch []*call, timeout time.Duration) {
	err := s.fly(batch, timeout)
	for i, c := range batch {
		c.err = err
		c.done <- struct{}{}
		batch[i] = nil
	}
}

// fly decides a batch in one call.
func (s *RateLimits) fly(batch []*call, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	client, err := s.db.connection(ctx)
	if err != nil {
		return err
	}
	s.heartbeat(ctx, client)
	keys, args := s.encode(batch)
	reply, err := s.script.Exec(ctx, client, keys, args).ToString()
	if err != nil {
		if refusal, ok := rueidis.IsRedisErr(err); ok && strings.Contains(refusal.Error(), "READONLY") {
			s.db.renew(client)
		}
		return err
	}
	return decode(batch, reply)
}
