package ratelimit

import (
	"context"
	"errors"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultMaxKeys is how many keys a limiter remembers unless told otherwise.
const DefaultMaxKeys = 1_000_000

const (
	shardCount = 256
	shardShift = 56 // the highest bits of a mark number its shard
)

// Memory is a fixed number of keys in this process's memory, 24 bytes a key at
// the cap. It starts small and grows by doubling; it holds no pointers, so that
// a million keys cost the garbage collector nothing.
//
// A key is known by 64 bits of a hash with a random seed. Nobody outside the
// process can compute which keys meet, and that any two of a million do by
// chance is less likely than one in thirty million.
//
// A key whose time lies in the past carries no information: it is forgotten
// without loss and its place is the first to be used again. Only when every
// place is taken by a key that means something does a new key push out
// another: the one that has used least of its rate, and one that has been
// refused only if there is no other. So a flood of fresh keys cannot be used
// to make the limiter forget one that is blocked.
//
// Memory is a [Store] of one node. It is safe for concurrent use. A decision
// about one key that is there already takes no lock: it reads one cache line
// and replaces one word of it.
type Memory struct {
	seed   maphash.Seed
	base   time.Time
	clock  func() time.Time
	shards [shardCount]shard
}

// A shard is the part of the keys whose marks have the same highest bits.
type shard struct {
	table    atomic.Pointer[table]
	mu       sync.Mutex // held to change which key is where, or several together
	max      int        // buckets
	crowded  int        // how many keys to put in without a search for room
	patience int        // what crowded was at first after the last search in vain
	_        [24]byte   // one shard a cache line
}

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
	// Half again as many slots as keys: with two buckets to choose from, and
	// neighbours that make room, practically every key finds a place.
	most := (maxKeys + maxKeys/2 + shardCount*slotCount - 1) / (shardCount * slotCount)
	for i := range m.shards {
		m.shards[i].max = most
		m.shards[i].table.Store(newTable(1))
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
	return m.at(m.clock())
}

// at is t as now tells it, within what a slot can hold.
func (m *Memory) at(t time.Time) int64 {
	return min(max(int64(t.Sub(m.base)), -horizon), horizon)
}

// take is Store.Take for cells that have their marks.
func (m *Memory) take(cells []Cell, now int64) bool {
	if len(cells) == 1 {
		return m.takeOne(&cells[0], now)
	}
	return m.takeTogether(cells, now)
}

// takeOne is take for a single key.
func (m *Memory) takeOne(c *Cell, now int64) bool {
	s := m.shard(c.mark)
	if !s.table.Load().try(c, now) {
		s.mu.Lock()
		s.apply(c, now)
		s.mu.Unlock()
	}
	return !c.Short || c.Soft
}

// takeTogether is take for several keys. It freezes their slots, so that they
// are judged at one moment.
func (m *Memory) takeTogether(cells []Cell, now int64) bool {
	var numbers [8]uint8
	locked := m.lock(cells, numbers[:0])
	var array [8]frozenSlot
	slots := array[:0]
	ok := true
	for i := range cells {
		c := &cells[i]
		f := m.shard(c.mark).table.Load().freeze(c.mark, now)
		f.next = c.settle(f.state, now)
		slots = append(slots, f)
		ok = ok && (!c.Short || c.Soft)
	}
	// All slots are let go before a key that was not there is put in, for that
	// may move the others.
	for i := range cells {
		c, f := &cells[i], &slots[i]
		if !ok && !c.Short { // it takes nothing, because another cannot
			c.Got, c.Ahead = 0, time.Duration(min(max(f.state>>levelBits-now, 0), c.capacity()))
			f.next = f.state
		}
		if f.slot != nil {
			f.slot.state.Store(f.next)
		}
	}
	for i := range cells {
		if c, f := &cells[i], &slots[i]; f.slot == nil && f.next != f.state {
			m.shard(c.mark).apply(c, now)
		}
	}
	m.unlock(locked)
	return ok
}

// settle judges c by the state of its slot, fills in the answer, and returns
// the state to be kept.
func (c *Cell) settle(state, now int64) int64 {
	tat, capacity := state>>levelBits, c.capacity()
	ahead := c.judge(tat, now, capacity)
	if c.Look && c.Back <= 0 {
		return state
	}
	lvl := level(ahead, capacity)
	if c.Short {
		lvl = levelRefused
	} else if tat > now { // a level holds until the key is idle
		lvl = max(lvl, state&levelMask)
	}
	return min(now+ahead, latest)<<levelBits | lvl
}

// apply judges c and keeps the outcome. The shard is locked.
func (s *shard) apply(c *Cell, now int64) {
	if s.table.Load().try(c, now) {
		return
	}
	if state := c.settle(now<<levelBits, now); state>>levelBits > now {
		s.insert(c.mark, state, now)
	}
}

func (m *Memory) shard(mark uint64) *shard { return &m.shards[mark>>shardShift] }

// lock locks the shards of cells, each once and in ascending order, so that
// two calls never wait for each other. It appends their numbers to locked.
func (m *Memory) lock(cells []Cell, locked []uint8) []uint8 {
	for i := range cells {
		n := uint8(cells[i].mark >> shardShift)
		if i, found := slices.BinarySearch(locked, n); !found {
			locked = slices.Insert(locked, i, n)
		}
	}
	for _, n := range locked {
		m.shards[n].mu.Lock()
	}
	return locked
}

func (m *Memory) unlock(locked []uint8) {
	for _, n := range locked {
		m.shards[n].mu.Unlock()
	}
}

// mark turns a hash into the mark of a key, which is not 0.
func mark(hash uint64) uint64 { return max(hash, 1) }
