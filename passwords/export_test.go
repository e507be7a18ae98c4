package passwords

import "context"

// Owed tells what Verify adds to the check of encoded: work of the current
// parameters and of the imported kind.
func (h *Hasher) Owed(encoded string) (current, imported uint64) {
	s, err := parse(encoded)
	if err != nil {
		s = nil
	}
	return h.owed(s)
}

// Occupy takes all workers until the function it returns is called.
func (h *Hasher) Occupy() (release func()) {
	release, err := h.limit.acquire(context.Background(), h.limit.workers)
	if err != nil {
		panic(err)
	}
	return release
}

// Waiting is how many callers wait for a worker.
func (h *Hasher) Waiting() int64 { return h.limit.waiting.Load() }

// CommonList unpacks the list of common passwords.
func CommonList() (string, error) {
	l, err := loadCommon()
	return string(l), err
}

var Period = period
