package ratelimit

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/merlon-go/merlon/internal/request"
)

// outcome is what a handler said about a request that took from rules which
// count only failures.
type outcome struct {
	failed atomic.Bool
	outer  *outcome
}

// attach makes o the innermost outcome of the request.
func (o *outcome) attach(r *http.Request) *http.Request {
	info, r := request.Attach(r)
	o.outer, _ = info.RateLimit.(*outcome)
	info.RateLimit = o
	return r
}

// Failed tells the limiters around a handler that the request failed: a wrong
// password, a wrong code. Rules that count only failures then keep what the
// request took. ctx is the request's context. Without such a rule, Failed does
// nothing.
func Failed(ctx context.Context) {
	info := request.From(ctx)
	if info == nil {
		return
	}
	o, _ := info.RateLimit.(*outcome)
	for ; o != nil; o = o.outer {
		o.failed.Store(true)
	}
}

// reserved reports whether any of asks gives back after success.
func reserved(asks []ask) bool {
	for i := range asks {
		if asks[i].rule.Count == CountFailed && asks[i].cell.Got > 0 {
			return true
		}
	}
	return false
}

// giveBack returns what asks took before, at the moment taken.
//
// Of what was taken, the part that the passing of time has regained already
// cannot be given back: the key's time was Ahead after the take, so Ahead
// minus the time since is the most that can be left of it. Were more given
// back, a slow success would erase another request's failure.
func (e *engine) giveBack(ctx context.Context, asks []ask, taken int64) {
	elapsed := e.memory.now() - taken
	for i := range asks {
		a := &asks[i]
		if a.rule.Count != CountFailed || a.cell.Got == 0 {
			continue
		}
		spent := a.cell.Got * int64(a.cell.Interval)
		back := min(int64(a.cell.Ahead)-max(elapsed, 0), spent)
		if back <= 0 {
			continue
		}
		c := Cell{Key: a.cell.Key, Interval: a.cell.Interval, Burst: a.cell.Burst, Back: time.Duration(back), mark: a.cell.mark}
		switch a.state {
		case stateLocal:
			e.memory.takeOne(&c, e.memory.now())
		case stateShared:
			// If the store fails now, the event stays counted.
			_ = e.takeBack(ctx, c)
		}
	}
}
