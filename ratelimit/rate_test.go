package ratelimit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		text   string
		limit  int64
		period time.Duration
		burst  int64
	}{
		{"5/s", 5, time.Second, 0},
		{"5/m", 5, time.Minute, 0},
		{"5/h", 5, time.Hour, 0},
		{"5/d", 5, 24 * time.Hour, 0},
		{"10/w", 10, 7 * 24 * time.Hour, 0},
		{"100/h", 100, time.Hour, 0},
		{"100/5m", 100, 5 * time.Minute, 0},
		{"100/300s", 100, 5 * time.Minute, 0},
		{"100/300", 100, 5 * time.Minute, 0},
		{"10/10s", 10, 10 * time.Second, 0},
		{"0/s", 0, time.Second, 0},
		{"0/m", 0, time.Minute, 0},
		{"007/s", 7, time.Second, 0},
		{"5/m burst 10", 5, time.Minute, 10},
		{"60/m burst 1", 60, time.Minute, 1},
		{"1000000/s", 1_000_000, time.Second, 0},
	} {
		got, err := ratelimit.ParseRate(c.text)
		if want := (ratelimit.Rate{Limit: c.limit, Period: c.period, Burst: c.burst}); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", c.text, got, err, want)
			continue
		}
		if again, err := ratelimit.ParseRate(got.String()); err != nil || again != got {
			t.Errorf("%q prints as %q, which reads as %+v, %v", c.text, got, again, err)
		}
	}
}

// TestDjangoDifference_RatesThatPassedSilently lists what django-ratelimit
// reads as something else than was meant, or finds out in a request.
func TestDjangoDifference_RatesThatPassedSilently(t *testing.T) {
	for _, text := range []string{
		"5/", "5/ms", "5/ m", "5/5/5", "5/1h30m", "5/m;drop", "10/week", // another rate than meant
		" 5/m", "5/m ", "5 /m", "+5/m", "-5/m", "5", "abc", "", "/m", "5s", "1e3/m", // an error in the first request
		"1.5/s", "１２/m", "99999999999999999999/d", // a module to import, full-width digits, a big number
		"5/M", "5/0m", "5/-1m", "5/+1m", "5/1.5m", "5/y", "0x5/m", "5_0/m", "5/m\n", "5\x00/m",
		"5/m burst", "5/m burst 0", "5/m burst -1", "5/m burst ten", "5/m  burst 10", "5/m burst 10 20", "5/m Burst 10", "0/m burst 5",
		"5/99999999999w", "2000000/s", "1/366d burst 99999", "1/53w", strings.Repeat("1", 100) + "/m",
	} {
		if got, err := ratelimit.ParseRate(text); err == nil {
			t.Errorf("%q reads as %v", text, got)
		}
	}
}

func FuzzParseRate(f *testing.F) {
	for _, seed := range []string{"5/m", "10/10s burst 3", "5/5/5", "１２/m", "99999999999999999999/d", "1e3/m", "5/ m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rate, err := ratelimit.ParseRate(text)
		if err != nil {
			return
		}
		if rate.Limit < 0 || rate.Period <= 0 || rate.Burst < 0 {
			t.Errorf("%q: %+v", text, rate)
		}
		if again, err := ratelimit.ParseRate(rate.String()); err != nil || again != rate {
			t.Errorf("%q: prints as %q, which reads as %+v, %v", text, rate, again, err)
		}
	})
}
