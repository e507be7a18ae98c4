package accounts

import (
	"context"
	"errors"
	"net/http"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/ratelimit"
)

const badCredentials = "This e-mail address and password do not go together, or the address is not confirmed yet."

func (a *Accounts) showLogin(w http.ResponseWriter, r *http.Request) {
	r = a.attach(r)
	v := a.view(r)
	v.Next = next(r.URL.Query().Get(fieldNext))
	u, err := From(r.Context())
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	if u != nil {
		seeOther(w, r, a.after(v.Next))
		return
	}
	a.show(w, r, http.StatusOK, "login", v)
}

func (a *Accounts) after(next string) string {
	if next == "" {
		return a.cfg.Home
	}
	return next
}

func (a *Accounts) login(w http.ResponseWriter, r *http.Request) {
	r = a.attach(r)
	form := a.read(w, r)
	if form == nil {
		return
	}
	v := a.view(r)
	v.Email, v.Next = form.Get(fieldEmail), next(form.Get(fieldNext))
	password := form.Get(fieldPassword)
	canonical, _, _ := mail.Canonical(v.Email) // "" if it is none: nobody has that
	try := a.reserve(w, r, canonical, "login", v)
	if try == nil {
		return
	}
	u, rehash, reason, err := a.authenticate(r.Context(), canonical, password)
	if err != nil {
		a.unseen(w, r, try, err)
		return
	}
	if try.hidden {
		reason = "locked"
	}
	if err := try.settle(r.Context(), outcome(reason == "")); err != nil {
		if reason != "" {
			a.record(r, audit.LoginFail, "", canonical, reason)
		}
		a.refused(w, r, try, err)
		return
	}
	if reason == "" {
		reason, err = a.enter(w, r, u, password, rehash)
	}
	switch {
	case err != nil:
		a.unavailable(w, r, err)
	case reason != "":
		a.record(r, audit.LoginFail, "", canonical, reason)
		ratelimit.Failed(r.Context()) // rules that count failures count this one
		a.wrong(w, r, "login", v, Problem{"", badCredentials})
	default:
		a.cfg.Guard.Trust(w, r, canonical)
		a.record(r, audit.LoginSuccess, u.ID, canonical, "")
		seeOther(w, r, a.after(v.Next))
	}
}

// authenticate looks a user up and checks the password. The reason is "" if all
// is right; whatever it is, one password hash was computed.
func (a *Accounts) authenticate(ctx context.Context, canonical, password string) (u User, rehash bool, reason string, err error) {
	u, err = a.cfg.Store.Find(ctx, Key{Canonical: canonical})
	switch {
	case errors.Is(err, ErrNotFound):
		reason = "unknown-user"
	case err != nil:
		return User{}, false, "", err
	case !passwords.Usable(u.Password.Reveal()):
		reason = "no-password"
	case !u.Verified:
		reason = "not-verified"
	case u.Disabled:
		reason = "disabled"
	}
	if reason != "" {
		return u, false, reason, a.cfg.Passwords.Waste(ctx, password)
	}
	result, err := a.cfg.Passwords.Verify(ctx, password, u.Password.Reveal())
	if err == nil && !result.OK {
		reason = "wrong-password"
	}
	return u, result.Rehash, reason, err
}

// enter begins the session and notes the sign-in. The note depends on the
// password being the one that was checked: a password change at the same moment
// either finds the new session and ends it, or undoes this sign-in here.
func (a *Accounts) enter(w http.ResponseWriter, r *http.Request, u User, password string, rehash bool) (reason string, err error) {
	if err := a.cfg.Sessions.Start(w, r, u.ID); err != nil {
		return "", err
	}
	now := a.now(r)
	c := Change{IfPasswordChanged: &u.PasswordChanged, LastLogin: &now}
	if rehash {
		// What cannot be upgraded now is upgraded next time.
		if hash, err := a.cfg.Passwords.Hash(r.Context(), password); err == nil {
			upgraded := secretOf(hash)
			c.Password = &upgraded
		}
	}
	err = a.cfg.Store.Update(r.Context(), u.ID, c)
	if err != nil {
		if undo := a.cfg.Sessions.End(w, r); undo != nil {
			return "", errors.Join(err, undo)
		}
		if errors.Is(err, ErrChanged) || errors.Is(err, ErrNotFound) {
			return "changed-meanwhile", nil
		}
		return "", err
	}
	a.rotate(w, r)
	return "", nil
}

// rotate gives the visitor a new CSRF secret.
func (a *Accounts) rotate(w http.ResponseWriter, r *http.Request) {
	if a.cfg.CSRF != nil {
		a.cfg.CSRF.Rotate(w, r)
	}
}

func (a *Accounts) showLogout(w http.ResponseWriter, r *http.Request) {
	r = a.attach(r)
	u, err := From(r.Context())
	switch {
	case err != nil:
		a.unavailable(w, r, err)
	case u == nil:
		seeOther(w, r, pathLogin)
	default:
		v := a.view(r)
		v.User = u
		a.show(w, r, http.StatusOK, "logout", v)
	}
}

// logout ends the session. It does so also where the user's row cannot be read.
func (a *Accounts) logout(w http.ResponseWriter, r *http.Request) {
	if err := a.cfg.Sessions.End(w, r); err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.leave(w, r, "signed-out")
}

func (a *Accounts) leave(w http.ResponseWriter, r *http.Request, done string) {
	a.rotate(w, r)
	// "cookies" is left out: it would take the new CSRF cookie along.
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	seeOther(w, r, pathLogin+"?done="+done)
}
