package redis_test

import (
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/redis"
	"github.com/merlon-go/merlon/store/storetest"
)

// open returns a connected DB.
func open(tb testing.TB, url string, options redis.Options) *redis.DB {
	tb.Helper()
	if options.Timeout == 0 {
		options.Timeout = patience // tests of behaviour must not fail on a busy machine
	}
	db, err := redis.Open(url, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(db.Close)
	if err := db.Ping(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	url := services.Redis(t)
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		return open(t, url, redis.Options{Prefix: "test:" + t.Name() + ":", Now: now}).RateLimits()
	})
}

func nobody(*http.Request) string { return "" }

// TestNodes has nodes come and go.
func TestNodes(t *testing.T) {
	t.Parallel()
	url := services.Redis(t)
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	options := redis.Options{Now: func() time.Time { return time.Unix(0, now.Load()) }}
	touch := func(stores ...*redis.RateLimits) {
		t.Helper()
		now.Add(int64(4 * time.Second))
		for _, s := range stores {
			if _, err := s.Take(t.Context(), []ratelimit.Cell{{Interval: time.Second, Burst: 1, Cost: 1}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(s *redis.RateLimits, n int, settled bool) {
		t.Helper()
		if gotN, gotSettled := s.Nodes(); gotN != n || gotSettled != settled {
			t.Errorf("%d nodes, settled %t; want %d, %t", gotN, gotSettled, n, settled)
		}
	}
	first, second, third := open(t, url, options), open(t, url, options), open(t, url, options)
	a, b, c := first.RateLimits(), second.RateLimits(), third.RateLimits()
	want(a, 1, false)
	touch(a)
	want(a, 1, false)
	touch(a, b)
	want(b, 2, false)
	touch(a, b, c)
	want(a, 2, false) // c came after a asked
	touch(a, b, c)
	want(a, 3, false)
	touch(a, b, c)
	want(a, 3, true) // the others have counted it for 15 s
	want(c, 3, false)
	third.Close()
	touch(a, b)
	want(a, 2, true)
	for range 4 { // b says nothing for more than 15 s
		touch(a)
	}
	want(a, 1, true)
}

// TestOneRoundTrip counts what the server is asked: all counters of a request are
// one call, where peers need up to three.
func TestOneRoundTrip(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) // stands still: no heartbeat comes between
	s := open(t, url, redis.Options{Now: func() time.Time { return now }}).RateLimits()
	take := func() {
		t.Helper()
		var cells []ratelimit.Cell
		for key := range byte(5) {
			cells = append(cells, ratelimit.Cell{Key: [16]byte{key}, Interval: time.Hour, Burst: 10, Cost: 1})
		}
		if _, err := s.Take(t.Context(), cells); err != nil {
			t.Fatal(err)
		}
	}
	take() // and the script is known
	client := mustDial(t, url)
	calls := func() (scripts int) {
		t.Helper()
		text, err := client.Do(t.Context(), client.B().Info().Section("commandstats").Build()).ToString()
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`cmdstat_eval(?:sha)?:calls=(\d+)`).FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(found[1])
			if err != nil {
				t.Fatal(err)
			}
			scripts += n
		}
		return scripts
	}
	before := calls()
	for range 20 {
		take()
	}
	if n := calls() - before; n != 20 {
		t.Errorf("%d calls for 20 requests with five rules each", n)
	}
}

// TestIntervalsAreRoundedUp: 300,000 a second are held at 294,117, not at 303,030.
func TestIntervalsAreRoundedUp(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).UnixNano())
	s := open(t, services.Redis(t), redis.Options{Prefix: "test:" + t.Name() + ":", Now: func() time.Time { return time.Unix(0, now.Load()) }}).RateLimits()
	take := func() bool {
		t.Helper()
		ok, err := s.Take(t.Context(), []ratelimit.Cell{{Key: [16]byte{1}, Interval: 3334 * time.Nanosecond, Burst: 1, Cost: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	first := take()
	now.Add(3300)
	early := take()
	now.Add(100)
	if late := take(); !first || early || !late {
		t.Errorf("at once %t, after 3300 ns %t, after 3400 ns %t; want true, false, true", first, early, late)
	}
}

// TestCallsOfARunAreApart has one run of the script decide calls of which some
// are refused: each takes all or nothing, whatever happened to those before it.
func TestCallsOfARunAreApart(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	s := open(t, services.Redis(t), redis.Options{Prefix: "test:" + t.Name() + ":", Now: func() time.Time { return now }}).RateLimits()
	cell := func(key byte) ratelimit.Cell {
		return ratelimit.Cell{Key: [16]byte{key}, Interval: time.Hour, Burst: 2, Cost: 1}
	}
	full, soft, batch := cell(1), cell(1), cell(8)
	full.Cost, soft.Soft, batch.Burst, batch.Want = 2, true, 9, 5
	run := func(calls ...[]ratelimit.Cell) []bool {
		t.Helper()
		passed, err := s.TakeInOneRun(calls...)
		if err != nil {
			t.Fatal(err)
		}
		return passed
	}
	run([]ratelimit.Cell{full})
	calls := [][]ratelimit.Cell{
		{cell(1)},          // refused alone
		{cell(2), cell(3)}, // passes after it
		{cell(4), cell(1)}, // refused together: takes nothing of 4
		{cell(5), cell(6)}, // passes
		{cell(1)},          // refused
		{cell(7)},          // passes alone
		{soft, cell(7)},    // the soft one is refused, the other passes
		{cell(7), cell(9)}, // 7 is used up by now
		{batch},            // takes five
		{batch, cell(1)},   // refused: takes none of them
		{cell(9), batch},   // takes the four that are left
	}
	if diff := cmp.Diff([]bool{false, true, false, true, false, true, true, false, true, false, true}, run(calls...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got []int64
	for _, call := range calls {
		for _, c := range call {
			got = append(got, c.Got)
		}
	}
	if diff := cmp.Diff([]int64{0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 5, 0, 0, 1, 4}, got); diff != "" {
		t.Errorf("events taken (-want +got):\n%s", diff)
	}
	for key, want := range []int{1: 2, 1, 1, 0, 1, 1, 2, 9, 1} {
		look := cell(byte(key))
		look.Look, look.Burst = true, 9
		one := []ratelimit.Cell{look}
		if run(one); key > 0 && one[0].Ahead != time.Duration(want)*time.Hour {
			t.Errorf("key %d is %v ahead, want %d h", key, one[0].Ahead, want)
		}
	}
}
