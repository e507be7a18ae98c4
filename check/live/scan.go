package live

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check"
)

// Config says how [Scan] scans. The zero Config asks politely, keeps to public
// addresses, and looks at one page.
type Config struct {
	// AllowPrivate lets the scan reach loopback, private and other addresses
	// that are not of the public Internet, but for those at which clouds hand
	// out credentials (169.254.0.0/16 and its kin).
	AllowPrivate bool
	// FollowWWW lets redirects lead from example.com to www.example.com and
	// back. All other hosts are reported and not followed.
	FollowWWW bool
	// Crawl is how many further pages of the same origin are looked at, found
	// by the links of those before; at most 100.
	Crawl int
	// SkipFiles does not ask for files that should not lie about; SkipTLS does
	// not try protocol versions and cipher suites one by one.
	SkipFiles, SkipTLS bool
	// HTTPPort and HTTPSPort are used for the scheme that the URL does not
	// name; 0 means 80 and 443. Where the URL has a port of its own and the
	// other's is 0, the other scheme is not looked at.
	HTTPPort, HTTPSPort int
	// Header is sent to the origin of the URL, such as Authorization for a site
	// that is not open yet. It is never sent to another origin, to an address
	// with a bad certificate, or with a hostile Origin or Host.
	Header http.Header
	// UserAgent names the scan; "" means [DefaultUserAgent].
	UserAgent string
	// Roots are the certificate authorities; nil means the system's.
	Roots *x509.CertPool
	// Timeout is for all, RequestTimeout for one request, Pause lies between
	// requests; 0 means 2 minutes, 10 seconds and 50 milliseconds. A negative
	// Pause means none.
	Timeout, RequestTimeout, Pause time.Duration
	// Accepted are ids of rules whose findings are put aside and do not lower
	// the grade; the value is the reason, which is shown.
	Accepted map[string]string
	// Algorithm is the version of the Observatory's rules, 4 or 6; 0 means 6.
	Algorithm int
	// Preloaded reports whether browsers' preload lists hold a host; nil knows
	// of none.
	Preloaded func(host string) bool
	// Resolver and Dial reach the network; nil means the system's resolver and
	// a net.Dialer. Dial gets an address that was judged, never a name, and is
	// called by several goroutines at a time.
	Resolver Resolver
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock and Rand the source of names that nobody knows; nil
	// means time.Now and crypto/rand. Now is called by several goroutines at a
	// time.
	Now  func() time.Time
	Rand io.Reader
	// Progress, if not nil, is told how far the scan has come, by one goroutine.
	Progress func(done, total int, what string)
}

// DefaultUserAgent is what a scan calls itself.
const DefaultUserAgent = "Mozilla/5.0 (compatible; Merlon-Scan/1; +https://github.com/merlon-go/merlon/blob/main/docs/scan.md)"

const maxCrawl = 100

func (c Config) withDefaults() (Config, error) {
	if c.UserAgent == "" {
		c.UserAgent = DefaultUserAgent
	}
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Minute
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = 10 * time.Second
	}
	if c.Pause == 0 {
		c.Pause = 50 * time.Millisecond
	}
	if c.Algorithm == 0 {
		c.Algorithm = 6
	}
	if c.Preloaded == nil {
		c.Preloaded = func(string) bool { return false }
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{Timeout: c.RequestTimeout}).DialContext
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Progress == nil {
		c.Progress = func(int, int, string) {}
	}
	switch {
	case c.Crawl < 0 || c.Crawl > maxCrawl:
		return c, fmt.Errorf("live: crawl of %d pages, at most %d are allowed", c.Crawl, maxCrawl)
	case c.Algorithm != 4 && c.Algorithm != 6:
		return c, errors.New("live: the algorithm is 4 or 6")
	case strings.ContainsFunc(c.UserAgent, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return c, errors.New("live: control character in the user agent")
	}
	for _, id := range slices.Sorted(maps.Keys(c.Accepted)) {
		switch {
		case check.Find(Rules(), id) == nil:
			near := check.Nearest(id, Rules())
			if near != "" {
				near = "; did you mean " + near + "?"
			}
			return c, fmt.Errorf("live: no rule has the id %q%s", clip(id, 64), near)
		case strings.TrimSpace(c.Accepted[id]) == "":
			return c, fmt.Errorf("live: %s is accepted without a reason", id)
		}
	}
	for name := range c.Header {
		if slices.Contains([]string{"Host", "Origin", "Cookie2", "Content-Length", "Transfer-Encoding", "Connection"}, http.CanonicalHeaderKey(name)) {
			return c, fmt.Errorf("live: the header %s is the scan's own", name)
		}
	}
	return c, nil
}

// An UnreachableError says that the site did not answer.
type UnreachableError struct {
	URL string
	Err error
}

// Error says what was asked and what came instead.
func (e *UnreachableError) Error() string { return "live: " + e.URL + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Scan looks at the site and returns what was found. It returns an error if
// the address cannot be read, is private, or nothing answers there. When it
// returns, what config holds is not used any more: a Dial that was begun has
// been told to end, by its context, and has ended.
func Scan(ctx context.Context, target string, config Config) (*Result, error) {
	c, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	u, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.Timeout, fmt.Errorf("the %s for the whole scan were over; a longer time-out helps", c.Timeout))
	defer cancel()
	s, err := newSurvey(ctx, u, &c)
	if err != nil {
		return nil, err
	}
	defer s.client.roads.close()
	if err := s.explore(ctx); err != nil {
		return nil, err
	}
	return s.result(ctx)
}

// result judges what was gathered.
func (s *survey) result(ctx context.Context) (*Result, error) {
	rules := slices.Clone(table())
	bound := make([]check.Rule, len(rules))
	caps := map[string]Grade{}
	for i := range rules {
		r := &rules[i]
		caps[r.ID] = r.cap
		bound[i] = r.Rule
		bound[i].Run = func(context.Context, *check.Target) ([]check.Finding, error) { return r.judge(s), nil }
	}
	// Judging needs no network: a time-out has ended the probes, not this.
	report, err := check.Run(context.WithoutCancel(ctx), check.Options{
		Rules: bound, Deploy: true, FailLevel: check.Error, Target: &check.Target{Now: s.config.Now},
	})
	if err != nil {
		return nil, err
	}
	report.Started, report.Duration = s.now, s.config.Now().Sub(s.now)
	report.Incomplete = append(report.Incomplete, s.incomplete...)
	result := &Result{
		URL: shown(s.target), Addresses: s.addresses, Page: shown(s.auto.url), Requests: s.client.count(), Notes: s.notes,
		Observatory: s.observation().observe(), TLS: s.tls.summary(), Report: report, caps: caps,
	}
	for _, v := range s.pages {
		result.Pages = append(result.Pages, shown(v.answer.url))
	}
	result.accept(s.config.Accepted)
	result.decide()
	result.Subjects, result.Headers, result.Ways = s.overview(result), s.headersOf(), s.waysOf()
	if result.TLS != nil {
		result.TLS.HTTP3 = s.announcesHTTP3()
	}
	return result, nil
}
