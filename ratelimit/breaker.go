package ratelimit

import (
	"sync/atomic"
	"time"
)

const (
	breakAfter = 5           // failures in a row
	breakFor   = time.Second // then one request tries again
)

// A breaker keeps requests from waiting for a store that does not answer.
type breaker struct {
	failures atomic.Int32
	until    atomic.Int64 // when to try again; 0 while closed
	probing  atomic.Bool
}

// allow reports whether the store may be asked. While the breaker is open, one
// caller each breakFor is let through and must report back.
func (b *breaker) allow(now int64) bool {
	until := b.until.Load()
	return until == 0 || now >= until && b.probing.CompareAndSwap(false, true)
}

func (b *breaker) open() bool { return b.until.Load() != 0 }

// succeed reports whether the breaker was open until now.
func (b *breaker) succeed() bool {
	if b.failures.Load() != 0 {
		b.failures.Store(0)
	}
	if b.until.Load() == 0 {
		return false
	}
	closed := b.until.Swap(0) != 0
	b.probing.Store(false)
	return closed
}

// fail reports whether this failure opened the breaker.
func (b *breaker) fail(now int64) bool {
	if b.failures.Add(1) < breakAfter && !b.open() {
		return false
	}
	opened := b.until.Swap(now+int64(breakFor)) == 0
	b.probing.Store(false)
	return opened
}

// abandon ends a try that says nothing about the store: its caller went away.
func (b *breaker) abandon() { b.probing.Store(false) }
