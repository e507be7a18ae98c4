package live

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// What the tests of this package look at from outside.
var (
	Modifier         = modifier
	ObservatoryScore = observatoryScore
	Registrable      = registrable
)

func Public(a netip.Addr) bool { return public(a) }

// HSTS returns the parts of a parsed header.
func HSTS(values ...string) (valid bool, maxAge int64, subdomains, preload bool) {
	h := parseHSTS(values)
	return h.valid, h.maxAge, h.subdomains, h.preload
}

// Cookie returns how a cookie is judged and shown.
func Cookie(line string, now time.Time) (session, csrf bool, shown string, ok bool) {
	c, ok := parseCookie(line, now)
	return c.session(), c.csrf(), c.shown(), ok
}

func CORS(h http.Header, origin string) int { return int(judgeCORS(h, origin)) }

func SecurityTxt(body []byte, now time.Time) []string {
	faults, _ := parseSecurityTxt(body, now)
	return faults
}

// Page reads a page and returns the number of elements of each kind.
func Page(body []byte) (scripts, styles, loads, links, forms int) {
	p := readPage(&url.URL{Scheme: "https", Host: "site.test", Path: "/"}, body)
	return len(p.scripts), len(p.styles), len(p.loads), len(p.links), len(p.forms)
}

// ObserveCSP returns the Observatory's key for policies in a header and in the
// page.
func ObserveCSP(algorithm int, header, meta []string) string {
	a := &answer{url: &url.URL{Scheme: "https"}, header: http.Header{"Content-Security-Policy": header}}
	o := &observation{algorithm: algorithm, auto: a, https: a, page: &page{metaCSP: meta}}
	key, _ := o.csp()
	return key
}

// Observatories returns what each version of the Observatory's rules says of a
// site, with no more requests than it sends itself.
func Observatories(ctx context.Context, target string, config Config) (map[int]Observatory, error) {
	c, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	u, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	s, err := newSurvey(ctx, u, &c)
	if err != nil {
		return nil, err
	}
	defer s.client.roads.close()
	if err := s.arrive(ctx); err != nil {
		return nil, err
	}
	s.askObserved(ctx)
	both := map[int]Observatory{}
	for _, c.Algorithm = range []int{4, 6} {
		both[c.Algorithm] = s.observation().observe()
	}
	return both, nil
}

// Observe runs the Observatory's tests on one answer.
func Observe(algorithm int, h http.Header, body string, preloaded bool) Observatory {
	u := &url.URL{Scheme: "https", Host: "site.test", Path: "/"}
	a := &answer{url: u, status: 200, header: h, body: []byte(body)}
	o := &observation{algorithm: algorithm, host: "site.test", auto: a, https: a, http: a, httpsValid: true, httpValid: true,
		route: []*url.URL{{Scheme: "http", Host: "site.test"}, u}, preloaded: func(string) bool { return preloaded }}
	o.cookies = readCookies(a, time.Time{})
	o.readPage()
	return o.observe()
}

// ReadReply reads a server's answer to a hello.
func ReadReply(b []byte) (version uint16, suite Suite, alert int, err error) {
	r, err := readReply(&reader{b})
	if err != nil {
		return 0, 0, 0, err
	}
	return r.version, r.suite, r.alert, nil
}

// Hello returns the bytes of a hello.
func Hello(version uint16, name string) []byte {
	h := helloFor(version, allSuites(version == tls13))
	h.serverName = name
	return h.bytes()
}

// A reader gives its bytes one by one, as a network may.
type reader struct{ left []byte }

func (r *reader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], r.left)
	r.left = r.left[n:]
	return n, nil
}

// Lures are the paths of files that should not be served.
func Lures() []string {
	var list []string
	for _, l := range lures {
		list = append(list, l.path)
	}
	return list
}

// LeadsAway reports whether a browser would follow the header to the hostile
// host, which is returned too.
func LeadsAway(name, value string) (bool, string) {
	a := &answer{url: &url.URL{Scheme: "https", Host: "site.test", Path: "/a"}, status: 302, header: http.Header{name: {value}}}
	return a.leadsAway(), hostileHost
}

// SharedCacheable reports whether a cache on the way may keep an answer with
// the header.
func SharedCacheable(h http.Header) bool { return sharedCacheable(&answer{header: h}) }
