package redis_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/store/redis"
)

// site is a node with one rule of each fail mode.
type site struct {
	*ratelimit.Limiter
	db      *redis.DB
	changes atomic.Int64
	lastErr atomic.Value
}

func newSite(t *testing.T, url string, options redis.Options) *site {
	t.Helper()
	rules, err := ratelimit.ParseRules("local: by user 2/h; open: by user 2/h open; closed: by user 2/h closed; wide: by user 1000/h")
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secrets.NewRing(secrets.New("a key for tests that nobody else has"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := redis.Open(url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s := &site{db: db}
	s.Limiter, err = ratelimit.New(ratelimit.Config{
		Rules: rules, Store: db.RateLimits(), Keys: ring, User: nobody, Timeout: options.Timeout,
		StoreChanged: func(err error) {
			s.changes.Add(1)
			if err != nil {
				s.lastErr.Store(err.Error())
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) allow(t *testing.T, rule, key string) ratelimit.Result {
	t.Helper()
	r, err := s.Allow(t.Context(), rule, key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantDegraded finds each rule's own fail mode at work.
func (s *site) wantDegraded(t *testing.T) {
	t.Helper()
	key := t.Name() + time.Now().String()
	for i, want := range []bool{true, true, false} {
		if r := s.allow(t, "local", key); !r.Degraded || r.Allowed != want {
			t.Errorf("local, event %d: %+v, want allowed %t", i, r, want)
		}
		if r := s.allow(t, "open", key); !r.Degraded || !r.Allowed {
			t.Errorf("open, event %d: %+v", i, r)
		}
		if r := s.allow(t, "closed", key); !r.Degraded || r.Allowed || r.RetryAfter <= 0 {
			t.Errorf("closed, event %d: %+v", i, r)
		}
	}
}

// wantBack waits until the store decides again: the breaker lets one request
// try each second.
func (s *site) wantBack(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for s.allow(t, "wide", "anybody").Degraded {
		if time.Now().After(deadline) {
			t.Fatalf("the store did not come back; last error: %v", s.lastErr.Load())
		}
		time.Sleep(10 * time.Millisecond)
	}
	if s.Degraded() {
		t.Error("the breaker is open although the store answers")
	}
}

// command is a second client for a test's own commands.
func command(t *testing.T, url string, words ...string) {
	t.Helper()
	if err := try(t, url, words...); err != nil {
		t.Fatalf("%s: %v", words[0], err)
	}
}

func try(t *testing.T, url string, words ...string) error {
	t.Helper()
	client, err := dial(t, url)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Do(t.Context(), client.B().Arbitrary(words...).Build()).Error()
}

// dial connects to one server as it is, without the store.
func dial(tb testing.TB, url string) (rueidis.Client, error) {
	tb.Helper()
	option, err := redis.ParseURL(url)
	if err != nil {
		tb.Fatal(err)
	}
	option.ForceSingleClient, option.ConnWriteTimeout, option.Dialer.Timeout = true, patience, patience
	return rueidis.NewClient(option)
}

// mustDial is dial where the server must be there.
func mustDial(tb testing.TB, url string) rueidis.Client {
	tb.Helper()
	client, err := dial(tb, url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

// patience is how long a test waits for what never fails to come but on a
// machine that stands still.
const patience = 3 * time.Minute

// patient is for the parts of a test in which Redis must answer on a busy
// machine; hasty for those in which it must not.
var (
	patient = redis.Options{Timeout: patience}
	hasty   = redis.Options{Timeout: 50 * time.Millisecond}
)

func TestFaultRefused(t *testing.T) {
	t.Parallel()
	url, server := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	server.Kill()
	s.wantDegraded(t)
	if !s.Degraded() || s.changes.Load() == 0 {
		t.Error("nobody was told that the store is away")
	}
	services.RedisOn(t, server.Port)
	s.wantBack(t)
}

func TestFaultNeverThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, "redis://127.0.0.1:1", hasty)
	s.wantDegraded(t)
}

func TestFaultHung(t *testing.T) {
	t.Parallel()
	url, server := services.OwnRedis(t)
	s := newSite(t, url, hasty)
	s.wantBack(t)
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.wantDegraded(t) // if the decision waited for the server, it would wait for ever
	if !s.Degraded() {
		t.Error("the breaker stayed closed")
	}
	if err := server.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.wantBack(t)
}

// TestFaultHungUnderLoad has many callers wait at once.
func TestFaultHungUnderLoad(t *testing.T) {
	t.Parallel()
	url, server := services.OwnRedis(t)
	s := newSite(t, url, hasty)
	s.wantBack(t)
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var allowed atomic.Int64
	for range 64 {
		wg.Go(func() {
			for range 20 {
				if r, err := s.Allow(context.Background(), "local", "victim"); err != nil || !r.Degraded {
					t.Errorf("%+v, %v", r, err)
				} else if r.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 2 {
		t.Errorf("the stand-in let %d events pass, want 2", allowed.Load())
	}
	if err := server.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.wantBack(t)
}

func TestFaultSlow(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, hasty)
	s.wantBack(t)
	command(t, url, "CLIENT", "PAUSE", "3600000", "ALL") // the server reads and does not answer
	s.wantDegraded(t)
}

func TestFaultRestartedEmpty(t *testing.T) {
	t.Parallel()
	url, server := services.OwnRedis(t)
	s := newSite(t, url, patient)
	for range 3 {
		s.allow(t, "local", "ann")
	}
	server.Kill()
	services.RedisOn(t, server.Port)
	s.wantBack(t)
	if r := s.allow(t, "local", "ann"); r.Degraded || !r.Allowed {
		t.Errorf("after a restart without data: %+v, want a fresh count", r)
	}
}

func TestFaultReadOnly(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	command(t, url, "REPLICAOF", "127.0.0.1", "1")
	s.wantDegraded(t)
	command(t, url, "REPLICAOF", "NO", "ONE")
	s.wantBack(t)
}

func TestFaultOutOfMemory(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	command(t, url, "CONFIG", "SET", "maxmemory", "1")
	s.wantDegraded(t)
	command(t, url, "CONFIG", "SET", "maxmemory", "0")
	s.wantBack(t)
}

// TestFaultNoScript is not even a fault: the script is sent again.
func TestFaultNoScript(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	for range 3 {
		command(t, url, "SCRIPT", "FLUSH")
		if r := s.allow(t, "wide", "ann"); r.Degraded {
			t.Errorf("degraded although the script could be sent again: %v", s.lastErr.Load())
		}
	}
}

func TestFaultLoading(t *testing.T) {
	t.Parallel()
	options := debugging(t)
	if options == nil {
		t.Skip("this server cannot be watched at loading")
	}
	url, _ := services.OwnRedis(t, options...)
	s := newSite(t, url, patient)
	s.wantBack(t)
	// Every key takes long to load and is large enough for the server to look
	// up: it loads until it is told to hurry.
	command(t, url, "DEBUG", "POPULATE", "5000", "key", "2048")
	command(t, url, "CONFIG", "SET", "key-load-delay", "40000")
	reloaded := make(chan error)
	go func() { reloaded <- try(t, url, "DEBUG", "RELOAD") }()
	for { // until the server says that it is loading
		if err := try(t, url, "PING"); err != nil && strings.Contains(err.Error(), "LOADING") {
			break
		}
		select {
		case err := <-reloaded:
			t.Skipf("the server loaded too fast to be seen at it: %v", err)
		default:
		}
	}
	s.wantDegraded(t)
	command(t, url, "CONFIG", "SET", "key-load-delay", "0")
	if err := <-reloaded; err != nil {
		t.Fatal(err)
	}
	s.wantBack(t)
}

// debugging returns the options with which a server can be watched at loading:
// Redis before 7.0 knows neither, and cannot.
func debugging(t *testing.T) []string {
	url, _ := services.OwnRedis(t)
	if try(t, url, "FUNCTION", "LIST") != nil {
		return nil
	}
	return []string{"--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024", "--rdbcompression", "no"}
}

// TestFaultWrongType finds keys that somebody else wrote: they are written over.
func TestFaultWrongType(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	for _, words := range [][]string{{"LPUSH", "x"}, {"SET", "not a number"}} {
		key := strings.ToLower(words[0])
		s.allow(t, "local", key)
		for _, name := range keys(t, url) {
			command(t, url, "DEL", name)
			command(t, url, words[0], name, words[1])
		}
		for i, want := range []bool{true, true, false} {
			if r := s.allow(t, "local", key); r.Degraded || r.Allowed != want {
				t.Errorf("%s, event %d: %+v, want allowed %t", words[0], i, r, want)
			}
		}
	}
}

func keys(t *testing.T, url string) []string {
	t.Helper()
	client := mustDial(t, url)
	names, err := client.Do(t.Context(), client.B().Keys().Pattern("*").Build()).AsStrSlice()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// lives returns how long a key has to live: -1 ms is for ever, and -2 ms means
// that it is dead already.
func lives(t *testing.T, url, name string) time.Duration {
	t.Helper()
	client := mustDial(t, url)
	left, err := client.Do(t.Context(), client.B().Pttl().Key(name).Build()).AsInt64()
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(left) * time.Millisecond
}

// TestNothingPersonalInRedis finds no value that was counted by in a key.
func TestNothingPersonalInRedis(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	s.allow(t, "local", "ann@example.com")
	for _, name := range keys(t, url) {
		if strings.Contains(name, "ann") || strings.Contains(name, "local") {
			t.Errorf("key %q shows who is counted", name)
		}
	}
}

// TestTwoNodesOneLimit has two processes, as far as Redis can tell, hold one
// limit together.
func TestTwoNodesOneLimit(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	a, b := newSite(t, url, patient), newSite(t, url, patient)
	a.wantBack(t)
	b.wantBack(t)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		node := []*site{a, b}[i%2]
		wg.Go(func() {
			for range 10 {
				r, err := node.Allow(context.Background(), "local", "ann")
				if err != nil || r.Degraded {
					t.Errorf("%+v, %v", r, err)
				}
				if r.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 2 {
		t.Errorf("two nodes let %d events pass, want 2", allowed.Load())
	}
}

// TestClientWentAway must not open the breaker: anybody can hang up.
func TestClientWentAway(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		if _, err := s.Allow(ctx, "local", "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if s.Degraded() {
		t.Error("requests that hung up opened the breaker")
	}
	if r := s.allow(t, "wide", "bob"); r.Degraded {
		t.Errorf("%+v", r)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	url, _ := services.OwnRedis(t)
	s := newSite(t, url, patient)
	s.wantBack(t)
	s.db.Close()
	s.wantDegraded(t)
	if err := s.db.Ping(t.Context()); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping after Close: %v", err)
	}
}
