package headers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/merlon-go/merlon/internal/request"
)

const (
	defaultHSTS = 3600     // seconds
	preloadHSTS = 31536000 // what hstspreload.org asks for: a year
)

// A Step of the HSTS ramp: from Age after its start on, max-age is Seconds.
type Step struct {
	Age     time.Duration
	Seconds int64
}

// Ramp returns the steps by which HSTS grows: five minutes on the first day, an
// hour in the first week, a day until four weeks, thirty days until ninety days,
// then a year. A step lasts longer than the promise made before it, so that
// what breaks shows while browsers still forget soon. Each call returns a new
// slice.
func Ramp() []Step {
	const day = 24 * time.Hour
	return []Step{{0, 300}, {1 * day, 3600}, {7 * day, 86400}, {28 * day, 2592000}, {90 * day, preloadHSTS}}
}

// RampSeconds returns the max-age at now of a ramp begun at start. Before start
// it is the first step's. Nodes with the same start date agree without talking
// to each other, and a restart changes nothing.
func RampSeconds(start, now time.Time) int64 {
	steps := Ramp()
	return steps[rampStep(steps, start, now)].Seconds
}

func rampStep(steps []Step, start, now time.Time) int {
	age := now.Sub(start)
	i := len(steps) - 1
	for i > 0 && age < steps[i].Age {
		i--
	}
	return i
}

// hsts is the header, ready for each step of the ramp, or for the one max-age.
type hsts struct {
	start  time.Time
	steps  []Step // nil without a ramp
	values [][]string
}

func newHSTS(c Config) (*hsts, error) {
	if skipsHSTS(c.SkipHeaders) {
		return nil, nil
	}
	var errs []error
	other := c.HSTSSeconds != 0 || !c.HSTSRampStart.IsZero() || c.HSTSIncludeSubdomains || c.HSTSPreload
	switch {
	case c.InsecureForgetHSTS && other:
		errs = append(errs, errors.New("headers: InsecureForgetHSTS and another HSTS field contradict each other"))
	case c.InsecureForgetHSTS:
		return &hsts{values: [][]string{one("max-age=0")}}, nil
	case c.HSTSSeconds < 0:
		errs = append(errs, errors.New("headers: HSTSSeconds is negative; to make browsers forget, set InsecureForgetHSTS"))
	}
	if c.HSTSPreload && !c.HSTSIncludeSubdomains {
		errs = append(errs, errors.New("headers: HSTSPreload needs HSTSIncludeSubdomains: preloading covers all subdomains"))
	}
	h := &hsts{start: c.HSTSRampStart}
	if !c.HSTSRampStart.IsZero() {
		h.steps = Ramp()
		for _, step := range h.steps {
			h.values = append(h.values, one(hstsValue(step.Seconds, c)))
		}
		return h, errors.Join(errs...)
	}
	seconds := c.HSTSSeconds
	if seconds == 0 {
		seconds = defaultHSTS
	}
	if c.HSTSPreload && seconds < preloadHSTS {
		errs = append(errs, errors.New("headers: HSTSPreload needs HSTSSeconds of at least 31536000, a year, or a ramp"))
	}
	h.values = [][]string{one(hstsValue(seconds, c))}
	return h, errors.Join(errs...)
}

func skipsHSTS(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return http.CanonicalHeaderKey(n) == nameStrictTransportSecurity })
}

func hstsValue(seconds int64, c Config) string {
	value := "max-age=" + strconv.FormatInt(seconds, 10)
	if c.HSTSIncludeSubdomains {
		value += "; includeSubDomains"
	}
	if c.HSTSPreload && seconds >= preloadHSTS {
		value += "; preload"
	}
	return value
}

// value returns the header at the time of r.
func (h *hsts) value(p *Policy, r *http.Request) []string {
	if h.steps == nil {
		return h.values[0]
	}
	info := request.From(r.Context())
	if info == nil {
		info = new(request.Info)
	}
	return h.values[rampStep(h.steps, h.start, info.Time(p.now))]
}
