package csp

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// DefaultMaxReports is how many reports a store holds unless it is told otherwise.
const DefaultMaxReports = 1000

// MemoryStore is a [ReportStore] that keeps reports in memory, within a bound,
// until the process ends. It is safe for concurrent use.
type MemoryStore struct {
	max int

	mu      sync.Mutex
	reports map[string]*Report
}

// NewMemoryStore returns an empty store for at most max reports; 0 or less
// means [DefaultMaxReports].
func NewMemoryStore(max int) *MemoryStore {
	if max <= 0 {
		max = DefaultMaxReports
	}
	return &MemoryStore{max: max, reports: map[string]*Report{}}
}

// Add implements [ReportStore].
func (s *MemoryStore) Add(ctx context.Context, reports []Report) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range reports {
		s.merge(r)
	}
	s.evict()
	return nil
}

func (s *MemoryStore) merge(r Report) {
	key := r.Key()
	if have := s.reports[key]; have != nil {
		have.Merge(r)
		return
	}
	r.Browsers = slices.Clone(r.Browsers)
	s.reports[key] = &r
}

// evict drops the least reported until the store is within its bound. The
// caller holds mu.
func (s *MemoryStore) evict() {
	over := len(s.reports) - s.max
	if over <= 0 {
		return
	}
	keys := slices.Collect(maps.Keys(s.reports))
	slices.SortFunc(keys, func(k, l string) int {
		a, b := s.reports[k], s.reports[l]
		return cmp.Or(cmp.Compare(a.Count, b.Count), a.Last.Compare(b.Last), cmp.Compare(k, l))
	})
	for _, key := range keys[:over] {
		delete(s.reports, key)
	}
}

// Reports implements [ReportStore].
func (s *MemoryStore) Reports(ctx context.Context, since time.Time, limit int) ([]Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for key, r := range s.reports {
		if !r.Last.Before(since) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(k, l string) int {
		return cmp.Or(s.reports[l].Last.Compare(s.reports[k].Last), cmp.Compare(k, l))
	})
	keys = keys[:min(max(limit, 0), len(keys))]
	found := make([]Report, len(keys))
	for i, key := range keys {
		found[i] = *s.reports[key]
		found[i].Browsers = slices.Clone(found[i].Browsers)
	}
	return found, nil
}

// Prune implements [ReportStore].
func (s *MemoryStore) Prune(ctx context.Context, before time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for key, r := range s.reports {
		if r.Last.Before(before) {
			delete(s.reports, key)
			n++
		}
	}
	return n, nil
}

// take empties the store and returns what it held.
func (s *MemoryStore) take() []Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Report, 0, len(s.reports))
	for _, r := range s.reports {
		all = append(all, *r)
	}
	clear(s.reports)
	return all
}
