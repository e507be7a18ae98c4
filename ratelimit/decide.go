package ratelimit

import (
	"context"
	"fmt"
	"math/bits"
	"net/http"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
)

// An ask is one rule applied to one key, and its answer.
type ask struct {
	rule     *rule
	cell     Cell
	state    state
	degraded bool

	leased lease // what the lease table said, and with it:
	size   int64 // the exponent of the batch to fetch
	cost   int64 // what the lease gave
}

// state is where an answer came from.
type state uint8

const (
	stateLocal   state = iota // the counts in memory
	stateShared               // the store, or a lease taken from it
	stateOpen                 // nowhere: FailOpen
	stateClosed               // nowhere: FailClosed
	statePending              // not answered yet
	stateSkipped              // never asked, because another rule refused already
)

// A Result is the answer of one rule about one key.
type Result struct {
	// Rule is the rule's name.
	Rule string
	// Allowed reports whether the rule lets the event pass; a rule that only
	// reports says here what it would do.
	Allowed bool
	// Report tells that the rule only reports.
	Report bool
	// Degraded reports that the shared store did not answer and the rule's
	// [FailMode] decided.
	Degraded bool
	// Limit is how many events can happen at once, Remaining how many of them
	// still can. For a leased rule, Remaining is an estimate.
	Limit, Remaining int64
	// RetryAfter is exactly how long a refused event must wait, if no others
	// come between: it passes then and not earlier. 0 if it was allowed, or if
	// waiting does not help.
	RetryAfter time.Duration
	// Reset is when the key is as good as new.
	Reset time.Duration
}

func (a *ask) result() (r Result) {
	r.Rule, r.Report, r.Degraded, r.Limit, r.Reset = a.rule.Name, a.rule.Report, a.degraded, a.cell.Burst, a.cell.Ahead
	switch a.state {
	case stateOpen, stateSkipped:
		r.Allowed, r.Remaining = true, a.cell.Burst
	case stateClosed:
		r.RetryAfter = breakFor
	default:
		a.rule.answer(&r, &a.cell)
	}
	return r
}

// answer fills in what c, which was judged, says.
func (rule *rule) answer(r *Result, c *Cell) {
	r.Allowed = !c.Short
	room := c.capacity() - int64(c.Ahead)
	switch {
	case room < int64(c.Interval) || c.Interval == 0:
	case c.Interval == rule.interval:
		r.Remaining = rule.events(room)
	default: // a node's share
		r.Remaining = room / int64(c.Interval)
	}
	if c.Short && c.Cost <= c.Burst {
		r.RetryAfter = time.Duration(c.Cost*int64(c.Interval) - room)
	}
}

// events returns how many whole intervals are in room, which is not negative.
// It multiplies by the inverse and corrects the last place, which is several
// times faster than dividing.
func (rule *rule) events(room int64) int64 {
	high, _ := bits.Mul64(uint64(room), rule.inverse)
	if n := int64(high); room-n*int64(rule.interval) < int64(rule.interval) {
		return n
	}
	return int64(high) + 1
}

func results(asks []ask) []Result {
	all := make([]Result, len(asks))
	for i := range asks {
		all[i] = asks[i].result()
	}
	return all
}

// Exceeded is the cause of a refusal: what every rule of the request said.
type Exceeded struct {
	Results []Result
}

// Error names the rules that refused.
func (e *Exceeded) Error() string {
	text := "ratelimit: exceeded"
	for _, r := range e.Results {
		if !r.Allowed && !r.Report {
			text += " " + r.Rule
		}
	}
	return text
}

// ask appends what the rules at indices ask about in's request.
func (e *engine) ask(asks []ask, indices []int, in *reader, now int64, look bool) ([]ask, *Refusal) {
	for _, i := range indices {
		rule := &e.rules[i]
		cost := rule.cost
		if rule.Cost != nil {
			if cost = rule.Cost(in.r); cost <= 0 {
				continue
			}
		}
		n := len(asks)
		asks = append(asks, ask{rule: rule})
		a := &asks[n]
		c := &a.cell
		c.Interval, c.Burst, c.Cost, c.Soft, c.Look = rule.interval, rule.burst, cost, rule.Report, look
		switch fault := e.fill(a, in, now); {
		case fault == nil:
		case fault == faultClient && (e.AllowUnknownClient || rule.Report):
			asks = asks[:n]
		default:
			for i := range asks[:n] {
				e.undo(&asks[i], now)
			}
			return nil, e.faultRefusal(fault, rule)
		}
	}
	return asks, nil
}

// fill makes a ready to be answered.
func (e *engine) fill(a *ask, in *reader, now int64) (fault *fault) {
	if e.Store == nil {
		a.cell.mark, fault = e.place(a.rule, in)
		return fault
	}
	var s subject
	if fault = e.subject(&s, a.rule, in); fault == nil {
		e.offer(a, &s, now)
	}
	return fault
}

// offer lets a lease answer a at once, or makes it ready for the store.
func (e *engine) offer(a *ask, s *subject, now int64) {
	a.cell.mark = s.place(a.rule)
	if !a.cell.Look {
		e.lease(a, now)
	}
	if a.leased != leaseHit && a.leased != leaseDenied {
		var array [256]byte
		var sum [32]byte
		copy(a.cell.Key[:], e.digest.Sum(sum[:0], s.material(array[:0], a.rule)))
	}
}

// decide answers asks, all or nothing, and reports whether the request may pass.
func (e *engine) decide(ctx context.Context, asks []ask, now int64) bool {
	ok := false
	switch {
	case e.blocks && e.blocked(asks, now):
	case e.Store == nil:
		ok = e.locals(asks, now)
	default:
		ok = e.sharedAll(ctx, asks, now)
	}
	if e.Observe != nil {
		for i := range asks {
			if !asks[i].cell.Look && asks[i].state != stateSkipped {
				e.Observe(asks[i].result())
			}
		}
	}
	return ok
}

// blocked reports whether a rule of rate 0 is among asks: it refuses whatever
// the others say, so they are not asked.
func (e *engine) blocked(asks []ask, now int64) bool {
	blocked := false
	for i := range asks {
		if asks[i].rule.Rate.Limit == 0 && !asks[i].cell.Soft {
			asks[i].cell.Short, blocked = true, true
		}
	}
	for i := range asks {
		if a := &asks[i]; blocked && !a.cell.Short {
			e.undo(a, now)
			a.state = stateSkipped
		}
	}
	return blocked
}

// locals answers asks from memory.
func (e *engine) locals(asks []ask, now int64) bool {
	if len(asks) == 1 {
		return e.memory.takeOne(&asks[0].cell, now)
	}
	// Copies, so that asks stay on the stack.
	var array [4]Cell
	cells := array[:0]
	for i := range asks {
		cells = append(cells, asks[i].cell)
	}
	ok := e.memory.take(cells, now)
	for i := range asks {
		asks[i].cell = cells[i]
	}
	return ok
}

// refusal is the answer to a request that asks refused.
func (e *engine) refusal(asks []ask, now int64) *Refusal {
	refusal := &Refusal{
		Status:  http.StatusTooManyRequests,
		Control: "ratelimit",
		Reason:  "rate-exceeded",
		Err:     &Exceeded{results(asks)},
	}
	var violated []string
	forever, closed, notice := false, true, false
	for i := range asks {
		a := &asks[i]
		r := a.result()
		if r.Allowed || r.Report {
			continue
		}
		violated = append(violated, r.Rule)
		refusal.RetryAfter = max(refusal.RetryAfter, r.RetryAfter)
		refusal.Detail = fmt.Sprintf("rule %q by %s allows %s", r.Rule, a.rule.Key, a.rule.Rate)
		forever = forever || r.RetryAfter == 0
		closed = closed && a.state == stateClosed
		notice = e.notice(a, now) || notice
	}
	if forever { // waiting does not help
		refusal.RetryAfter = 0
	}
	if notice {
		refusal.Event = audit.RateLimitExceeded
	}
	if closed {
		refusal.Status, refusal.Reason = http.StatusServiceUnavailable, "store-unavailable"
		refusal.Detail = "the shared store does not answer, and the rule is closed then"
		return refusal
	}
	refusal.Problem = map[string]any{
		"type":              "https://iana.org/assignments/http-problem-types#quota-exceeded",
		"violated-policies": violated,
	}
	return refusal
}

// notice reports whether the refusal of a is to be audited: once a minute for
// each key, so that a flood of refused requests is not a flood of events.
func (e *engine) notice(a *ask, now int64) bool {
	if e.Audit == nil {
		return false
	}
	c := Cell{Interval: time.Minute, Burst: 1, Cost: 1, mark: mark(a.cell.mark ^ a.rule.notice)}
	return e.memory.takeOne(&c, now)
}

func (e *engine) faultRefusal(f *fault, rule *rule) *Refusal {
	return &deny.Refusal{
		Status:  f.status,
		Control: "ratelimit",
		Reason:  f.reason,
		Event:   audit.InputValidationFail,
		Detail:  fmt.Sprintf("rule %q: %s", rule.Name, f.detail),
	}
}
