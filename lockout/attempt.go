package lockout

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
)

// An Attempt is a guess at a credential that is about to be checked.
type Attempt struct {
	// Account is whose credential is guessed at, whether or not there is such
	// an account; at most 1 KiB. With "" the attempt counts for its network
	// alone.
	Account string
	// Client is the client's address. Where a network is counted by, the zero
	// Addr is refused: nobody shares a count with strangers.
	Client netip.Addr
	// Device is the value of the device cookie, "" if none was sent.
	Device string
	// UserAgent is what the client says it is, for the log.
	UserAgent string
	// Solved reports whether the client has solved the challenge of
	// Config.Challenge. It is called only if one is due; nil solves none.
	Solved func() (bool, error)
}

// AttemptOf returns the attempt at an account that r is.
func (g *Guard) AttemptOf(r *http.Request, account string) Attempt {
	a := Attempt{Account: account, Client: request.Client(r), UserAgent: r.UserAgent()}
	if g.cfg.Challenge != nil {
		a.Solved = func() (bool, error) { return g.cfg.Challenge(r) }
	}
	a.Device, _ = request.Cookie(r.Header, g.cookie)
	return a
}

// Locked is the cause of a [*Refusal] that time cures, or, with Hard or
// Challenge, the client.
type Locked struct {
	// Kind is which counter refuses, such as "user+network".
	Kind string
	// Until is when the next attempt is looked at, if nothing else happens.
	Until time.Time
	// Hard says that no waiting helps: a mailed link, a new password or an
	// administrator unlocks.
	Hard bool
	// Challenge says that there is no lock: the attempt must come again with
	// the challenge of Config.Challenge solved.
	Challenge bool
	// Delayed says that there is no lock: the attempt only came too early
	// after the last failure.
	Delayed bool
	// Hidden says that Config.HideLock is set: the caller must do the work of
	// checking the credential, throw the result away and answer as to a wrong
	// one. A caller that does not know better answers 429 and shows the lock.
	Hidden bool
}

// Error says what refuses, and not for how long.
func (l *Locked) Error() string {
	switch {
	case l.Delayed:
		return "lockout: too early"
	case l.Challenge:
		return "lockout: challenge not solved"
	}
	return "lockout: locked by " + l.Kind
}

// A Reservation is an attempt that was counted and may be looked at. Call
// Succeed or Fail once; without either it stays a failure.
type Reservation struct {
	guard   *Guard
	attempt Attempt // with the account normalised
	release Release
	filled  []Counter // that this failure would lock
	settled atomic.Bool
}

// Attempt counts a guess as a failure, before it is looked at, and returns the
// reservation to settle. The error is a [*Refusal], and then nothing may be
// looked at: 429 for a lock or a delay, with a [*Locked] as cause; 403 for a
// network that is denied; 400 without an account where all counts by one; 503
// where nothing is known because the store or the client's address is not there.
func (g *Guard) Attempt(ctx context.Context, a Attempt) (*Reservation, error) {
	a, refusal := g.judge(a)
	if refusal != nil {
		return nil, refusal
	}
	res := &Reservation{guard: g, attempt: a}
	if within(g.cfg.AllowNetworks, a.Client) {
		return res, nil
	}
	now := g.now()
	if device, ok := g.known(a, now); ok {
		current, err := g.current(ctx, a.Account, device, now)
		if err != nil {
			return nil, g.unavailable(ctx, err)
		}
		if current {
			// A device that is locked has the same chances as a client that
			// nobody knows: it could just leave the cookie out.
			refused, err := res.take(ctx, g.trusted, device.id[:], now)
			if err != nil || refused == nil || refused.Delayed || refused.Challenge {
				return g.answer(ctx, res, refused, err)
			}
		}
	}
	refused, err := res.take(ctx, g.plain, nil, now)
	return g.answer(ctx, res, refused, err)
}

// judge decides what needs no counter.
func (g *Guard) judge(a Attempt) (Attempt, *Refusal) {
	refuse := func(status int, reason, detail string) (Attempt, *Refusal) {
		r := &Refusal{Status: status, Control: "lockout", Reason: reason, Detail: detail}
		switch status {
		case http.StatusServiceUnavailable:
			r.RetryAfter = retryAfter
		case http.StatusForbidden:
			r.Event = audit.AuthorizationFail
		case http.StatusBadRequest:
			r.Event = audit.InputValidationFail
		}
		return a, r
	}
	a.Client = a.Client.Unmap().WithZone("")
	switch {
	case within(g.cfg.DenyNetworks, a.Client), g.cfg.DenyOthers && !within(g.cfg.AllowNetworks, a.Client):
		return refuse(http.StatusForbidden, "network-denied", "the network is on the deny list, or not on the allow list")
	case g.needs && !a.Client.IsValid():
		return refuse(http.StatusServiceUnavailable, "client-unknown", "the client has no address; if a proxy is in front, name it in TRUSTED_PROXIES")
	case len(a.Account) > maxAccount:
		return refuse(http.StatusBadRequest, "account-too-long", "")
	}
	if a.Account = g.cfg.Normalize(a.Account); len(a.Account) > 4*maxAccount {
		return refuse(http.StatusBadRequest, "account-too-long", "")
	}
	if a.Account == "" && !g.needs {
		return refuse(http.StatusBadRequest, "account-missing", "the request names no account, and nothing else is counted by: check the name of the form's field")
	}
	return a, nil
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// reserve asks the store. It returns what refuses, or nil and the reservation
// is good.
func (res *Reservation) reserve(ctx context.Context, list []counted, device []byte, now time.Time) (*Locked, error) {
	g := res.guard
	t := Try{Now: now, Mark: newMark(), Note: g.note(res.attempt)}
	items := make([]Item, 0, len(list))
	for i := range list {
		if guess, ok := g.guess(&list[i], res.attempt, device, t.Mark); ok {
			t.Guesses = append(t.Guesses, guess)
			items = append(items, Item{ID: guess.ID, Mark: guess.Mark, Clear: list[i].by.User && list[i].spray == ""})
		}
	}
	slices.SortFunc(t.Guesses, func(a, b Guess) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortFunc(items, func(a, b Item) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	counters, counted, err := g.cfg.Store.Reserve(ctx, t)
	if err == nil && counted && len(counters) != len(t.Guesses) {
		err = fmt.Errorf("lockout: the store counted %d of %d", len(counters), len(t.Guesses))
	}
	if err != nil {
		return nil, err
	}
	var refused *Locked
	worse := func(kind string, until time.Time, delayed bool) {
		if until.After(now) && (refused == nil || refused.Delayed && !delayed || refused.Delayed == delayed && until.After(refused.Until)) {
			refused = &Locked{Kind: kind, Until: until, Delayed: delayed, Hard: isHard(kind) && !delayed}
		}
	}
	var locked []Counter
	for _, c := range counters {
		if c.LockedUntil.After(now) {
			locked = append(locked, c)
		}
	}
	early := slices.ContainsFunc(counters, func(c Counter) bool { return c.Last != t.Mark && c.NotBefore.After(now) })
	if !counted || early {
		for _, c := range counters {
			worse(c.Kind, c.NotBefore, true)
			worse(c.Kind, c.LockedUntil, false)
		}
		if refused == nil { // it ended between two statements of the store
			refused = &Locked{Until: now.Add(time.Second), Delayed: true}
		}
	}
	switch {
	case counted && early:
		g.announce(ctx, res.attempt, locked)
	case !counted && g.cfg.ExtendWhileLocked:
		return refused, g.extend(ctx, res.attempt.Account, locked, refused, now)
	case counted:
		res.filled, res.release = locked, Release{Now: now, Mark: t.Mark, Items: items}
	}
	return refused, nil
}

// extend begins the locks anew.
func (g *Guard) extend(ctx context.Context, account string, locked []Counter, refused *Locked, now time.Time) error {
	ids := make([]ID, len(locked))
	for i := range locked {
		ids[i] = locked[i].ID
	}
	_, cooloff := g.own(account)
	until := now.Add(cooloff)
	if until.After(refused.Until) {
		refused.Until = until
	}
	return g.cfg.Store.Extend(ctx, ids, now, until)
}

// own returns the limit, or 0 for the usual one, and the cool-off of an account.
func (g *Guard) own(account string) (limit int, cooloff time.Duration) {
	if g.cfg.PerAccount != nil && account != "" {
		limit, cooloff = g.cfg.PerAccount(account)
	}
	if cooloff <= 0 {
		cooloff = g.cfg.Cooloff
	}
	return max(limit, 0), min(cooloff, maxSpan)
}

// isHard reports whether a counter of that kind locks until somebody unlocks.
func isHard(kind string) bool { return strings.HasPrefix(kind, "hard") }

// guess fills in one counter, unless what it counts by is not there.
func (g *Guard) guess(one *counted, a Attempt, device []byte, mark string) (Guess, bool) {
	by := one.by
	if by.User && a.Account == "" || by.Network && !a.Client.IsValid() || one.spray != "" && (a.Account == "" || !a.Client.IsValid()) {
		return Guess{}, false
	}
	if one.bits != 64 && !a.Client.Is6() {
		return Guess{}, false
	}
	c := &g.cfg
	guess := Guess{Kind: one.kind, Mark: mark, Limit: one.limit, Window: one.window, Cooloff: c.Cooloff, MaxCooloff: c.MaxCooloff}
	network := networkOf(a.Client, one.bits)
	var account, address, tag []byte
	if by.User {
		account, guess.Account = []byte(a.Account), g.accountID(a.Account)
		limit, cooloff := g.own(a.Account)
		if one.hard {
			cooloff = maxSpan
		}
		if limit > 0 && one.factor > 0 {
			guess.Limit = min(limit*one.factor, MaxLimit)
		}
		guess.Cooloff, guess.MaxCooloff = cooloff, max(cooloff, c.MaxCooloff)
		if one.spray == "" && !one.hard {
			guess.DelayAfter, guess.Delay, guess.MaxDelay = c.DelayAfter, c.Delay, c.MaxDelay
		}
	}
	if by.Network {
		address, guess.Network = appendNetwork(nil, network), g.networkID(network)
	}
	if by.Device {
		tag = device
	}
	guess.ID = g.id(one.kind, account, address, tag)
	switch one.spray {
	case "users":
		guess.Distinct, guess.Mark = true, markOf(g.accountID(a.Account))
	case "networks":
		guess.Distinct, guess.Mark = true, markOf(g.networkID(network))
	}
	guess.Subject = g.subject(by, a.Account, network)
	return guess, true
}

// answer turns what the store said into what Attempt returns.
func (g *Guard) answer(ctx context.Context, res *Reservation, refused *Locked, err error) (*Reservation, error) {
	switch {
	case err != nil:
		return nil, g.unavailable(ctx, err)
	case refused == nil:
		return res, nil
	case g.cfg.InsecureReportOnly:
		g.record(ctx, audit.RateLimitExceeded, res.attempt, g.name(res.attempt), "report-only", refused.Kind)
		return res, nil
	}
	return nil, g.refuse(ctx, res.attempt, refused)
}

func (g *Guard) refuse(ctx context.Context, a Attempt, l *Locked) *Refusal {
	r := &Refusal{
		Status: http.StatusTooManyRequests, Control: "lockout", Reason: "locked", Event: audit.RateLimitExceeded,
		Detail: "by " + l.Kind, Err: l,
	}
	switch {
	case l.Challenge:
		r.Reason = "challenge"
	case l.Hard: // no time to come back at
	default:
		r.RetryAfter = max(l.Until.Sub(g.now()), time.Second)
	}
	if l.Delayed {
		r.Reason = "delayed"
	}
	if g.cfg.HideLock {
		// Nobody refuses openly, so nobody else tells the audit trail.
		l.Hidden = true
		g.record(ctx, audit.RateLimitExceeded, a, g.name(a), r.Reason, r.Detail)
	}
	return r
}

func (g *Guard) unavailable(ctx context.Context, err error) *Refusal {
	if ctx.Err() == nil {
		g.cfg.Logger.LogAttrs(ctx, slog.LevelError, "lockout store unavailable", slog.String("error", err.Error()))
	}
	return &Refusal{Status: http.StatusServiceUnavailable, Control: "lockout", Reason: "store-unavailable", RetryAfter: retryAfter, Err: err}
}

// Succeed gives the guess back: the counts of the user, of this network or
// device, are cleared, and every other count is as if there had been no
// attempt. An error means that nobody may be let in: it is a [*Refusal] with 503.
func (res *Reservation) Succeed(ctx context.Context) error {
	if res.settled.Swap(true) || len(res.release.Items) == 0 {
		return nil
	}
	if err := res.guard.cfg.Store.Release(ctx, res.release); err != nil {
		return res.guard.unavailable(ctx, err)
	}
	return nil
}

// Cancel takes the guess back because nobody has looked at the credential: the
// password hasher was busy, say. Nothing is cleared. After a look, however it
// ended, it must not be called.
func (res *Reservation) Cancel(ctx context.Context) error {
	if res.settled.Swap(true) || len(res.release.Items) == 0 {
		return nil
	}
	r := res.release
	r.Mark = "--------" // in no log: there it stays what it is, an attempt without success
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i].Clear = false
	}
	if err := res.guard.cfg.Store.Release(ctx, r); err != nil {
		return res.guard.unavailable(ctx, err)
	}
	return nil
}

// Fail leaves the guess counted. It returns nil, and the credential is to be
// answered as wrong; or, if this failure has locked, a [*Refusal] with 429 to
// answer with instead.
func (res *Reservation) Fail(ctx context.Context) error {
	if res.settled.Swap(true) || len(res.filled) == 0 {
		return nil
	}
	g, now := res.guard, res.release.Now
	ids := make([]ID, len(res.filled))
	for i := range res.filled {
		ids[i] = res.filled[i].ID
	}
	// A success that was under way at the same time may have lifted the lock.
	counters, err := g.cfg.Store.Load(ctx, ids, now)
	if err != nil {
		return g.unavailable(ctx, err)
	}
	var refused *Locked
	counters = slices.DeleteFunc(counters, func(c Counter) bool { return !c.LockedUntil.After(now) })
	for _, c := range counters {
		if refused == nil || c.LockedUntil.After(refused.Until) {
			refused = &Locked{Kind: c.Kind, Until: c.LockedUntil, Hard: isHard(c.Kind)}
		}
	}
	g.announce(ctx, res.attempt, counters)
	if refused == nil || g.cfg.HideLock || g.cfg.InsecureReportOnly {
		return nil
	}
	r := g.refuse(ctx, res.attempt, refused)
	r.Event = "" // announced
	return r
}

// announce tells everybody of new locks.
func (g *Guard) announce(ctx context.Context, a Attempt, locked []Counter) {
	for i := range locked {
		c := &locked[i]
		l := Lock{Kind: c.Kind, Until: c.LockedUntil, Failures: len(c.Ring) / EntrySize, Client: a.Client}
		l.Account, l.Network = g.open(c)
		subject, event := l.Account, audit.LoginLock
		if subject == "" {
			subject, event = l.Network.String(), audit.LoginFailMax
		}
		g.record(ctx, event, a, subject, c.Kind,
			fmt.Sprintf("%d failures; locked until %s", l.Failures, l.Until.UTC().Format(time.RFC3339)))
		if g.cfg.OnLock != nil {
			g.cfg.OnLock(ctx, l)
		}
	}
}

func (g *Guard) record(ctx context.Context, name audit.Name, a Attempt, subject, reason, detail string) {
	e := audit.Event{Name: name, Client: a.Client, Subject: subject, Control: "lockout", Reason: reason, Detail: detail}
	if info := request.From(ctx); info != nil {
		e.RequestID = info.ID()
	}
	if err := g.cfg.Audit.Record(ctx, e); err != nil {
		g.cfg.Logger.LogAttrs(ctx, slog.LevelError, "audit event lost", slog.String("event", string(name)), slog.String("error", err.Error()))
	}
}

// name says who was tried, for people.
func (g *Guard) name(a Attempt) string {
	if a.Account != "" {
		return a.Account
	}
	return networkOf(a.Client, 64).String()
}

// Refuse answers a request with an error of Attempt or a Reservation.
func (g *Guard) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	refusal, ok := err.(*Refusal)
	if !ok {
		refusal = g.unavailable(r.Context(), err)
	}
	deny.Refuse(w, r, refusal, g.cfg.Audit, g.cfg.Deny)
}

// now is the moment of an attempt. It is not that of the request's begin: a
// body that trickles in must not shorten a lock.
func (g *Guard) now() time.Time { return g.cfg.Now().UTC().Truncate(time.Microsecond) }
