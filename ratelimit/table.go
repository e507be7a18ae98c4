package ratelimit

import (
	"math"
	"sync/atomic"
)

// A table is where the keys of a shard lie. A key can be in two buckets.
//
// Who holds the shard's lock decides which key is in which slot. The state of a
// slot, though, anybody may replace who has read the slot's mark after it: a
// slot is frozen before it gets another mark, so that a state of one key is
// never put in place of another's. Who meets a frozen slot asks again under the
// lock. Only readers without the lock miss a key that is being moved; they ask
// again, too.
type table []bucket

// A bucket fills a cache line.
type bucket [slotCount]slot

const slotCount = 4

type slot struct {
	mark atomic.Uint64 // the key's hash; 0 is an empty slot
	// state is the key's TAT in nanoseconds since Memory.base and, in the
	// lowest bits, its level; or frozen.
	state atomic.Int64
}

// Levels order keys by how much would be lost with them.
const (
	levelLow     = 0 // below a quarter of the rate used
	levelQuarter = 1
	levelHalf    = 2
	levelRefused = 3 // has been refused since it was last idle
	levelMask    = 3
	levelBits    = 2
)

const (
	frozen = math.MinInt64
	// latest is the greatest time that a state can hold, 73 years. The clock
	// stops at half of it.
	latest  = math.MaxInt64 >> levelBits
	horizon = latest / 2
)

func level(ahead, capacity int64) int64 {
	switch {
	case ahead >= capacity/2:
		return levelHalf
	case ahead >= capacity/4:
		return levelQuarter
	}
	return levelLow
}

func newTable(buckets int) *table {
	t := make(table, buckets)
	return &t
}

// choices returns the two buckets in which a key may be.
func (t table) choices(mark uint64) (*bucket, *bucket) {
	n := uint64(len(t))
	first := (mark >> 24 & math.MaxUint32) * n >> 32
	second := (mark * 0x9E3779B97F4A7C15 >> 32) * n >> 32
	return &t[first], &t[second]
}

// find returns the slot of a key, or nil.
func (t table) find(mark uint64) *slot {
	first, second := t.choices(mark)
	for i := range first {
		if first[i].mark.Load() == mark {
			return &first[i]
		}
	}
	for i := range second {
		if second[i].mark.Load() == mark {
			return &second[i]
		}
	}
	return nil
}

// try settles c in its key's slot. It reports false if there is none, or the
// key is being moved: only who holds the shard's lock can tell.
func (t table) try(c *Cell, now int64) bool {
	slot := t.find(c.mark)
	if slot == nil {
		return false
	}
	for {
		old := slot.state.Load()
		if old == frozen || slot.mark.Load() != c.mark {
			return false
		}
		state := c.settle(old, now)
		if state == old || slot.state.CompareAndSwap(old, state) {
			return true
		}
	}
}

// A frozenSlot is a slot that nobody else can change, its state, and the one it
// will have. A key that is not there has no slot and the state of an idle one.
type frozenSlot struct {
	slot        *slot
	state, next int64
}

// freeze freezes the slot of a key. The shard is locked.
func (t table) freeze(mark uint64, now int64) frozenSlot {
	idle := now << levelBits
	slot := t.find(mark)
	if slot == nil {
		return frozenSlot{state: idle}
	}
	state := slot.state.Swap(frozen)
	if state == frozen { // by an equal cell of the same call: that one lets it go
		return frozenSlot{state: idle}
	}
	return frozenSlot{slot: slot, state: state}
}

// insert gives a key that is not there a slot. The shard is locked.
func (s *shard) insert(mark uint64, state, now int64) {
	t := *s.table.Load()
	slot := t.vacate(mark, now)
	for slot == nil {
		switch {
		case s.crowded > 0:
			s.crowded--
			slot = t.evict(mark, now)
		case len(t) < s.max:
			if slot = t.shift(mark, now); slot == nil {
				s.grow(t, now)
				t = *s.table.Load()
				slot = t.vacate(mark, now)
			}
		default:
			if slot = t.shift(mark, now); slot == nil {
				s.patience = min(max(2*s.patience, 1), mostPatience)
				s.crowded = s.patience
			} else {
				s.patience /= 2
			}
		}
	}
	slot.mark.Store(mark)
	slot.state.Store(state)
}

// mostPatience bounds how many keys in a row push out another without a search
// for room: in a flood a search is mostly in vain, and costs more than all else.
// One search in vain, which may happen in a table with room, means nothing yet.
const mostPatience = 64

// vacate freezes and returns a slot for a key that is not there, or nil if both
// of its buckets are full. The first is the first to be looked at later.
func (t table) vacate(mark uint64, now int64) *slot {
	first, second := t.choices(mark)
	if slot := first.vacate(now); slot != nil {
		return slot
	}
	return second.vacate(now)
}

// shift is vacate after moving another key to the other bucket in which that
// one may be, or nil if there is no such key.
func (t table) shift(mark uint64, now int64) *slot {
	first, second := t.choices(mark)
	for _, b := range [...]*bucket{first, second} {
		for i := range b {
			from := &b[i]
			moved := from.mark.Load()
			other, another := t.choices(moved)
			if other == b {
				other = another
			}
			if other == b {
				continue
			}
			if to := other.vacate(now); to != nil {
				to.mark.Store(moved)
				to.state.Store(from.state.Swap(frozen))
				return from
			}
		}
	}
	return nil
}

// vacate freezes and returns a slot that holds no information, or nil.
func (b *bucket) vacate(now int64) *slot {
	for i := range b {
		slot := &b[i]
		state := slot.state.Load()
		if state>>levelBits > now && slot.mark.Load() != 0 {
			continue
		}
		if slot.state.CompareAndSwap(state, frozen) { // nobody has just used it
			return slot
		}
	}
	return nil
}

// evict freezes and returns the slot that is least missed: first by level, then
// by the time left.
func (t table) evict(mark uint64, now int64) *slot {
	first, second := t.choices(mark)
	for {
		var weakest *slot
		var kept int64
		least := uint64(math.MaxUint64)
		for _, b := range [...]*bucket{first, second} {
			for i := range b {
				state := b[i].state.Load()
				weight := uint64(state&levelMask)<<62 | uint64(max(state>>levelBits-now, 0))
				if weight < least {
					weakest, kept, least = &b[i], state, weight
				}
			}
		}
		if weakest.state.CompareAndSwap(kept, frozen) {
			return weakest
		}
	}
}

// grow replaces t by a table of twice the size, up to the shard's cap, and
// leaves behind what carries no information.
func (s *shard) grow(t table, now int64) {
	s.table.Store(newTable(min(2*len(t), s.max)))
	for b := range t {
		for i := range t[b] {
			slot := &t[b][i]
			if state := slot.state.Swap(frozen); slot.mark.Load() != 0 && state>>levelBits > now {
				s.insert(slot.mark.Load(), state, now)
			}
		}
	}
}
