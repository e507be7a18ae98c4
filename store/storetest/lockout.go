package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/lockout"
)

// TestLockout holds a [lockout.Store] to its contract. What a counter becomes
// is said by [lockout.Memory]: every other store must do the same, step by step.
func TestLockout(t *testing.T, open func(t *testing.T) lockout.Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s lockout.Store)
	}{
		{"LocksAtTheLimit", lockoutLocks},
		{"AllOrNothing", lockoutAllOrNothing},
		{"WindowRolls", lockoutWindow},
		{"LocksGrow", lockoutGrow},
		{"Delay", lockoutDelay},
		{"Distinct", lockoutDistinct},
		{"Release", lockoutRelease},
		{"Extend", lockoutExtend},
		{"ListAndReset", lockoutListReset},
		{"Purge", lockoutPurge},
		{"LogIsBounded", lockoutLog},
		{"HostileStrings", lockoutHostile},
		{"CancelledContext", lockoutCancelled},
		{"Model", lockoutModel},
		{"ParallelPurges", lockoutParallelPurges},
		{"ParallelGuesses", lockoutParallel},
		{"ParallelOverlaps", lockoutOverlaps},
		{"TwoNodes", lockoutTwoNodes},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// counterID makes an ID of its own for each number, in their order.
func counterID(n int) lockout.ID {
	return lockout.ID{0: byte(n >> 8), 1: byte(n), 15: 0xff}
}

const markDigits = "0123456789abcdefghijklmnopqrstuv"

func mark(n int) string {
	b := bytes.Repeat([]byte("0"), 8)
	for i := 7; n > 0; i-- {
		b[i] = markDigits[n%32]
		n /= 32
	}
	return string(b)
}

// counting returns a guess at counter n that locks for an hour at three
// failures within an hour.
func counting(n int) lockout.Guess {
	return lockout.Guess{
		ID: counterID(n), Kind: "user", Subject: "sealed", Account: counterID(1000 + n),
		Limit: 3, Window: time.Hour, Cooloff: time.Hour, MaxCooloff: time.Hour,
	}
}

// lockoutCase drives one store.
type lockoutCase struct {
	*testing.T
	store lockout.Store
	now   time.Time
	tries int
	pad   string // at the end of notes
}

func newLockoutCase(t *testing.T, s lockout.Store) *lockoutCase {
	return &lockoutCase{T: t, store: s, now: micro(epoch)}
}

// fail makes an attempt and returns the counters and the mark.
func (c *lockoutCase) fail(guesses ...lockout.Guess) ([]lockout.Counter, bool, string) {
	c.Helper()
	c.tries++
	t := lockout.Try{Now: c.now, Mark: mark(c.tries), Note: fmt.Sprintf("note-%d%s", c.tries, c.pad), Guesses: slices.Clone(guesses)}
	for i := range t.Guesses {
		if t.Guesses[i].Mark == "" {
			t.Guesses[i].Mark = t.Mark
		}
	}
	counters, counted, err := c.store.Reserve(c.Context(), t)
	if err != nil {
		c.Fatalf("Reserve: %v", err)
	}
	byID(counters)
	return counters, counted, t.Mark
}

func byID(counters []lockout.Counter) {
	slices.SortFunc(counters, func(a, b lockout.Counter) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

// want makes an attempt at one counter and checks whether it counts and locks.
func (c *lockoutCase) want(g lockout.Guess, counted bool, lockedFor time.Duration) {
	c.Helper()
	counters, got, _ := c.fail(g)
	if got != counted || len(counters) != 1 {
		c.Fatalf("counted %t in %d counters, want %t in 1", got, len(counters), counted)
	}
	c.wantLock(counters[0], lockedFor)
}

func (c *lockoutCase) wantLock(counter lockout.Counter, lasts time.Duration) {
	c.Helper()
	want := time.Time{}
	if lasts > 0 {
		want = c.now.Add(lasts)
	}
	if !counter.LockedUntil.Equal(want) {
		c.Fatalf("locked until %v, want %v", counter.LockedUntil, want)
	}
}

func (c *lockoutCase) load(n int) (counter lockout.Counter, found bool) {
	c.Helper()
	list, err := c.store.Load(c.Context(), []lockout.ID{counterID(n)}, c.now)
	if err != nil {
		c.Fatal(err)
	}
	if len(list) == 0 {
		return counter, false
	}
	return list[0], true
}

func lockoutLocks(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	c.want(g, true, 0)
	c.now = c.now.Add(time.Second)
	c.want(g, true, 0)
	c.now = c.now.Add(time.Second)
	c.want(g, true, time.Hour) // the guess that fills the count is itself looked at
	locked := c.now
	c.now = c.now.Add(time.Minute)
	c.want(g, false, time.Hour-time.Minute) // and later ones neither count nor extend
	c.now = locked.Add(time.Hour - time.Microsecond)
	c.want(g, false, time.Microsecond)
	c.now = locked.Add(time.Hour) // to the moment
	c.want(g, true, 0)
	other := counting(2)
	other.Limit = 1
	c.want(other, true, time.Hour)
	c.want(other, false, time.Hour)
}

func lockoutAllOrNothing(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	a, b, full := counting(1), counting(2), counting(3)
	full.Limit = 1
	c.fail(full)
	counters, counted, _ := c.fail(a, b, full)
	if counted || len(counters) != 1 || counters[0].ID != full.ID {
		t.Errorf("counted %t, counters %v", counted, counters)
	}
	if _, found := c.load(1); found {
		t.Error("a counter beside a locked one was counted")
	}
	if counters, counted, _ = c.fail(a, b); !counted || len(counters) != 2 {
		t.Errorf("counted %t in %d", counted, len(counters))
	}
	if counters, counted, err := s.Reserve(t.Context(), lockout.Try{Now: c.now, Mark: mark(1)}); !counted || len(counters) != 0 || err != nil {
		t.Errorf("nothing asked: %v, %t, %v", counters, counted, err)
	}
}

// A window that is renewed by each failure would lock somebody who mistypes
// once a day.
func lockoutWindow(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	for range 8 {
		c.want(g, true, 0)
		c.now = c.now.Add(30 * time.Minute) // the third last is an hour old: out
	}
	counter, _ := c.load(1)
	if n := counter.Failures(c.now, time.Hour); n != 1 || len(counter.Ring) != 3*lockout.EntrySize {
		t.Errorf("%d failures count, ring %q", n, counter.Ring)
	}
	c.now = c.now.Add(-time.Microsecond)
	c.want(g, true, time.Hour)
}

func lockoutGrow(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	g.Limit, g.MaxCooloff = 1, 5*time.Hour
	for _, lasts := range []time.Duration{1, 2, 4, 5, 5} {
		lasts *= time.Hour
		c.want(g, true, lasts)
		c.now = c.now.Add(lasts)
	}
	c.now = c.now.Add(5 * time.Hour) // as long again without a failure, and all is forgotten
	c.want(g, true, time.Hour)
	g.ID, g.Cooloff, g.MaxCooloff = counterID(2), 400*24*time.Hour, 400*24*time.Hour
	for range 20 {
		c.want(g, true, g.Cooloff)
		c.now = c.now.Add(g.Cooloff)
	}
}

func lockoutDelay(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	g.Limit, g.DelayAfter, g.Delay, g.MaxDelay = 10, 2, time.Second, 3*time.Second
	for i, wait := range []time.Duration{0, 1, 2, 3, 3} {
		counters, counted, mark := c.fail(g)
		want := time.Time{}
		if wait > 0 {
			want = c.now.Add(wait * time.Second)
		}
		if got := counters[0]; !counted || got.Last != mark || !got.NotBefore.Equal(want) || got.Streak != i+1 {
			t.Fatalf("failure %d: counted %t, last %q, not before %v, streak %d", i+1, counted, got.Last, got.NotBefore, got.Streak)
		}
		c.now = c.now.Add(wait * time.Second)
	}
	c.want(g, true, 0)
	before, _ := c.load(1)
	c.now = c.now.Add(time.Second) // too early: counted, and it waits no longer
	counters, counted, mark := c.fail(g)
	if got := counters[0]; !counted || got.Last == mark || !got.NotBefore.Equal(before.NotBefore) || got.Streak != 7 {
		t.Errorf("too early: counted %t, %+v", counted, got)
	}
	c.now = c.now.Add(time.Hour)
	counters, _, _ = c.fail(g)
	if got := counters[0]; got.Streak != 1 || !got.NotBefore.IsZero() {
		t.Errorf("after a rest: %+v", got)
	}
}

func lockoutDistinct(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	g.Distinct = true
	one := func(m string, lockedFor time.Duration) {
		t.Helper()
		g.Mark = m
		c.now = c.now.Add(time.Minute)
		c.want(g, true, lockedFor)
	}
	for range 5 {
		one("aaaaaaaa", 0)
		one("bbbbbbbb", 0)
	}
	counter, _ := c.load(1)
	if want := lockout.Entry(c.now.Add(-time.Minute), "aaaaaaaa") + lockout.Entry(c.now, "bbbbbbbb"); counter.Ring != want {
		t.Errorf("ring %q, want %q", counter.Ring, want)
	}
	one("cccccccc", time.Hour)
}

func (c *lockoutCase) release(mark string, items ...lockout.Item) {
	c.Helper()
	if err := c.store.Release(c.Context(), lockout.Release{Now: c.now, Mark: mark, Items: items}); err != nil {
		c.Fatal(err)
	}
}

func lockoutRelease(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	mine, theirs := counting(1), counting(2)
	c.fail(mine, theirs)
	c.fail(mine, theirs)
	counters, _, last := c.fail(mine, theirs)
	c.wantLock(counters[0], time.Hour)
	c.release(last, lockout.Item{ID: mine.ID, Mark: last, Clear: true}, lockout.Item{ID: theirs.ID, Mark: last},
		lockout.Item{ID: counterID(9), Mark: last}) // gone meanwhile
	cleared, _ := c.load(1)
	if cleared.Ring != "" || cleared.Streak != 0 || cleared.Strikes != 0 || !cleared.LockedUntil.IsZero() {
		t.Errorf("cleared: %+v", cleared)
	}
	kept, _ := c.load(2)
	if kept.Failures(c.now, time.Hour) != 2 || kept.Streak != 2 || kept.Strikes != 0 || !kept.LockedUntil.IsZero() {
		t.Errorf("given back: %+v", kept)
	}
	if !strings.HasPrefix(kept.Log, lockout.Entry(c.now, last)+"Snote-3\n") || strings.Count(kept.Log, "F") != 2 {
		t.Errorf("log %q", kept.Log)
	}
	c.want(theirs, true, time.Hour)
	c.release("zzzzzzzz", lockout.Item{ID: theirs.ID, Mark: "vvvvvvvv"}) // nothing of the kind
	if kept, _ = c.load(2); kept.LockedUntil.IsZero() {
		t.Error("a success that was not counted lifted a lock")
	}
	c.release(last, lockout.Item{ID: theirs.ID, Mark: last}) // twice
	if kept, _ = c.load(2); kept.LockedUntil.IsZero() {
		t.Error("a success that was given back already lifted a lock")
	}
}

func lockoutExtend(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g, open := counting(1), counting(2)
	g.Limit = 1
	c.fail(g, open)
	ids := []lockout.ID{counterID(1), counterID(2), counterID(3)}
	extend := func(until time.Duration, want time.Duration) {
		t.Helper()
		if err := s.Extend(t.Context(), ids, c.now, c.now.Add(until)); err != nil {
			t.Fatal(err)
		}
		counter, _ := c.load(1)
		c.wantLock(counter, want)
		if counter.Expires.Before(counter.LockedUntil) {
			t.Errorf("expires %v before its lock ends", counter.Expires)
		}
	}
	extend(30*time.Minute, time.Hour)
	extend(9*time.Hour, 9*time.Hour)
	if counter, _ := c.load(2); !counter.LockedUntil.IsZero() {
		t.Error("an open counter was locked")
	}
	c.now = c.now.Add(9 * time.Hour)
	if err := s.Extend(t.Context(), ids, c.now, c.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	c.want(g, true, time.Hour)
}

func kinds(counters []lockout.Counter) string {
	var all []string
	for _, c := range counters {
		all = append(all, c.Kind)
	}
	return strings.Join(all, " ")
}

func lockoutListReset(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	ann, net := counterID(500), counterID(600)
	add := func(n int, kind string, account, network lockout.ID, limit int) {
		g := counting(n)
		g.Kind, g.Account, g.Network, g.Limit = kind, account, network, limit
		c.fail(g)
	}
	fill := func() {
		add(1, "user", ann, lockout.ID{}, 1)
		add(2, "both", ann, net, 9)
		add(3, "network", lockout.ID{}, net, 1)
		add(4, "note", lockout.ID{}, lockout.ID{}, 1)
		add(5, "other", counterID(501), lockout.ID{}, 9)
	}
	fill()
	list := func(q lockout.Query, want string) {
		t.Helper()
		if q.Now.IsZero() {
			q.Now = c.now
		}
		if q.Limit == 0 {
			q.Limit = 100
		}
		got, err := s.List(t.Context(), q)
		if err != nil || kinds(got) != want {
			t.Errorf("List(%+v) = %q, %v; want %q", q, kinds(got), err, want)
		}
	}
	list(lockout.Query{}, "user both network other")
	list(lockout.Query{Limit: 2}, "user both")
	list(lockout.Query{After: counterID(2), Limit: 2}, "network other")
	list(lockout.Query{Locked: true}, "user network")
	list(lockout.Query{Account: ann}, "user both")
	list(lockout.Query{Network: net}, "both network")
	list(lockout.Query{Account: ann, Network: net}, "both")
	list(lockout.Query{Account: ann, Locked: true}, "user")
	list(lockout.Query{Now: c.now.Add(2 * time.Hour)}, "")
	reset := func(sel lockout.Selector, n int, rest string) {
		t.Helper()
		if got, err := s.Reset(t.Context(), sel); got != n || err != nil {
			t.Errorf("Reset(%+v) = %d, %v; want %d", sel, got, err, n)
		}
		list(lockout.Query{}, rest)
	}
	reset(lockout.Selector{}, 0, "user both network other")
	reset(lockout.Selector{Account: counterID(999)}, 0, "user both network other")
	reset(lockout.Selector{Account: ann, Network: net}, 1, "user network other")
	reset(lockout.Selector{Network: net}, 1, "user other")
	reset(lockout.Selector{Account: ann}, 1, "other")
	fill()
	reset(lockout.Selector{All: true}, 4, "")
	if _, found := c.load(4); !found {
		t.Error("Reset deleted the guard's own note")
	}
}

func lockoutPurge(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	purge := func(keep, limit, want int) {
		t.Helper()
		if n, err := s.Purge(t.Context(), c.now, keep, limit); n != want || err != nil {
			t.Errorf("Purge(%d, %d) = %d, %v; want %d", keep, limit, n, err, want)
		}
	}
	for n := range 10 {
		c.fail(counting(n)) // expire in an hour
	}
	c.now = c.now.Add(time.Minute)
	for n := range 6 {
		g := counting(20 + n)
		switch n {
		case 0, 1:
			g.Limit = 1 // locked
		case 2:
			g.Account = lockout.ID{} // a note of the guard
		}
		c.fail(g)
	}
	purge(100, 100, 0)
	c.now = c.now.Add(59*time.Minute - time.Microsecond)
	purge(100, 100, 0)
	c.now = c.now.Add(time.Microsecond)
	purge(100, 4, 4)
	purge(100, 100, 6)
	purge(4, 100, 2)
	for _, n := range []int{20, 21, 22} {
		if _, found := c.load(n); !found {
			t.Errorf("counter %d, which must stay, is gone", n)
		}
	}
	purge(0, 100, 1)
	purge(0, 100, 0)
	if _, found := c.load(22); !found {
		t.Error("a lack of room deleted the guard's own note")
	}
}

// lockoutParallelPurges has many nodes find that there are ten too many: ten go,
// not ten for each node, because every one that goes is a fresh budget.
func lockoutParallelPurges(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	const all, keep = 40, 30
	for n := range all {
		c.fail(counting(n))
	}
	var evicted atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			n, err := s.Purge(t.Context(), c.now, keep, 100)
			if err != nil {
				t.Error(err)
			}
			evicted.Add(int64(n))
		})
	}
	wg.Wait()
	left, err := s.List(t.Context(), lockout.Query{Now: c.now, Limit: 100})
	if len(left) != keep || evicted.Load() != all-keep || err != nil {
		t.Errorf("%d counters were evicted and %d are left, want %d and %d (%v)", evicted.Load(), len(left), all-keep, keep, err)
	}
}

func lockoutLog(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	g := counting(1)
	g.Limit = 500
	c.pad = strings.Repeat("=", 200)
	for range 25 {
		c.now = c.now.Add(time.Millisecond)
		c.fail(g)
	}
	counter, _ := c.load(1)
	if len(counter.Log) != lockout.MaxLog || !strings.HasPrefix(counter.Log, lockout.Entry(c.now, mark(25))+"Fnote-25"+c.pad+"\n") {
		t.Errorf("log of %d bytes begins %.40q", len(counter.Log), counter.Log)
	}
}

// What comes from outside is sealed before it gets here; a store must still
// keep texts apart from SQL and from each other.
func lockoutHostile(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	for i, text := range []string{"'; DROP TABLE lockout_counters; --", "%_\\", "\"", "ünï©ode\u2028", "$1 ? ??", ":a @b"} {
		g := counting(i)
		g.Kind, g.Subject = text, text+text
		c.fail(g)
		if counter, found := c.load(i); !found || counter.Kind != text || counter.Subject != text+text {
			t.Errorf("%q came back as %q and %q", text, counter.Kind, counter.Subject)
		}
	}
}

func lockoutCancelled(t *testing.T, s lockout.Store) {
	c := newLockoutCase(t, s)
	c.fail(counting(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	try := lockout.Try{Now: c.now, Mark: mark(7), Guesses: []lockout.Guess{counting(1)}}
	if _, counted, err := s.Reserve(ctx, try); err == nil || counted {
		t.Errorf("Reserve: %t, %v", counted, err)
	}
	if err := s.Release(ctx, lockout.Release{Now: c.now, Items: []lockout.Item{{ID: counterID(1)}}}); err == nil {
		t.Error("Release went on")
	}
	if err := s.Extend(ctx, []lockout.ID{counterID(1)}, c.now, c.now); err == nil {
		t.Error("Extend went on")
	}
	if _, err := s.Load(ctx, []lockout.ID{counterID(1)}, c.now); err == nil {
		t.Error("Load went on")
	}
	if _, err := s.List(ctx, lockout.Query{Now: c.now, Limit: 1}); err == nil {
		t.Error("List went on")
	}
	if _, err := s.Reset(ctx, lockout.Selector{All: true}); err == nil {
		t.Error("Reset went on")
	}
	if _, err := s.Purge(ctx, c.now, 1, 1); err == nil {
		t.Error("Purge went on")
	}
	if _, found := c.load(1); !found {
		t.Error("the counter is gone")
	}
}
