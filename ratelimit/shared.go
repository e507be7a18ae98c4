package ratelimit

import (
	"context"
	"time"
)

// sharedOne is sharedAll for one ask. Where the store is asked it is with a
// copy, so that the caller's stays on its stack.
func (e *engine) sharedOne(ctx context.Context, a *ask, now int64) {
	if a.leased == leaseHit || a.leased == leaseDenied {
		a.state = stateShared
		return
	}
	array := [1]ask{*a}
	e.sharedAll(ctx, array[:], now)
	*a = array[0]
}

// sharedAll answers asks from leases, the store, or what stands in for it.
func (e *engine) sharedAll(ctx context.Context, asks []ask, now int64) bool {
	denied, pending := false, 0
	for i := range asks {
		a := &asks[i]
		switch a.leased {
		case leaseHit:
			a.state = stateShared
		case leaseDenied:
			a.state, denied = stateShared, true
		default:
			a.state = statePending
			pending++
		}
	}
	if denied { // it costs the store nothing to refuse once more
		for i := range asks {
			if asks[i].state == statePending {
				asks[i].state = stateSkipped
			}
			e.undo(&asks[i], now)
		}
		return false
	}
	if pending == 0 {
		return true
	}
	ok, err := e.askStore(ctx, asks, now)
	if err != nil {
		for i := range asks {
			if asks[i].leased == leaseTopUp { // answered all the same
				asks[i].state = stateShared
				e.settle(&asks[i], now, false)
			}
		}
		ok = e.degrade(asks, now)
	}
	for i := range asks {
		a := &asks[i]
		switch {
		case a.leased == leaseTopUp && ok && err == nil:
			e.settle(a, now, true)
		case a.leased == leaseFetch && a.state == stateShared && a.cell.Got > 0:
			e.settle(a, now, true)
		case a.leased == leaseFetch && a.state == stateShared && a.cell.Short:
			e.refuse(a, now)
		case a.leased == leaseFetch || !ok:
			e.undo(a, now)
		}
	}
	return ok
}

// askStore puts the pending asks to the store.
func (e *engine) askStore(ctx context.Context, asks []ask, now int64) (bool, error) {
	pooled := e.cells.Get().(*[]Cell)
	cells := (*pooled)[:0]
	for i := range asks {
		if asks[i].state == statePending {
			cells = append(cells, asks[i].cell)
		}
	}
	ok, err := e.take(ctx, cells, now)
	for i, next := 0, 0; err == nil && i < len(asks); i++ {
		if a := &asks[i]; a.state == statePending {
			cells[next].mark = a.cell.mark // a Memory as store has marks of its own
			a.cell, a.state = cells[next], stateShared
			next++
		}
	}
	*pooled = cells
	e.cells.Put(pooled)
	return ok, err
}

// take asks the store within the time limit, unless the breaker is open.
func (e *engine) take(ctx context.Context, cells []Cell, now int64) (bool, error) {
	if !e.breaker.allow(now) {
		return false, errBreaker
	}
	limited, cancel := context.WithTimeout(ctx, e.Timeout)
	ok, err := e.Store.Take(limited, cells)
	cancel()
	switch {
	case err == nil:
		if e.breaker.succeed() && e.StoreChanged != nil {
			e.StoreChanged(nil)
		}
	case ctx.Err() != nil: // the client went away: that says nothing about the store
		e.breaker.abandon()
	default:
		if e.breaker.fail(e.memory.now()) && e.StoreChanged != nil {
			e.StoreChanged(err)
		}
	}
	return ok, err
}

// degrade answers the pending asks by their rules' fail modes.
func (e *engine) degrade(asks []ask, now int64) bool {
	nodes, _ := e.Store.Nodes()
	closed := false
	for i := range asks {
		a := &asks[i]
		if a.state != statePending {
			continue
		}
		a.degraded = true
		switch a.rule.Fail {
		case FailOpen:
			a.state = stateOpen
		case FailClosed:
			a.state = stateClosed
			closed = closed || !a.cell.Soft
		default:
			a.state, a.cell.Want = stateLocal, 0
			a.share(int64(max(nodes, 1)))
		}
	}
	var array [4]Cell
	cells := array[:0]
	for i := range asks {
		if asks[i].state == stateLocal {
			cells = append(cells, asks[i].cell)
			c := &cells[len(cells)-1]
			c.Look = c.Look || closed // what is refused anyway takes nothing
		}
	}
	ok := len(cells) == 0 || e.memory.take(cells, now)
	for i, next := 0, 0; i < len(asks); i++ {
		if asks[i].state == stateLocal {
			asks[i].cell = cells[next]
			next++
		}
	}
	return ok && !closed
}

// share makes a ask for one node's part of the rate, at least one event.
func (a *ask) share(nodes int64) {
	r := a.rule.Rate
	if r.Limit == 0 {
		return
	}
	r.Burst = max(r.burst()/nodes, 1)
	r.Limit = max(r.Limit/nodes, 1)
	a.cell.Interval, a.cell.Burst = r.interval(), r.Burst
}

// takeBack gives time back in the store.
func (e *engine) takeBack(ctx context.Context, c Cell) error {
	_, err := e.take(ctx, []Cell{c}, e.memory.now())
	return err
}

func (e *engine) reset(ctx context.Context, a ask) error {
	now := e.memory.now()
	c := Cell{Key: a.cell.Key, Interval: a.rule.interval, Burst: a.rule.burst, Back: max(a.rule.capacity, time.Nanosecond), mark: a.cell.mark}
	e.memory.takeOne(&c, now)
	if e.Store == nil {
		return nil
	}
	e.putLease(a.cell.mark, now, now, levelLow)
	return e.takeBack(ctx, c)
}
