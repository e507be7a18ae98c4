package sessions

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
)

// A Refusal is why a request was refused: here, that the store did not answer.
type Refusal = deny.Refusal

// Defaults and bounds of [Config].
const (
	DefaultAge     = 14 * 24 * time.Hour
	DefaultIdleAge = 24 * time.Hour

	maxAge       = 400 * 24 * time.Hour // browsers keep no cookie longer
	seenInterval = time.Minute
	retryAfter   = 5 * time.Second
	purgeEvery   = 10 * time.Minute
	purgeBatch   = 500
)

// Config says how sessions are kept. Store must be set; the rest of the zero
// Config is right for a site served over HTTPS.
type Config struct {
	// Store keeps the sessions.
	Store Store
	// CookieName is the name of the cookie; "" means "__Host-session", or
	// "session" with InsecureCookie. It must begin with "__Host-" unless
	// InsecureCookie is set: the prefix keeps a neighbouring host from planting
	// a cookie of that name.
	CookieName string
	// Age is how long a session lasts after it began, however busy; 0 means 14
	// days.
	Age time.Duration
	// IdleAge is how long a session lasts after its last request; 0 means 24
	// hours, or Age if that is shorter.
	IdleAge time.Duration
	// InsecureCookie sends the cookie over plain HTTP too: for development on
	// this machine only.
	InsecureCookie bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Audit is told when sessions begin and end; nil is silent.
	Audit audit.Sink
	// Logger is told of faults of the store; nil is silent.
	Logger *slog.Logger
	// Deny answers when the store is out of order; nil means the plain page.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
}

// A Manager loads, begins and ends sessions. It is immutable and safe for
// concurrent use.
type Manager struct {
	store      Store
	name       string
	attributes string // of the cookie, from the first ";"
	expired    string // the whole cookie that deletes it
	age, idle  time.Duration
	seen       time.Duration // how often last-seen is written
	now        func() time.Time
	sink       audit.Sink
	logger     *slog.Logger
	deny       deny.Handler
	tokens     *base64.Encoding
}

// New returns a Manager, or all that is wrong with the configuration.
func New(c Config) (*Manager, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf("sessions: "+format, args...)) }
	if c.Store == nil {
		fail("no store")
	}
	switch prefixed := strings.HasPrefix(c.CookieName, "__Host-"); {
	case c.CookieName == "" && c.InsecureCookie:
		c.CookieName = "session"
	case c.CookieName == "":
		c.CookieName = "__Host-session"
	case !validName(c.CookieName):
		fail("cookie name %q has characters that a cookie name may not have", c.CookieName)
	case !prefixed && !c.InsecureCookie:
		fail("cookie name %q does not begin with __Host-", c.CookieName)
	case c.InsecureCookie && (prefixed || strings.HasPrefix(c.CookieName, "__Secure-")):
		fail("browsers refuse cookie %q over plain HTTP: InsecureCookie needs a name without prefix", c.CookieName)
	}
	if c.Age == 0 {
		c.Age = DefaultAge
	}
	if c.IdleAge == 0 {
		c.IdleAge = min(DefaultIdleAge, c.Age)
	}
	if c.Age < time.Minute || c.Age > maxAge {
		fail("age %v is not between one minute and 400 days", c.Age)
	}
	if c.IdleAge < time.Minute || c.IdleAge > c.Age {
		fail("idle age %v is not between one minute and the age %v", c.IdleAge, c.Age)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Audit == nil {
		c.Audit = audit.Discard
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	common := "; Path=/; HttpOnly; SameSite=Lax"
	if !c.InsecureCookie {
		common += "; Secure"
	}
	return &Manager{
		store: c.Store, name: c.CookieName,
		attributes: "; Max-Age=" + strconv.Itoa(int(c.Age/time.Second)) + common,
		expired:    c.CookieName + "=; Max-Age=0" + common,
		age:        c.Age, idle: c.IdleAge, seen: min(seenInterval, c.IdleAge/10),
		now: c.Now, sink: c.Audit, logger: c.Logger, deny: c.Deny,
		tokens: base64.RawURLEncoding.Strict(),
	}, nil
}

// validName reports whether name is a token of RFC 9110.
func validName(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return len(name) <= 64
}

// Handler loads the visitor's session before next runs. Without a cookie it
// asks nobody. When the store is out of order it answers 503 with Retry-After,
// and next does not run.
func (m *Manager) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, r := request.Attach(r)
		v := &visit{manager: m, header: w.Header(), request: r, info: info}
		info.Session = v
		if err := m.load(r.Context(), v); err != nil {
			m.logger.LogAttrs(r.Context(), slog.LevelError, "session store unavailable", slog.String("error", err.Error()))
			deny.Refuse(w, r, &Refusal{Status: http.StatusServiceUnavailable, Control: "sessions", Reason: "store-unavailable", RetryAfter: retryAfter, Err: err}, m.sink, m.deny)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// load finds the session that the request's cookie names. A cookie that names
// none leaves the visitor without one and is not deleted: by the time the
// answer arrives, the browser may hold a newer one. Nor is it audited: anybody
// can send any number of them.
func (m *Manager) load(ctx context.Context, v *visit) error {
	hash, ok := m.cookie(v)
	if !ok {
		return nil
	}
	rec, err := m.store.Load(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil && !intact(rec.Data) {
		err = errCodec
	}
	if err != nil {
		return fmt.Errorf("loading a session: %w", err)
	}
	now := v.info.Time(m.now)
	if m.over(&rec, now) {
		// The row is of no use any more; if deleting fails, Purge gets it.
		_ = m.store.Delete(ctx, hash)
		m.record(ctx, v, audit.SessionExpired, rec.UserID)
		return nil
	}
	if !v.seen(ctx, &rec, now) {
		return nil
	}
	v.loaded = Session{rec}
	v.session = &v.loaded
	return nil
}

// over reports whether the session has expired. The ages of this program count
// too, so that shortening them works on the sessions that are there.
func (m *Manager) over(r *Record, now time.Time) bool {
	return !now.Before(r.Expires) || !now.Before(m.expiry(r.Created, r.LastSeen))
}

// expiry is the earlier of the absolute and the idle end. Last-seen may lag by
// the interval in which it is written, which is given on top.
func (m *Manager) expiry(created, lastSeen time.Time) time.Time {
	absolute, idle := created.Add(m.age), lastSeen.Add(m.idle+m.seen)
	if idle.Before(absolute) {
		return idle
	}
	return absolute
}

// tokenLength is the length of 32 bytes in base64url.
const tokenLength = 43

// cookie returns the hash of the token that the request carries. Anything but
// one well-formed token is as good as none: no browser sends two, since the
// prefix __Host- keeps others from adding one.
func (m *Manager) cookie(v *visit) (hash Hash, ok bool) {
	var (
		token          [tokenLength]byte
		found, discord bool
	)
	request.Cookies(v.request.Header, m.name, func(value string) bool {
		switch {
		case len(value) != tokenLength, found && value != string(token[:]): //merlon:ignore timing-compare -- both come with the same request
			discord = true
			return false
		}
		found = true
		copy(token[:], value)
		return true
	})
	if !found && !discord {
		return hash, false
	}
	var raw [32 + 1]byte
	if !discord {
		if n, err := m.tokens.Decode(raw[:], token[:]); err == nil && n == 32 {
			return sha256.Sum256(raw[:32]), true
		}
	}
	return hash, false
}

func (m *Manager) record(ctx context.Context, v *visit, name audit.Name, user string) {
	e := audit.Event{Name: name, Time: m.now(), Actor: user, Subject: user, Control: "sessions"}
	if v != nil {
		e.RequestID = v.info.ID()
		e.Client = request.Client(v.request)
	}
	if err := m.sink.Record(ctx, e); err != nil {
		m.logger.LogAttrs(ctx, slog.LevelError, "audit event lost", slog.String("event", string(name)), slog.String("error", err.Error()))
	}
}

// Run deletes expired sessions every ten minutes until ctx is done, in batches
// that hold no lock for long. The caller owns the goroutine.
func (m *Manager) Run(ctx context.Context) error {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		if _, err := m.Purge(ctx); err != nil && ctx.Err() == nil {
			m.logger.LogAttrs(ctx, slog.LevelError, "purging sessions", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Purge deletes all sessions that have expired and returns how many there were.
func (m *Manager) Purge(ctx context.Context) (total int, err error) {
	now := m.now()
	for {
		n, err := m.store.Purge(ctx, now, purgeBatch)
		total += n
		if err != nil {
			return total, fmt.Errorf("purging sessions: %w", err)
		}
		if n < purgeBatch {
			return total, nil
		}
	}
}
