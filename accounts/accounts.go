package accounts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/safehtml"
	"github.com/merlon-go/merlon/sessions"
)

// A Refusal is why a request was refused.
type Refusal = deny.Refusal

// Defaults of [Config].
const (
	DefaultVerifyAge  = 24 * time.Hour
	DefaultResetAge   = time.Hour
	DefaultMailBudget = 5
)

// A Guard limits guesses at credentials; *lockout.Guard is one. account is
// always the canonical e-mail address that was asked for, whether it has an
// account or not, or "" if what was sent is no address. Implementations must be
// safe for concurrent use.
//
// A *Refusal (deny.Refusal) as error is answered as it says; any other error is
// answered 503.
type Guard interface {
	// Reserve is called before a password is looked at and counts the attempt,
	// so that guesses in parallel cannot pass the limit; settle is then called
	// once with how it ended, and gives a success back. A failure that locks
	// may be answered with the error that settle returns.
	Reserve(r *http.Request, account string) (settle func(ctx context.Context, o lockout.Outcome) error, err error)
	// Trust is called when the account has signed in with the browser that r
	// comes from.
	Trust(w http.ResponseWriter, r *http.Request, account string)
	// PasswordChanged is called when the account has a new password: browsers
	// that were trusted are so no more, and what locked the account is over.
	PasswordChanged(ctx context.Context, account string) error
}

// A Mailer makes entries for the outbox, which the store then adds in its own
// transaction; *mail.Queue is one.
type Mailer interface {
	Prepare(m mail.Message) (mail.Entry, error)
	Wake()
}

// A Rotator gives a visitor a new CSRF secret; *csrf.Protection is one.
type Rotator interface {
	Rotate(w http.ResponseWriter, r *http.Request)
}

// Config says how accounts work. Store, Sessions, Passwords, Mail and PublicURL
// must be set.
type Config struct {
	Store     Store
	Sessions  *sessions.Manager
	Passwords *passwords.Hasher
	Mail      Mailer
	// PublicURL is the origin that links in mails begin with. It is never
	// taken from a request.
	PublicURL *url.URL

	// CSRF is told of sign-in, sign-out and password change. Nil: nobody is,
	// and tokens live as long as csrf binds them to the session.
	CSRF Rotator
	// Policy judges new passwords; nil means passwords.NewPolicy with the zero
	// PolicyConfig.
	Policy *passwords.Policy
	// Guard counts attempts at passwords. Nil allows any number: set it.
	Guard Guard

	// Pages renders the pages; nil means those of [Files], with their static
	// files, which [Accounts.Register] then serves.
	Pages *safehtml.Templates
	// SiteName is what mails and pages call the site; "" means the host of PublicURL.
	SiteName string
	// Home is the path to go to after sign-in; "" means "/account/".
	Home string

	// SignupClosed answers 404 to sign-up: accounts are made by [Accounts.Create].
	SignupClosed bool
	// VerifyAge and ResetAge are how long links work: 0 means 24 hours, which
	// is also the most, and 1 hour, of at most 24.
	VerifyAge, ResetAge time.Duration
	// MailBudget is how many mails an address gets in an hour by sign-up and
	// reset; 0 means 5.
	MailBudget int
	// AllowAnyBrowser lets a confirmation link work with a button alone in any
	// browser, not only in the one that signed up. Whoever presses it in a mail
	// that they did not ask for then opens an account with a stranger's
	// password. For development, where one site has two names
	// (localhost and 127.0.0.1) and so two cookies.
	AllowAnyBrowser bool
	// InsecureCookie lets the sign-up cookie go over plain HTTP: for
	// development on this machine only.
	InsecureCookie bool

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Audit is told of everything that happens; nil is silent.
	Audit audit.Sink
	// Deny answers requests that are refused; nil means the plain page.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
}

// Accounts serves the account pages and manages users. It is immutable and safe
// for concurrent use.
type Accounts struct {
	cfg    Config
	origin string // scheme and host of PublicURL
	pages  *safehtml.Templates
	static *safehtml.Static // nil: somebody else serves it
	cookie string           // name of the sign-up cookie
}

// New returns Accounts, or all that is wrong with the configuration.
func New(cfg Config) (*Accounts, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf("accounts: "+format, args...)) }
	if cfg.Store == nil || cfg.Sessions == nil || cfg.Passwords == nil || cfg.Mail == nil {
		fail("Store, Sessions, Passwords and Mail must be set")
	}
	a := &Accounts{cookie: "__Host-signup"}
	if origin, ok := originOf(cfg.PublicURL); ok {
		a.origin = origin
		if cfg.SiteName == "" {
			cfg.SiteName = cfg.PublicURL.Hostname()
		}
	} else {
		fail("PublicURL must be an origin: http or https, a host, and nothing else")
	}
	if cfg.InsecureCookie {
		a.cookie = "signup"
	}
	if cfg.Home == "" {
		cfg.Home = pathHome
	}
	if _, ok := hosts.LocalRedirect(cfg.Home); !ok {
		fail("Home %q is not a path of this site", cfg.Home)
	}
	duration(&cfg.VerifyAge, DefaultVerifyAge, "VerifyAge", fail)
	duration(&cfg.ResetAge, DefaultResetAge, "ResetAge", fail)
	if cfg.MailBudget == 0 {
		cfg.MailBudget = DefaultMailBudget
	}
	if cfg.MailBudget < 1 || cfg.MailBudget > 100 {
		fail("MailBudget %d is not between 1 and 100", cfg.MailBudget)
	}
	if cfg.Policy == nil {
		var err error
		if cfg.Policy, err = passwords.NewPolicy(passwords.PolicyConfig{}); err != nil {
			errs = append(errs, err)
		}
	}
	if cfg.Guard == nil {
		cfg.Guard = openGuard{}
	}
	if cfg.Audit == nil {
		cfg.Audit = audit.Discard
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	a.cfg, a.pages = cfg, cfg.Pages
	if a.pages == nil {
		if err := a.ownPages(); err != nil {
			return nil, err
		}
	}
	if err := a.checkPages(); err != nil {
		return nil, err
	}
	return a, nil
}

// originOf returns u as the beginning of a link, if it is scheme and host alone.
func originOf(u *url.URL) (origin string, ok bool) {
	if u == nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	if u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

func duration(d *time.Duration, otherwise time.Duration, name string, fail func(string, ...any)) {
	if *d == 0 {
		*d = otherwise
	}
	if *d < time.Minute || *d > 24*time.Hour {
		fail("%s %v is not between one minute and 24 hours", name, *d)
	}
}

// openGuard lets everything pass.
type openGuard struct{}

func (openGuard) Reserve(*http.Request, string) (func(context.Context, lockout.Outcome) error, error) {
	return func(context.Context, lockout.Outcome) error { return nil }, nil
}

func (openGuard) Trust(http.ResponseWriter, *http.Request, string) {}

func (openGuard) PasswordChanged(context.Context, string) error { return nil }

// Paths of the pages.
const (
	pathHome      = "/account/"
	pathSignup    = "/account/signup"
	pathSent      = "/account/signup/sent"
	pathVerify    = "/account/email/verify"
	pathLogin     = "/account/login"
	pathLogout    = "/account/logout"
	pathChange    = "/account/password/change"
	pathReset     = "/account/password/reset"
	pathResetSent = "/account/password/reset/sent"
	pathResetSet  = "/account/password/reset/confirm"
	pathUnlock    = "/account/unlock"
	pathSessions  = "/account/sessions"
	pathWellKnown = "/.well-known/change-password"
)

// Register adds the pages to mux: everything under /account/ that is listed in
// docs/accounts.md, /.well-known/change-password and, if Config.Pages is nil,
// the static files under /-/static/.
func (a *Accounts) Register(mux *http.ServeMux) {
	handle := func(path string, get, post http.HandlerFunc) {
		mux.HandleFunc("GET "+path, private(get))
		if post != nil {
			mux.HandleFunc("POST "+path, private(post))
		}
	}
	handle(pathHome+"{$}", a.member(a.home), nil)
	if !a.cfg.SignupClosed {
		handle(pathSignup, a.showSignup, a.signup)
		handle(pathSent, a.showSent, nil)
		handle(pathVerify, a.showVerify, a.verify)
	}
	handle(pathLogin, a.showLogin, a.login)
	handle(pathLogout, a.showLogout, a.logout)
	handle(pathChange, a.member(a.showChange), a.member(a.change))
	handle(pathReset, a.showReset, a.reset)
	handle(pathResetSent, a.showResetSent, nil)
	handle(pathResetSet, a.showResetSet, a.resetSet)
	if _, ok := a.cfg.Guard.(unlocker); ok {
		handle(pathUnlock, a.showUnlock, a.unlock)
	}
	handle(pathSessions, a.member(a.showSessions), a.member(a.endSessions))
	handle("/account", func(w http.ResponseWriter, r *http.Request) { seeOther(w, r, pathHome) }, nil)
	handle(pathWellKnown, func(w http.ResponseWriter, r *http.Request) { seeOther(w, r, pathChange) }, nil)
	if a.static != nil {
		mux.Handle("GET "+a.static.Pattern(), a.static)
	}
}

// private sets what holds for every page here: nothing is kept by caches, and
// an address with a token in it is told to nobody.
func private(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Cache-Control"] = noStore
		h["Referrer-Policy"] = noReferrer
		next(w, r)
	}
}

var (
	noStore    = []string{"no-store"}
	noReferrer = []string{"no-referrer"}
)

// seeOther sends the browser to a path of this site with GET, so that reloading
// the page does not send the form again.
func seeOther(w http.ResponseWriter, _ *http.Request, path string) {
	h := w.Header()
	h.Set("Location", path)
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusSeeOther)
}
