package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
)

// Allow takes one event of the rule for a key, without a request. The key has
// one value for each part of the rule's key, none for a global one; an address
// stands for its network. It shares counts with requests of the same key. An
// error means that there is no such rule or the key does not fit it; a store
// that fails is not an error but a [Result.Degraded] answer.
func (l *Limiter) Allow(ctx context.Context, rule string, key ...string) (Result, error) {
	return l.engine.program(ctx, rule, key, 1, false)
}

// AllowN is like [Limiter.Allow] for n events, which pass together or not.
func (l *Limiter) AllowN(ctx context.Context, rule string, n int64, key ...string) (Result, error) {
	if n < 1 {
		return Result{}, errors.New("ratelimit: fewer than one event")
	}
	return l.engine.program(ctx, rule, key, n, false)
}

// Peek returns what [Limiter.Allow] would, and takes nothing.
func (l *Limiter) Peek(ctx context.Context, rule string, key ...string) (Result, error) {
	return l.engine.program(ctx, rule, key, 1, true)
}

// Reset gives a key back everything it has used of the rule.
func (l *Limiter) Reset(ctx context.Context, rule string, key ...string) error {
	e := l.engine
	r, err := e.named(rule)
	if err != nil {
		return err
	}
	var a ask
	a.cell.Look = true // takes no lease
	if err := e.single(&a, r, key, e.memory.now()); err != nil {
		return err
	}
	return e.reset(ctx, a)
}

func (e *engine) program(ctx context.Context, name string, key []string, cost int64, look bool) (result Result, err error) {
	now := e.memory.now()
	rule, err := e.named(name)
	if err != nil {
		return result, err
	}
	if e.Store != nil {
		var a ask
		a.cell.Cost, a.cell.Look = cost, look
		if err := e.single(&a, rule, key, now); err != nil {
			return result, err
		}
		e.sharedOne(ctx, &a, now)
		result = a.result()
	} else {
		c := Cell{Interval: rule.interval, Burst: rule.burst, Cost: cost, Look: look}
		if c.mark, err = e.spot(rule, key); err != nil {
			return result, err
		}
		e.memory.takeOne(&c, now)
		result.Rule, result.Report, result.Limit, result.Reset = rule.Name, rule.Report, c.Burst, c.Ahead
		rule.answer(&result, &c)
	}
	if e.Observe != nil && !look {
		e.Observe(result)
	}
	return result, nil
}

// named returns the rule of a name. Few names are compared faster than looked up.
func (e *engine) named(name string) (*rule, error) {
	if len(e.rules) <= 8 {
		for i := range e.rules {
			if e.rules[i].Name == name {
				return &e.rules[i], nil
			}
		}
	} else if i, ok := e.byName[name]; ok {
		return &e.rules[i], nil
	}
	return nil, fmt.Errorf("ratelimit: no rule %q", name)
}

// single makes the ask of a program about one key.
func (e *engine) single(a *ask, rule *rule, key []string, now int64) error {
	var s subject
	if err := e.texts(&s, rule, key); err != nil {
		return err
	}
	a.rule, a.cell.Interval, a.cell.Burst = rule, rule.interval, rule.burst
	if e.Store == nil {
		a.cell.mark = s.place(rule)
	} else {
		e.offer(a, &s, now)
	}
	return nil
}

// spot returns the place in memory of a key given by a program.
func (e *engine) spot(rule *rule, key []string) (uint64, error) {
	if rule.plain && len(key) == 1 && key[0] != "" {
		return mark(maphash.String(rule.seeds[0][0], key[0])), nil
	}
	var s subject
	if err := e.texts(&s, rule, key); err != nil {
		return 0, err
	}
	return s.place(rule), nil
}
