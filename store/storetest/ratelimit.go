package storetest

import (
	"context"
	"crypto/rand"
	"math"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

// clock is a clock that a test moves.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.now.Store(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *clock) Advance(d time.Duration) { c.now.Add(int64(d)) }

// limits is a store under test with its clock.
type limits struct {
	ratelimit.Store
	*clock
}

// TestRateLimit holds a [ratelimit.Store] to its obligations. The store that
// open returns must be empty and must tell the time by now.
func TestRateLimit(t *testing.T, open func(t *testing.T, now func() time.Time) ratelimit.Store) {
	for name, run := range map[string]func(*testing.T, limits){
		"Burst":             limitBurst,
		"RetryExactly":      limitRetryExactly,
		"ExactLog":          limitExactLog,
		"AllOrNothing":      limitAllOrNothing,
		"Soft":              limitSoft,
		"Look":              limitLook,
		"Want":              limitWant,
		"Back":              limitBack,
		"Zero":              limitZero,
		"CostAboveBurst":    limitCostAboveBurst,
		"HugeCost":          limitHugeCost,
		"ClockGoesBack":     limitClockGoesBack,
		"NarrowerRate":      limitNarrowerRate,
		"KeysApart":         limitKeysApart,
		"Parallel":          limitParallel,
		"ParallelTogether":  limitParallelTogether,
		"LongRest":          limitLongRest,
		"CancelledContext":  limitCancelled,
		"ManyCellsAtOnce":   limitMany,
		"NodesAtLeastOne":   limitNodes,
		"RandomIsLikeModel": limitModel,
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			run(t, limits{open(t, c.Now), c})
		})
	}
}

func limitKey() (k [16]byte) {
	rand.Read(k[:])
	return k
}

// limitCell is one event of a rate of burst events, one each interval.
func limitCell(key [16]byte, burst int64, interval time.Duration) ratelimit.Cell {
	return ratelimit.Cell{Key: key, Interval: interval, Burst: burst, Cost: 1}
}

func (l limits) take(t *testing.T, cells ...ratelimit.Cell) (bool, []ratelimit.Cell) {
	t.Helper()
	ok, err := l.Take(t.Context(), cells)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	return ok, cells
}

func limitBurst(t *testing.T, l limits) {
	c := limitCell(limitKey(), 3, time.Second)
	for i, want := range []bool{true, true, true, false, false} {
		ok, got := l.take(t, c)
		if ok != want || got[0].Short == want {
			t.Fatalf("event %d: ok %t, short %t, want ok %t", i, ok, got[0].Short, want)
		}
		if ahead := time.Duration(min(i+1, 3)) * time.Second; got[0].Ahead != ahead {
			t.Errorf("event %d: ahead %v, want %v", i, got[0].Ahead, ahead)
		}
	}
}

func limitRetryExactly(t *testing.T, l limits) {
	c := limitCell(limitKey(), 1, time.Minute)
	l.take(t, c)
	l.Advance(17 * time.Second)
	_, got := l.take(t, c)
	wait := got[0].Ahead + c.Interval - time.Minute
	l.Advance(wait - 100*time.Nanosecond)
	if ok, _ := l.take(t, c); ok {
		t.Errorf("passed 100 ns early")
	}
	l.Advance(100 * time.Nanosecond)
	if ok, _ := l.take(t, c); !ok {
		t.Errorf("did not pass at the time it was told: %v", wait)
	}
}

// limitExactLog compares with a log of all events: in no span of time may
// there be more than the burst and what was regained meanwhile.
func limitExactLog(t *testing.T, l limits) {
	c := limitCell(limitKey(), 5, 100*time.Millisecond)
	rng := mathrand.New(mathrand.NewPCG(7, 7))
	var log []time.Time
	for range 300 {
		l.Advance(time.Duration(rng.IntN(120)) * time.Millisecond * time.Duration(rng.IntN(2)))
		if ok, _ := l.take(t, c); ok {
			log = append(log, l.Now())
		}
	}
	for i := range log {
		for j := i; j < len(log); j++ {
			span := log[j].Sub(log[i])
			if most := 5 + int(span/c.Interval); j-i+1 > most {
				t.Fatalf("%d events within %v, at most %d may pass", j-i+1, span, most)
			}
		}
	}
	if len(log) < 50 {
		t.Errorf("only %d events passed", len(log))
	}
}

func limitAllOrNothing(t *testing.T, l limits) {
	wide, narrow := limitCell(limitKey(), 10, time.Second), limitCell(limitKey(), 2, time.Second)
	for i, want := range []bool{true, true, false, false} {
		if ok, _ := l.take(t, wide, narrow); ok != want {
			t.Fatalf("request %d: %t, want %t", i, ok, want)
		}
	}
	wide.Look = true
	_, got := l.take(t, wide)
	if got[0].Ahead != 2*time.Second {
		t.Errorf("refused requests took from the other rule: ahead %v, want 2s", got[0].Ahead)
	}
}

func limitSoft(t *testing.T, l limits) {
	soft, hard := limitCell(limitKey(), 1, time.Second), limitCell(limitKey(), 2, time.Second)
	soft.Soft = true
	for i, want := range []struct{ ok, short bool }{{true, false}, {true, true}, {false, true}} {
		ok, got := l.take(t, soft, hard)
		if ok != want.ok || got[0].Short != want.short {
			t.Fatalf("request %d: ok %t, soft short %t, want %v", i, ok, got[0].Short, want)
		}
	}
	l.Advance(time.Second) // one of each is free again; a third rule refuses
	full := limitCell(limitKey(), 1, time.Second)
	l.take(t, full)
	l.take(t, soft, full)
	if _, got := l.take(t, soft); got[0].Short {
		t.Errorf("a soft cell took although the others could not")
	}
}

func limitLook(t *testing.T, l limits) {
	c := limitCell(limitKey(), 1, time.Second)
	look := c
	look.Look = true
	for range 3 {
		ok, got := l.take(t, look)
		if !ok || got[0].Short || got[0].Ahead != 0 || got[0].Got != 0 {
			t.Fatalf("looking at a fresh key: ok %t, %+v", ok, got[0])
		}
	}
	if ok, _ := l.take(t, c); !ok {
		t.Fatal("looking took something")
	}
	if ok, got := l.take(t, look); ok || !got[0].Short || got[0].Ahead != time.Second {
		t.Fatalf("looking at a used-up key: ok %t, %+v", ok, got[0])
	}
}

func limitWant(t *testing.T, l limits) {
	c := limitCell(limitKey(), 10, time.Second)
	c.Want = 7
	for i, want := range []int64{7, 3, 0} {
		ok, got := l.take(t, c)
		if got[0].Got != want || ok != (want > 0) {
			t.Fatalf("batch %d: got %d, ok %t, want %d", i, got[0].Got, ok, want)
		}
	}
}

func limitBack(t *testing.T, l limits) {
	c := limitCell(limitKey(), 2, time.Second)
	l.take(t, c)
	l.take(t, c)
	back := c
	back.Back = time.Second
	if ok, got := l.take(t, back); !ok || got[0].Short || got[0].Ahead != time.Second {
		t.Fatalf("giving back: ok %t, %+v", ok, got[0])
	}
	if ok, _ := l.take(t, c); !ok {
		t.Error("what was given back cannot be taken")
	}
	back.Back = time.Hour
	l.take(t, back)
	l.take(t, c)
	l.take(t, c)
	if ok, _ := l.take(t, c); ok {
		t.Error("giving back too much made room beyond the burst")
	}
}

func limitZero(t *testing.T, l limits) {
	c := ratelimit.Cell{Key: limitKey(), Cost: 1}
	if ok, got := l.take(t, c); ok || !got[0].Short || got[0].Ahead != 0 {
		t.Errorf("a rate of 0 let an event pass: %+v", got[0])
	}
}

func limitCostAboveBurst(t *testing.T, l limits) {
	c := limitCell(limitKey(), 3, time.Second)
	c.Cost = 4
	if ok, _ := l.take(t, c); ok {
		t.Error("a cost above the burst passed")
	}
	c.Cost = 3
	if ok, _ := l.take(t, c); !ok {
		t.Error("a cost of the whole burst did not pass, or the one above took something")
	}
}

// limitHugeCost would overflow if cost and interval were multiplied first.
func limitHugeCost(t *testing.T, l limits) {
	c := limitCell(limitKey(), 1000, time.Hour)
	c.Cost = math.MaxInt64 / int64(time.Hour) * 2
	if ok, _ := l.take(t, c); ok {
		t.Error("a huge cost passed")
	}
}

func limitClockGoesBack(t *testing.T, l limits) {
	c := limitCell(limitKey(), 2, time.Minute)
	l.take(t, c)
	l.take(t, c)
	l.Advance(-time.Hour)
	_, got := l.take(t, c)
	if got[0].Ahead < 0 || got[0].Ahead > 2*time.Minute {
		t.Errorf("an hour back: ahead %v, want at most the burst", got[0].Ahead)
	}
	if !got[0].Short {
		t.Errorf("an hour back: an event passed beyond the burst")
	}
	l.Advance(25 * time.Hour)
	for range 2 {
		if ok, _ := l.take(t, c); !ok {
			t.Error("a day forward: the burst is not free")
		}
	}
	if ok, _ := l.take(t, c); ok {
		t.Error("a day forward: more than the burst passed")
	}
}

func limitNarrowerRate(t *testing.T, l limits) {
	key := limitKey()
	wide := limitCell(key, 100, time.Minute)
	wide.Cost = 100
	l.take(t, wide)
	narrow := limitCell(key, 1, time.Second)
	l.take(t, narrow)
	l.Advance(2 * time.Hour)
	if ok, _ := l.take(t, narrow); !ok {
		t.Error("a key keeps the debt of an earlier rate")
	}
}

func limitKeysApart(t *testing.T, l limits) {
	for range 200 {
		if ok, _ := l.take(t, limitCell(limitKey(), 1, time.Hour)); !ok {
			t.Fatal("a fresh key is not free")
		}
	}
}

// limitParallel takes from one key and finds the limit met exactly.
func limitParallel(t *testing.T, l limits) {
	c := limitCell(limitKey(), 50, time.Hour)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 10 {
				ok, err := l.Take(t.Context(), []ratelimit.Cell{c})
				if err != nil {
					t.Error(err)
				}
				if ok {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if passed.Load() != 50 {
		t.Errorf("%d of 200 parallel events passed, want 50", passed.Load())
	}
}

// limitParallelTogether takes from two keys in both orders: nothing may hang,
// no more than the narrower allows may pass, and both must end with the same
// count, although a store may refuse wrongly while others are at it.
func limitParallelTogether(t *testing.T, l limits) {
	a, b := limitCell(limitKey(), 30, time.Hour), limitCell(limitKey(), 60, time.Hour)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for range 5 {
				cells := []ratelimit.Cell{a, b}
				if i%2 == 1 {
					cells[0], cells[1] = b, a
				}
				ok, err := l.Take(t.Context(), cells)
				if err != nil {
					t.Error(err)
				}
				if ok {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	for ok := true; ok; {
		if ok, _ = l.take(t, a, b); ok {
			passed.Add(1)
		}
	}
	if passed.Load() != 30 {
		t.Errorf("%d events passed, want 30", passed.Load())
	}
	b.Look = true
	if _, got := l.take(t, b); got[0].Ahead != 30*time.Hour {
		t.Errorf("the wider rule is ahead %v, want 30h", got[0].Ahead)
	}
}

func limitLongRest(t *testing.T, l limits) {
	c := limitCell(limitKey(), 3, time.Second)
	for range 4 {
		l.take(t, c)
	}
	l.Advance(24 * time.Hour)
	for i, want := range []bool{true, true, true, false} {
		if ok, _ := l.take(t, c); ok != want {
			t.Fatalf("event %d after a day: %t, want %t", i, ok, want)
		}
	}
}

// limitCancelled finds either an answer or an error, never a hang, and that
// the store works afterwards.
func limitCancelled(t *testing.T, l limits) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cells := []ratelimit.Cell{limitCell(limitKey(), 1, time.Hour)}
	_, _ = l.Take(ctx, cells)
	if ok, _ := l.take(t, limitCell(limitKey(), 1, time.Hour)); !ok {
		t.Error("the store is unusable after a cancelled call")
	}
}

func limitMany(t *testing.T, l limits) {
	var cells []ratelimit.Cell
	for range 64 {
		cells = append(cells, limitCell(limitKey(), 1, time.Hour))
	}
	if ok, _ := l.take(t, cells...); !ok {
		t.Fatal("64 fresh keys are not free")
	}
	if ok, _ := l.take(t, cells[63], limitCell(limitKey(), 1, time.Hour)); ok {
		t.Error("the last of 64 was not taken")
	}
}

func limitNodes(t *testing.T, l limits) {
	if n, _ := l.Nodes(); n < 1 {
		t.Errorf("%d nodes", n)
	}
}

// limitModel plays random cells against a model of GCRA in a map.
func limitModel(t *testing.T, l limits) {
	rng := mathrand.New(mathrand.NewPCG(1, 2))
	keys := [][16]byte{limitKey(), limitKey(), limitKey()}
	ahead := make([]time.Duration, len(keys)) // of each key
	const burst, interval = 6, 100 * time.Millisecond
	for step := range 400 {
		d := time.Duration(rng.IntN(3)) * 70 * time.Millisecond
		l.Advance(d)
		for i := range ahead {
			ahead[i] = max(ahead[i]-d, 0)
		}
		var cells []ratelimit.Cell
		var used []int
		ok := true
		for _, i := range rng.Perm(len(keys))[:1+rng.IntN(len(keys))] {
			c := limitCell(keys[i], burst, interval)
			c.Cost = 1 + rng.Int64N(3)
			cells, used = append(cells, c), append(used, i)
			ok = ok && ahead[i]+time.Duration(c.Cost)*interval <= burst*interval
		}
		got, answers := l.take(t, cells...)
		if got != ok {
			t.Fatalf("step %d: %t, want %t (%v)", step, got, ok, ahead)
		}
		for j, i := range used {
			if ok {
				ahead[i] += time.Duration(cells[j].Cost) * interval
			}
			if answers[j].Ahead != ahead[i] {
				t.Fatalf("step %d: key %d is ahead %v, want %v", step, i, answers[j].Ahead, ahead[i])
			}
		}
	}
}
