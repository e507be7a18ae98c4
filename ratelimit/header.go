package ratelimit

import (
	"net/http"
	"strconv"
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

// writeHeader sets RateLimit-Policy and RateLimit for the rules that can
// refuse. The parameter t is the time to wait for the first event when none
// remains, which is what Retry-After says, and otherwise the time until all
// are regained.
func (e *engine) writeHeader(h http.Header, asks []ask) {
	var array [128]byte
	text := array[:0]
	var policies []string
	for i := range asks {
		a := &asks[i]
		if a.rule.Report || a.state == stateSkipped {
			continue
		}
		if policies == nil {
			policies = a.rule.policy // shared: a slice without spare capacity
		} else {
			policies = append(policies, a.rule.policy[0])
			text = append(text, ", "...)
		}
		r := a.result()
		wait := r.Reset
		if r.Remaining == 0 && r.Limit > 0 {
			wait = max(r.RetryAfter, r.Reset-a.rule.capacity+a.rule.interval)
		}
		text = append(text, '"')
		text = append(text, a.rule.Name...)
		text = append(text, `";r=`...)
		text = strconv.AppendInt(text, r.Remaining, 10)
		text = append(text, `;t=`...)
		text = strconv.AppendInt(text, seconds(wait), 10)
	}
	if policies == nil {
		return
	}
	h[fieldPolicy] = policies
	h[fieldLimit] = []string{string(text)}
}

// seconds rounds up: waiting so long is enough.
func seconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
