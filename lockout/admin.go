package lockout

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
)

const (
	purgeEvery = time.Minute
	purgeBatch = 500
)

// A Status is a counter as people read it.
type Status struct {
	ID   ID
	Kind string // such as "user+network"
	// Account and Network are whom it counts; "" and the zero Prefix where it
	// counts by something else, or if the key they were encrypted with is gone.
	Account string
	Network netip.Prefix
	// Failures are those that count now, of Limit that lock; Limit is 0 if this
	// guard does not count so, which another configuration did.
	Failures, Limit int
	// LockedUntil is the zero time if it is open, NotBefore if nobody waits.
	LockedUntil, NotBefore time.Time
	// Hard says that the lock ends when somebody unlocks, not before.
	Hard bool
	// Locks is how many locks there were in a row, this one included.
	Locks int
	// Attempts are the last ones, newest first.
	Attempts []Logged
}

// Logged is an attempt as the log keeps it.
type Logged struct {
	Time      time.Time
	Succeeded bool
	Client    netip.Addr // the zero Addr if unknown
	Account   string
	UserAgent string
}

// ListOptions select what [Guard.List] returns.
type ListOptions struct {
	// All lists the counters that are not locked too.
	All bool
	// After is the ID of the last Status of the page before; the zero ID
	// begins. Limit is how many to return; 0 means 100, at most 1000.
	After ID
	Limit int
}

// List returns what is locked, by ID.
func (g *Guard) List(ctx context.Context, o ListOptions) ([]Status, error) {
	if o.Limit <= 0 {
		o.Limit = 100
	}
	return g.list(ctx, Query{Locked: !o.All, After: o.After, Limit: min(o.Limit, 1000)})
}

// Show returns the counters of an account, locked or not.
func (g *Guard) Show(ctx context.Context, account string) ([]Status, error) {
	return g.list(ctx, Query{Account: g.accountID(g.cfg.Normalize(account)), Limit: 1000})
}

// ShowNetwork returns the counters of the networks that a client is in.
func (g *Guard) ShowNetwork(ctx context.Context, client netip.Addr) ([]Status, error) {
	var all []Status
	for _, network := range networksOf(client) {
		some, err := g.list(ctx, Query{Network: g.networkID(network), Limit: 1000})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func networksOf(client netip.Addr) []netip.Prefix {
	if client = client.Unmap(); !client.Is6() {
		return []netip.Prefix{networkOf(client, 32)}
	}
	return []netip.Prefix{networkOf(client, 64), networkOf(client, 56), networkOf(client, 48)}
}

func (g *Guard) list(ctx context.Context, q Query) ([]Status, error) {
	q.Now = g.now()
	counters, err := g.cfg.Store.List(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make([]Status, len(counters))
	for i := range counters {
		all[i] = g.status(&counters[i], q.Now)
	}
	return all, nil
}

func (g *Guard) status(c *Counter, now time.Time) Status {
	s := Status{ID: c.ID, Kind: c.Kind, Locks: c.Strikes, Failures: len(c.Ring) / EntrySize}
	s.Account, s.Network = g.open(c)
	for _, list := range [][]counted{g.plain, g.trusted} {
		for _, one := range list {
			if one.kind != c.Kind {
				continue
			}
			s.Limit = one.limit
			if own, _ := g.own(s.Account); own > 0 && one.factor > 0 {
				s.Limit = min(own*one.factor, MaxLimit)
			}
			s.Failures = c.Failures(now, one.window)
		}
	}
	if c.LockedUntil.After(now) {
		s.LockedUntil, s.Hard = c.LockedUntil, isHard(c.Kind)
	} else if !c.LockedUntil.IsZero() {
		s.Failures = 0 // a lock that ended took them along
	}
	if c.NotBefore.After(now) {
		s.NotBefore = c.NotBefore
	}
	for line := range strings.SplitSeq(c.Log, "\n") {
		if l, ok := g.logged(line); ok {
			s.Attempts = append(s.Attempts, l)
		}
	}
	return s
}

// logged reads a line of a log; the last one may be cut off.
func (g *Guard) logged(line string) (l Logged, ok bool) {
	if len(line) < EntrySize+2 {
		return l, false
	}
	if l.Time, ok = stampTime(line[:12]); !ok {
		return l, false
	}
	l.Succeeded = line[EntrySize] == 'S'
	note, err := g.notes.Open(line[EntrySize+1:], nil)
	if err != nil {
		return l, false
	}
	client, rest, _ := strings.Cut(string(note), "\n")
	l.Account, l.UserAgent, _ = strings.Cut(rest, "\n")
	l.Client, _ = netip.ParseAddr(client)
	return l, true
}

// Unlock deletes the counters of an account, and with them its locks, and
// returns how many there were. Devices that were revoked stay so.
func (g *Guard) Unlock(ctx context.Context, account string) (int, error) {
	account = g.cfg.Normalize(account)
	return g.reset(ctx, Selector{Account: g.accountID(account)}, account, "account")
}

// UnlockNetwork deletes the counters of the networks that a client is in.
func (g *Guard) UnlockNetwork(ctx context.Context, client netip.Addr) (total int, err error) {
	for _, network := range networksOf(client) {
		n, err := g.reset(ctx, Selector{Network: g.networkID(network)}, network.String(), "network")
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// UnlockAll deletes every counter.
func (g *Guard) UnlockAll(ctx context.Context) (int, error) {
	return g.reset(ctx, Selector{All: true}, "everybody", "all")
}

func (g *Guard) reset(ctx context.Context, s Selector, subject, reason string) (int, error) {
	n, err := g.cfg.Store.Reset(ctx, s)
	if err != nil {
		return n, g.unavailable(ctx, err)
	}
	if n > 0 {
		g.record(ctx, audit.UserUnlocked, Attempt{}, subject, reason, "")
	}
	return n, nil
}

// Run deletes counters that have expired, and those that are too many, every
// minute until ctx is done. The caller owns the goroutine.
func (g *Guard) Run(ctx context.Context) error {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		if _, err := g.Purge(ctx); err != nil && ctx.Err() == nil {
			g.cfg.Logger.LogAttrs(ctx, slog.LevelError, "purging lockout counters", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Purge does once what Run does, and returns how many it deleted.
func (g *Guard) Purge(ctx context.Context) (total int, err error) {
	for {
		n, err := g.cfg.Store.Purge(ctx, g.now(), g.cfg.MaxCounters, purgeBatch)
		total += n
		if err != nil || n < purgeBatch {
			return total, err
		}
	}
}
