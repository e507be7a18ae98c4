package ratelimit

import "time"

// A leased rule takes events from the shared store in batches and answers
// requests from them. The events of a batch are counted when it is taken, so a
// node can exceed the limit only by events that it took earlier and still
// holds: at most one lease for each node and key, no longer than the lease
// lasts.
const (
	// leaseShare bounds a lease to this part of the limit divided by the
	// number of nodes: all leases together are 5 % of the limit, so that they
	// stay below 10 % even while the number of nodes doubles unnoticed.
	leaseShare = 20
	// leaseNodes: limits below so many times the nodes are exact always.
	leaseNodes = 5
	// leaseMax and leaseMin bound how long a lease lasts; it is a quarter of
	// the time in which the whole burst is regained. What is left of a batch
	// when the next arrives lasts as long as that one.
	leaseMax = 5 * time.Second
	leaseMin = 20 * time.Millisecond
)

// lease is how an ask stands with the lease table.
type lease uint8

const (
	leaseNone   lease = iota // not leased, or another request is at it: ask the store for this one event
	leaseHit                 // answered from a lease
	leaseDenied              // refused from memory: the store said until when
	leaseFetch               // ask the store for a batch
	leaseTopUp               // answered from a lease that runs low: ask the store for the next batch along the way
)

// A lease stands in a Memory as its end, rounded to 4 ms, with four numbers in
// the bits below: whether somebody asks the store for a batch, the exponent of
// the batch size, what was left in the store as a fraction, and the events in
// hand or a special value.
const (
	tokenBits = 12
	leftBits  = 5
	sizeBits  = 4
	lowBits   = tokenBits + leftBits + sizeBits + 1
	lowMask   = 1<<lowBits - 1

	tokensDenied = 1<<tokenBits - 1
	maxTokens    = 1<<tokenBits - 2
	leftWhole    = 1<<leftBits - 1
	maxSize      = tokenBits - 1
)

type leaseValue struct {
	tokens, left, size int64
	fetching           bool
}

func unpackLease(t int64) leaseValue {
	return leaseValue{
		tokens:   t & (1<<tokenBits - 1),
		left:     t >> tokenBits & leftWhole,
		size:     t >> (tokenBits + leftBits) & (1<<sizeBits - 1),
		fetching: t>>(lowBits-1)&1 != 0,
	}
}

func (v leaseValue) pack(until int64) int64 {
	t := until&^lowMask | v.size<<(tokenBits+leftBits) | v.left<<tokenBits | v.tokens
	if v.fetching {
		t |= 1 << (lowBits - 1)
	}
	return t
}

// leaseSize returns how many events of rule one node may hold, 0 if the rule
// is not leased.
func (e *engine) leaseSize(r *rule) int64 {
	if r.Exact || r.Report || r.Count == CountFailed {
		return 0
	}
	limit := min(r.Rate.Limit, r.burst)
	nodes, settled := e.Store.Nodes()
	if !settled || limit < leaseNodes*int64(nodes) {
		return 0
	}
	size := min(limit/(leaseShare*int64(max(nodes, 1))), maxTokens)
	if size < 2 || r.leaseTime() < leaseMin {
		return 0
	}
	return size
}

func (r *rule) leaseTime() time.Duration { return min(r.capacity/4, leaseMax) }

// lease tries to answer a from the lease table, and otherwise tells it what to
// ask the store for. The batch doubles while batches are used up within a
// quarter of their time and begins at one event otherwise: a slow key never
// pays for events that it does not use. Who finds a quarter of a batch left
// brings the next one, so that the others need not wait.
func (e *engine) lease(a *ask, now int64) {
	most := e.leaseSize(a.rule)
	c := &a.cell
	if most == 0 || c.Cost > most {
		return
	}
	s := e.leases.shard(c.mark)
	s.mu.Lock()
	defer s.mu.Unlock()
	// A fetch ends by itself should its maker never come back.
	var v leaseValue
	until := now + 2*int64(e.Timeout) + lowMask
	slot := s.find(c.mark)
	if slot != nil && slot.time() > now {
		until = slot.time()
		v = unpackLease(until)
		if v.tokens == tokensDenied {
			a.leased, c.Short = leaseDenied, true
			c.Ahead = time.Duration(max(until&^lowMask-now, 1) + c.capacity() - int64(c.Interval))
			return
		}
		if a.cost = c.Cost; v.tokens >= a.cost {
			v.tokens -= a.cost
			a.leased = leaseHit
			a.lend(v)
			if v.fetching || v.tokens >= min(1<<v.size, most)/4 {
				slot.setTime(v.pack(until))
				return
			}
			a.leased, c.Soft, c.Cost = leaseTopUp, true, 1
		} else if v.fetching {
			return
		}
		lasts := int64(a.rule.leaseTime())
		if now-(until-lasts) < lasts/4 && 1<<v.size < most {
			v.size = min(v.size+1, maxSize)
		}
	}
	if a.leased != leaseTopUp {
		a.leased = leaseFetch
	}
	a.size, v.fetching = v.size, true
	c.Want = max(min(c.Cost+1<<v.size-1, most-v.tokens), c.Cost)
	s.put(c.mark, v.pack(until), now, levelHalf)
}

// lend fills in the answer of a lease that has v left.
func (a *ask) lend(v leaseValue) {
	c := &a.cell
	c.Short, c.Got = false, a.cost
	remaining := min(v.left*c.Burst/leftWhole+v.tokens, c.Burst)
	c.Ahead = time.Duration((c.Burst - remaining) * int64(c.Interval))
}

// settle ends a fetch or top-up that the store answered, or that it did not
// answer: then a has got nothing.
func (e *engine) settle(a *ask, now int64, answered bool) {
	c, s := &a.cell, e.leases.shard(a.cell.mark)
	s.mu.Lock()
	defer s.mu.Unlock()
	var v leaseValue
	until := now
	if slot := s.find(c.mark); slot != nil && slot.time() > now {
		if until, v = slot.time(), unpackLease(slot.time()); v.tokens == tokensDenied {
			v.tokens = 0
		}
	}
	v.fetching = false
	if answered {
		v.size = a.size
		if whole := c.capacity(); whole > 0 {
			v.left = min((whole-int64(c.Ahead))/max(whole/leftWhole, 1), leftWhole)
		}
		extra := c.Got
		if a.leased == leaseFetch {
			extra -= c.Cost
		}
		if c.Got > 0 {
			v.tokens, until = min(v.tokens+extra, maxTokens), now+int64(a.rule.leaseTime())
		}
	}
	if a.leased == leaseFetch {
		c.Got = min(c.Got, c.Cost)
		c.Ahead = time.Duration(max(int64(c.Ahead)-v.tokens*int64(c.Interval), 0))
	} else {
		a.lend(v)
	}
	s.put(c.mark, v.pack(until), now, levelHalf)
}

// refuse keeps until when the store has nothing for a fetch that was refused.
func (e *engine) refuse(a *ask, now int64) {
	wait := int64(a.result().RetryAfter)
	if a.cell.Cost != 1 || wait == 0 {
		e.settle(a, now, false)
		return
	}
	// Rounded up, because this is what the client is told.
	e.putLease(a.cell.mark, leaseValue{tokens: tokensDenied}.pack(now+wait+lowMask), now, levelRefused)
}

// undo puts a's events back into the lease, or ends its fetch.
func (e *engine) undo(a *ask, now int64) {
	if a.leased == leaseNone || a.leased == leaseDenied {
		return
	}
	s := e.leases.shard(a.cell.mark)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.cell.Got = 0
	slot := s.find(a.cell.mark)
	if slot == nil || slot.time() <= now {
		return
	}
	until := slot.time()
	v := unpackLease(until)
	if a.leased != leaseFetch && v.tokens+a.cost <= maxTokens {
		v.tokens += a.cost
	}
	if a.leased != leaseHit {
		v.fetching = false
	}
	slot.setTime(v.pack(until))
}

func (e *engine) putLease(mark uint64, t, now, lvl int64) {
	s := e.leases.shard(mark)
	s.mu.Lock()
	s.put(mark, t, now, lvl)
	s.mu.Unlock()
}

// The lease table is only used under the locks of its shards, so its slots are
// never frozen.

func (s *shard) find(mark uint64) *slot { return s.table.Load().find(mark) }

// put sets the time of a key, whatever it was.
func (s *shard) put(mark uint64, t, now, lvl int64) {
	state := t<<levelBits | lvl
	if slot := s.find(mark); slot != nil {
		slot.state.Store(state)
	} else if t > now {
		s.insert(mark, state, now)
	}
}

func (s *slot) time() int64 { return s.state.Load() >> levelBits }

func (s *slot) setTime(t int64) { s.state.Store(t<<levelBits | s.state.Load()&levelMask) }
