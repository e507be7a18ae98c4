package ratelimit

import (
	"context"
)

func (e *engine) sharedOne(ctx context.Context, a ask) ask {
	asks := []ask{a}
	e.sharedAll(ctx, asks, e.memory.now())
	return asks[0]
}

func (e *engine) sharedAll(ctx context.Context, asks []ask, now int64) bool {
	return e.locals(asks, now)
}

func (e *engine) ask1(ctx context.Context, c Cell) (Cell, error) { return c, nil }

func (e *engine) reset(ctx context.Context, a ask) error { return nil }
