package merlon

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/ratelimit"
)

// metrics counts what the limits and the guard decide. The maps are filled
// while the site is composed, and only read from then on.
type metrics struct {
	rules map[string]*ruleCounts
	locks map[string]*atomic.Int64 // by the counter that locked
}

// ruleCounts are the decisions of one rule.
type ruleCounts struct {
	against                    string // what a decision that is not "allowed" is called
	allowed, refused, degraded atomic.Int64
}

// rulesOf has every decision of c's limiters counted, beside who is told anyway.
func (m *metrics) rulesOf(c *ratelimit.Config) {
	m.rules = map[string]*ruleCounts{}
	for _, r := range c.Rules {
		m.rules[r.Name] = &ruleCounts{against: "refused"}
		if r.Report {
			m.rules[r.Name].against = "reported"
		}
	}
	told := c.Observe
	c.Observe = func(r ratelimit.Result) {
		m.rules[r.Rule].add(r)
		if told != nil {
			told(r)
		}
	}
}

func (c *ruleCounts) add(r ratelimit.Result) {
	if r.Allowed {
		c.allowed.Add(1)
	} else {
		c.refused.Add(1)
	}
	if r.Degraded {
		c.degraded.Add(1)
	}
}

// locksOf counts the locks of each counter that g has.
func (m *metrics) locksOf(g *lockout.Guard) {
	m.locks = map[string]*atomic.Int64{}
	for kind := range g.Limits() {
		m.locks[kind] = new(atomic.Int64)
	}
}

func (m *metrics) lock(l lockout.Lock) {
	if n := m.locks[l.Kind]; n != nil { // a counter that another node has may lock here too
		n.Add(1)
	}
}

// WriteMetrics writes what this process has counted since it began, in the text
// format that Prometheus reads:
//
//	merlon_ratelimit_decisions_total{rule="login",decision="refused"}
//	merlon_ratelimit_degraded_decisions_total{rule="login"}
//	merlon_ratelimit_degraded
//	merlon_lockout_locks_total{counter="user"}
//
// A decision is allowed, refused, or reported where a rule only reports what it
// would refuse. It is degraded, too, where the shared store did not answer;
// merlon_ratelimit_degraded is 1 while it does not. No label tells who was
// limited or locked out.
func (s *Site) WriteMetrics(w io.Writer) error {
	var b strings.Builder
	family := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	rules := slices.Sorted(maps.Keys(s.metrics.rules))
	family("merlon_ratelimit_decisions_total", "counter", "Decisions of each rate limit.")
	for _, name := range rules {
		c := s.metrics.rules[name]
		fmt.Fprintf(&b, "merlon_ratelimit_decisions_total{rule=%q,decision=\"allowed\"} %d\n", name, c.allowed.Load())
		fmt.Fprintf(&b, "merlon_ratelimit_decisions_total{rule=%q,decision=%q} %d\n", name, c.against, c.refused.Load())
	}
	family("merlon_ratelimit_degraded_decisions_total", "counter", "Decisions that a rule's fail mode made, because the shared store did not answer.")
	for _, name := range rules {
		fmt.Fprintf(&b, "merlon_ratelimit_degraded_decisions_total{rule=%q} %d\n", name, s.metrics.rules[name].degraded.Load())
	}
	degraded := 0
	if s.limiter.Degraded() || s.visitorLimiter != nil && s.visitorLimiter.Degraded() {
		degraded = 1
	}
	family("merlon_ratelimit_degraded", "gauge", "Whether the shared store of the rate limits does not answer.")
	fmt.Fprintf(&b, "merlon_ratelimit_degraded %d\n", degraded)
	family("merlon_lockout_locks_total", "counter", "Locks after failed sign-ins, by what was counted.")
	for _, kind := range slices.Sorted(maps.Keys(s.metrics.locks)) {
		fmt.Fprintf(&b, "merlon_lockout_locks_total{counter=%q} %d\n", kind, s.metrics.locks[kind].Load())
	}
	_, err := io.WriteString(w, b.String())
	return err
}
