package ratelimit

import "time"

// TakeMarked takes c from a key whose place the mark decides, and returns how far
// ahead of now the key's time then is.
func (m *Memory) TakeMarked(mark uint64, c Cell) time.Duration {
	c.mark = mark
	m.takeOne(&c, m.now())
	return c.Ahead
}
