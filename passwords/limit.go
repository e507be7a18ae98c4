package passwords

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// limiter bounds the hashes that run and the callers that wait for one.
type limiter struct {
	workers int64
	queue   int64
	wait    time.Duration
	running *semaphore.Weighted // first come, first served
	waiting atomic.Int64
}

func newLimiter(workers, queue int, wait time.Duration) *limiter {
	return &limiter{
		workers: int64(workers), queue: int64(queue), wait: wait,
		running: semaphore.NewWeighted(int64(workers)),
	}
}

// acquire takes weight workers, or all if there are fewer, and returns the
// function that gives them back. It returns ErrBusy or the error of ctx.
func (l *limiter) acquire(ctx context.Context, weight int64) (release func(), err error) {
	weight = min(weight, l.workers)
	release = func() { l.running.Release(weight) }
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.running.TryAcquire(weight) {
		return release, nil
	}
	defer l.waiting.Add(-1)
	if l.waiting.Add(1) > l.queue {
		return nil, ErrBusy
	}
	patience, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	if l.running.Acquire(patience, weight) != nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, ErrBusy
	}
	return release, nil
}
