package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/ratelimit"
)

var lockoutActions = []action{
	{"lockout: Reserve", (*actor).reserve, nil, true},
	{"lockout: Reserve again", (*actor).reserve, nil, true},
	{"lockout: Reserve once more", (*actor).reserve, nil, true},
	{"lockout: Release", (*actor).release, nil, true},
	{"lockout: Extend", (*actor).extend, nil, true},
	{"lockout: Load", (*actor).loadCounters, nil, true},
	{"lockout: List", (*actor).listCounters, nil, true},
	{"lockout: Reset", (*actor).resetCounters, nil, true},
	{"lockout: Purge", (*actor).purgeCounters, nil, true},
}

// stressCounters is how many counters there are, each with some account and
// some network.
const stressCounters = 7

func stressGuess(n int) lockout.Guess {
	g := counting(n)
	g.Account, g.Network = counterID(1000+n%3), counterID(2000+n%2)
	return g
}

// some returns a few counters in ascending order.
func (a *actor) some() (list []int) {
	for n := range stressCounters {
		if a.chance(3) == 0 {
			list = append(list, n)
		}
	}
	return list
}

func (a *actor) ids() (list []lockout.ID) {
	for _, n := range a.some() {
		list = append(list, counterID(n))
	}
	return list
}

func (a *actor) reserve(ctx context.Context) error {
	try := lockout.Try{Now: a.now(), Mark: mark(int(a.names.Add(1)))}
	release := lockout.Release{Mark: try.Mark}
	for _, n := range a.some() {
		g := stressGuess(n)
		g.Mark = try.Mark
		try.Guesses = append(try.Guesses, g)
		release.Items = append(release.Items, lockout.Item{ID: g.ID, Mark: g.Mark, Clear: a.chance(4) == 0})
	}
	counters, counted, err := a.Lockout.Reserve(ctx, try)
	if err != nil {
		return err
	}
	if counted {
		remember(a, &a.releases, release)
		if len(counters) != len(try.Guesses) {
			return fmt.Errorf("%d of %d counters came back", len(counters), len(try.Guesses))
		}
	}
	for _, c := range counters {
		if len(c.Ring) > 3*lockout.EntrySize {
			return fmt.Errorf("a counter holds %q, which is more than its limit", c.Ring)
		}
	}
	return nil
}

func (a *actor) release(ctx context.Context) error {
	r := recall(a, &a.releases)
	r.Now = a.now()
	return a.Lockout.Release(ctx, r)
}

func (a *actor) extend(ctx context.Context) error {
	ids := a.ids()
	if len(ids) == 0 {
		return nil
	}
	now := a.now()
	return a.Lockout.Extend(ctx, ids, now, now.Add(time.Duration(a.chance(90))*time.Minute))
}

func (a *actor) loadCounters(ctx context.Context) error {
	ids := a.ids()
	if len(ids) == 0 {
		return nil
	}
	_, err := a.Lockout.Load(ctx, ids, a.now())
	return err
}

func (a *actor) listCounters(ctx context.Context) error {
	q := lockout.Query{Now: a.now(), Locked: a.chance(2) == 0, Limit: 5}
	if a.chance(2) == 0 {
		q.Account = counterID(1000 + a.chance(3))
	}
	_, err := a.Lockout.List(ctx, q)
	return err
}

func (a *actor) resetCounters(ctx context.Context) error {
	sel := lockout.Selector{All: a.chance(3) == 0}
	if !sel.All {
		sel.Account = counterID(1000 + a.chance(3))
	}
	_, err := a.Lockout.Reset(ctx, sel)
	return err
}

// purgeCounters finds some expired when it looks from later.
func (a *actor) purgeCounters(ctx context.Context) error {
	now := a.now().Add(time.Duration(a.chance(3)) * time.Hour)
	_, err := a.Lockout.Purge(ctx, now, a.chance(stressCounters), 1+a.chance(3))
	return err
}

// checkLockout: who was unlocked has all chances again.
func (s *stress) checkLockout(store lockout.Store) {
	if _, err := store.Reset(s.Context(), lockout.Selector{All: true}); err != nil {
		s.Error(err)
	}
	c := newLockoutCase(s.T, store)
	c.now = s.now()
	left, err := store.List(s.Context(), lockout.Query{Now: c.now, Limit: 100})
	if len(left) > 0 || err != nil {
		s.Errorf("after a reset %d counters are left (%v)", len(left), err)
	}
	for n := range stressCounters {
		if counters, counted, _ := c.fail(stressGuess(n)); !counted || len(counters) != 1 || counters[0].Streak != 1 {
			s.Errorf("the first failure of counter %d: counted %t, %+v", n, counted, counters)
		}
	}
}

var reportActions = []action{
	{"reports: Add", (*actor).addReports, nil, false},
	{"reports: Reports", (*actor).latestReports, nil, true},
	{"reports: Prune", (*actor).pruneReports, nil, true},
}

const stressRoutes = 5

func (a *actor) addReports(ctx context.Context) error {
	var batch []csp.Report
	for _, n := range a.random.Perm(stressRoutes)[:1+a.chance(stressRoutes)] {
		batch = append(batch, violation(fmt.Sprintf("/%d", n)))
	}
	err := a.Reports.Add(ctx, batch)
	if err == nil {
		a.violations.Add(int64(len(batch)))
	}
	return err
}

func (a *actor) latestReports(ctx context.Context) error {
	_, err := a.Reports.Reports(ctx, time.Time{}, 3)
	return err
}

// pruneReports finds none that is old enough.
func (a *actor) pruneReports(ctx context.Context) error {
	n, err := a.Reports.Prune(ctx, reportStart.Add(-time.Hour))
	if err == nil && n != 0 {
		err = fmt.Errorf("%d young reports were dropped", n)
	}
	return err
}

// checkReports: each report was counted once.
func (s *stress) checkReports(store csp.ReportStore) {
	var counted int64
	for _, r := range storedReports(s.T, store, time.Time{}, 100) {
		counted += int64(r.Count)
	}
	if counted != s.violations.Load() {
		s.Errorf("%d violations were counted, want %d", counted, s.violations.Load())
	}
}

var rateActions = []action{
	{"rate limits: Take", (*actor).take, nil, true},
	{"rate limits: Take again", (*actor).take, nil, true},
	{"rate limits: Nodes", (*actor).nodes, nil, false},
}

func (a *actor) take(ctx context.Context) error {
	var cells []ratelimit.Cell
	for _, n := range a.some() {
		c := limitCell([16]byte{byte(n), 15: byte(n)}, 20, time.Second)
		c.Soft, c.Look = a.chance(4) == 0, a.chance(6) == 0
		switch a.chance(6) {
		case 0:
			c.Want = 4
		case 1:
			c.Back = 3 * time.Second
		}
		cells = append(cells, c)
	}
	if len(cells) == 0 {
		return nil
	}
	ok, err := a.RateLimit.Take(ctx, cells)
	if err != nil {
		return err
	}
	for _, c := range cells {
		if c.Got > 0 && !ok || c.Got > max(c.Cost, c.Want) || c.Ahead < 0 || c.Ahead > 20*time.Second {
			return fmt.Errorf("allowed %t, with %+v", ok, c)
		}
	}
	return nil
}

func (a *actor) nodes(context.Context) error {
	if n, _ := a.RateLimit.Nodes(); n < 1 {
		return fmt.Errorf("%d nodes", n)
	}
	return nil
}
