package lockout

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// DefaultMaxCounters is how many counters are kept unless told otherwise.
const DefaultMaxCounters = 1_000_000

// evictionSample is how many counters are looked at to find one to evict.
const evictionSample = 64

var errFull = errors.New("lockout: too many counters are locked")

// Memory is a [Store] in this process: for tests, for development, and for a
// site on one node that may forget its locks on a restart. When it is full, a
// counter that is not locked makes room. It is safe for concurrent use.
type Memory struct {
	mu       sync.Mutex
	max      int
	counters map[ID]*Counter // a counter is replaced, never changed
}

// NewMemory returns an empty Memory for maxCounters counters; 0 or less means
// [DefaultMaxCounters].
func NewMemory(maxCounters int) *Memory {
	if maxCounters <= 0 {
		maxCounters = DefaultMaxCounters
	}
	return &Memory{max: maxCounters, counters: make(map[ID]*Counter)}
}

// Reserve implements [Store].
func (m *Memory) Reserve(ctx context.Context, t Try) ([]Counter, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	counters := make([]Counter, 0, len(t.Guesses))
	locked := false
	for i := range t.Guesses {
		if c := m.counters[t.Guesses[i].ID]; c != nil && c.Expires.After(t.Now) {
			counters = append(counters, *c)
			locked = locked || c.LockedUntil.After(t.Now)
		}
	}
	if locked {
		return counters, false, nil
	}
	for i := range t.Guesses {
		if m.counters[t.Guesses[i].ID] == nil && !m.room(t.Now) {
			return nil, false, errFull
		}
	}
	counters = counters[:0]
	for i := range t.Guesses {
		g := &t.Guesses[i]
		next := m.counters[g.ID].take(&t, g)
		m.counters[g.ID] = &next
		counters = append(counters, next)
	}
	return counters, true, nil
}

// take returns the counter after one more failure; c is nil if it is new. The
// databases do the same in their own language.
func (c *Counter) take(t *Try, g *Guess) Counter {
	next := Counter{ID: g.ID, Kind: g.Kind, Subject: g.Subject, Account: g.Account, Network: g.Network}
	cutoff := Stamp(t.Now.Add(-g.Window))
	early := false
	if c != nil && c.Expires.After(t.Now) {
		next = *c
		early = c.NotBefore.After(t.Now)
		if !c.LockedUntil.IsZero() { // it is over
			next.Ring, next.Streak, next.LockedUntil = "", 0, time.Time{}
		}
	}
	if n := len(next.Ring); n < EntrySize || next.Ring[n-EntrySize:n-EntrySize+12] <= cutoff {
		next.Streak = 0
	}
	if g.Distinct {
		next.Ring = without(next.Ring, g.Mark)
	}
	next.Ring += Entry(t.Now, g.Mark)
	next.Ring = next.Ring[max(len(next.Ring)-max(g.Limit, 1)*EntrySize, 0):]
	next.Streak++
	next.Expires = latest(next.Expires, t.Now.Add(g.Window))
	if g.Limit > 0 && len(next.Ring) == g.Limit*EntrySize && next.Ring[:12] > cutoff {
		lasts := doubled(g.Cooloff, next.Strikes, g.MaxCooloff)
		next.Strikes++
		next.LockedUntil = t.Now.Add(lasts)
		next.Expires = latest(next.Expires, next.LockedUntil.Add(max(lasts, g.Window)))
	}
	if !early {
		next.Last, next.NotBefore = t.Mark, time.Time{}
		if g.Delay > 0 && next.Streak >= g.DelayAfter {
			next.NotBefore = t.Now.Add(doubled(g.Delay, next.Streak-g.DelayAfter, g.MaxDelay))
		}
	}
	log := Entry(t.Now, t.Mark) + "F" + t.Note + "\n" + next.Log
	next.Log = log[:min(len(log), MaxLog)]
	return next
}

// doubled returns d doubled times times, at most longest. The longest span that
// New takes, 400 days, can be doubled 18 times in microseconds.
func doubled(d time.Duration, times int, longest time.Duration) time.Duration {
	return min(time.Duration(min(d.Microseconds()<<min(times, 18), longest.Microseconds()))*time.Microsecond, longest)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// without returns ring without the failure that mark stands for.
func without(ring, mark string) string {
	i := strings.Index(ring, "."+mark)
	if i < 0 {
		return ring
	}
	return ring[:i-12] + ring[i-12+EntrySize:]
}

// Release implements [Store].
func (m *Memory) Release(ctx context.Context, r Release) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, item := range r.Items {
		c := m.counters[item.ID]
		if c == nil || !c.Expires.After(r.Now) {
			continue
		}
		next := *c
		next.Log = strings.Replace(c.Log, "."+r.Mark+"F", "."+r.Mark+"S", 1)
		switch shorter := without(c.Ring, item.Mark); {
		case item.Clear:
			next.Ring, next.Streak, next.Strikes = "", 0, 0
			next.NotBefore, next.LockedUntil = time.Time{}, time.Time{}
		case shorter != c.Ring:
			next.Ring, next.Streak, next.NotBefore = shorter, max(c.Streak-1, 0), time.Time{}
			if !c.LockedUntil.IsZero() {
				next.LockedUntil, next.Strikes = time.Time{}, c.Strikes-1
			}
		}
		m.counters[item.ID] = &next
	}
	return nil
}

// Extend implements [Store].
func (m *Memory) Extend(ctx context.Context, ids []ID, now, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		c := m.counters[id]
		if c == nil || !c.LockedUntil.After(now) || !c.LockedUntil.Before(until) {
			continue
		}
		next := *c
		next.LockedUntil, next.Expires = until, latest(c.Expires, until)
		m.counters[id] = &next
	}
	return nil
}

// Load implements [Store].
func (m *Memory) Load(ctx context.Context, ids []ID, now time.Time) ([]Counter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Counter
	for _, id := range ids {
		if c := m.counters[id]; c != nil && c.Expires.After(now) {
			found = append(found, *c)
		}
	}
	return found, nil
}

// List implements [Store].
func (m *Memory) List(ctx context.Context, q Query) ([]Counter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Counter
	for id, c := range m.counters {
		if c.Expires.After(q.Now) && c.of(q.Account, q.Network) && bytes.Compare(id[:], q.After[:]) > 0 &&
			(!q.Locked || c.LockedUntil.After(q.Now)) {
			found = append(found, *c)
		}
	}
	slices.SortFunc(found, func(a, b Counter) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return found[:min(len(found), q.Limit)], nil
}

// of reports whether the counter belongs to account and network, where the
// zero ID is any. The guard's own notes belong to nobody.
func (c *Counter) of(account, network ID) bool {
	return c.owned() && (account == ID{} || c.Account == account) && (network == ID{} || c.Network == network)
}

func (c *Counter) owned() bool { return c.Account != ID{} || c.Network != ID{} }

// Reset implements [Store].
func (m *Memory) Reset(ctx context.Context, s Selector) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !s.All && s.Account == (ID{}) && s.Network == (ID{}) {
		return 0, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id, c := range m.counters {
		if c.of(s.Account, s.Network) {
			delete(m.counters, id)
			n++
		}
	}
	return n, nil
}

// Purge implements [Store].
func (m *Memory) Purge(ctx context.Context, now time.Time, keep, limit int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	var open []*Counter
	for id, c := range m.counters {
		switch {
		case !c.Expires.After(now) && n < limit:
			delete(m.counters, id)
			n++
		case c.Expires.After(now) && c.owned() && !c.LockedUntil.After(now):
			open = append(open, c)
		}
	}
	surplus := min(len(m.counters)-keep, limit, len(open))
	if surplus <= 0 {
		return n, nil
	}
	slices.SortFunc(open, func(a, b *Counter) int {
		return cmp.Or(a.Expires.Compare(b.Expires), bytes.Compare(a.ID[:], b.ID[:]))
	})
	for _, c := range open[:surplus] {
		delete(m.counters, c.ID)
	}
	return n + surplus, nil
}

// room makes room for one counter: of a few that the map's random order gives
// it takes an expired one, or else the open one that expires first.
func (m *Memory) room(now time.Time) bool {
	if len(m.counters) < m.max {
		return true
	}
	var victim *Counter
	looked := 0
	for _, c := range m.counters {
		if !c.Expires.After(now) {
			victim = c
			break
		}
		if c.owned() && !c.LockedUntil.After(now) && (victim == nil || c.Expires.Before(victim.Expires)) {
			victim = c
		}
		if looked++; looked == evictionSample {
			break
		}
	}
	if victim != nil {
		delete(m.counters, victim.ID)
	}
	return victim != nil
}
