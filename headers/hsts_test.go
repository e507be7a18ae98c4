package headers_test

import (
	"testing"
	"time"

	"github.com/merlon-go/merlon/headers"
)

func TestRamp(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	rows := []struct {
		age     time.Duration
		seconds int64
		header  string
	}{
		{-1000 * day, 300, "max-age=300; includeSubDomains"},
		{-time.Second, 300, "max-age=300; includeSubDomains"},
		{0, 300, "max-age=300; includeSubDomains"},
		{day - 1, 300, "max-age=300; includeSubDomains"},
		{day, 3600, "max-age=3600; includeSubDomains"},
		{7*day - 1, 3600, "max-age=3600; includeSubDomains"},
		{7 * day, 86400, "max-age=86400; includeSubDomains"},
		{28*day - 1, 86400, "max-age=86400; includeSubDomains"},
		{28 * day, 2592000, "max-age=2592000; includeSubDomains"},
		{90*day - 1, 2592000, "max-age=2592000; includeSubDomains"},
		{90 * day, 31536000, "max-age=31536000; includeSubDomains; preload"},
		{9000 * day, 31536000, "max-age=31536000; includeSubDomains; preload"},
	}
	for _, row := range rows {
		now := start.Add(row.age)
		if got := headers.RampSeconds(start, now); got != row.seconds {
			t.Errorf("after %v: %d, want %d", row.age, got, row.seconds)
		}
		if got := headers.RampSeconds(start.In(time.FixedZone("", 7200)), now.Local()); got != row.seconds {
			t.Errorf("after %v in other zones: %d, want %d", row.age, got, row.seconds)
		}
		h := policy(t, headers.Config{
			HSTSSeconds: 60, HSTSRampStart: start, HSTSIncludeSubdomains: true, HSTSPreload: true,
			Now: func() time.Time { return now },
		}).Handler(empty)
		if got := answer(h, "GET", "https://a.example/").Get("Strict-Transport-Security"); got != row.header {
			t.Errorf("after %v: %q, want %q", row.age, got, row.header)
		}
	}
}

// Every step must outlast the promise before it, or a mistake shows only when
// browsers have promised longer.
func TestRampStepsOutlastTheirPromise(t *testing.T) {
	steps := headers.Ramp()
	for i := 1; i < len(steps); i++ {
		if length := steps[i].Age - steps[i-1].Age; length < time.Duration(steps[i-1].Seconds)*time.Second || steps[i].Seconds <= steps[i-1].Seconds {
			t.Errorf("step %d: %+v after %+v", i, steps[i], steps[i-1])
		}
	}
	steps[0].Seconds = 0
	if headers.RampSeconds(time.Unix(0, 0), time.Unix(0, 0)) == 0 {
		t.Error("the steps are the package's own")
	}
}
