package ratelimit

import (
	"context"
	"errors"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"time"
)

// DefaultMaxKeys is how many keys a limiter remembers unless told otherwise.
const DefaultMaxKeys = 1_000_000

const (
	shardCount = 256
	slotCount  = 8 // of a bucket: the marks fill one cache line, the times the next
)

// Memory is a fixed number of keys in this process's memory, 24 bytes a key at
// the cap. It starts small and grows by doubling; it holds no pointers, so that
// a million keys cost the garbage collector nothing.
//
// A key whose time lies in the past carries no information: it is forgotten
// without loss and its place is the first to be used again. Only when every
// place is taken by a key that means something does a new key push out
// another: the one that has used least of its rate, and one that has been
// refused only if there is no other. So a flood of fresh keys cannot be used
// to make the limiter forget one that is blocked.
//
// Memory is a [Store] of one node. It is safe for concurrent use.
type Memory struct {
	seed   maphash.Seed
	base   time.Time
	clock  func() time.Time
	shards [shardCount]shard
}

type shard struct {
	mu      sync.Mutex
	buckets []bucket
	max     int      // buckets
	_       [16]byte // one shard a cache line
}

// A bucket holds slots: a mark is 62 bits of a key's hash and, in the lowest
// two bits, its level; 0 is an empty slot. The time is the key's TAT in
// nanoseconds since Memory.base.
type bucket struct {
	marks [slotCount]uint64
	times [slotCount]int64
}

// Levels order keys by how much would be lost with them.
const (
	levelLow     = 0 // below a quarter of the rate used
	levelQuarter = 1
	levelHalf    = 2
	levelRefused = 3 // has been refused since it was last idle
	levelMask    = 3
)

// NewMemory returns a Memory for at least maxKeys keys (0: [DefaultMaxKeys])
// that tells the time by now (nil: the monotonic clock).
func NewMemory(maxKeys int, now func() time.Time) (*Memory, error) {
	if maxKeys < 0 {
		return nil, errors.New("ratelimit: negative number of keys")
	}
	if maxKeys == 0 {
		maxKeys = DefaultMaxKeys
	}
	if maxKeys > math.MaxInt32 {
		return nil, errors.New("ratelimit: more than two thousand million keys")
	}
	m := &Memory{seed: maphash.MakeSeed(), clock: now}
	if now == nil {
		now = time.Now
	}
	m.base = now()
	// Half again as many slots as keys: two choices of eight slots then find
	// room for practically every key.
	most := (maxKeys + maxKeys/2 + shardCount*slotCount - 1) / (shardCount * slotCount)
	for i := range m.shards {
		m.shards[i].max = most
		m.shards[i].buckets = make([]bucket, 1)
	}
	return m, nil
}

// Take implements [Store]. It does not fail.
func (m *Memory) Take(_ context.Context, cells []Cell) (bool, error) {
	for i := range cells {
		cells[i].mark = mark(maphash.Bytes(m.seed, cells[i].Key[:]))
	}
	return m.take(cells, m.now()), nil
}

// Nodes returns 1: no other node shares this memory.
func (m *Memory) Nodes() (int, bool) { return 1, true }

// now is the time in nanoseconds since base. Without an injected clock it reads
// the monotonic clock alone, which costs half of reading both.
func (m *Memory) now() int64 {
	if m.clock == nil {
		return int64(time.Since(m.base))
	}
	return int64(m.clock().Sub(m.base))
}

func (m *Memory) at(t time.Time) int64 { return int64(t.Sub(m.base)) }

// take is Store.Take for cells that have their marks.
func (m *Memory) take(cells []Cell, now int64) bool {
	if len(cells) == 1 {
		return m.takeOne(&cells[0], now)
	}
	var array [8]uint8
	held := m.lock(cells, array[:0])
	ok := true
	for i := range cells {
		c := &cells[i]
		m.shard(c.mark).peek(c, now)
		ok = ok && (!c.Short || c.Soft)
	}
	for i := range cells {
		c := &cells[i]
		if ok || c.Short {
			m.shard(c.mark).apply(c, now)
		} else {
			c.Got = 0
		}
	}
	m.unlock(held)
	return ok
}

// takeOne is take for a single key.
func (m *Memory) takeOne(c *Cell, now int64) bool {
	s := m.shard(c.mark)
	s.mu.Lock()
	s.apply(c, now)
	s.mu.Unlock()
	return !c.Short || c.Soft
}

// peek judges c and changes nothing.
func (s *shard) peek(c *Cell, now int64) {
	tat := now
	if b, i := s.find(c.mark); b != nil {
		tat = b.times[i]
	}
	c.judge(tat, now)
}

// apply judges c and keeps the outcome.
func (s *shard) apply(c *Cell, now int64) {
	tat := now
	b, i := s.find(c.mark)
	if b != nil {
		tat = b.times[i]
	}
	next := c.judge(tat, now)
	if c.Look {
		c.Got = 0
		return
	}
	c.Ahead = time.Duration(next - now)
	if b == nil {
		if next > now {
			s.insert(c.mark, next, now, level(next-now, c.capacity()))
		}
		return
	}
	lvl := level(next-now, c.capacity())
	if c.Short {
		lvl = levelRefused
	} else if tat > now { // a level holds until the key is idle
		lvl = max(lvl, b.marks[i]&levelMask)
	}
	b.marks[i], b.times[i] = c.mark|lvl, next
}

func level(ahead, capacity int64) uint64 {
	switch {
	case ahead >= capacity/2:
		return levelHalf
	case ahead >= capacity/4:
		return levelQuarter
	}
	return levelLow
}

func (m *Memory) shard(mark uint64) *shard { return &m.shards[mark>>56] }

// lock locks the shards of cells, each once and in ascending order, so that
// two calls never wait for each other. It appends their numbers to held.
func (m *Memory) lock(cells []Cell, held []uint8) []uint8 {
	for i := range cells {
		n := uint8(cells[i].mark >> 56)
		if i, found := slices.BinarySearch(held, n); !found {
			held = slices.Insert(held, i, n)
		}
	}
	for _, n := range held {
		m.shards[n].mu.Lock()
	}
	return held
}

func (m *Memory) unlock(held []uint8) {
	for _, n := range held {
		m.shards[n].mu.Unlock()
	}
}

// mark turns a hash into the mark of a key: its level bits are 0, itself never.
func mark(hash uint64) uint64 {
	if k := hash &^ levelMask; k != 0 {
		return k
	}
	return levelMask + 1
}

// choices returns the two buckets in which a key may be.
func (s *shard) choices(mark uint64) (*bucket, *bucket) {
	n := uint64(len(s.buckets))
	first := (mark >> 24 & math.MaxUint32) * n >> 32
	second := (mark * 0x9E3779B97F4A7C15 >> 32) * n >> 32
	return &s.buckets[first], &s.buckets[second]
}

// find returns the slot of a key, or nil.
func (s *shard) find(mark uint64) (*bucket, int) {
	first, second := s.choices(mark)
	for i := range first.marks {
		if first.marks[i]&^levelMask == mark {
			return first, i
		}
	}
	for i := range second.marks {
		if second.marks[i]&^levelMask == mark {
			return second, i
		}
	}
	return nil, 0
}

// insert gives a key that is not there a slot.
func (s *shard) insert(mark uint64, t, now int64, lvl uint64) {
	for {
		first, second := s.choices(mark)
		used, i := first.vacant(now)
		if used > slotCount/2 { // the emptier of the two
			if u, j := second.vacant(now); u < used {
				first, used, i = second, u, j
			}
		}
		if used < slotCount {
			first.marks[i], first.times[i] = mark|lvl, t
			return
		}
		if len(s.buckets) < s.max {
			s.grow(now)
			continue
		}
		first, second = s.choices(mark)
		weight, i := first.weakest(now)
		if w, j := second.weakest(now); w < weight {
			first, i = second, j
		}
		first.marks[i], first.times[i] = mark|lvl, t
		return
	}
}

// vacant returns how many slots hold information, and one that does not.
func (b *bucket) vacant(now int64) (used, free int) {
	for i, m := range b.marks {
		if m != 0 && b.times[i] > now {
			used++
		} else {
			free = i
		}
	}
	return used, free
}

// weakest returns the slot that is least missed, and how much it is: first by
// level, then by the time left.
func (b *bucket) weakest(now int64) (weight uint64, slot int) {
	weight = math.MaxUint64
	for i, m := range b.marks {
		if w := (m&levelMask)<<62 | uint64(b.times[i]-now)>>2; w < weight {
			weight, slot = w, i
		}
	}
	return weight, slot
}

// grow doubles the shard, up to its cap, and leaves behind what carries no
// information.
func (s *shard) grow(now int64) {
	old := s.buckets
	s.buckets = make([]bucket, min(2*len(old), s.max))
	for b := range old {
		for i, m := range old[b].marks {
			if m != 0 && old[b].times[i] > now {
				s.insert(m&^levelMask, old[b].times[i], now, m&levelMask)
			}
		}
	}
}
