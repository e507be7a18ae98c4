package csp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

// ReceiverConfig says what a [Receiver] does with reports. Only Store is required.
type ReceiverConfig struct {
	// Store keeps the reports.
	Store ReportStore
	// Route returns the route of a page's path; nil means [RouteOf].
	Route func(path string) string
	// Hosts are the hosts, without port, whose pages may be reported about.
	// Nil means the host that the report is sent to.
	Hosts []string
	// Ignore are domains that are not worth a report when blocked, they and
	// all below them, such as those of programs that change pages.
	Ignore []string
	// MaxPending is how many different reports are held between two writes to
	// the store; 0 means 1000.
	MaxPending int
	// Rate is how many requests a second are read, over all clients; 0 means 50.
	Rate int
	// Interval is the time between two writes to the store; 0 means 10 seconds.
	Interval time.Duration
	// Keep is how long a report is kept after it was last sent; 0 means 30 days.
	Keep time.Duration
	// Observe is called with each report that is taken, for metrics; nil is
	// not. It must be quick and safe for concurrent use.
	Observe func(Report)
	// Audit takes an event for a script that an enforced policy stopped, at
	// most ten for each write to the store; nil drops them.
	Audit audit.Sink
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger is told when reports cannot be stored; nil is silent.
	Logger *slog.Logger
}

// Stats counts what a [Receiver] did since it was made.
type Stats struct {
	Accepted  int64 // reports taken
	Noise     int64 // of extensions, ignored domains, the browser's own pages
	Foreign   int64 // about pages of other hosts
	Malformed int64 // unreadable, or of an unknown kind
	Limited   int64 // requests beyond the rate
	Displaced int64 // different reports displaced by others before a write
	Lost      int64 // different reports that the store refused
}

// Receiver takes the reports that browsers send. Anyone may send it anything:
// it reads at most 64 KiB of a request and so many requests a second, keeps so
// many different reports in memory, and writes them to the store together, so
// that neither a flood nor a thousand visitors make more than one write an
// interval. It is safe for concurrent use.
//
// Mount it at the path of Config.ReportEndpoint, outside of authentication and
// CSRF protection, and call Run.
type Receiver struct {
	config  ReceiverConfig
	pending *MemoryStore

	accepted, noise, foreign, malformed, limited, displaced, lost atomic.Int64

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

// NewReceiver returns a Receiver, or an error if config is not sound.
func NewReceiver(config ReceiverConfig) (*Receiver, error) {
	if config.Store == nil {
		return nil, errors.New("csp: receiver without a Store")
	}
	if config.MaxPending < 0 || config.Rate < 0 || config.Interval < 0 || config.Keep < 0 {
		return nil, errors.New("csp: receiver with a negative bound")
	}
	if config.Route == nil {
		config.Route = RouteOf
	}
	if config.MaxPending == 0 {
		config.MaxPending = 1000
	}
	if config.Rate == 0 {
		config.Rate = 50
	}
	if config.Interval == 0 {
		config.Interval = 10 * time.Second
	}
	if config.Keep == 0 {
		config.Keep = 30 * 24 * time.Hour
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Hosts = lowered(config.Hosts)
	config.Ignore = lowered(config.Ignore)
	return &Receiver{config: config, pending: NewMemoryStore(config.MaxPending), tokens: float64(2 * config.Rate)}, nil
}

func lowered(names []string) []string {
	names = slices.Clone(names)
	for i, n := range names {
		names[i] = lowerASCII(n)
	}
	return names
}

// ServeHTTP takes a POST of application/csp-report or application/reports+json
// and answers 204, also to what it filters out; 400, 405, 413, 415 and 429 say
// what is wrong with the request.
func (c *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	limit := int64(maxLegacyBody)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == "application/csp-report":
	case err == nil && media == "application/reports+json":
		limit = maxBatchBody
	default:
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // rather than read what is left
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	info, r := request.Attach(r)
	now := info.Time(c.config.Now)
	if !c.allow(now) {
		c.limited.Add(1)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		w.WriteHeader(status)
		return
	}
	if err := c.take(r, limit == maxBatchBody, text, now); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// allow is a token bucket over all clients that holds two seconds' worth.
func (c *Receiver) allow(now time.Time) bool {
	rate := float64(c.config.Rate)
	c.mu.Lock()
	defer c.mu.Unlock()
	if passed := now.Sub(c.filled).Seconds(); passed > 0 {
		c.tokens = min(2*rate, c.tokens+passed*rate)
		c.filled = now
	}
	if c.tokens < 1 {
		return false
	}
	c.tokens--
	return true
}

// take reads a request's body and keeps what is worth it.
func (c *Receiver) take(r *http.Request, batch bool, text []byte, now time.Time) error {
	var all []received
	if batch {
		var malformed int
		var err error
		all, malformed, err = readBatch(text)
		c.malformed.Add(int64(malformed))
		if err != nil {
			c.malformed.Add(1)
			return err
		}
	} else {
		one, err := readLegacy(text)
		if err != nil {
			c.malformed.Add(1)
			return err
		}
		all = []received{one}
	}
	own := hostOnly(request.Host(r))
	agent := r.UserAgent()
	for _, in := range all {
		if in.userAgent == "" {
			in.userAgent = agent
		}
		report, counter := c.judge(in, own)
		counter.Add(1)
		if report == nil {
			continue
		}
		report.Count = 1
		report.Last = now.Add(-in.age).UTC().Truncate(time.Millisecond)
		report.First = report.Last
		if c.config.Observe != nil {
			c.config.Observe(*report)
		}
		c.keep(*report)
	}
	return nil
}

// keep holds the report until the next write. Beyond the bound it displaces
// the least reported of a few, which costs no more with many held.
func (c *Receiver) keep(r Report) {
	s := c.pending
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merge(r)
	if len(s.reports) <= s.max {
		return
	}
	key, least, seen := "", int64(0), 0
	mine := r.Key()
	for k, have := range s.reports {
		if k != mine && (key == "" || have.Count < least) {
			key, least = k, have.Count
		}
		if seen++; seen == 8 {
			break
		}
	}
	delete(s.reports, key)
	c.displaced.Add(1)
}

// judge makes a Report of what was received, or says under what it counts.
func (c *Receiver) judge(in received, own string) (*Report, *atomic.Int64) {
	b := &in.body
	page, err := url.Parse(in.document)
	if err != nil || len(in.document) > 4096 || page.Host == "" || page.Scheme != "http" && page.Scheme != "https" {
		if isNoise(in.document) {
			return nil, &c.noise
		}
		return nil, &c.malformed
	}
	host := lowerASCII(page.Hostname())
	if c.config.Hosts == nil && host != own || c.config.Hosts != nil && !slices.Contains(c.config.Hosts, host) {
		return nil, &c.foreign
	}
	r := &Report{
		Kind:     in.kind,
		Enforced: b.Disposition != "report" && b.Disposition != "reporting",
		Route:    clean(c.config.Route(page.EscapedPath()), maxRoute),
		Sample:   clean(b.Sample, maxSample),
		Source:   withoutQuery(b.SourceFile),
		Line:     int(b.Line),
	}
	if r.Source == withoutQuery(in.document) {
		r.Source = r.Route // the page itself, whose path may hold what is nobody's business
	}
	if browser := browserOf(in.userAgent); browser != "" {
		r.Browsers = []string{browser}
	}
	if isNoise(b.SourceFile) {
		return nil, &c.noise
	}
	if !r.describe(b, page) {
		return nil, &c.malformed
	}
	if isNoise(b.Blocked) && r.Blocked != BlockedInline {
		return nil, &c.noise
	}
	if _, blockedHost, ok := strings.Cut(r.Blocked, "://"); ok {
		for _, domain := range c.config.Ignore {
			if isBelow(hostOnly(blockedHost), domain) {
				return nil, &c.noise
			}
		}
	}
	return r, &c.accepted
}

// describe fills in what the report is about, by its kind.
func (r *Report) describe(b *body, page *url.URL) bool {
	switch r.Kind {
	case KindViolation:
		r.Directive = lowerASCII(b.Directive)
		if len(r.Directive) > 64 || lookup(Directive(r.Directive)).kind == unknownKind {
			return false
		}
		r.Blocked = blockedBy(b.Blocked, page)
		return r.Blocked != ""
	case KindDeprecation, KindIntervention:
		r.Directive, r.Sample = b.ID, clean(b.Message, maxSample)
	case KindCOOP, KindCOEP, KindNetworkError:
		r.Directive = b.Type
		if b.Blocked != "" {
			r.Blocked = blockedBy(b.Blocked, page)
		}
	case KindCrash:
		if r.Directive = b.Reason; r.Directive == "" {
			r.Directive = "crash"
		}
	case KindPermissions:
		r.Directive, r.Sample = b.PolicyID, clean(b.Message, maxSample)
	case KindIntegrity:
		r.Directive = b.Destination
		r.Blocked = blockedBy(b.Blocked, page)
	default:
		return false
	}
	r.Directive = clean(r.Directive, 64)
	return r.Directive != ""
}

// blockedBy returns what [Report.Blocked] says for a blocked URL or word, ""
// if it is neither.
func blockedBy(text string, page *url.URL) string {
	switch text {
	case "", "inline", "self": // "" and "self" by browsers of CSP 2
		return BlockedInline
	case BlockedEval, BlockedWasmEval, BlockedTTPolicy, BlockedTTSink:
		return text
	}
	if len(text) > 64<<10 {
		return ""
	}
	if scheme, _, ok := strings.Cut(text, ":"); !ok || len(scheme) == len(text)-1 {
		if isScheme(scheme) && len(scheme) <= 32 { // a scheme alone, as in "data"
			return lowerASCII(scheme) + ":"
		}
		return ""
	}
	if scheme, _, _ := strings.Cut(text, ":"); !strings.Contains(text, "://") || scheme == "blob" || scheme == "filesystem" {
		if isScheme(scheme) && len(scheme) <= 32 {
			return lowerASCII(scheme) + ":"
		}
		return ""
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 {
		text = text[:i] // whatever is there may be malformed
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	origin := originOf(u)
	if strings.Contains(origin, "*") || len(origin) > maxBlocked || checkText(Source(origin)) != nil {
		return "" // no browser loads from there
	}
	if origin == originOf(page) {
		return BlockedSelf
	}
	return origin
}

// hostOnly returns the host of host[:port] in lower case.
func hostOnly(hostport string) string {
	u := url.URL{Host: hostport}
	return strings.TrimSuffix(lowerASCII(u.Hostname()), ".")
}

// Flush writes what was taken to the store. If the store refuses, the reports
// are lost, and counted as such.
func (c *Receiver) Flush(ctx context.Context) error {
	all := c.pending.take()
	if len(all) == 0 {
		return nil
	}
	c.record(ctx, all)
	if err := c.config.Store.Add(ctx, all); err != nil {
		c.lost.Add(int64(len(all)))
		return fmt.Errorf("csp: storing %d reports: %w", len(all), err)
	}
	return nil
}

// record audits the scripts that were stopped, the most reported ones: each may
// be an attack that the policy has foiled.
func (c *Receiver) record(ctx context.Context, all []Report) {
	if c.config.Audit == nil {
		return
	}
	stopped := slices.DeleteFunc(slices.Clone(all), func(r Report) bool {
		return r.Kind != KindViolation || !r.Enforced || !strings.HasPrefix(r.Directive, string(ScriptSrc))
	})
	slices.SortFunc(stopped, func(a, b Report) int { return cmp.Compare(b.Count, a.Count) })
	for _, r := range stopped[:min(len(stopped), 10)] {
		// Reports are no audit trail: one that cannot be recorded is still stored.
		_ = c.config.Audit.Record(ctx, audit.Event{
			Name: audit.MaliciousCSPViolation, Time: r.Last, Subject: r.Route, Control: "csp", Reason: r.Directive,
			Detail: fmt.Sprintf("%s (%d times)", what(r), r.Count),
		})
	}
}

// pruneEvery is how often Run drops what is older than Keep.
const pruneEvery = time.Hour

// Run flushes at every interval until ctx ends, and once more then; it drops
// old reports at the start and every hour. It returns nil.
func (c *Receiver) Run(ctx context.Context) error {
	ticker := time.NewTicker(c.config.Interval)
	defer ticker.Stop()
	var pruned time.Time
	for {
		if now := c.config.Now(); now.Sub(pruned) >= pruneEvery {
			c.prune(ctx, now)
			pruned = now
		}
		select {
		case <-ticker.C:
			c.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			c.flush(last)
			return nil
		}
	}
}

func (c *Receiver) flush(ctx context.Context) {
	if err := c.Flush(ctx); err != nil && c.config.Logger != nil {
		c.config.Logger.WarnContext(ctx, "csp reports lost", slog.String("error", err.Error()))
	}
}

func (c *Receiver) prune(ctx context.Context, now time.Time) {
	if _, err := c.config.Store.Prune(ctx, now.Add(-c.config.Keep)); err != nil && ctx.Err() == nil && c.config.Logger != nil {
		c.config.Logger.WarnContext(ctx, "old csp reports kept", slog.String("error", err.Error()))
	}
}

// Stats returns the counters.
func (c *Receiver) Stats() Stats {
	return Stats{
		Accepted: c.accepted.Load(), Noise: c.noise.Load(), Foreign: c.foreign.Load(), Malformed: c.malformed.Load(),
		Limited: c.limited.Load(), Displaced: c.displaced.Load(), Lost: c.lost.Load(),
	}
}
