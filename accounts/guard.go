package accounts

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/passwords"
)

// An attempt is one look at a password, on the page that it was sent from.
type attempt struct {
	settle func(ctx context.Context, o lockout.Outcome) error
	// hidden says that there is a lock which is not to be seen: the password
	// is looked at, and whatever it is, it is wrong.
	hidden bool
	page   string
	view   View
}

// reserve counts an attempt at the password of an account. If it returns nil,
// the request has been answered.
func (a *Accounts) reserve(w http.ResponseWriter, r *http.Request, account, page string, v View) *attempt {
	try := &attempt{page: page, view: v}
	var err error
	try.settle, err = a.cfg.Guard.Reserve(r, account)
	var locked *lockout.Locked
	switch {
	case err == nil:
	case errors.As(err, &locked) && locked.Hidden:
		try.hidden = true
		try.settle = func(context.Context, lockout.Outcome) error { return nil }
	default:
		a.refused(w, r, try, err)
		return nil
	}
	return try
}

// guess counts and looks at a password whose hash is known. A wrong one is
// recorded by wrong. With answered, the request has been answered.
func (a *Accounts) guess(w http.ResponseWriter, r *http.Request, account, page string, v View, password, hash string, wrong func()) (ok, answered bool) {
	try := a.reserve(w, r, account, page, v)
	if try == nil {
		return false, true
	}
	result, err := a.cfg.Passwords.Verify(r.Context(), password, hash)
	if err != nil {
		a.unseen(w, r, try, err)
		return false, true
	}
	ok = result.OK && !try.hidden
	if err = try.settle(r.Context(), outcome(ok)); !ok {
		wrong()
	}
	if err != nil {
		a.refused(w, r, try, err)
		return false, true
	}
	return ok, false
}

func outcome(ok bool) lockout.Outcome {
	if ok {
		return lockout.Succeeded
	}
	return lockout.Failed
}

// unseen answers an error that kept a password from being looked at. While too
// many are hashed at once, those who come again as they are told must not be
// locked out for it.
func (a *Accounts) unseen(w http.ResponseWriter, r *http.Request, try *attempt, err error) {
	if errors.Is(err, passwords.ErrBusy) {
		// If this fails, the attempt stays counted.
		_ = try.settle(r.Context(), lockout.Unseen)
	}
	a.unavailable(w, r, err)
}

// refused answers an error of the guard. A lock is shown on the page, with how
// long it lasts.
func (a *Accounts) refused(w http.ResponseWriter, r *http.Request, try *attempt, err error) {
	var (
		refusal *Refusal
		locked  *lockout.Locked
	)
	switch {
	case !errors.As(err, &refusal):
		a.unavailable(w, r, err)
	case !errors.As(err, &locked) || deny.WantsJSON(r):
		a.refuse(w, r, refusal)
	default:
		deny.Refuse(w, r, refusal, a.cfg.Audit, func(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
			v := try.view
			_, open := a.cfg.Guard.(unlocker)
			v.Locked = open && !locked.Delayed && !locked.Challenge && v.User == nil
			v.Challenge = locked.Challenge
			v.Notice, v.Problems = "", []Problem{{"", lockText(locked, refusal.RetryAfter)}}
			a.show(w, r, refusal.Status, try.page, v)
		})
	}
}

// lockText says what there is to do about a lock. It is the same whether or not
// the account exists.
func lockText(l *lockout.Locked, wait time.Duration) string {
	switch {
	case l.Challenge:
		return "Too many wrong passwords were tried. Show that you are no machine, and try again."
	case l.Hard:
		return "Far too many wrong passwords were tried, and this account is locked. Ask for a new password, which lifts the lock."
	case l.Delayed:
		return "There was an attempt a moment ago. Try again in " + waiting(wait) + "."
	}
	return "Too many attempts. Try again in " + waiting(wait) + ", or ask for a new password, which lifts the lock."
}

// waiting says how long to wait, never less than it is.
func waiting(d time.Duration) string {
	unit, name := time.Second, "second"
	switch {
	case d > 2*time.Hour:
		unit, name = time.Hour, "hour"
	case d > 90*time.Second:
		unit, name = time.Minute, "minute"
	}
	n := int((d + unit - 1) / unit)
	if n == 1 {
		return "one " + name
	}
	return strconv.Itoa(n) + " " + name + "s"
}
