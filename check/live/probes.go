package live

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hostileHost is a name that can never be registered (RFC 6761).
const hostileHost = "merlon-scan.invalid"

// A corsProbe is a request with an Origin that should be refused.
type corsProbe struct {
	origin, kind string
	answer       *answer
	allowed      corsAnswer
}

// A spoofProbe is a request with a forged host.
type spoofProbe struct {
	header string
	answer *answer
}

// at returns the judged page's address with another path and query.
func (s *survey) at(path, query string) *url.URL {
	u := *s.auto.url
	u.Path, u.RawPath, u.RawQuery, u.Fragment = path, "", query, ""
	return &u
}

// unique returns the address with a query that no cache knows, so that a
// hostile request cannot leave its answer in a cache for others.
func (s *survey) unique(u *url.URL) *url.URL {
	c := *u
	if c.RawQuery != "" {
		c.RawQuery += "&"
	}
	c.RawQuery += "merlon-scan=" + s.secret
	return &c
}

// askAgain loads the page a second time.
func (s *survey) askAgain(ctx context.Context) {
	s.second = s.client.do(ctx, ask{url: s.auto.url, body: maxBody})
	if !s.second.ok() {
		s.unjudged("second load", s.second.err.Error())
	}
}

// steersClear are words in a path that the crawl does not follow: a link
// should not change anything, but some do.
var steersClear = []string{"logout", "log-out", "signout", "sign-out", "delete", "remove", "unsubscribe", "cancel", "revoke"}

func avoided(u *url.URL) bool {
	path := strings.ToLower(u.Path + "?" + u.RawQuery)
	return slices.ContainsFunc(steersClear, func(word string) bool { return strings.Contains(path, word) })
}

// crawl looks at further pages of the same origin, breadth first.
func (s *survey) crawl(ctx context.Context) {
	seen := map[string]bool{s.auto.url.RequestURI(): true}
	queue := []*url.URL{}
	add := func(p *page) {
		for _, l := range p.links {
			if originOf(l) == originOf(s.auto.url) && !avoided(l) && !seen[l.RequestURI()] && len(queue) < 1000 {
				seen[l.RequestURI()] = true
				l.Fragment = ""
				queue = append(queue, l)
			}
		}
	}
	add(s.page)
	for asked := 0; len(queue) > 0 && len(s.pages) <= s.config.Crawl && asked < 2*maxCrawl && ctx.Err() == nil; asked++ {
		u := queue[0]
		queue = queue[1:]
		a := s.client.do(ctx, ask{url: u, body: maxBody})
		if next := a.location(); a.ok() && next != nil && originOf(next) == originOf(s.auto.url) && !seen[next.RequestURI()] && !avoided(next) {
			seen[next.RequestURI()] = true
			queue = append(queue, next)
		}
		if !a.ok() || !a.html() {
			continue
		}
		p := readPage(u, a.body)
		s.pages = append(s.pages, visit{a, p})
		add(p)
	}
}

// askErrors provokes error pages.
func (s *survey) askErrors(ctx context.Context) {
	s.missing = s.client.do(ctx, ask{url: s.at("/merlon-scan-"+s.secret, ""), what: "a page that does not exist"})
	broken := s.at("/", "")
	broken.Opaque = "/%zz%c0%ae?a[]=%&a=%00" // no valid percent-encoding, an overlong dot, a NUL
	broken.Path = ""
	s.malformed = s.client.do(ctx, ask{url: broken, what: "a malformed address"})
}

// askOrigins asks with origins that should not be trusted.
func (s *survey) askOrigins(ctx context.Context) {
	host := s.auto.url.Hostname()
	for _, o := range []struct{ origin, kind string }{
		{"https://" + hostileHost, "any origin"},
		{"null", "the origin null, which any sandboxed frame has"},
		{"https://" + host + "." + hostileHost, "any origin that begins with the host's name"},
		{"https://merlon-scan-" + host, "any origin that ends with the host's name"},
		{"http://" + host, "its own host over plain http"},
	} {
		header := http.Header{"Origin": {o.origin}}
		a := s.client.do(ctx, ask{url: s.unique(s.auto.url), header: header, anon: true, what: shown(s.auto.url) + " with Origin " + o.origin})
		s.cors = append(s.cors, corsProbe{o.origin, o.kind, a, judgeCORS(a.header, o.origin)})
	}
	origin := "https://" + hostileHost
	a := s.client.do(ctx, ask{method: http.MethodOptions, url: s.unique(s.auto.url), anon: true, what: shown(s.auto.url) + " with Origin " + origin, header: http.Header{
		"Origin": {origin}, "Access-Control-Request-Method": {"DELETE"}, "Access-Control-Request-Headers": {"authorization,x-merlon-scan"},
	}})
	s.preflight = []corsProbe{{origin, "any origin", a, judgeCORS(a.header, origin)}}
	observed := s.client.do(ctx, ask{method: http.MethodOptions, url: s.auto.url, anon: true, header: http.Header{
		"Origin": {"https://" + hostileHost}, "Access-Control-Request-Method": {"GET"},
	}})
	s.observed = observed.header
}

// askSpoofed asks with a forged Host, and with the headers by which proxies
// hand the host on.
func (s *survey) askSpoofed(ctx context.Context) {
	probe := func(name string, q ask) {
		q.url, q.anon, q.body = s.unique(s.auto.url), true, maxBody
		q.what = shown(s.auto.url) + " with a forged " + name
		s.spoofs = append(s.spoofs, spoofProbe{name, s.client.do(ctx, q)})
	}
	probe("Host", ask{host: hostileHost})
	probe("X-Forwarded-Host", ask{header: http.Header{"X-Forwarded-Host": {hostileHost}, "X-Host": {hostileHost}, "X-Forwarded-Server": {hostileHost}}})
	probe("Forwarded", ask{header: http.Header{"Forwarded": {"host=" + hostileHost}}})
}

// askTrace asks for TRACE, which sends back what it got.
func (s *survey) askTrace(ctx context.Context) {
	s.trace = s.client.do(ctx, ask{method: http.MethodTrace, url: s.auto.url, anon: true, header: http.Header{"X-Merlon-Scan": {s.secret}}})
}

// askUpgrades asks for the pages of the crawl over plain http.
func (s *survey) askUpgrades(ctx context.Context) {
	plain := s.entry("http")
	if plain == nil || s.http.last() == nil || !s.auto.https() {
		return
	}
	const most = 5
	for _, v := range s.pages[1:min(len(s.pages), most+1)] {
		u := *v.answer.url
		u.Scheme, u.Host = "http", plain.Host
		s.upgrades = append(s.upgrades, s.client.do(ctx, ask{url: &u}))
	}
	missing := s.at("/merlon-scan-"+s.secret, "")
	missing.Scheme, missing.Host = "http", plain.Host
	s.upgrades = append(s.upgrades, s.client.do(ctx, ask{url: missing, what: "a page that does not exist, over plain http"}))
}

// redirectNames are parameters that say where to go on.
var redirectNames = []string{"next", "url", "redirect", "redirect_uri", "redirect_url", "redirect_to", "return", "return_to", "returnto", "returnurl", "return_url", "continue", "dest", "destination", "goto", "target", "rurl", "callback"}

// askRedirects puts a foreign address into parameters that say where to go on.
func (s *survey) askRedirects(ctx context.Context) {
	const most = 3
	tried := map[string]bool{}
	for _, v := range s.pages {
		for _, l := range v.page.links {
			if originOf(l) != originOf(s.auto.url) || avoided(l) || len(tried) == most {
				continue
			}
			query := l.Query()
			for name := range query {
				if !slices.Contains(redirectNames, strings.ToLower(name)) || tried[l.Path+"?"+name] || len(tried) == most {
					continue
				}
				tried[l.Path+"?"+name] = true
				u := *l
				u.Fragment = ""
				query.Set(name, "https://"+hostileHost+"/")
				u.RawQuery = query.Encode()
				s.redirects = append(s.redirects, s.client.do(ctx, ask{url: &u, anon: true, what: clip(l.Path, 100) + " with a foreign address in " + clip(name, 40)}))
			}
		}
	}
}

// askLogout follows a link that signs out: the scan is nobody, so it loses
// nothing, unless it was given a header that says who it is.
func (s *survey) askLogout(ctx context.Context) {
	if len(s.config.Header) > 0 {
		return
	}
	for _, v := range s.pages {
		for _, l := range v.page.links {
			path := strings.ToLower(l.Path)
			if originOf(l) == originOf(s.auto.url) && (strings.Contains(path, "logout") || strings.Contains(path, "signout") || strings.Contains(path, "sign-out")) {
				s.logout = s.client.do(ctx, ask{url: l})
				return
			}
		}
	}
}

func (s *survey) askSecurityTxt(ctx context.Context) {
	s.security = s.client.do(ctx, ask{url: s.at("/.well-known/security.txt", "")})
}
