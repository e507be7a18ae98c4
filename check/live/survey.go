package live

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/check"
)

// A chain is what follows from one request: answers, each redirecting to the
// next, and where the last one leads if that was not followed.
type chain struct {
	answers []*answer
	leads   *url.URL // not followed: another host, or too many
	loop    bool
	dead    bool // nothing answers where it leads
}

// last returns the answer that ended the chain, nil if nothing came.
func (c *chain) last() *answer {
	if len(c.answers) == 0 || !c.answers[len(c.answers)-1].ok() {
		return nil
	}
	return c.answers[len(c.answers)-1]
}

// route returns the addresses of the chain.
func (c *chain) route() []*url.URL {
	var route []*url.URL
	for _, a := range c.answers {
		route = append(route, a.url)
	}
	if c.leads != nil {
		route = append(route, c.leads)
	}
	return route
}

// A visit is a page that was looked at.
type visit struct {
	answer *answer
	page   *page
}

// A survey is everything that was gathered about a site. It is filled by
// explore; the rules only read it.
type survey struct {
	config    *Config
	client    *client
	dialer    *dialer
	target    *url.URL
	now       time.Time
	addresses []netip.Addr

	http, https chain // beginning with each scheme; empty if not looked at
	auto        *answer
	page        *page
	second      *answer   // the same page once more
	pages       []visit   // the first and those of the crawl
	data        []*answer // what else links lead to

	missing    *answer   // a page that does not exist
	malformed  *answer   // a path that is no valid text
	refused    []*answer // what else a server refuses: an unknown method, a long address
	cors       []corsProbe
	preflight  []corsProbe
	observed   *answer // to the preflight that the Observatory sends
	spoofs     []spoofProbe
	trace      *answer
	upgrades   []*answer // pages of the crawl asked over http
	redirects  []*answer // links with a forged target
	elsewhere  []otherAddress
	assets     []*answer // scripts, stylesheets and images of the site's own
	overrides  []override
	deceptions []deception
	files      []fileHit
	listings   []*answer
	security   *answer
	logout     *answer
	secret     string // a word that nobody else knows
	probes     int    // how many addresses were made unique

	tls        tlsSurvey
	incomplete []check.Incomplete
	notes      []string
}

func newSurvey(ctx context.Context, target *url.URL, c *Config) (*survey, error) {
	s := &survey{config: c, target: target, now: c.Now()}
	secret := make([]byte, 8)
	if _, err := io.ReadFull(c.Rand, secret); err != nil {
		return nil, fmt.Errorf("live: reading random bytes: %w", err)
	}
	s.secret = hex.EncodeToString(secret)
	host := target.Hostname()
	addrs, err := resolve(ctx, c.Resolver, host, c.AllowPrivate)
	if err != nil {
		return nil, addressError(shown(target), err)
	}
	s.addresses = addrs
	s.dialer = &dialer{hosts: map[string][]netip.Addr{host: awakeFirst(ctx, c, addrs, portOf(target))}, dial: c.Dial}
	if c.FollowWWW {
		if other := sibling(host); other != "" {
			if addrs, err := resolve(ctx, c.Resolver, other, c.AllowPrivate); err == nil {
				s.dialer.hosts[other] = awakeFirst(ctx, c, addrs, portOf(target))
			}
		}
	}
	s.client = newClient(s.dialer, c)
	return s, nil
}

func addressError(target string, err error) error {
	if _, ok := errors.AsType[*AddressError](err); ok {
		return err
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		err = errors.New("the name cannot be resolved")
		if e.IsNotFound {
			err = errors.New("the name does not exist")
		}
	}
	return &UnreachableError{URL: target, Err: err}
}

// sibling returns the host with www. added or taken away, "" for an address.
func sibling(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return ""
	}
	if rest, ok := strings.CutPrefix(host, "www."); ok {
		return rest
	}
	return "www." + host
}

// entry returns the address to begin with for the scheme, nil if that is not
// looked at.
func (s *survey) entry(scheme string) *url.URL {
	if s.target.Scheme == scheme {
		return s.target
	}
	port := s.config.HTTPSPort
	if scheme == "http" {
		port = s.config.HTTPPort
	}
	if port == 0 && s.target.Port() != "" && !slices.Contains([]string{"80", "443"}, s.target.Port()) {
		return nil
	}
	u := *s.target
	u.Scheme, u.Host = scheme, s.target.Hostname()
	if strings.Contains(u.Host, ":") {
		u.Host = "[" + u.Host + "]"
	}
	if port != 0 {
		u.Host = net.JoinHostPort(s.target.Hostname(), strconv.Itoa(port))
	}
	return &u
}

// known reports whether the scan may ask the host.
func (s *survey) known(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && len(s.dialer.hosts[strings.ToLower(u.Hostname())]) > 0
}

// maxRedirects is what browsers and the Observatory follow, more or less.
const maxRedirects = 10

// follow asks for the address and follows redirects by hand, to the hosts that
// may be asked.
func (s *survey) follow(ctx context.Context, u *url.URL) chain {
	var c chain
	seen := map[string]bool{}
	for {
		seen[u.String()] = true
		a := s.client.do(ctx, ask{url: u, body: maxBody, header: s.jarFor(c.answers, u)})
		if !a.ok() && len(c.answers) > 0 {
			c.leads, c.dead = u, true
			return c
		}
		c.answers = append(c.answers, a)
		next := a.location()
		switch {
		case !a.ok() || next == nil:
			return c
		case !s.known(next) || len(c.answers) > maxRedirects:
			c.leads = next
			return c
		case seen[next.String()]:
			c.leads, c.loop = next, true
			return c
		}
		u = next
	}
}

// jarFor returns the cookies that the chain has set so far, as a browser would
// send them back: some sites redirect for ever without. The values live no
// longer than the chain.
func (s *survey) jarFor(answers []*answer, u *url.URL) http.Header {
	values := map[string]string{}
	for _, a := range answers {
		if !a.ok() || a.url.Hostname() != u.Hostname() {
			continue
		}
		for _, line := range a.header.Values("Set-Cookie") {
			c, ok := parseCookie(line, s.now)
			if !ok || c.secure && u.Scheme != "https" || len(values) >= 20 {
				continue
			}
			pair, _, _ := strings.Cut(line, ";")
			values[c.name] = strings.TrimSpace(pair)
			if c.deletes {
				delete(values, c.name)
			}
		}
	}
	if len(values) == 0 || len(s.config.Header.Values("Cookie")) > 0 {
		return nil
	}
	var pairs []string
	for _, v := range values {
		pairs = append(pairs, v)
	}
	slices.Sort(pairs)
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}

// A step is one part of the exploration.
type step struct {
	name string
	run  func(context.Context)
}

// explore gathers everything.
func (s *survey) explore(ctx context.Context) error {
	steps := []step{
		{"second load", s.askAgain}, {"addresses", s.askAddresses}, {"pages", s.crawl}, {"error pages", s.askErrors}, {"cross-origin requests", s.askOrigins},
		{"forged hosts", s.askSpoofed}, {"methods", s.askTrace}, {"plain http", s.askUpgrades}, {"redirect targets", s.askRedirects},
		{"headers for proxies", s.askOverrides}, {"web caches", s.askDeception}, {"scripts and styles", s.askAssets},
		{"sign-out", s.askLogout}, {"security.txt", s.askSecurityTxt}, {"files", s.askFiles}, {"directories", s.askListings}, {"protocols and ciphers", s.askTLS},
	}
	s.config.Progress(0, len(steps)+1, "the site")
	if err := s.arrive(ctx); err != nil {
		return err
	}
	for i, st := range steps {
		s.config.Progress(i+1, len(steps)+1, st.name)
		if ctx.Err() == nil {
			st.run(ctx)
		}
		if ctx.Err() != nil {
			s.unjudged(st.name, outOfTime(ctx))
		}
	}
	if n := s.client.throttled.Load(); n > 0 {
		s.unjudged("requests", fmt.Sprintf("the site refused %d of %d as too many (status 429); a longer pause between them helps", n, s.client.count()))
	}
	s.config.Progress(len(steps)+1, len(steps)+1, "")
	return nil
}

// outOfTime says why the scan ended before it was done.
func outOfTime(ctx context.Context) string {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) {
		return "the scan was interrupted"
	}
	return cause.Error()
}

func (s *survey) unjudged(what, reason string) {
	s.incomplete = append(s.incomplete, check.Incomplete{Rule: what, Reason: reason})
}

// outdated reports whether something answers to an old hello that crypto/tls,
// and so no browser of today, could shake hands with.
func (s *survey) outdated(ctx context.Context) bool {
	if !s.tls.listens || s.tls.state != nil {
		return false
	}
	for _, version := range []uint16{tls12, tls11, tls10, ssl30} {
		if s.greet(ctx, helloFor(version, allSuites(false))).accepted() {
			return true
		}
	}
	return false
}

// arrive asks for the page over both schemes and chooses the one to judge.
func (s *survey) arrive(ctx context.Context) error {
	secure, plain := s.entry("https"), s.entry("http")
	if secure != nil {
		s.askCertificate(ctx, secure)
		if s.tls.trusted() {
			s.client.origin = originOf(secure)
		}
	}
	if s.target.Scheme == "http" && plain != nil {
		s.client.origin = originOf(plain)
	}
	var wg sync.WaitGroup // a port that nobody answers on holds up the other no longer than itself
	if secure != nil {
		wg.Go(func() { s.https = s.follow(ctx, secure) })
	}
	if plain != nil {
		wg.Go(func() { s.http = s.follow(ctx, plain) })
	}
	wg.Wait()
	if a := s.http.last(); a != nil && s.https.last() == nil && misplaced(a) {
		return &UnreachableError{URL: shown(s.target), Err: errors.New("https is spoken on the port that was asked for http")}
	}
	switch {
	case s.https.last() != nil:
		s.auto = s.https.last()
	case s.http.last() != nil:
		s.auto = s.http.last()
	default:
		err := errors.New("nothing answers")
		for _, c := range []chain{s.https, s.http} {
			if len(c.answers) > 0 && c.answers[len(c.answers)-1].err != nil {
				err = c.answers[len(c.answers)-1].err
				break
			}
		}
		if s.outdated(ctx) {
			err = errors.New("the server only speaks TLS that browsers have given up")
		}
		return &UnreachableError{URL: shown(s.target), Err: err}
	}
	s.page = &page{at: s.auto.url, base: s.auto.url}
	if s.auto.html() {
		s.page = readPage(s.auto.url, s.auto.body)
	}
	s.pages = []visit{{s.auto, s.page}}
	s.noteChains()
	s.noteUnread()
	s.noteAnswer()
	if plain == nil {
		s.notes = append(s.notes, "Plain http was not looked at: the address names a port; --http-port says where it is")
	}
	return nil
}
