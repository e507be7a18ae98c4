package sessions_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// site is a manager with all that surrounds it.
type site struct {
	*sessions.Manager
	t     testing.TB
	clock *clock
	store *faulty
	trail *trail
}

func newSite(tb testing.TB, change ...func(*sessions.Config)) *site {
	tb.Helper()
	s := &site{t: tb, clock: &clock{now: epoch}, store: &faulty{Store: memory.New().Sessions()}, trail: &trail{}}
	c := sessions.Config{Store: s.store, Now: s.clock.Now, Audit: s.trail}
	for _, f := range change {
		f(&c)
	}
	m, err := sessions.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	s.Manager = m
	return s
}

// browser keeps the one cookie of a site.
type browser struct {
	site   *site
	cookie string // "name=value", "" for none
	agent  string
}

func (s *site) browser() *browser { return &browser{site: s, agent: "test"} }

// do sends a request that handle answers.
func (b *browser) do(handle http.HandlerFunc) *http.Response {
	b.site.t.Helper()
	r := httptest.NewRequest("GET", "https://site.example/", nil)
	r.Header.Set("User-Agent", b.agent)
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	w := httptest.NewRecorder()
	b.site.Handler(handle).ServeHTTP(w, r)
	resp := w.Result()
	for _, c := range resp.Cookies() {
		if c.MaxAge < 0 {
			b.cookie = ""
		} else {
			b.cookie = c.Name + "=" + c.Value
		}
	}
	return resp
}

func (b *browser) start(user string) *http.Response {
	b.site.t.Helper()
	return b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := b.site.Start(w, r, user); err != nil {
			b.site.t.Errorf("Start: %v", err)
		}
	})
}

// user returns who the site takes the browser for; "-" is a visitor without a
// session.
func (b *browser) user() (user string) {
	b.site.t.Helper()
	resp := b.do(func(w http.ResponseWriter, r *http.Request) {
		user = "-"
		if s := sessions.From(r.Context()); s != nil {
			user = s.UserID()
		}
	})
	if resp.StatusCode != 200 {
		return resp.Status
	}
	return user
}

func (b *browser) set(key, value string) *http.Response {
	b.site.t.Helper()
	return b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.Set(r.Context(), key, value); err != nil {
			b.site.t.Errorf("Set: %v", err)
		}
	})
}

func (b *browser) get(key string) (value string) {
	b.do(func(w http.ResponseWriter, r *http.Request) {
		if s := sessions.From(r.Context()); s != nil {
			value, _ = s.Get(key)
		}
	})
	return value
}

// faulty is a store whose call number failAt fails.
type faulty struct {
	sessions.Store
	mu     sync.Mutex
	calls  int
	failAt int
	saves  int
	before func() // runs once before the next Save
}

var errFault = errors.New("disk on fire")

func (f *faulty) call(save bool) error {
	f.mu.Lock()
	f.calls++
	fail := f.calls == f.failAt
	before := f.before
	if save {
		f.saves++
		f.before = nil
	}
	f.mu.Unlock()
	if save && before != nil {
		before()
	}
	if fail {
		return errFault
	}
	return nil
}

// arm makes the nth call from now fail; 0 makes none fail.
func (f *faulty) arm(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.failAt = 0, n
}

func (f *faulty) Load(ctx context.Context, h sessions.Hash) (sessions.Record, error) {
	if err := f.call(false); err != nil {
		return sessions.Record{}, err
	}
	return f.Store.Load(ctx, h)
}

func (f *faulty) Create(ctx context.Context, r sessions.Record, h sessions.Hash) error {
	if err := f.call(false); err != nil {
		return err
	}
	return f.Store.Create(ctx, r, h)
}

func (f *faulty) Save(ctx context.Context, r sessions.Record) error {
	if err := f.call(true); err != nil {
		return err
	}
	return f.Store.Save(ctx, r)
}

func (f *faulty) Delete(ctx context.Context, h sessions.Hash) error {
	if err := f.call(false); err != nil {
		return err
	}
	return f.Store.Delete(ctx, h)
}

func (f *faulty) Revoke(ctx context.Context, s sessions.Selector) (int, error) {
	if err := f.call(false); err != nil {
		return 0, err
	}
	return f.Store.Revoke(ctx, s)
}

// trail collects audit events.
type trail struct {
	mu     sync.Mutex
	events []audit.Event
}

func (l *trail) Record(_ context.Context, e audit.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
	return nil
}

func (l *trail) names() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var names []string
	for _, e := range l.events {
		names = append(names, string(e.Name))
	}
	return strings.Join(names, " ")
}
