package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/secrets"
)

// lockoutModel makes random steps on the store and on the model.
func lockoutModel(t *testing.T, s lockout.Store) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	model := lockout.NewMemory(0)
	now := micro(epoch)
	guess := func(n int) lockout.Guess {
		g := counting(n)
		g.Limit = []int{0, 1, 2, 3, 7}[n%5]
		g.Distinct = n%3 == 0
		g.MaxCooloff = []time.Duration{g.Cooloff, 3 * g.Cooloff}[n%2]
		if n%4 != 0 {
			g.DelayAfter, g.Delay, g.MaxDelay = 1+n%3, 2*time.Minute, 9*time.Minute
		}
		return g
	}
	var past []lockout.Release
	for step := range 120 {
		now = now.Add(time.Duration(random.IntN(20)) * time.Minute / time.Duration(1+random.IntN(4)))
		first := random.IntN(8)
		var got, want any
		var err error
		switch random.IntN(8) {
		case 0:
			r := lockout.Release{Now: now, Mark: mark(1)}
			if len(past) > 0 {
				r = past[random.IntN(len(past))]
				r.Now = now
			}
			err = errors.Join(s.Release(t.Context(), r), model.Release(t.Context(), r))
		case 1:
			ids := []lockout.ID{counterID(first), counterID(first + 1)}
			until := now.Add(time.Duration(random.IntN(180)) * time.Minute)
			err = errors.Join(s.Extend(t.Context(), ids, now, until), model.Extend(t.Context(), ids, now, until))
		default:
			try := lockout.Try{Now: now, Mark: mark(step + 1), Note: fmt.Sprint("n", step)}
			release := lockout.Release{Mark: try.Mark}
			for n := first; n < first+3; n++ {
				g := guess(n)
				g.Mark = try.Mark
				if g.Distinct {
					g.Mark = mark(random.IntN(4))
				}
				try.Guesses = append(try.Guesses, g)
				release.Items = append(release.Items, lockout.Item{ID: g.ID, Mark: g.Mark, Clear: n%4 == 1})
			}
			past = append(past, release)
			gotList, gotOK, gotErr := s.Reserve(t.Context(), try)
			wantList, wantOK, wantErr := model.Reserve(t.Context(), try)
			byID(gotList)
			byID(wantList)
			got, want, err = []any{gotList, gotOK}, []any{wantList, wantOK}, errors.Join(gotErr, wantErr)
		}
		if err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("step %d at %v (-model +store):\n%s", step, now, d)
		}
		if step%10 != 9 {
			continue
		}
		gotAll, err1 := s.List(t.Context(), lockout.Query{Now: now, Limit: 1000})
		wantAll, err2 := model.List(t.Context(), lockout.Query{Now: now, Limit: 1000})
		if d := cmp.Diff(wantAll, gotAll); d != "" || err1 != nil || err2 != nil {
			t.Fatalf("step %d at %v: %v, %v (-model +store):\n%s", step, now, err1, err2, d)
		}
	}
}

// lockoutParallel has a hundred guesses at once: no more than the limit count.
func lockoutParallel(t *testing.T, s lockout.Store) {
	const limit = 5
	own, shared := counting(1), counting(2)
	own.Limit, shared.Limit = limit, 1000
	var counted atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			try := lockout.Try{Now: micro(epoch), Mark: mark(i + 1), Guesses: []lockout.Guess{own, shared}}
			try.Guesses[0].Mark, try.Guesses[1].Mark = try.Mark, try.Mark
			_, ok, err := s.Reserve(t.Context(), try)
			if err != nil {
				t.Error(err)
			}
			if ok {
				counted.Add(1)
			}
		})
	}
	wg.Wait()
	c := newLockoutCase(t, s)
	a, _ := c.load(1)
	b, _ := c.load(2)
	if counted.Load() != limit || a.Streak != limit || b.Streak != limit {
		t.Errorf("%d of 100 counted, %d and %d noted; want %d", counted.Load(), a.Streak, b.Streak, limit)
	}
}

// lockoutOverlaps has attempts with counters in common, and successes, meet
// from all sides: none is lost, none waits for another for ever.
func lockoutOverlaps(t *testing.T, s lockout.Store) {
	var wg sync.WaitGroup
	var kept [4]atomic.Int64
	for i := range 32 {
		wg.Go(func() {
			try := lockout.Try{Now: micro(epoch), Mark: mark(i + 1)}
			release := lockout.Release{Now: try.Now, Mark: try.Mark}
			for n := range 4 {
				if i%4 == n {
					continue
				}
				g := counting(n)
				g.Limit, g.Mark = 1000, try.Mark
				try.Guesses = append(try.Guesses, g)
				release.Items = append(release.Items, lockout.Item{ID: g.ID, Mark: g.Mark})
				if i%2 == 1 {
					kept[n].Add(1)
				}
			}
			if _, ok, err := s.Reserve(t.Context(), try); !ok || err != nil {
				t.Errorf("Reserve: %t, %v", ok, err)
			}
			if i%2 == 0 {
				if err := s.Release(t.Context(), release); err != nil {
					t.Errorf("Release: %v", err)
				}
			}
		})
	}
	wg.Wait()
	c := newLockoutCase(t, s)
	for n := range kept {
		counter, _ := c.load(n)
		if got := counter.Failures(c.now, time.Hour); int64(got) != kept[n].Load() {
			t.Errorf("counter %d has %d failures, want %d", n, got, kept[n].Load())
		}
	}
}

// lockoutTwoNodes has two guards on one store: of a hundred wrong passwords at
// once no more than the limit are looked at, and the owner gets in.
func lockoutTwoNodes(t *testing.T, s lockout.Store) {
	ring, err := secrets.NewRing(secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
	if err != nil {
		t.Fatal(err)
	}
	var nodes [2]*lockout.Guard
	for i := range nodes {
		nodes[i], err = lockout.New(lockout.Config{Keys: ring, Store: s, SkipDelay: i == 1, Now: func() time.Time { return epoch }})
		if err != nil {
			t.Fatal(err)
		}
	}
	owner := lockout.Attempt{Account: "ann", Client: netip.MustParseAddr("192.0.2.1")}
	w := httptest.NewRecorder()
	nodes[0].Trust(w, httptest.NewRequest("POST", "/", nil), "ann")
	owner.Device = w.Result().Cookies()[0].Value
	var looked atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			attempt, err := nodes[i%2].Attempt(t.Context(), lockout.Attempt{Account: "ann", Client: netip.MustParseAddr("203.0.113.1")})
			if err != nil {
				return
			}
			looked.Add(1)
			_ = attempt.Fail(t.Context())
		})
	}
	wg.Wait()
	if n := looked.Load(); n == 0 || n > 5 {
		t.Errorf("%d of 100 parallel guesses were looked at", n)
	}
	for _, node := range nodes {
		list, err := node.List(t.Context(), lockout.ListOptions{})
		if len(list) != 1 || err != nil || list[0].Failures != 5 || list[0].Account != "ann" {
			t.Errorf("locks %+v, %v", list, err)
		}
		attempt, err := node.Attempt(t.Context(), owner)
		if err != nil {
			t.Fatalf("the owner: %v", err)
		}
		if err := attempt.Succeed(t.Context()); err != nil {
			t.Errorf("the owner: %v", err)
		}
	}
}

// BenchmarkLockout measures what a sign-in costs the store: a guess in five
// counters, of which one is the account's own, and its success.
func BenchmarkLockout(b *testing.B, s lockout.Store) {
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		try := lockout.Try{Now: epoch, Mark: mark(n), Note: "note"}
		release := lockout.Release{Now: try.Now, Mark: try.Mark}
		for i := range 5 {
			g := counting(10*(n%5000) + i)
			if i == 4 {
				g = counting(60_000)
			}
			g.Mark, g.Limit = try.Mark, 100
			try.Guesses = append(try.Guesses, g)
			release.Items = append(release.Items, lockout.Item{ID: g.ID, Mark: g.Mark, Clear: i == 0})
		}
		if _, counted, err := s.Reserve(b.Context(), try); err != nil || !counted {
			b.Fatal(counted, err)
		}
		if err := s.Release(b.Context(), release); err != nil {
			b.Fatal(err)
		}
	}
}
