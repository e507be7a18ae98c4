package redis

import (
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

// Flying and Waiting are how many flights are under way and how many calls
// wait for one.
func (s *RateLimits) Flying() (n int) {
	return s.sum(func(q *queue) (n int) {
		for _, t := range q.launched {
			if !t.IsZero() {
				n++
			}
		}
		return n
	})
}

func (s *RateLimits) Waiting() (n int) { return s.sum(func(q *queue) int { return len(q.waiting) }) }

func (s *RateLimits) sum(of func(*queue) int) (n int) {
	for i := range s.queues {
		q := &s.queues[i]
		q.mu.Lock()
		n += of(q)
		q.mu.Unlock()
	}
	return n
}

// Flights is how many script calls of one queue may be under way.
const Flights = flights

// Bounds are how long connecting and an exchange on a connection may take.
func (db *DB) Bounds() (connect, exchange time.Duration) {
	return db.option.Dialer.Timeout, db.option.ConnWriteTimeout
}

// TakeInOneRun decides the calls by one run of the script.
func (s *RateLimits) TakeInOneRun(calls ...[]ratelimit.Cell) (passed []bool, err error) {
	b := new(batch)
	for _, cells := range calls {
		b.calls = append(b.calls, &call{cells: cells})
	}
	err = s.fly(b, s.db.options.Timeout)
	for _, c := range b.calls {
		passed = append(passed, c.ok)
	}
	return passed, err
}
