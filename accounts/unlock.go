package accounts

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

// An unlocker is a [Guard] that lets an account's owner in while others are
// locked out, by a mailed link; *lockout.Guard is one. With it there is a page
// for it.
type unlocker interface {
	UnlockToken(account string) string
	RedeemUnlock(w http.ResponseWriter, r *http.Request, token string) (account string, err error)
}

// showUnlock asks for the address, or, with a link's token, shows the button
// that uses it: mail gateways follow links, and do not press buttons.
func (a *Accounts) showUnlock(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.Token = r.URL.Query().Get(fieldToken)
	a.show(w, r, http.StatusOK, "unlock", v)
}

func (a *Accounts) unlock(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	if token := form.Get(fieldToken); token != "" {
		a.redeemUnlock(w, r, token)
		return
	}
	a.mailUnlock(w, r, form)
}

func (a *Accounts) redeemUnlock(w http.ResponseWriter, r *http.Request, token string) {
	_, err := a.cfg.Guard.(unlocker).RedeemUnlock(w, r, token)
	switch {
	case errors.Is(err, lockout.ErrUnlock):
		a.deadLink(w, r, ErrToken)
	case err != nil:
		a.unavailable(w, r, err)
	default:
		seeOther(w, r, pathLogin+"?done=unlocked")
	}
}

// mailUnlock answers every address in the same way and sends one mail in any
// case. It counts among the mails that the address gets.
func (a *Accounts) mailUnlock(w http.ResponseWriter, r *http.Request, form url.Values) {
	v := a.view(r)
	v.Email = form.Get(fieldEmail)
	canonical, shown, err := mail.Canonical(v.Email)
	if err != nil {
		a.wrong(w, r, "unlock", v, Problem{fieldEmail, badAddress})
		return
	}
	now := a.now(r)
	link := a.origin + pathUnlock + "?token=" + a.cfg.Guard.(unlocker).UnlockToken(canonical)
	to, l := shown, a.nothingToUnlockLetter()
	u, err := a.cfg.Store.Find(r.Context(), Key{Canonical: canonical})
	switch {
	case err == nil && (u.Disabled || !u.Verified):
		to = u.Email
	case err == nil:
		to, l = u.Email, a.unlockLetter(link)
	case !errors.Is(err, ErrNotFound):
		a.unavailable(w, r, err)
		return
	}
	t := Token{
		Hash: digest(secrets.Token()), Purpose: PurposeNotice, Email: shown, Canonical: canonical,
		Created: now, Expires: now.Add(lockout.DefaultUnlockAge),
	}
	if err := a.issue(r.Context(), t, l, to); err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.record(r, audit.TokenCreated, "", canonical, "unlock")
	seeOther(w, r, pathUnlock+"?done=unlock-sent")
}

func (a *Accounts) unlockLetter(link string) letter {
	return letter{
		Subject: "Sign in at " + a.cfg.SiteName + " in spite of the lock", Site: a.cfg.SiteName,
		Before: []string{"Somebody, we hope you, was locked out of your account at " + a.cfg.SiteName + " after too many wrong passwords, and asked for this mail."},
		Button: "Let this browser try again", Link: link,
		After: []string{
			"The link works once, for " + hours(lockout.DefaultUnlockAge) + ". Open it in the browser that you want to sign in with; you still need your password.",
			"If it was not you, do nothing: the lock stays, and browsers that you signed in with before are not concerned.",
		},
	}
}

func (a *Accounts) nothingToUnlockLetter() letter {
	return letter{
		Subject: "Nothing to unlock at " + a.cfg.SiteName, Site: a.cfg.SiteName,
		Before: []string{
			"Somebody, perhaps you, was locked out at " + a.cfg.SiteName + " with this address, but there is no account with it that can be used.",
			"If you have an account, it has another address. If it was not you, do nothing.",
		},
	}
}
