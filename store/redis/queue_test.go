package redis_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/redis"
)

// A line is a way to a server that a test can disturb.
type line struct {
	net.Listener
	server string
	// chunk is called for the n-th piece that the server sends on a connection;
	// the time it returns passes before it arrives, and an error hangs up.
	chunk atomic.Pointer[func(n int) (time.Duration, error)]

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// through returns a URL that leads to the server by way of the line.
func through(t *testing.T, server string) (*line, string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Listener: listener, server: u.Host, conns: map[net.Conn]bool{}}
	t.Cleanup(func() {
		listener.Close()
		l.cut()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(conn)
		}
	}()
	return l, "redis://" + listener.Addr().String() + "/0"
}

func (l *line) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", l.server)
	if err != nil {
		return
	}
	defer server.Close()
	l.mu.Lock()
	l.conns[client] = true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.conns, client)
		l.mu.Unlock()
	}()
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	buffer := make([]byte, 1<<16)
	for i := 0; ; i++ {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if disturb := l.chunk.Load(); disturb != nil {
			delay, err := (*disturb)(i)
			if err != nil {
				return
			}
			time.Sleep(delay)
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut hangs up on everybody.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		conn.Close()
	}
}

func (l *line) disturb(f func(n int) (time.Duration, error)) {
	if f == nil {
		l.chunk.Store(nil)
		return
	}
	l.chunk.Store(&f)
}

func cell(key byte) []ratelimit.Cell {
	return []ratelimit.Cell{{Key: [16]byte{8: key}, Interval: time.Microsecond, Burst: 1e6, Cost: 1}}
}

// atRest finds no flight and no call left over, and the store at work.
func atRest(t *testing.T, s *redis.RateLimits) {
	t.Helper()
	await(t, func() bool { return s.Flying() == 0 && s.Waiting() == 0 })
	await(t, func() bool { _, err := s.Take(t.Context(), cell(0)); return err == nil })
	await(t, func() bool { return s.Flying() == 0 && s.Waiting() == 0 })
}

// TestNobodyWaitsForEver has the way to the server be late, hang and break off
// while many ask, some of whom give up: each gets an answer, and none is left
// behind. It also ends only when somebody got a decision.
func TestNobodyWaitsForEver(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	l, url := through(t, server)
	s := open(t, url, redis.Options{Timeout: 20 * time.Millisecond}).RateLimits()
	l.disturb(func(int) (time.Duration, error) {
		switch n := rand.N(100); {
		case n < 5:
			return 0, errors.New("hang up")
		case n < 10:
			return 30 * time.Millisecond, nil
		default:
			return rand.N(time.Millisecond), nil
		}
	})
	var wg sync.WaitGroup
	var answered atomic.Int64
	for range 32 {
		wg.Go(func() {
			for n := 0; n < 100 || answered.Load() == 0; n++ {
				ctx, cancel := context.WithTimeout(t.Context(), rand.N(40*time.Millisecond))
				if rand.N(10) == 0 {
					time.AfterFunc(rand.N(time.Millisecond), cancel)
				}
				if _, err := s.Take(ctx, cell(byte(rand.N(256)))); err == nil {
					answered.Add(1)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	l.disturb(nil)
	atRest(t, s)
}

// TestLeaderInAHurry has a caller with little time begin a flight: it leaves
// when its time is over, and those who share a flight with it get their answer.
func TestLeaderInAHurry(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	l, url := through(t, server)
	s := open(t, url, redis.Options{Timeout: time.Minute}).RateLimits()
	atRest(t, s)
	held, stuck := make(chan struct{}), atomic.Int64{}
	l.disturb(func(int) (time.Duration, error) {
		stuck.Add(1)
		<-held
		return 0, nil
	})
	hurried := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := s.Take(ctx, cell(2)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller without time: %v", err)
		}
	}
	for stuck.Load() < redis.Flights {
		hurried() // begins a flight: those before are late by now
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if ok, err := s.Take(t.Context(), cell(1)); err != nil || !ok {
				t.Errorf("%t, %v", ok, err)
			}
		})
	}
	hurried()
	close(held)
	wg.Wait()
	atRest(t, s)
}

// TestOneConnectionHangs has one call lost on its way: the others do not wait
// for it.
func TestOneConnectionHangs(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	l, url := through(t, server)
	s := open(t, url, redis.Options{Timeout: time.Minute}).RateLimits()
	atRest(t, s)
	var lost atomic.Bool
	found := make(chan struct{})
	l.disturb(func(int) (time.Duration, error) {
		if lost.CompareAndSwap(false, true) {
			<-found
		}
		return 0, nil
	})
	var wg sync.WaitGroup
	wg.Go(func() { s.Take(t.Context(), cell(1)) })
	await(t, lost.Load)
	await(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		ok, err := s.Take(ctx, cell(2))
		return ok && err == nil
	})
	close(found)
	wg.Wait()
	atRest(t, s)
}

// TestHungUpWhileIdle has the server close all connections while nobody uses
// them. That is no reason to answer without it.
func TestHungUpWhileIdle(t *testing.T) {
	t.Parallel()
	url, server := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	for i := range 3 {
		command(t, url, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		if r := s.allow(t, "wide", "ann"); r.Degraded {
			t.Errorf("time %d: degraded; last error: %v", i, s.lastErr.Load())
		}
	}
	server.Kill()
	services.RedisOn(t, server.Port)
	if r := s.allow(t, "wide", "ann"); r.Degraded {
		t.Errorf("after a restart: degraded; last error: %v", s.lastErr.Load())
	}
}

// TestAttackGivenBackTwice breaks the connection off when the server has given
// events back and before it said so. Giving them back once more would erase what
// others failed.
func TestAttackGivenBackTwice(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	l, url := through(t, server)
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	s := open(t, url, redis.Options{Now: func() time.Time { return now }}).RateLimits()
	atRest(t, s)
	take := ratelimit.Cell{Key: [16]byte{1}, Interval: time.Hour, Burst: 10, Cost: 4}
	if ok, err := s.Take(t.Context(), []ratelimit.Cell{take}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	var broken atomic.Bool
	l.disturb(func(int) (time.Duration, error) {
		if broken.CompareAndSwap(false, true) {
			return 0, errors.New("hang up")
		}
		return 0, nil
	})
	back := take
	back.Back = time.Hour
	_, _ = s.Take(t.Context(), []ratelimit.Cell{back}) // an error, and nobody knows what happened
	l.disturb(nil)
	atRest(t, s)
	look := take
	look.Look = true
	cells := []ratelimit.Cell{look}
	if _, err := s.Take(t.Context(), cells); err != nil || cells[0].Ahead < 3*time.Hour {
		t.Errorf("of 4 h, one was given back, and %v are left; %v", cells[0].Ahead, err)
	}
}

// TestSlowHandshake has connecting take longer than a decision may: connections
// are made beforehand, and again in the background.
func TestSlowHandshake(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	l, url := through(t, server)
	l.disturb(func(n int) (time.Duration, error) {
		if n == 0 {
			return 200 * time.Millisecond, nil
		}
		return 0, nil
	})
	s := newSite(t, url, hasty)
	s.wantBack(t)
	l.cut()
	s.wantBack(t)
}

// TestHotKey has one key come many times in a batch, beside others, some of
// which refuse: each takes exactly what it was told.
func TestHotKey(t *testing.T) {
	t.Parallel()
	server, _ := services.OwnRedis(t)
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	s := open(t, server, redis.Options{Now: func() time.Time { return now }}).RateLimits()
	const limit, callers, times = 300, 64, 20
	var passed, refused atomic.Int64
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range times {
				cells := []ratelimit.Cell{
					{Key: [16]byte{1}, Interval: time.Hour, Burst: limit, Cost: 1},
					{Key: [16]byte{2, byte(c)}, Interval: time.Hour, Burst: times / 2, Cost: 1},
				}
				ok, err := s.Take(t.Context(), cells)
				if err != nil {
					t.Error(err)
				}
				switch {
				case ok && cells[0].Got == 1 && cells[1].Got == 1:
					passed.Add(1)
				case !ok && cells[0].Got == 0 && cells[1].Got == 0 && (cells[0].Short || cells[1].Short):
					refused.Add(1)
				default:
					t.Errorf("caller %d, time %d: %t, %+v", c, n, ok, cells)
				}
			}
		})
	}
	wg.Wait()
	if passed.Load() != limit || refused.Load() != callers*times-limit {
		t.Errorf("%d passed and %d were refused, want %d", passed.Load(), refused.Load(), limit)
	}
	look := []ratelimit.Cell{{Key: [16]byte{1}, Interval: time.Hour, Burst: limit, Cost: 1, Look: true}}
	if _, err := s.Take(t.Context(), look); err != nil || look[0].Ahead != limit*time.Hour {
		t.Errorf("the hot key is %v ahead, want %v; %v", look[0].Ahead, limit*time.Hour, err)
	}
}

// TestKeysDie gives every counter an end not long after it stops to matter, and
// keeps it from dying earlier, however it is written.
func TestKeysDie(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := open(t, url, redis.Options{}).RateLimits()
	for i, c := range []struct{ interval, least, most time.Duration }{
		{time.Millisecond, time.Second, 10 * time.Second},
		{time.Second, 10 * time.Second, 25 * time.Second},
		{time.Hour, 10 * time.Hour, 13 * time.Hour},
	} {
		began := time.Now()
		for range 10 { // the first sets, the others write over
			cells := []ratelimit.Cell{{Key: [16]byte{8: byte(i)}, Interval: c.interval, Burst: 100, Cost: 1}}
			if ok, err := s.Take(t.Context(), cells); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		fits := 0
		for _, name := range keys(t, url) {
			left := lives(t, url, name)
			if left == -time.Millisecond {
				t.Errorf("%s lives for ever", name)
			}
			if left <= c.most && left+time.Since(began) >= c.least {
				fits++
			}
		}
		if fits == 0 {
			t.Errorf("interval %v: no key lives between %v and %v", c.interval, c.least, c.most)
		}
	}
}
