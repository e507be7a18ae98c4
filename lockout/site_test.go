package lockout_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/secrets"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// site is a guard with all that surrounds it.
type site struct {
	*lockout.Guard
	t      testing.TB
	store  *faulty
	events *events
	locks  []lockout.Lock

	mu  sync.Mutex
	now time.Time
}

func ring(t testing.TB, keys ...string) *secrets.Ring {
	t.Helper()
	all := make([]secrets.Secret, len(keys))
	for i, k := range keys {
		all[i] = secrets.New(k)
	}
	if len(all) == 0 {
		all = append(all, secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
	}
	r, err := secrets.NewRing(all[0], all[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// plain is axes' way: three failures lock for half an hour, without what axes
// has not.
func plain(parameters string) func(*lockout.Config) {
	return func(c *lockout.Config) {
		var err error
		if c.Parameters, err = lockout.ParseParameters(parameters); err != nil {
			panic(err)
		}
		c.FailureLimit, c.Cooloff, c.SkipDelay, c.Spray.Skip = 3, 30*time.Minute, true, true
	}
}

func newSite(t testing.TB, change ...func(*lockout.Config)) *site {
	t.Helper()
	s := &site{t: t, store: &faulty{Store: lockout.NewMemory(0)}, events: &events{}, now: start}
	c := lockout.Config{
		Keys: ring(t), Store: s.store, Now: s.clock, Audit: s.events,
		OnLock: func(_ context.Context, l lockout.Lock) { s.locks = append(s.locks, l) },
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if s.Guard, err = lockout.New(c); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

type events struct {
	mu  sync.Mutex
	all []audit.Event
}

func (e *events) Record(_ context.Context, event audit.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
	return nil
}

func (e *events) count(name audit.Name) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, event := range e.all {
		if event.Name == name {
			n++
		}
	}
	return n
}

var errFault = errors.New("disk on fire")

// faulty fails the nth call, counting from 1; 0 fails none.
type faulty struct {
	lockout.Store
	mu    sync.Mutex
	at, n int
}

func (f *faulty) call() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	if f.n == f.at {
		return errFault
	}
	return nil
}

func (f *faulty) failAt(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.n = n, 0
}

func (f *faulty) calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

func (f *faulty) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	if err := f.call(); err != nil {
		return nil, false, err
	}
	return f.Store.Reserve(ctx, t)
}

func (f *faulty) Release(ctx context.Context, r lockout.Release) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.Store.Release(ctx, r)
}

func (f *faulty) Load(ctx context.Context, ids []lockout.ID, now time.Time) ([]lockout.Counter, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.Store.Load(ctx, ids, now)
}

func (f *faulty) Extend(ctx context.Context, ids []lockout.ID, now, until time.Time) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.Store.Extend(ctx, ids, now, until)
}

// visitor is a browser at an address.
type visitor struct {
	site   *site
	addr   string
	agent  string
	cookie string // the device cookie, "" for none
	looked int    // how often a password was looked at
	last   *httptest.ResponseRecorder
}

func (s *site) visitor(addr string) *visitor {
	return &visitor{site: s, addr: addr, agent: "Firefox"}
}

// login signs in the way a site would, and returns the status: 302 for a
// success, 200 for the form again.
func (v *visitor) login(user string, right bool) int {
	v.site.t.Helper()
	r := httptest.NewRequest("POST", "https://site.example/login", nil)
	if v.addr != "" {
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(v.addr), 4000).String()
	} else {
		r.RemoteAddr = "@"
	}
	r.Header.Set("User-Agent", v.agent)
	if v.cookie != "" {
		r.Header.Set("Cookie", "other=1; __Host-device="+v.cookie)
	}
	w := httptest.NewRecorder()
	v.answer(w, r, user, right)
	v.last = w
	for _, c := range w.Result().Cookies() {
		if c.Name == "__Host-device" {
			v.cookie = c.Value
		}
	}
	return w.Code
}

func (v *visitor) answer(w http.ResponseWriter, r *http.Request, user string, right bool) {
	g := v.site.Guard
	res, err := g.Attempt(r.Context(), g.AttemptOf(r, user))
	var locked *lockout.Locked
	if errors.As(err, &locked) && locked.Hidden {
		v.looked++
		w.WriteHeader(http.StatusOK)
		return
	}
	if err != nil {
		g.Refuse(w, r, err)
		return
	}
	v.looked++
	if !right {
		if err := res.Fail(r.Context()); err != nil {
			g.Refuse(w, r, err)
			return
		}
		w.WriteHeader(http.StatusOK)
		return
	}
	if err := res.Succeed(r.Context()); err != nil {
		g.Refuse(w, r, err)
		return
	}
	g.Trust(w, r, user)
	w.WriteHeader(http.StatusFound)
}

// want checks one sign-in.
func (v *visitor) want(user string, right bool, status int) {
	v.site.t.Helper()
	if got := v.login(user, right); got != status {
		v.site.t.Fatalf("%s from %s, right %t: %d, want %d", user, v.addr, right, got, status)
	}
}

func (v *visitor) retryAfter() string { return v.last.Header().Get("Retry-After") }

// A step of a table is one sign-in, or a wait.
type step struct {
	user   string // "" is alice
	addr   string // "" is 10.0.0.1
	agent  string
	right  bool
	wait   time.Duration // before
	status int
}

func run(t *testing.T, s *site, steps []step) {
	t.Helper()
	for i, st := range steps {
		s.wait(st.wait)
		v := s.visitor(st.addr)
		if v.addr == "" {
			v.addr = "10.0.0.1"
		}
		if st.user == "" {
			st.user = "alice"
		}
		v.agent = st.agent
		if got := v.login(st.user, st.right); got != st.status {
			t.Fatalf("step %d, %s from %s, right %t: %d, want %d", i+1, st.user, v.addr, st.right, got, st.status)
		}
		if retry := v.retryAfter(); (v.last.Code == 429) != (retry != "") || strings.HasPrefix(retry, "-") {
			t.Errorf("step %d: %d with Retry-After %q", i+1, v.last.Code, retry)
		}
		s.wait(time.Second)
	}
}

func netipAddr(text string) netip.Addr { return netip.MustParseAddr(text) }
