package ratelimit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bounds of a rate. The lowest interval keeps the rounding of an interval to
// whole nanoseconds below 0.1 %; the longest refill keeps every sum of
// durations far from overflow.
const (
	minInterval = time.Microsecond
	maxPeriod   = 366 * 24 * time.Hour
	maxRefill   = 10 * maxPeriod
)

// A Rate is how often something may happen: Limit times a Period, steadily
// refilled, of which up to Burst at once.
//
// Rates are kept by GCRA, the generic cell rate algorithm: a key holds one
// instant, the theoretical arrival time (TAT), which each event moves by one
// interval, Period divided by Limit; an event that would put it more than
// Burst intervals ahead of now is refused. So within any span of time W at
// most Burst + W / interval events pass, and there is no window whose edge
// lets twice the limit through.
type Rate struct {
	// Limit is the number of events a Period. 0 refuses every event.
	Limit int64
	// Period is the time in which Limit events are regained.
	Period time.Duration
	// Burst is how many events may happen at once. 0 means Limit.
	Burst int64
}

// ParseRate reads a rate as in "100/h", "10/10s" or "5/m burst 10": a whole
// number, a slash, an optional whole number, one of the units s, m, h, d and w
// (which may be left out after a number, meaning seconds), and an optional
// burst. "0/m" refuses everything. Whatever is unclear is an error: a sign, a
// fraction, an exponent, a digit other than 0 to 9, a space inside, anything
// that follows.
func ParseRate(text string) (Rate, error) {
	if len(text) > 64 {
		return Rate{}, errors.New("ratelimit: rate is longer than 64 bytes")
	}
	fields := strings.Split(text, " ")
	var rate Rate
	var err error
	switch {
	case len(fields) == 1:
	case len(fields) == 3 && fields[1] == "burst":
		if rate.Burst, err = digits(fields[2]); err != nil || rate.Burst == 0 {
			return Rate{}, fmt.Errorf("ratelimit: rate %q: burst is not a whole number above 0", text)
		}
	default:
		return Rate{}, fmt.Errorf("ratelimit: rate %q is not like 100/h or 5/m burst 10", text)
	}
	count, span, ok := strings.Cut(fields[0], "/")
	if !ok {
		return Rate{}, fmt.Errorf("ratelimit: rate %q has no slash; write it like 100/h", text)
	}
	if rate.Limit, err = digits(count); err != nil {
		return Rate{}, fmt.Errorf("ratelimit: rate %q: %v", text, err)
	}
	if rate.Period, err = parsePeriod(span); err != nil {
		return Rate{}, fmt.Errorf("ratelimit: rate %q: %v", text, err)
	}
	if err := rate.validate(); err != nil {
		return Rate{}, fmt.Errorf("ratelimit: rate %q: %v", text, err)
	}
	return rate, nil
}

// MustRate is like [ParseRate] for rates written in a program. It panics if
// text is not a rate.
func MustRate(text string) Rate {
	rate, err := ParseRate(text)
	if err != nil {
		panic(err)
	}
	return rate
}

func parsePeriod(text string) (time.Duration, error) {
	unit := time.Second
	number := text
	if n := len(text); n > 0 && (text[n-1] < '0' || text[n-1] > '9') {
		number = text[:n-1]
		switch text[n-1] {
		case 's':
		case 'm':
			unit = time.Minute
		case 'h':
			unit = time.Hour
		case 'd':
			unit = 24 * time.Hour
		case 'w':
			unit = 7 * 24 * time.Hour
		default:
			return 0, fmt.Errorf("period %q does not end in s, m, h, d or w", text)
		}
	} else if n == 0 {
		return 0, errors.New("period is missing; end in s, m, h, d or w")
	}
	if number == "" {
		return unit, nil
	}
	count, err := digits(number)
	if err != nil || count == 0 {
		return 0, fmt.Errorf("period %q is not a whole number above 0 and one of s, m, h, d, w", text)
	}
	if count > int64(maxPeriod/unit) {
		return 0, fmt.Errorf("period %q is longer than 366 days", text)
	}
	return time.Duration(count) * unit, nil
}

// digits reads ASCII digits only: strconv alone would take a sign, and regular
// expressions elsewhere have taken full-width digits.
func digits(text string) (int64, error) {
	if text == "" {
		return 0, errors.New("number is missing")
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, fmt.Errorf("%q is not a whole number", text)
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("number is too large")
	}
	return n, nil
}

// String returns the rate as [ParseRate] reads it.
func (r Rate) String() string {
	text := strconv.FormatInt(r.Limit, 10) + "/" + periodText(r.Period)
	if r.Burst > 0 && r.Burst != r.Limit {
		text += " burst " + strconv.FormatInt(r.Burst, 10)
	}
	return text
}

func periodText(d time.Duration) string {
	for _, u := range []struct {
		name string
		span time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d < u.span || d%u.span != 0 {
			continue
		}
		if d == u.span {
			return u.name
		}
		return strconv.FormatInt(int64(d/u.span), 10) + u.name
	}
	return d.String()
}

func (r Rate) validate() error {
	switch {
	case r.Limit < 0 || r.Burst < 0:
		return errors.New("limit or burst is negative")
	case r.Period <= 0:
		return errors.New("period is missing")
	case r.Period > maxPeriod:
		return errors.New("period is longer than 366 days")
	case r.Limit == 0 && r.Burst > 0:
		return errors.New("burst without a limit can never be regained")
	case r.Limit == 0:
		return nil
	case r.Limit > int64(r.Period/minInterval):
		return errors.New("more than a million a second")
	case r.burst() > math.MaxInt64/int64(r.interval()) || time.Duration(r.burst())*r.interval() > maxRefill:
		return errors.New("burst takes longer than ten years to regain")
	}
	return nil
}

// interval is the time one event costs, rounded up so that the limit is never
// exceeded.
func (r Rate) interval() time.Duration {
	return (r.Period + time.Duration(r.Limit) - 1) / time.Duration(r.Limit)
}

func (r Rate) burst() int64 {
	if r.Burst == 0 {
		return r.Limit
	}
	return r.Burst
}
