package ratelimit

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// The fields of draft-ietf-httpapi-ratelimit-headers-10, in the spelling of
// http.Header.
const (
	fieldPolicy = "Ratelimit-Policy"
	fieldLimit  = "Ratelimit"
)

// policyItem is what RateLimit-Policy says about a rule: q events, all of
// which are regained in w seconds. It is the burst with the time to regain it,
// which is the same rate as the limit with its period.
func policyItem(r *rule) string {
	if r.burst == 0 {
		return `"` + r.Name + `";q=0;w=` + strconv.FormatInt(seconds(r.Rate.Period), 10)
	}
	return `"` + r.Name + `";q=` + strconv.FormatInt(r.burst, 10) + `;w=` + strconv.FormatInt(seconds(r.capacity), 10)
}

// fieldCount is how many values of RateLimit a rule remembers.
const fieldCount = 256

// A field is the value of RateLimit for one state of a rule. Most clients are
// in the same few states, so responses share values.
type field struct {
	remaining, wait int64
	value           [1]string
}

type fields [fieldCount]atomic.Pointer[field]

// field returns the value for a state, in whole seconds to wait: a slice
// without spare capacity, so that an append copies it.
func (r *rule) field(remaining, wait int64) []string {
	place := &r.fields[uint64(remaining+31*wait)%fieldCount]
	if f := place.Load(); f != nil && f.remaining == remaining && f.wait == wait {
		return f.value[:]
	}
	var array [128]byte
	text := append(array[:0], '"')
	text = append(text, r.Name...)
	text = append(text, `";r=`...)
	text = strconv.AppendInt(text, remaining, 10)
	text = append(text, `;t=`...)
	text = strconv.AppendInt(text, wait, 10)
	f := &field{remaining, wait, [1]string{string(text)}}
	place.Store(f)
	return f.value[:]
}

// value returns the value of RateLimit for a. The parameter t is what Retry-After
// says of a refused request, else the time to wait for the first event when none
// remains, and otherwise the time until all are regained.
func (a *ask) value() []string {
	r := a.result()
	wait := r.Reset
	switch {
	case r.RetryAfter > 0:
		wait = r.RetryAfter
	case r.Remaining == 0 && r.Limit > 0:
		wait = r.Reset - a.rule.capacity + a.rule.interval
	}
	return a.rule.field(r.Remaining, seconds(wait))
}

// shown reports whether the fields speak of a: its rule can refuse, and was asked.
func (a *ask) shown() bool { return !a.rule.Report && a.state != stateSkipped }

// writeHeader sets RateLimit-Policy and RateLimit for the rules that can
// refuse. The values of one rule are shared: an append copies them.
func (e *engine) writeHeader(h http.Header, asks []ask) {
	if len(asks) > 1 {
		writeFields(h, asks)
	} else if len(asks) == 1 && asks[0].shown() {
		h[fieldPolicy], h[fieldLimit] = asks[0].rule.policy, asks[0].value()
	}
}

func writeFields(h http.Header, asks []ask) {
	policies := make([]string, 0, len(asks))
	var array [192]byte
	text := array[:0]
	for i := range asks {
		a := &asks[i]
		if !a.shown() {
			continue
		}
		if len(policies) > 0 {
			text = append(text, ", "...)
		}
		text = append(text, a.value()[0]...)
		policies = append(policies, a.rule.policy[0])
	}
	if len(policies) > 0 {
		h[fieldPolicy], h[fieldLimit] = policies, []string{string(text)}
	}
}

// seconds rounds up: waiting so long is enough.
func seconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
