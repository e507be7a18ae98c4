package accounts_test

import (
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

const (
	ann  = "ann@example.com"
	good = "correct horse battery staple"
	more = "seventeen purple umbrellas"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// site is everything around the accounts under test.
type site struct {
	t        testing.TB
	db       *memory.DB
	store    *faultyStore
	sessions *faultySessions
	guard    *guard
	hasher   *passwords.Hasher
	accounts *accounts.Accounts
	managed  func(http.Handler) http.Handler // sessions and accounts around it
	handler  http.Handler
	mails    *mailbox
	events   *events
	rotated  atomic.Int64

	mu  sync.Mutex
	now time.Time
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

// Rotate counts.
func (s *site) Rotate(http.ResponseWriter, *http.Request) { s.rotated.Add(1) }

// policy is the default one, read once.
var policy = sync.OnceValue(func() *passwords.Policy {
	p, err := passwords.NewPolicy(passwords.PolicyConfig{})
	if err != nil {
		panic(err)
	}
	return p
})

// newSite makes a site on memory, with hashes that cost little.
func newSite(t testing.TB, change ...func(*accounts.Config)) *site {
	t.Helper()
	s := &site{t: t, db: memory.New(), guard: &guard{}, events: &events{}, now: start}
	s.store = &faultyStore{Store: s.db.Accounts()}
	s.sessions = &faultySessions{Store: s.db.Sessions()}
	var err error
	manager, err := sessions.New(sessions.Config{Store: s.sessions, Now: s.clock})
	fatal(t, err)
	s.hasher, err = passwords.New(passwords.Config{Params: passwords.Params{Memory: 8, Time: 1, Threads: 1}, InsecureParams: true,
		Queue: 1000, Wait: time.Hour}) // nobody is refused because the machine is slow
	fatal(t, err)
	ring, err := secrets.NewRing(secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
	fatal(t, err)
	s.mails = &mailbox{sent: make(chan mail.Message, 1000)}
	queue, err := mail.NewQueue(mail.QueueConfig{Store: s.db.Outbox(), Sender: s.mails, Keys: ring, Now: s.clock})
	fatal(t, err)
	s.mails.queue = queue
	config := accounts.Config{
		Store: s.store, Sessions: manager, Passwords: s.hasher, Mail: queue, CSRF: s, Guard: s.guard, Policy: policy(),
		PublicURL: &url.URL{Scheme: "https", Host: "site.example"}, Now: s.clock, Audit: s.events,
	}
	for _, f := range change {
		f(&config)
	}
	s.accounts, err = accounts.New(config)
	fatal(t, err)
	mux := http.NewServeMux()
	s.accounts.Register(mux)
	mux.Handle("/private", s.accounts.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := accounts.From(r.Context())
		if err != nil {
			t.Error(err)
		}
		io.WriteString(w, u.Email)
	})))
	s.managed = func(next http.Handler) http.Handler { return manager.Handler(s.accounts.Handler(next)) }
	s.handler = s.managed(mux)
	return s
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mailbox runs the queue until nothing is due and keeps what it sends.
type mailbox struct {
	queue *mail.Queue
	sent  chan mail.Message
}

func (m *mailbox) Send(_ context.Context, msg mail.Message) error {
	m.sent <- msg
	return nil
}

// take returns the mails that wait in the outbox, in no order.
func (s *site) take() []mail.Message {
	s.t.Helper()
	stats, err := s.mails.queue.Stats(context.Background())
	fatal(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.mails.queue.Run(ctx) }()
	var all []mail.Message
	for range stats.Pending {
		all = append(all, <-s.mails.sent)
	}
	cancel()
	<-done
	return all
}

// link returns the link in the one mail that waits.
func (s *site) link() string {
	s.t.Helper()
	all := s.take()
	if len(all) != 1 {
		s.t.Fatalf("%d mails, want 1", len(all))
	}
	return linkIn(s.t, all[0])
}

var linkPattern = regexp.MustCompile(`https://site\.example(/\S+\?token=\S+)`)

func linkIn(t testing.TB, m mail.Message) string {
	t.Helper()
	found := linkPattern.FindStringSubmatch(m.Text)
	if found == nil {
		t.Fatalf("no link in %q", m.Text)
	}
	return found[1]
}

// events keeps what is audited.
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

func (e *events) names() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var names []string
	for _, event := range e.all {
		names = append(names, string(event.Name)+":"+event.Reason)
	}
	e.all = nil
	return names
}

// guard counts attempts, and refuses or fails when told to.
type guard struct {
	mu       sync.Mutex
	reserved []string
	settled  []bool
	err      error
	settle   error
}

func (g *guard) Reserve(_ *http.Request, account string) (func(context.Context, lockout.Outcome) error, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return nil, g.err
	}
	g.reserved = append(g.reserved, account)
	return func(_ context.Context, o lockout.Outcome) error {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.settled = append(g.settled, o == lockout.Succeeded)
		return g.settle
	}, nil
}

var errFault = errors.New("disk on fire")

func (g *guard) Trust(http.ResponseWriter, *http.Request, string) {}

func (g *guard) PasswordChanged(context.Context, string) error { return nil }

// faults fails the nth call, counting from 1; 0 fails none.
type faults struct {
	mu     sync.Mutex
	at, n  int
	called []string
}

func (f *faults) call(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	f.called = append(f.called, name)
	if f.n == f.at {
		return errFault
	}
	return nil
}

func (f *faults) failAt(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.n, f.called = n, 0, nil
}

type faultyStore struct {
	accounts.Store
	faults
	patient      bool   // works on when nobody waits any more
	beforeUpdate func() // runs before the next update
}

func (s *faultyStore) Find(ctx context.Context, key accounts.Key) (accounts.User, error) {
	if err := s.call("Find"); err != nil {
		return accounts.User{}, err
	}
	if s.patient {
		ctx = context.WithoutCancel(ctx)
	}
	return s.Store.Find(ctx, key)
}

func (s *faultyStore) Update(ctx context.Context, id string, c accounts.Change) error {
	if err := s.call("Update"); err != nil {
		return err
	}
	if s.beforeUpdate != nil {
		s.beforeUpdate()
	}
	return s.Store.Update(ctx, id, c)
}

func (s *faultyStore) Issue(ctx context.Context, t accounts.Token, entry mail.Entry, b accounts.Budget) error {
	if err := s.call("Issue"); err != nil {
		return err
	}
	return s.Store.Issue(ctx, t, entry, b)
}

func (s *faultyStore) Token(ctx context.Context, hash []byte, p accounts.Purpose, now time.Time) (accounts.Token, error) {
	if err := s.call("Token"); err != nil {
		return accounts.Token{}, err
	}
	return s.Store.Token(ctx, hash, p, now)
}

func (s *faultyStore) Redeem(ctx context.Context, r accounts.Redemption) error {
	if err := s.call("Redeem"); err != nil {
		return err
	}
	return s.Store.Redeem(ctx, r)
}

type faultySessions struct {
	sessions.Store
	faults
}

func (s *faultySessions) Load(ctx context.Context, hash sessions.Hash) (sessions.Record, error) {
	if err := s.call("sessions.Load"); err != nil {
		return sessions.Record{}, err
	}
	return s.Store.Load(ctx, hash)
}

func (s *faultySessions) Create(ctx context.Context, r sessions.Record, replaced sessions.Hash) error {
	if err := s.call("sessions.Create"); err != nil {
		return err
	}
	return s.Store.Create(ctx, r, replaced)
}

func (s *faultySessions) Delete(ctx context.Context, hash sessions.Hash) error {
	if err := s.call("sessions.Delete"); err != nil {
		return err
	}
	return s.Store.Delete(ctx, hash)
}

func (s *faultySessions) List(ctx context.Context, userID string, now time.Time) ([]sessions.Record, error) {
	if err := s.call("sessions.List"); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, userID, now)
}

func (s *faultySessions) Revoke(ctx context.Context, sel sessions.Selector) (int, error) {
	if err := s.call("sessions.Revoke"); err != nil {
		return 0, err
	}
	return s.Store.Revoke(ctx, sel)
}

// browser keeps cookies, as a person's does.
type browser struct {
	s       *site
	cookies map[string]string
}

func (s *site) browser() *browser { return &browser{s, map[string]string{}} }

func (b *browser) do(r *http.Request) *http.Response {
	b.s.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.s.handler.ServeHTTP(w, r)
	response := w.Result()
	for _, c := range response.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return response
}

func (b *browser) get(path string) *http.Response {
	b.s.t.Helper()
	return b.do(httptest.NewRequest("GET", "https://site.example"+path, nil))
}

// post sends a form of names and values.
func (b *browser) post(path string, pairs ...string) *http.Response {
	b.s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", "https://site.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) login(password string) *http.Response {
	b.s.t.Helper()
	return b.post("/account/login", "email", ann, "password", password)
}

// whoami returns the address that /private shows, or "" if it asks to sign in.
func (b *browser) whoami() string {
	b.s.t.Helper()
	response := b.get("/private")
	if response.StatusCode != 200 {
		return ""
	}
	return body(b.s.t, response)
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	fatal(t, err)
	return string(text)
}

// want checks status and, if location is not "-", where the answer leads.
func want(t testing.TB, r *http.Response, status int, location string) {
	t.Helper()
	if r.StatusCode != status || location != "-" && r.Header.Get("Location") != location {
		t.Fatalf("got %d %q, want %d %q\n%s", r.StatusCode, r.Header.Get("Location"), status, location, textOf(body(t, r)))
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>\s*`)

func textOf(page string) string { return html.UnescapeString(tags.ReplaceAllString(page, " ")) }

// token returns the query parameter of a link.
func token(t testing.TB, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	fatal(t, err)
	return u.Query().Get("token")
}

// member makes a verified account for ann and returns a browser that is signed in.
func (s *site) member() *browser {
	s.t.Helper()
	_, err := s.accounts.Create(context.Background(), ann, good, true)
	fatal(s.t, err)
	b := s.browser()
	want(s.t, b.login(good), 303, "/account/")
	return b
}
