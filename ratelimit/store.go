package ratelimit

import (
	"context"
	"time"
)

// A Store decides about keys that several nodes share. [Memory] is the one
// that a single process uses.
//
// Implementations must be safe for concurrent use.
type Store interface {
	// Take judges cells, whose keys differ, together: each cell that is not
	// Soft must have room for its Cost, or none of the cells takes anything.
	// It reports whether they had room, and fills in the results of every
	// cell. If it returns an error, nothing is known about the cells, and
	// what they took, if anything, stays taken.
	//
	// All reads and changes of one call must be atomic, or must err on the
	// strict side: a concurrent call may be refused wrongly, never allowed
	// wrongly. Time must be the store's own, the same for all nodes. After
	// Take returned, the store must not touch cells.
	Take(ctx context.Context, cells []Cell) (bool, error)

	// Nodes returns how many nodes use the store, at least 1, and whether that
	// is settled: all of them count this one too. Nothing is leased before.
	Nodes() (n int, settled bool)
}

// A Cell is what one rule asks of a [Store] about one key, and the answer.
type Cell struct {
	// Key names the counter. It is a keyed hash: nobody can tell from it who
	// is meant, nor choose values that meet.
	Key [16]byte
	// Interval and Burst are the rate: each event costs Interval, and the
	// key's time may be at most Burst intervals ahead of now.
	Interval time.Duration
	Burst    int64
	// Cost is how many events to take, at least 1.
	Cost int64
	// Want, if above Cost, asks for as many events up to Want as there is room
	// for, at least Cost.
	Want int64
	// Look asks what would happen and changes nothing.
	Look bool
	// Soft lets the cell take on its own: its lack of room does not keep the
	// others from taking. It takes nothing if the others cannot.
	Soft bool
	// Back, if positive, gives time back instead of taking: the key's time
	// moves back by Back, not beyond now. Cost, Want and Look are ignored, and
	// the cell always has room.
	Back time.Duration

	// Short reports that there was no room for Cost.
	Short bool
	// Got is how many events were taken.
	Got int64
	// Ahead is how far the key's time is ahead of now after the call, from 0
	// to Burst times Interval.
	Ahead time.Duration

	mark uint64 // of the key in a Memory
}

// capacity is how far the key's time may be ahead of now.
func (c *Cell) capacity() int64 { return c.Burst * int64(c.Interval) }

// judge fills in the results for a key whose time is tat, and returns how far
// ahead of now it then is. It is the whole of GCRA.
//
// A time beyond what the rate allows, left by a clock that went back or by an
// earlier, wider rate, counts as the most the rate allows.
func (c *Cell) judge(tat, now, capacity int64) int64 {
	ahead := min(max(tat-now, 0), capacity)
	interval, room := int64(c.Interval), capacity-ahead
	c.Short, c.Got = false, 0
	switch {
	case c.Back > 0:
		ahead = max(ahead-int64(c.Back), 0)
	case c.Cost > c.Burst || c.Cost*interval > room: // the product cannot overflow if the first is false
		c.Short = true
	case !c.Look:
		c.Got = c.Cost
		if c.Want > c.Cost {
			c.Got = min(c.Want, room/interval)
		}
		ahead += c.Got * interval
	}
	c.Ahead = time.Duration(ahead)
	return ahead
}
