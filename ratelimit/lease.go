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
	// the time in which the whole burst is regained.
	leaseMax = 10 * time.Second
	leaseMin = 20 * time.Millisecond
)

// lease is how an ask stands with the lease table.
type lease uint8

const (
	leaseNone   lease = iota // not leased, or another request is at it: ask the store for this one event
	leaseHit                 // answered from a lease
	leaseDenied              // refused from memory: the store said until when
	leaseFetch               // ask the store for a batch
)

// A lease stands in a Memory as its end, rounded to 4 ms, with three numbers in
// the bits below: what was left in the store as a fraction, the exponent of the
// batch size, and the events in hand or one of two special values.
const (
	tokenBits = 12
	leftBits  = 6
	sizeBits  = 4
	lowBits   = tokenBits + leftBits + sizeBits

	tokensFetching = 1<<tokenBits - 1
	tokensDenied   = 1<<tokenBits - 2
	maxTokens      = 1<<tokenBits - 3
	leftWhole      = 1<<leftBits - 1
	maxSize        = tokenBits - 1
)

type leaseValue struct{ tokens, left, size int64 }

func unpackLease(t int64) leaseValue {
	return leaseValue{
		tokens: t & (1<<tokenBits - 1),
		left:   t >> tokenBits & leftWhole,
		size:   t >> (tokenBits + leftBits) & (1<<sizeBits - 1),
	}
}

func (v leaseValue) pack(until int64) int64 {
	return until&^(1<<lowBits-1) | v.size<<(tokenBits+leftBits) | v.left<<tokenBits | v.tokens
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
// pays for events that it does not use.
func (e *engine) lease(a *ask, now int64) {
	most := e.leaseSize(a.rule)
	if most == 0 || a.cell.Cost > most {
		return
	}
	c, s := &a.cell, e.leases.shard(a.cell.mark)
	s.mu.Lock()
	defer s.mu.Unlock()
	var v leaseValue
	b, i := s.find(a.cell.mark)
	if b != nil && b.times[i] > now {
		until := b.times[i]
		v = unpackLease(until)
		switch {
		case v.tokens == tokensFetching:
			return
		case v.tokens == tokensDenied:
			a.leased, c.Short = leaseDenied, true
			wait := until&^(1<<lowBits-1) - now
			c.Ahead = time.Duration(max(wait, 1) + c.capacity() - int64(c.Interval))
			return
		case v.tokens >= c.Cost:
			a.leased, c.Got = leaseHit, c.Cost
			v.tokens -= c.Cost
			b.times[i] = v.pack(until)
			remaining := min(v.left*c.Burst/leftWhole+v.tokens, c.Burst)
			c.Ahead = time.Duration((c.Burst - remaining) * int64(c.Interval))
			return
		}
		if taken := until - int64(a.rule.leaseTime()); now-taken < int64(a.rule.leaseTime()/4) {
			v.size = min(v.size+1, maxSize)
		}
	} else {
		v = leaseValue{}
	}
	a.leased, a.size, a.held = leaseFetch, v.size, v.tokens
	c.Want = c.Cost + min(1<<v.size-1, most-v.tokens)
	v.tokens = tokensFetching
	// The mark ends by itself should its maker never come back.
	s.put(a.cell.mark, v.pack(now+2*int64(e.Timeout)+1<<lowBits), now, levelLow)
}

// settle keeps what the store gave for a fetch that was granted.
func (e *engine) settle(a *ask, now int64) {
	c := &a.cell
	extra := c.Got - c.Cost
	v := leaseValue{tokens: min(extra+a.held, maxTokens), size: a.size}
	if whole := c.capacity(); whole > 0 {
		v.left = (whole - int64(c.Ahead)) / (whole / leftWhole)
		v.left = min(v.left, leftWhole)
	}
	c.Got = c.Cost
	c.Ahead = time.Duration(max(int64(c.Ahead)-v.tokens*int64(c.Interval), 0))
	e.putLease(a.cell.mark, v.pack(now+int64(a.rule.leaseTime())), now, levelHalf)
}

// refuse keeps until when the store has nothing for a fetch that was refused.
func (e *engine) refuse(a *ask, now int64) {
	wait := int64(a.result().RetryAfter)
	if a.cell.Cost != 1 || wait == 0 {
		e.putLease(a.cell.mark, now, now, levelLow)
		return
	}
	v := leaseValue{tokens: tokensDenied}
	// Rounded up, because this is what the client is told.
	e.putLease(a.cell.mark, v.pack(now+wait+1<<lowBits-1), now, levelRefused)
}

// undo puts a's events back into the lease, or ends its fetch.
func (e *engine) undo(a *ask, now int64) {
	switch a.leased {
	case leaseHit:
		s := e.leases.shard(a.cell.mark)
		s.mu.Lock()
		defer s.mu.Unlock()
		if b, i := s.find(a.cell.mark); b != nil && b.times[i] > now {
			if v := unpackLease(b.times[i]); v.tokens+a.cell.Cost <= maxTokens {
				b.times[i] += a.cell.Cost
			}
		}
		a.cell.Got = 0
	case leaseFetch:
		e.putLease(a.cell.mark, now, now, levelLow)
	}
}

func (e *engine) putLease(mark uint64, t, now int64, lvl uint64) {
	s := e.leases.shard(mark)
	s.mu.Lock()
	s.put(mark, t, now, lvl)
	s.mu.Unlock()
}

// put sets the time of a key, whatever it was.
func (s *shard) put(mark uint64, t, now int64, lvl uint64) {
	if b, i := s.find(mark); b != nil {
		b.marks[i], b.times[i] = mark|lvl, t
		return
	}
	if t > now {
		s.insert(mark, t, now, lvl)
	}
}
