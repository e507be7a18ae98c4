package merlon

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/headers"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/safehtml"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/settings"
)

// Stores are where a site keeps its data: what store/sqlite, store/postgres and
// store/memory give. Sessions, Accounts and Outbox are required.
type Stores struct {
	Sessions sessions.Store
	Accounts accounts.Store
	Outbox   mail.Store
	// Audit keeps the audit trail; nil leaves it to the log alone.
	Audit audit.Sink
	// Reports keeps what browsers report about the site's policies; nil keeps it
	// in this process until it ends.
	Reports csp.ReportStore
	// RateLimit is shared with other nodes; nil counts in this process.
	RateLimit ratelimit.Store
	// Lockout keeps the counts of failed sign-ins; nil keeps them in this
	// process, where a restart forgets them.
	Lockout lockout.Store
	// Ping reports whether the stores answer, for the readiness probe; nil
	// means that they always do.
	Ping func(context.Context) error
}

// Config is everything that a [Site] is made of. Settings and Stores are
// required.
type Config struct {
	Settings *settings.Settings
	Stores   Stores
	// SiteName is what pages and mails call the site; "" means the host of
	// its public URL.
	SiteName string
	// Pages and Static are templates and files of the site's own, put before
	// Merlon's: one of the same path, such as account/login.html or merlon.css,
	// takes its place. Nil adds none. Each account page gets an accounts.View.
	Pages, Static fs.FS
	// RateLimit, if set, changes how requests are limited before the limiters are
	// made, where no setting says it: a rule with a cost or a key of the site's
	// own. Rules holds the built-in ones and those of RATE_LIMITS.
	RateLimit func(c *ratelimit.Config)
	// Lockout, if set, changes how failed sign-ins are counted before the guard
	// is made, where no setting says it: a hook for each lock, a CAPTCHA.
	Lockout func(c *lockout.Config)
	// Logger is told of faults and, by way of the audit trail, of everything
	// that matters to security; nil is silent.
	Logger *slog.Logger
	// Console is where mail is printed if EMAIL_URL is console:.
	Console io.Writer
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// A Site is every control of Merlon, configured and composed. It is immutable
// once made and safe for concurrent use.
type Site struct {
	set    *settings.Settings
	name   string
	logger *slog.Logger
	sink   audit.Sink
	now    func() time.Time

	keys    *secrets.Ring
	gate    *hosts.Gate
	headers *headers.Policy
	csp     *csp.Protection
	reports *csp.Receiver
	csrf    *csrf.Protection
	limiter *ratelimit.Limiter
	// visitorLimiter has the rules by user or session; nil if there are none.
	visitorLimiter *ratelimit.Limiter
	metrics        metrics
	sessions       *sessions.Manager
	lockout        *lockout.Guard
	accounts       *accounts.Accounts
	templates      *safehtml.Templates
	static         *safehtml.Static
	queue          *mail.Queue
	mailbox        *mail.Mailbox // in development only
	security       *securityTxt  // nil if nobody is named to report holes to
	ping           func(context.Context) error

	ready   atomic.Bool
	workers []func(context.Context) error
}

// New composes a site from settings and stores that is silent but for its
// audit trail. [Compose] takes a logger and a clock too.
func New(set *settings.Settings, stores Stores) (*Site, error) {
	return Compose(Config{Settings: set, Stores: stores})
}

// Protect returns next behind every control, in the order that the package
// comment gives. Merlon's own routes (below /account/, /-/ and the
// well-known URIs it serves) are answered here; everything else goes to next.
func (s *Site) Protect(next http.Handler) http.Handler {
	h := s.route(next)
	h = s.csrf.Handler(h)
	if s.visitorLimiter != nil {
		h = s.visitorLimiter.Handler(h)
	}
	h = s.accounts.Handler(h)
	h = s.sessions.Handler(h)
	h = s.limiter.Handler(h)
	h = s.gate.Admit(h)
	h = s.strict(h)
	h = s.health(h)
	h = s.csp.Handler(h)
	h = s.headers.Handler(h)
	h = s.gate.Resolve(h)
	return s.outermost(h)
}

// Handler returns the site without an application behind it: accounts, health,
// and a welcome page that shows what protects the request that asks for it.
func (s *Site) Handler() http.Handler { return s.Protect(s.Welcome()) }

// Welcome returns the front page of a site that has none of its own, and 404
// elsewhere. It goes into [Site.Protect], perhaps behind other handlers.
func (s *Site) Welcome() http.Handler { return http.HandlerFunc(s.welcome) }

// Name returns what pages and mails call the site.
func (s *Site) Name() string { return s.name }

// Accounts returns the site's accounts.
func (s *Site) Accounts() *accounts.Accounts { return s.accounts }

// Sessions returns the site's sessions.
func (s *Site) Sessions() *sessions.Manager { return s.sessions }

// CSP returns the site's content security policies.
func (s *Site) CSP() *csp.Protection { return s.csp }

// Reports returns what receives the browsers' reports about them.
func (s *Site) Reports() *csp.Receiver { return s.reports }

// Limiter returns the site's rate limits.
func (s *Site) Limiter() *ratelimit.Limiter { return s.limiter }

// Lockout returns the guard of the site's passwords.
func (s *Site) Lockout() *lockout.Guard { return s.lockout }

// Settings returns the settings that the site was made from; do not change them.
func (s *Site) Settings() *settings.Settings { return s.set }

// RequestID returns the id of the request that ctx belongs to, which error
// pages show and log lines carry, or "" outside [Site.Protect].
func RequestID(ctx context.Context) string {
	if info := request.From(ctx); info != nil {
		return info.ID()
	}
	return ""
}

// A Refusal is why a control refused a request.
type Refusal = deny.Refusal
