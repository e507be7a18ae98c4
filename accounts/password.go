package accounts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

func (a *Accounts) changeView(r *http.Request) View {
	v := a.view(r)
	v.User, v.Help = must(r), a.cfg.Policy.Help()
	return v
}

func (a *Accounts) showChange(w http.ResponseWriter, r *http.Request) {
	a.show(w, r, http.StatusOK, "password_change", a.changeView(r))
}

// change replaces the password of the signed-in user. Every other session ends,
// this one gets a new token.
func (a *Accounts) change(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	u, v := must(r), a.changeView(r)
	current, password := form.Get(fieldPassword), form.Get(fieldNew)
	v.Problems = a.judge(r, fieldNew, password, u.Email)
	if password != "" && password == current {
		v.Problems = []Problem{{fieldNew, "The new password must differ from the current one."}}
	}
	if len(v.Problems) > 0 {
		a.wrong(w, r, "password_change", v)
		return
	}
	if ok := a.confirmCurrent(w, r, u, current, v); !ok {
		return
	}
	hash, err := a.cfg.Passwords.Hash(r.Context(), password)
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	c, err := a.newPassword(r.Context(), *u, hash, a.now(r))
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	err = a.cfg.Store.Update(r.Context(), u.ID, c)
	if errors.Is(err, ErrChanged) {
		a.record(r, audit.PasswordChangeFail, u.ID, u.Canonical, "changed-meanwhile")
		a.wrong(w, r, "password_change", v, Problem{fieldPassword, "Your password was changed elsewhere a moment ago."})
		return
	}
	if err == nil {
		a.cfg.Mail.Wake()
		a.record(r, audit.PasswordChange, u.ID, u.Canonical, "changed")
		// From here on the old sessions are void by the user's row; what
		// follows tidies up and lets this browser stay.
		_, err = a.cfg.Sessions.RevokeOthers(r.Context(), u.ID)
	}
	if err == nil {
		err = a.cfg.Sessions.Start(w, r, u.ID)
	}
	if err == nil {
		err = a.cfg.Guard.PasswordChanged(r.Context(), u.Canonical)
	}
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.cfg.Guard.Trust(w, r, u.Canonical)
	a.rotate(w, r)
	seeOther(w, r, pathHome+"?done=password-changed")
}

// confirmCurrent checks the current password. If it returns false, the request
// has been answered.
func (a *Accounts) confirmCurrent(w http.ResponseWriter, r *http.Request, u *User, password string, v View) bool {
	ok, answered := a.guess(w, r, u.Canonical, "password_change", v, password, u.Password.Reveal(), func() {
		a.record(r, audit.PasswordChangeFail, u.ID, u.Canonical, "wrong-password")
	})
	if !ok && !answered {
		a.wrong(w, r, "password_change", v, Problem{fieldPassword, "This is not your current password."})
	}
	return ok
}

// newPassword is the change that a new password brings, based on the old one: it
// voids every session and tells the owner.
func (a *Accounts) newPassword(ctx context.Context, u User, hash string, now time.Time) (Change, error) {
	entry, err := a.letter(ctx, a.changedLetter(), u.Email, time.Time{})
	if err != nil {
		return Change{}, err
	}
	// Two passwords never have the same time, whatever the clock does: sign-ins
	// and changes beside this one tell by it that their password is the old one.
	changed := now
	if !changed.After(u.PasswordChanged) {
		changed = u.PasswordChanged.Add(time.Microsecond)
	}
	secret := secretOf(hash)
	return Change{
		IfPasswordChanged: &u.PasswordChanged, Password: &secret, PasswordChanged: &changed, RevokedBefore: &now, Mail: &entry,
	}, nil
}

func (a *Accounts) showReset(w http.ResponseWriter, r *http.Request) {
	a.show(w, r, http.StatusOK, "password_reset", a.view(r))
}

// reset answers every address in the same way and sends one mail in any case.
func (a *Accounts) reset(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	v := a.view(r)
	v.Email = form.Get(fieldEmail)
	canonical, shown, err := mail.Canonical(v.Email)
	if err != nil {
		a.wrong(w, r, "password_reset", v, Problem{fieldEmail, badAddress})
		return
	}
	link := secrets.Token()
	now := a.now(r)
	t := Token{
		Hash: digest(link), Purpose: PurposeNotice, Email: shown, Canonical: canonical,
		Created: now, Expires: now.Add(a.cfg.ResetAge),
	}
	to, l := shown, a.unknownLetter()
	u, err := a.cfg.Store.Find(r.Context(), Key{Canonical: canonical})
	switch {
	case err == nil && u.Disabled:
		to = u.Email
	case err == nil:
		to, l = u.Email, a.resetLetter(a.origin+pathResetSet+"?token="+link)
		t.Purpose, t.UserID = PurposeReset, u.ID
	case !errors.Is(err, ErrNotFound):
		a.unavailable(w, r, err)
		return
	}
	if err := a.issue(r.Context(), t, l, to); err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.record(r, audit.TokenCreated, "", canonical, string(t.Purpose))
	seeOther(w, r, pathResetSent)
}

func (a *Accounts) showResetSent(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.Hours = hours(a.cfg.ResetAge)
	a.show(w, r, http.StatusOK, "password_reset_sent", v)
}

func (a *Accounts) showResetSet(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.Token, v.Help = r.URL.Query().Get(fieldToken), a.cfg.Policy.Help()
	if _, err := a.lookup(r, v.Token, PurposeReset); err != nil {
		a.deadLink(w, r, err)
		return
	}
	a.show(w, r, http.StatusOK, "password_reset_set", v)
}

// resetSet replaces a forgotten password. The link proves the address, so the
// user counts as verified; it does not sign in.
func (a *Accounts) resetSet(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	v := a.view(r)
	v.Token, v.Help = form.Get(fieldToken), a.cfg.Policy.Help()
	t, u, err := a.resetUser(r, v.Token)
	if err != nil {
		a.deadLink(w, r, err)
		return
	}
	password := form.Get(fieldNew)
	if v.Problems = a.judge(r, fieldNew, password, u.Email); len(v.Problems) > 0 {
		a.wrong(w, r, "password_reset_set", v)
		return
	}
	hash, err := a.cfg.Passwords.Hash(r.Context(), password)
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	c, err := a.newPassword(r.Context(), u, hash, a.now(r))
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	c.Verified = new(true)
	err = a.cfg.Store.Redeem(r.Context(), Redemption{Hash: t.Hash, Purpose: PurposeReset, Now: a.now(r), Change: &c})
	if errors.Is(err, ErrChanged) { // the password was changed after the link was mailed
		err = ErrToken
	}
	if err != nil {
		a.deadLink(w, r, err)
		return
	}
	a.cfg.Mail.Wake()
	a.record(r, audit.PasswordChange, u.ID, u.Canonical, "reset")
	_, err = a.cfg.Sessions.RevokeAll(r.Context(), u.ID)
	if err == nil {
		err = a.cfg.Guard.PasswordChanged(r.Context(), u.Canonical)
	}
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.cfg.Guard.Trust(w, r, u.Canonical)
	a.rotate(w, r)
	seeOther(w, r, pathLogin+"?done=password-reset")
}

// resetUser returns a reset token and whom it belongs to. A disabled user's
// link is dead.
func (a *Accounts) resetUser(r *http.Request, secret string) (Token, User, error) {
	t, err := a.lookup(r, secret, PurposeReset)
	if err != nil {
		return Token{}, User{}, err
	}
	u, err := a.cfg.Store.Find(r.Context(), Key{ID: t.UserID})
	if err == nil && u.Disabled {
		err = ErrToken
	}
	return t, u, err
}
