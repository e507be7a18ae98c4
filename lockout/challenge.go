package lockout

import (
	"context"
	"fmt"
	"time"
)

// take asks for the challenge if one is due, and then the store. An attempt that
// does not solve it is not counted: else bots could lock whom they like.
func (res *Reservation) take(ctx context.Context, list []counted, device []byte, now time.Time) (*Locked, error) {
	due, err := res.challenged(ctx, list, device, now)
	if err != nil {
		return nil, err
	}
	if due != nil {
		solved := false
		if res.attempt.Solved != nil {
			if solved, err = res.attempt.Solved(); err != nil {
				return nil, fmt.Errorf("lockout: asking for the challenge: %w", err)
			}
		}
		if !solved {
			return due, nil
		}
	}
	return res.reserve(ctx, list, device, now)
}

// challenged says whose counter asks for the challenge, or nil. A counter that
// locks is left to reserve: solving helps against no lock.
func (res *Reservation) challenged(ctx context.Context, list []counted, device []byte, now time.Time) (*Locked, error) {
	g := res.guard
	if g.cfg.Challenge == nil || g.cfg.InsecureReportOnly {
		return nil, nil
	}
	var ids []ID
	for i := range list {
		if list[i].by.User && list[i].spray == "" {
			if guess, ok := g.guess(&list[i], res.attempt, device, ""); ok {
				ids = append(ids, guess.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	counters, err := g.cfg.Store.Load(ctx, ids, now)
	if err != nil {
		return nil, err
	}
	var due *Locked
	for i := range counters {
		c := &counters[i]
		if c.LockedUntil.After(now) {
			return nil, nil
		}
		if c.Strikes > 0 || c.Streak >= g.cfg.ChallengeAfter && c.Failures(now, g.cfg.Window) > 0 {
			due = &Locked{Kind: c.Kind, Challenge: true}
		}
	}
	return due, nil
}
