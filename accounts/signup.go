package accounts

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

const badAddress = "Enter an e-mail address like name@example.com."

func (a *Accounts) showSignup(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.Help = a.cfg.Policy.Help()
	a.show(w, r, http.StatusOK, "signup", v)
}

// signup answers every valid form in the same way, and does the same work for
// it: one hash, one look-up, one token and one mail. Only the mail differs.
func (a *Accounts) signup(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	v := a.view(r)
	v.Help, v.Email = a.cfg.Policy.Help(), form.Get(fieldEmail)
	canonical, shown, err := mail.Canonical(v.Email)
	if err != nil {
		v.Problems = append(v.Problems, Problem{fieldEmail, badAddress})
	}
	password := form.Get(fieldPassword)
	v.Problems = append(v.Problems, a.judge(r, fieldPassword, password, shown)...)
	if len(v.Problems) > 0 {
		a.wrong(w, r, "signup", v)
		return
	}
	hash, err := a.cfg.Passwords.Hash(r.Context(), password)
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	browser := secrets.Token()
	if err := a.pend(r, canonical, shown, hash, browser); err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.setBrowser(w, browser, shown)
	seeOther(w, r, pathSent)
}

// pend stores a sign-up until its address is confirmed. No user is made before:
// who does not read the address's mail never gets a password into an account.
func (a *Accounts) pend(r *http.Request, canonical, shown, hash, browser string) error {
	link := secrets.Token()
	now := a.now(r)
	t := Token{
		Hash: digest(link), Purpose: PurposeSignup, Email: shown, Canonical: canonical,
		Password: secretOf(hash), Browser: digest(browser), Created: now, Expires: now.Add(a.cfg.VerifyAge),
	}
	to, l := shown, a.confirmLetter(a.origin+pathVerify+"?token="+link)
	u, err := a.cfg.Store.Find(r.Context(), Key{Canonical: canonical})
	switch {
	case err == nil: // mail goes to the stored address, not to the typed one
		to, l = u.Email, a.existsLetter()
		t.Purpose, t.UserID, t.Password = PurposeNotice, u.ID, secretOf("")
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if err := a.issue(r.Context(), t, l, to); err != nil {
		return err
	}
	a.record(r, audit.TokenCreated, "", canonical, string(t.Purpose))
	return nil
}

func (a *Accounts) showSent(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	_, v.Email = a.browser(r)
	v.Hours = hours(a.cfg.VerifyAge)
	a.show(w, r, http.StatusOK, "sent", v)
}

// showVerify shows a button and uses nothing: mail scanners open links.
func (a *Accounts) showVerify(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.Token = r.URL.Query().Get(fieldToken)
	t, err := a.lookup(r, v.Token, PurposeSignup)
	if err != nil {
		a.deadLink(w, r, err)
		return
	}
	v.Email, v.AskPassword = t.Email, !a.sameBrowser(r, t)
	a.show(w, r, http.StatusOK, "verify", v)
}

// verify makes the user. The password of the account is the one of this very
// sign-up; whoever presses the button must be the one who chose it: in the
// browser that signed up, or by typing it.
func (a *Accounts) verify(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	v := a.view(r)
	v.Token = form.Get(fieldToken)
	t, err := a.lookup(r, v.Token, PurposeSignup)
	if err != nil {
		a.deadLink(w, r, err)
		return
	}
	v.Email, v.AskPassword = t.Email, !a.sameBrowser(r, t)
	if v.AskPassword && !a.knowsPassword(w, r, t, form, v) {
		return
	}
	now := a.now(r)
	u := User{
		ID: newID(now), Email: t.Email, Canonical: t.Canonical, Password: t.Password,
		Verified: true, Created: now, PasswordChanged: now,
	}
	err = a.cfg.Store.Redeem(r.Context(), Redemption{Hash: t.Hash, Purpose: PurposeSignup, Now: now, Create: &u})
	switch {
	case errors.Is(err, ErrExists):
		seeOther(w, r, pathLogin+"?done=already-verified")
	case err != nil:
		a.deadLink(w, r, err)
	default:
		a.record(r, audit.UserCreated, u.ID, u.Canonical, "signup")
		a.forgetBrowser(w)
		seeOther(w, r, pathLogin+"?done=verified")
	}
}

// knowsPassword reports whether the form has the password of the sign-up. If
// not, the request has been answered.
func (a *Accounts) knowsPassword(w http.ResponseWriter, r *http.Request, t Token, form url.Values, v View) bool {
	password := form.Get(fieldPassword)
	if password == "" {
		a.wrong(w, r, "verify", v, Problem{fieldPassword, "Enter the password you chose when you signed up."})
		return false
	}
	ok, answered := a.guess(w, r, t.Canonical, "verify", v, password, t.Password.Reveal(), func() {
		a.record(r, audit.LoginFail, "", t.Canonical, "verify-wrong-password")
	})
	if !ok && !answered {
		a.wrong(w, r, "verify", v, Problem{fieldPassword, "This is not the password of this sign-up. If you signed up more than once, open the link in the newest mail."})
	}
	return ok
}

// deadLink answers a link that cannot be used, and any other error with 503.
func (a *Accounts) deadLink(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, ErrToken) && !errors.Is(err, ErrNotFound) {
		a.unavailable(w, r, err)
		return
	}
	a.record(r, audit.TokenReuse, "", r.URL.Path, "link-dead")
	a.show(w, r, http.StatusGone, "dead", a.view(r))
}
