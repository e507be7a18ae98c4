package merlon

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/headers"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/settings"
)

// cspReports is where browsers send what a policy blocked.
const cspReports = "/-/csp-report"

// Compose builds every control from the settings. What a setting got wrong is
// reported with its name and where it was set, all of it at once, as
// settings.Errors joined with whatever else is wrong. Settings that settings.Read
// found faults in are judged too, and never give a site.
func Compose(c Config) (*Site, error) {
	if c.Settings == nil {
		return nil, errors.New("merlon: no settings")
	}
	b := &builder{set: c.Settings, site: &Site{
		set: c.Settings, logger: c.Logger, now: c.Now, ping: c.Stores.Ping, name: c.SiteName,
	}}
	b.wrong, _ = errors.AsType[settings.Errors](c.Settings.Err())
	if b.site.logger == nil {
		b.site.logger = slog.New(slog.DiscardHandler)
	}
	if b.site.now == nil {
		b.site.now = time.Now
	}
	b.site.sink = audit.Tee(audit.NewSlog(b.site.logger), c.Stores.Audit)
	if b.site.name == "" {
		b.site.name = "Merlon"
		if u := c.Settings.Hosts.PublicURL; u != nil && !c.Settings.Dev {
			b.site.name = u.Hostname()
		}
	}
	b.hosts()
	b.headers()
	b.securityTxt()
	b.pages(c)
	b.csp()
	b.reports(c.Stores.Reports)
	b.ring()
	b.limits(c)
	b.csrf()
	b.sessions(c.Stores.Sessions)
	b.mail(c)
	b.lockout(c.Stores.Lockout, c.Lockout)
	b.accounts(c.Stores.Accounts)
	if err := b.err(); err != nil {
		return nil, err
	}
	return b.site, nil
}

// A builder translates settings into the Config of each control.
type builder struct {
	set    *settings.Settings
	site   *Site
	wrong  settings.Errors
	others []error
}

func (b *builder) hosts() {
	h := b.set.Hosts
	if len(h.Allowed) == 0 && !b.set.Dev {
		b.try("ALLOWED_HOSTS", "", errors.New("missing; write the hosts this site answers to, such as example.com,.example.org"))
	}
	proxies, err := hosts.ParseProxies(h.TrustedProxies)
	b.try("TRUSTED_PROXIES", strings.Join(h.TrustedProxies, ","), err)
	c := hosts.Config{
		TrustedProxies:       proxies,
		InsecureSkipRedirect: !h.SSLRedirect,
		SSLHost:              h.SSLHost,
		RedirectExempt:       h.RedirectExempt,
		Audit:                b.site.sink,
		Deny:                 b.site.deny,
	}
	for _, name := range h.Allowed {
		if name == "*" {
			c.AllowAnyHost = true // check --deploy objects
		} else {
			c.Allowed = append(c.Allowed, name)
		}
	}
	if len(c.Allowed) == 0 && (b.set.Dev || !b.set.Sound("ALLOWED_HOSTS")) {
		c.Allowed = hosts.LocalHosts() // the second is for the sake of what else is judged
	}
	probe := func(key, value string, c hosts.Config) {
		if len(c.Allowed) == 0 {
			c.Allowed = []string{"localhost"}
		}
		_, err := hosts.New(c)
		b.try(key, value, err)
	}
	probe("ALLOWED_HOSTS", strings.Join(h.Allowed, ","), hosts.Config{Allowed: c.Allowed})
	probe("SECURE_SSL_HOST", h.SSLHost, hosts.Config{SSLHost: h.SSLHost})
	probe("SECURE_REDIRECT_EXEMPT", strings.Join(h.RedirectExempt, ","), hosts.Config{RedirectExempt: h.RedirectExempt})
	b.site.gate, err = hosts.New(c)
	b.whole(err, "ALLOWED_HOSTS", "TRUSTED_PROXIES", "SECURE_SSL_", "SECURE_REDIRECT_EXEMPT")
	if h.PublicURL == nil && b.set.Sound("ALLOWED_HOSTS") && b.sound("ALLOWED_HOSTS", "LISTEN", "PORT", "DEBUG") {
		b.try("PUBLIC_URL", "", errors.New("not set, and ALLOWED_HOSTS names no host to take it from; write it like https://www.example.com"))
	}
}

func (b *builder) headers() {
	h := b.set.Headers
	var permissions headers.PermissionsPolicy
	var err error
	if h.PermissionsPolicy != "" {
		permissions, err = headers.ParsePermissionsPolicy(h.PermissionsPolicy)
		b.try("PERMISSIONS_POLICY", h.PermissionsPolicy, err)
	}
	c := headers.Config{
		FrameOptions:              h.FrameOptions,
		ReferrerPolicy:            h.ReferrerPolicy,
		CrossOriginOpenerPolicy:   h.CrossOriginOpenerPolicy,
		CrossOriginResourcePolicy: h.CrossOriginResourcePolicy,
		CrossOriginEmbedderPolicy: h.CrossOriginEmbedderPolicy,
		PermissionsPolicy:         permissions,
		HSTSSeconds:               h.HSTSSeconds,
		HSTSRampStart:             h.HSTSRampStart,
		HSTSIncludeSubdomains:     h.HSTSIncludeSubdomains,
		HSTSPreload:               h.HSTSPreload,
		Now:                       b.site.now,
	}
	// An empty setting sends no header; in Config it would mean the default.
	for name, value := range map[string]string{
		"Referrer-Policy": h.ReferrerPolicy, "Cross-Origin-Opener-Policy": h.CrossOriginOpenerPolicy,
		"Cross-Origin-Resource-Policy": h.CrossOriginResourcePolicy, "X-Frame-Options": h.FrameOptions,
	} {
		if value == "" {
			c.SkipHeaders = append(c.SkipHeaders, name)
		}
	}
	if h.HSTSSeconds == 0 && h.HSTSRampStart.IsZero() {
		c.SkipHeaders = append(c.SkipHeaders, "Strict-Transport-Security")
		c.HSTSIncludeSubdomains, c.HSTSPreload = false, false
	}
	probe := func(key, value string, c headers.Config) {
		_, err := headers.New(c)
		b.try(key, value, err)
	}
	probe("X_FRAME_OPTIONS", h.FrameOptions, headers.Config{FrameOptions: h.FrameOptions})
	probe("SECURE_REFERRER_POLICY", h.ReferrerPolicy, headers.Config{ReferrerPolicy: h.ReferrerPolicy})
	probe("SECURE_CROSS_ORIGIN_OPENER_POLICY", h.CrossOriginOpenerPolicy, headers.Config{CrossOriginOpenerPolicy: h.CrossOriginOpenerPolicy})
	probe("SECURE_CROSS_ORIGIN_RESOURCE_POLICY", h.CrossOriginResourcePolicy, headers.Config{CrossOriginResourcePolicy: h.CrossOriginResourcePolicy})
	probe("SECURE_CROSS_ORIGIN_EMBEDDER_POLICY", h.CrossOriginEmbedderPolicy, headers.Config{CrossOriginEmbedderPolicy: h.CrossOriginEmbedderPolicy})
	if h.HSTSPreload && b.sound("SECURE_HSTS_") {
		probe("SECURE_HSTS_PRELOAD", "", headers.Config{
			HSTSSeconds: h.HSTSSeconds, HSTSRampStart: h.HSTSRampStart, HSTSIncludeSubdomains: h.HSTSIncludeSubdomains, HSTSPreload: true,
		})
	}
	b.site.headers, err = headers.New(c)
	b.whole(err, "SECURE_", "X_FRAME_OPTIONS", "PERMISSIONS_POLICY")
}

func (b *builder) csp() {
	c := csp.Config{Logger: b.site.logger, ReportEndpoint: cspReports, SkipReports: b.set.CSP.SkipReports}
	parse := func(key, text string) csp.Policy {
		if text == "" {
			return nil
		}
		if strings.EqualFold(strings.TrimSpace(text), "strict-hash") {
			c.Logger = nil // the same templates ask for a nonce under strict, and need none here
			return b.strictHash()
		}
		policy, err := csp.Parse(text)
		b.try(key, text, err)
		return policy
	}
	c.Policy = parse("CSP", b.set.CSP.Policy)
	c.ReportOnly = parse("CSP_REPORT_ONLY", b.set.CSP.ReportOnly)
	c.SkipEnforce = b.set.CSP.Policy == ""
	if !b.sound("CSP") {
		return
	}
	var err error
	b.site.csp, err = csp.New(c)
	b.whole(err)
}

// reports makes the receiver of what browsers report about the policies.
func (b *builder) reports(store csp.ReportStore) {
	c := csp.ReceiverConfig{Store: store, Audit: b.site.sink, Now: b.site.now, Logger: b.site.logger}
	if c.Store == nil {
		c.Store = csp.NewMemoryStore(0)
	}
	if b.set.Dev {
		c.Interval = time.Second // a developer looks at once
	}
	var err error
	b.site.reports, err = csp.NewReceiver(c)
	b.whole(err)
	if err == nil {
		b.site.workers = append(b.site.workers, b.site.reports.Run)
	}
}

// ring makes the site's keys. Under --dev a site without a key gets one that
// lives as long as the process: `serve --dev` keeps its own in a file.
func (b *builder) ring() {
	key := b.set.Keys.SecretKey
	if key.IsZero() && b.set.Dev {
		key = secrets.New(secrets.Generate())
	}
	_, err := secrets.NewRing(key)
	b.try("SECRET_KEY", "", err)
	if err != nil {
		key = secrets.New(secrets.Generate()) // for the sake of what follows: there will be no site
	}
	if b.site.keys, err = secrets.NewRing(key, b.set.Keys.Fallbacks...); err != nil {
		b.try("SECRET_KEY_FALLBACKS", "", err)
		b.site.keys, err = secrets.NewRing(key)
		b.whole(err)
	}
}

func (b *builder) csrf() {
	s := b.set.CSRF
	c := csrf.Config{
		Keys:           b.site.keys,
		Session:        sessions.Binding,
		TrustedOrigins: s.TrustedOrigins,
		HeaderName:     s.HeaderName,
		FieldName:      s.FieldName,
		CookieName:     s.CookieName,
		InsecureCookie: b.set.Dev,
		// Reports are sent by the browser itself, without cookies or a token.
		Exempt: []string{"POST " + cspReports},
		// No other site has business loading these into its own pages, and the
		// time or size of what comes back would tell it who is signed in.
		Isolate: []string{"/account/", "/console/"},
		// The site's own limit: a token behind a large text still counts.
		FormLimit: b.set.Server.BodyLimit,
		Audit:     b.site.sink,
		Deny:      b.site.deny,
	}
	if b.set.Dev {
		c.CookieName = cmp.Or(strings.TrimPrefix(c.CookieName, "__Host-"), csrf.DefaultInsecureCookieName)
	}
	_, err := csrf.New(csrf.Config{Keys: b.site.keys, TrustedOrigins: s.TrustedOrigins})
	b.try("CSRF_TRUSTED_ORIGINS", strings.Join(s.TrustedOrigins, ","), err)
	_, err = csrf.New(csrf.Config{Keys: b.site.keys, CookieName: c.CookieName, InsecureCookie: c.InsecureCookie})
	b.try("CSRF_COOKIE_NAME", s.CookieName, err)
	_, err = csrf.New(csrf.Config{Keys: b.site.keys, HeaderName: s.HeaderName})
	b.try("CSRF_HEADER_NAME", s.HeaderName, err)
	_, err = csrf.New(csrf.Config{Keys: b.site.keys, FieldName: s.FieldName})
	b.try("CSRF_FIELD_NAME", s.FieldName, err)
	b.site.csrf, err = csrf.New(c)
	b.whole(err, "CSRF_", "BODY_LIMIT")
}

func (b *builder) sessions(store sessions.Store) {
	s := b.set.Sessions
	c := sessions.Config{
		Store: store, CookieName: s.CookieName, Age: s.CookieAge, IdleAge: s.IdleAge, InsecureCookie: b.set.Dev,
		Now: b.site.now, Audit: b.site.sink, Logger: b.site.logger, Deny: b.site.deny,
	}
	if b.set.Dev {
		c.CookieName = strings.TrimPrefix(c.CookieName, "__Host-")
	}
	_, err := sessions.New(sessions.Config{Store: store, CookieName: c.CookieName, InsecureCookie: c.InsecureCookie})
	if store != nil {
		b.try("SESSION_COOKIE_NAME", s.CookieName, err)
	}
	m, err := sessions.New(c)
	b.whole(err, "SESSION_")
	if m != nil {
		b.site.sessions = m
		b.site.workers = append(b.site.workers, m.Run)
	}
}

// lockout builds the guard of the passwords. Without a store it counts in this
// process, which holds as long as the process and on no other node.
func (b *builder) lockout(store lockout.Store, change func(*lockout.Config)) {
	if store == nil {
		store = lockout.NewMemory(0)
	}
	s := b.set.Lockout
	parameters, err := lockout.ParseParameters(s.Parameters)
	b.try("LOCKOUT_PARAMETERS", s.Parameters, err)
	networks := func(key string, list []string) []netip.Prefix {
		all, err := lockout.ParseNetworks(list)
		b.try(key, strings.Join(list, ","), err)
		return all
	}
	c := lockout.Config{
		Keys: b.site.keys, Store: store, FailureLimit: s.FailureLimit, Cooloff: s.Cooloff, MaxCooloff: s.MaxCooloff, Parameters: parameters,
		HardLimit: s.HardLimit, HideLock: s.Hidden,
		DenyNetworks:  networks("LOCKOUT_DENY_NETWORKS", s.DenyNetworks),
		AllowNetworks: networks("LOCKOUT_ALLOW_NETWORKS", s.AllowNetworks),
		Normalize:     oneSpelling, InsecureCookie: b.set.Dev,
		Now: b.site.now, Audit: b.site.sink, Logger: b.site.logger, Deny: b.site.deny,
	}
	if !b.sound("LOCKOUT_") {
		return
	}
	if change != nil {
		change(&c)
	}
	told := c.OnLock
	c.OnLock = func(ctx context.Context, l lockout.Lock) {
		b.site.metrics.lock(l)
		if told != nil {
			told(ctx, l)
		}
	}
	guard, err := lockout.New(c)
	b.whole(err)
	if guard != nil {
		b.site.metrics.locksOf(guard)
		b.site.lockout = guard
		b.site.workers = append(b.site.workers, guard.Run)
	}
}

// mail opens the mail service and the outbox. Without a service mail waits in
// the outbox until there is one, and nobody can sign up: check says so.
func (b *builder) mail(c Config) {
	m := b.set.Mail
	if c.Stores.Outbox == nil {
		return
	}
	if b.set.Dev {
		b.site.mailbox = &mail.Mailbox{Now: b.site.now}
	}
	var sender mail.Sender = noMail{}
	from := b.from()
	if !m.URL.IsZero() {
		config := mail.Config{From: from, Console: c.Console, Now: b.site.now}
		if m.URL.Scheme == "console" || m.URL.Scheme == "memory" || m.URL.Scheme == "file" {
			config.Mailbox = b.site.mailbox
		}
		var err error
		sender, err = mail.Open(secrets.New(m.URL.Reveal()), config)
		b.try("EMAIL_URL", m.URL.Reveal(), err)
		if err != nil {
			return
		}
	}
	var err error
	b.site.queue, err = mail.NewQueue(mail.QueueConfig{
		Store: c.Stores.Outbox, Sender: sender, Keys: b.site.keys, Logger: b.site.logger, Now: b.site.now,
	})
	b.whole(err)
	if b.site.queue != nil && !m.URL.IsZero() {
		b.site.workers = append(b.site.workers, b.site.queue.Run)
	}
}

// from is the sender of the site's mail: EMAIL_FROM, or a name at the site's
// host. Where neither will do, which is noted, it is one that lets EMAIL_URL be
// judged all the same.
func (b *builder) from() string {
	m, u := b.set.Mail, b.set.Hosts.PublicURL
	from := m.From
	if from == "" && !m.URL.IsZero() && u != nil {
		from = "no-reply@" + u.Hostname()
	}
	if from != "" {
		_, err := mail.Open(secrets.New("console:"), mail.Config{From: from, Console: io.Discard})
		if err == nil {
			return from
		}
		if m.From == "" {
			err = errors.New("mail: not set, and the host of PUBLIC_URL makes no mail address; write one")
		}
		b.try("EMAIL_FROM", m.From, err)
	}
	return "no-reply@example.com"
}

// noMail is the sender of a site without a mail service. Nothing reaches it,
// since the queue does not run.
type noMail struct{}

func (noMail) Send(context.Context, mail.Message) error {
	return errors.New("merlon: no mail service: set EMAIL_URL")
}

// words are those that everybody tries first in a password for this site.
func (b *builder) words() []string {
	words := []string{b.site.name}
	if u := b.set.Hosts.PublicURL; u != nil && !b.set.Dev {
		words = append(words, u.Hostname())
	}
	return words
}

func (b *builder) accounts(store accounts.Store) {
	p := b.set.Passwords
	hasher, err := passwords.New(passwords.Config{Workers: p.HashConcurrency})
	b.whole(err)
	policy, err := passwords.NewPolicy(passwords.PolicyConfig{MinLength: p.MinLength, Context: b.words()})
	b.try("PASSWORD_MIN_LENGTH", "", err)
	if b.err() != nil {
		return // it needs all the others
	}
	c := accounts.Config{
		Store: store, Sessions: b.site.sessions, Passwords: hasher, Policy: policy,
		PublicURL: b.set.Hosts.PublicURL, CSRF: b.site.csrf, Pages: b.site.templates, SiteName: b.site.name,
		SignupClosed: b.set.Mail.URL.IsZero(), InsecureCookie: b.set.Dev, Guard: b.site.lockout,
		Now: b.site.now, Audit: b.site.sink, Deny: b.site.deny,
	}
	if b.site.queue != nil {
		c.Mail = b.site.queue
	}
	b.site.accounts, err = accounts.New(c)
	b.whole(err)
}
