package redis

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/safesql"
)

//go:embed lockout.lua
var lockoutSource string

// lockoutTimeout bounds a call, if Options.Timeout is not longer: a credential is not looked at before it is
// counted, so that waiting a little is better than refusing.
const lockoutTimeout = 2 * time.Second

// Lockout returns the counters of failed guesses, for a site that chooses to
// have them here and not in its database. Each call is one run of one script.
//
// A failover of Redis may forget the last second of failures, of locks, and of
// devices that were revoked. On a Cluster all counters lie in one slot.
func (db *DB) Lockout() lockout.Store {
	return &lockouts{db: db, script: newScript(lockoutSource)}
}

type lockouts struct {
	db     *DB
	script script
}

// run runs the script.
func (s *lockouts) run(ctx context.Context, args ...string) (n int64, counters []lockout.Counter, err error) {
	ctx, cancel := context.WithTimeout(ctx, max(lockoutTimeout, s.db.options.Timeout))
	defer cancel()
	client, err := s.db.connection(ctx)
	if err != nil {
		return 0, nil, err
	}
	reply, err := s.script.runShared(ctx, client, []string{s.db.options.Prefix + "lockout:{0}:"}, args).ToArray()
	if err != nil {
		return 0, nil, fmt.Errorf("redis: %w", err)
	}
	if len(reply) != 2 {
		return 0, nil, errLockoutReply
	}
	if n, err = reply[0].AsInt64(); err != nil {
		return 0, nil, err
	}
	rows, err := reply[1].ToArray()
	if err != nil {
		return 0, nil, err
	}
	for i := range rows {
		texts, err := rows[i].AsStrSlice()
		if err != nil {
			return 0, nil, err
		}
		c, err := readCounter(texts)
		if err != nil {
			return 0, nil, err
		}
		counters = append(counters, c)
	}
	return n, counters, nil
}

var errLockoutReply = errors.New("redis: the lockout script's answer is malformed")

func readCounter(t []string) (c lockout.Counter, err error) {
	if len(t) != 13 {
		return c, errLockoutReply
	}
	c.Kind, c.Subject, c.Ring, c.Last, c.Log = t[1], t[2], t[5], t[6], t[12]
	for _, id := range []struct {
		to   *lockout.ID
		text string
	}{{&c.ID, t[0]}, {&c.Account, t[3]}, {&c.Network, t[4]}} {
		if id.text == "" {
			continue
		}
		b, err := hex.DecodeString(id.text)
		if err != nil || len(b) != len(id.to) {
			return c, errLockoutReply
		}
		copy(id.to[:], b)
	}
	var n [5]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(t[7+i], 10, 64); err != nil {
			return c, errLockoutReply
		}
	}
	c.Streak, c.Strikes = int(n[0]), int(n[1])
	c.NotBefore, c.LockedUntil, c.Expires = safesql.FromMicros(n[2]), safesql.FromMicros(n[3]), safesql.FromMicros(n[4])
	return c, nil
}

func lockoutID(id lockout.ID) string {
	if id == (lockout.ID{}) {
		return ""
	}
	return hex.EncodeToString(id[:])
}

func integer(n int64) string { return strconv.FormatInt(n, 10) }

func moment(t time.Time) string { return integer(safesql.Micros(t)) }

func yes(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

// Reserve implements [lockout.Store].
func (s *lockouts) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	if len(t.Guesses) == 0 {
		return nil, true, ctx.Err()
	}
	args := []string{"reserve", moment(t.Now), t.Mark, lockout.Entry(t.Now, t.Mark) + "F" + t.Note + "\n"}
	for i := range t.Guesses {
		g := &t.Guesses[i]
		args = append(args, lockoutID(g.ID), g.Kind, g.Subject, lockoutID(g.Account), lockoutID(g.Network), lockout.Entry(t.Now, g.Mark), g.Mark, yes(g.Distinct),
			strconv.Itoa(g.Limit), integer(g.Window.Microseconds()), integer(g.Cooloff.Microseconds()), integer(g.MaxCooloff.Microseconds()),
			strconv.Itoa(g.DelayAfter), integer(g.Delay.Microseconds()), integer(g.MaxDelay.Microseconds()))
	}
	n, counters, err := s.run(ctx, args...)
	return counters, n == 1 && err == nil, err
}

// Release implements [lockout.Store].
func (s *lockouts) Release(ctx context.Context, r lockout.Release) error {
	args := []string{"release", moment(r.Now), r.Mark}
	for _, item := range r.Items {
		args = append(args, lockoutID(item.ID), item.Mark, yes(item.Clear))
	}
	_, _, err := s.run(ctx, args...)
	return err
}

// Extend implements [lockout.Store].
func (s *lockouts) Extend(ctx context.Context, ids []lockout.ID, now, until time.Time) error {
	_, _, err := s.run(ctx, append([]string{"extend", moment(now), moment(until)}, lockoutIDs(ids)...)...)
	return err
}

// Load implements [lockout.Store].
func (s *lockouts) Load(ctx context.Context, ids []lockout.ID, now time.Time) ([]lockout.Counter, error) {
	_, counters, err := s.run(ctx, append([]string{"load", moment(now)}, lockoutIDs(ids)...)...)
	return counters, err
}

func lockoutIDs(ids []lockout.ID) []string {
	list := make([]string, len(ids))
	for i := range ids {
		list[i] = lockoutID(ids[i])
	}
	return list
}

// List implements [lockout.Store].
func (s *lockouts) List(ctx context.Context, q lockout.Query) ([]lockout.Counter, error) {
	_, counters, err := s.run(ctx, "list", moment(q.Now), lockoutID(q.Account), lockoutID(q.Network), yes(q.Locked),
		hex.EncodeToString(q.After[:]), strconv.Itoa(q.Limit))
	counters = slices.DeleteFunc(counters, func(c lockout.Counter) bool { return bytes.Compare(c.ID[:], q.After[:]) <= 0 })
	slices.SortFunc(counters, func(a, b lockout.Counter) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return counters[:min(len(counters), max(q.Limit, 0))], err
}

// Reset implements [lockout.Store]. All counters are deleted a thousand at a
// time, so that others are not kept waiting.
func (s *lockouts) Reset(ctx context.Context, sel lockout.Selector) (total int, err error) {
	account, network := lockoutID(sel.Account), lockoutID(sel.Network)
	if account != "" || network != "" {
		n, _, err := s.run(ctx, "reset", "0", account, network)
		return int(n), err
	}
	if !sel.All {
		return 0, ctx.Err()
	}
	for {
		n, _, err := s.run(ctx, "reset", "0", "", "")
		total += int(n)
		if err != nil || n < 1000 {
			return total, err
		}
	}
}

// Purge implements [lockout.Store].
func (s *lockouts) Purge(ctx context.Context, now time.Time, keep, limit int) (int, error) {
	n, _, err := s.run(ctx, "purge", moment(now), strconv.Itoa(keep), strconv.Itoa(limit))
	return int(n), err
}
