package redis

import (
	"context"
	"strings"
	"sync"

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

// run decides what waits in q until nothing does. It never outlives its work:
// each call of the script is bounded by Options.Timeout.
func (s *RateLimits) run(q *queue) {
	var batch []*call
	for {
		if batch = q.next(batch[:0]); len(batch) == 0 {
			return
		}
		err := s.fly(batch)
		for i, c := range batch {
			c.err = err
			c.done <- struct{}{}
			batch[i] = nil // it belongs to its caller again
		}
	}
}

// fly decides a batch in one call.
func (s *RateLimits) fly(batch []*call) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.db.options.Timeout)
	defer cancel()
	client, err := s.db.connection()
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
