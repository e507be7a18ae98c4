package accounts

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/passwords"
)

// maxForm bounds a submitted form, in bytes.
const maxForm = 64 << 10

// Fields of the forms.
const (
	fieldEmail    = "email"
	fieldPassword = "password"
	fieldNew      = "new_password"
	fieldToken    = "token"
	fieldNext     = "next"
)

// read parses a submitted form. If it returns nil, the request has been
// answered. Only the body counts: a password in the address would be logged.
func (a *Accounts) read(w http.ResponseWriter, r *http.Request) url.Values {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		a.refuse(w, r, &Refusal{Status: http.StatusRequestEntityTooLarge, Control: "accounts", Reason: "form-too-large", Err: err})
		return nil
	case err != nil || r.PostForm == nil:
		a.refuse(w, r, &Refusal{Status: http.StatusBadRequest, Control: "accounts", Reason: "form-malformed", Err: err})
		return nil
	}
	return r.PostForm
}

// A Problem is what is wrong with one field of a form, or, if Field is "", with
// the form as a whole.
type Problem struct{ Field, Text string }

// A View is what the pages get: the fields that a page has no use for are zero.
type View struct {
	SiteName string
	User     *User  // nil if nobody is signed in
	Email    string // as typed
	Next     string // a path of this site, or ""
	Token    string
	Notice   string // what was just done, a sentence
	Problems []Problem
	Help     []string // what a new password must be
	// AskPassword says that a confirmation link was opened in another browser.
	AskPassword bool
	// Locked says that the account is locked, and that a mailed link helps.
	Locked bool
	// Challenge says that the lockout's challenge is to be solved with the
	// next attempt; pages that set lockout.Config.Challenge up show it.
	Challenge bool
	// SignupOpen says that visitors can make accounts.
	SignupOpen bool
	Sessions   []SessionView
	// Now is the moment of the request.
	Now time.Time
	// Hours is how long the link that was mailed works.
	Hours string
}

// Problem returns what is wrong with a field, or "".
func (v View) Problem(field string) string {
	for _, p := range v.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// Summary returns the problems to show above the form: all of them if there are
// several, and what concerns the form as a whole.
func (v View) Summary() []Problem {
	if len(v.Problems) == 1 && v.Problems[0].Field != "" {
		return nil
	}
	return v.Problems
}

// Focus reports whether the cursor belongs into the field: the first one with a
// problem, or else the one named otherwise.
func (v View) Focus(field, otherwise string) bool {
	if len(v.Problems) > 0 && v.Problems[0].Field != "" {
		return v.Problems[0].Field == field
	}
	return field == otherwise
}

func (a *Accounts) view(r *http.Request) View {
	return View{SiteName: a.cfg.SiteName, SignupOpen: !a.cfg.SignupClosed, Notice: notices[r.URL.Query().Get("done")], Now: a.now(r)}
}

func (a *Accounts) show(w http.ResponseWriter, r *http.Request, status int, page string, v View) {
	_ = a.pages.Render(w, r, status, "account/"+page, v) // a failure has been answered
}

// wrong shows a form again with what is wrong.
func (a *Accounts) wrong(w http.ResponseWriter, r *http.Request, page string, v View, problems ...Problem) {
	v.Problems = append(v.Problems, problems...)
	v.Notice = ""
	a.show(w, r, http.StatusUnprocessableEntity, page, v)
}

// notices are what a page may say after a redirect. The address holds only the
// key, so that nobody can make a page say something else.
var notices = map[string]string{
	"signed-out":            "You are signed out.",
	"signed-out-everywhere": "You are signed out on every device.",
	"verified":              "Your address is confirmed. You can sign in now.",
	"already-verified":      "This address is confirmed already. You can sign in.",
	"password-reset":        "Your password is changed. Sign in with the new one.",
	"password-changed":      "Your password is changed. Every other device was signed out.",
	"session-ended":         "That device is signed out.",
	"unlock-sent":           "We have sent a mail to the address you gave. If it has an account, the link in it lets this browser try again.",
	"unlocked":              "This browser may try again. Sign in with your password.",
	"others-ended":          "Every other device is signed out.",
}

// next returns where the visitor wanted to go, or "" if that is not a path of
// this site.
func next(value string) string {
	path, ok := hosts.LocalRedirect(value)
	if !ok || strings.HasPrefix(path, pathLogin) || strings.HasPrefix(path, pathLogout) {
		return ""
	}
	return path
}

// judge returns what the policy has against a new password.
func (a *Accounts) judge(r *http.Request, field, password string, about ...string) []Problem {
	if password == "" {
		return []Problem{{field, "Choose a password."}}
	}
	err := a.cfg.Policy.Validate(r.Context(), password, about...)
	var found passwords.Problems
	if !errors.As(err, &found) {
		return nil
	}
	texts := make([]string, len(found))
	for i := range found {
		texts[i] = found[i].Text
	}
	return []Problem{{field, strings.Join(texts, " ")}}
}

// hours says how long something lasts.
func hours(d time.Duration) string {
	n, unit := int(d/time.Minute), "minute"
	if d%time.Hour == 0 {
		n, unit = int(d/time.Hour), "hour"
	}
	if n == 1 {
		return "one " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}
