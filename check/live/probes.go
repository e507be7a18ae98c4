package live

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// hostileHost is a name that can never be registered (RFC 6761).
const hostileHost = "merlon-scan.invalid"

// A corsProbe is a request with an Origin that should be refused.
type corsProbe struct {
	origin, kind string
	whose        corsOrigin
	answer       *answer
	allowed      corsAnswer
}

// Whose an origin is: what it means that it is allowed.
type corsOrigin int

const (
	corsForeign   corsOrigin = iota // anybody's
	corsPlain                       // the host's own, over plain http
	corsLocal                       // the visitor's own machine's
	corsSubdomain                   // any subdomain's
)

// A spoofProbe is a request with a forged host. again is the same request
// without it, asked if the host came back: what a cache would hand to others.
type spoofProbe struct {
	header        string
	answer, again *answer
}

// at returns the judged page's address with another path and query.
func (s *survey) at(path, query string) *url.URL {
	u := *s.auto.url
	u.Path, u.RawPath, u.RawQuery, u.Fragment = path, "", query, ""
	return &u
}

// unique returns the address with a query that no cache knows, so that a
// hostile request cannot leave its answer in a cache for others, nor for the
// next probe.
func (s *survey) unique(u *url.URL) *url.URL {
	c := *u
	if c.RawQuery != "" {
		c.RawQuery += "&"
	}
	s.probes++
	c.RawQuery += "merlon-scan=" + s.secret + "-" + strconv.Itoa(s.probes)
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

// maxData bounds how many answers of a crawl are kept that are no pages.
const maxData = 10

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
			if a.ok() && a.status == http.StatusOK && len(s.data) < maxData {
				a.body = nil // what it holds is not judged
				s.data = append(s.data, a)
			}
			continue
		}
		p := readPage(u, a.body)
		s.pages = append(s.pages, visit{a, p})
		add(p)
	}
}

// unknownMethod changes nothing, since nobody knows it.
const unknownMethod = "MERLON-SCAN"

// askErrors provokes error pages.
func (s *survey) askErrors(ctx context.Context) {
	s.missing = s.client.do(ctx, ask{url: s.at("/merlon-scan-"+s.secret, ""), what: "a page that does not exist"})
	broken := s.at("/", "")
	broken.Opaque = "/%zz%c0%ae?a[]=%&a=%00" // no valid percent-encoding, an overlong dot, a NUL
	broken.Path = ""
	s.malformed = s.client.do(ctx, ask{url: broken, what: "a malformed address"})
	const long = 20 << 10 // more than servers take, less than would be a burden
	s.refused = append(s.refused,
		s.client.do(ctx, ask{method: unknownMethod, url: s.auto.url, anon: true, what: shown(s.auto.url) + " (a method that nobody knows)"}),
		s.client.do(ctx, ask{url: s.at("/merlon-scan-"+strings.Repeat("a", long), ""), anon: true, what: "an address of 20 KiB"}))
}

// hostileOrigins are origins that a site should not trust.
func hostileOrigins(host string) []corsProbe {
	list := []corsProbe{
		{origin: "https://" + hostileHost, kind: "any origin"},
		{origin: "null", kind: "the origin null, which any sandboxed frame has"},
		{origin: "https://" + host + "." + hostileHost, kind: "any origin that begins with the host's name"},
		{origin: "https://merlon-scan-" + host, kind: "any origin that ends with the host's name"},
		{origin: "http://" + host, kind: "its own host over plain http", whose: corsPlain},
	}
	if host != "localhost" {
		list = append(list, corsProbe{origin: "http://localhost", kind: "any program on the visitor's machine", whose: corsLocal})
	}
	if _, err := netip.ParseAddr(host); err != nil {
		list = append(list, corsProbe{origin: "https://merlon-scan." + host, kind: "any subdomain", whose: corsSubdomain})
		if first, rest, _ := strings.Cut(host, "."); strings.Contains(rest, ".") { // the dot of a pattern matches any letter
			list = append(list, corsProbe{origin: "https://" + first + "x" + rest, kind: "an origin that has another letter where the host has a dot"})
		}
	}
	return list
}

// askOrigins asks with origins that should not be trusted.
func (s *survey) askOrigins(ctx context.Context) {
	for _, p := range hostileOrigins(s.auto.url.Hostname()) {
		header := http.Header{"Origin": {p.origin}}
		p.answer = s.client.do(ctx, ask{url: s.unique(s.auto.url), header: header, anon: true, what: shown(s.auto.url) + " with Origin " + p.origin})
		p.allowed = judgeCORS(p.answer.header, p.origin)
		s.cors = append(s.cors, p)
	}
	s.askOriginsElsewhere(ctx)
	origin := "https://" + hostileHost
	a := s.client.do(ctx, ask{method: http.MethodOptions, url: s.unique(s.auto.url), anon: true, what: shown(s.auto.url) + " with Origin " + origin, header: http.Header{
		"Origin": {origin}, "Access-Control-Request-Method": {"DELETE"}, "Access-Control-Request-Headers": {"authorization,x-merlon-scan"},
	}})
	s.preflight = []corsProbe{{origin: origin, kind: "any origin", answer: a, allowed: judgeCORS(a.header, origin)}}
	s.askObserved(ctx)
}

// askObserved asks what the Observatory asks of CORS.
func (s *survey) askObserved(ctx context.Context) {
	s.observed = s.client.do(ctx, ask{method: http.MethodOptions, url: s.auto.url, anon: true, header: http.Header{
		"Origin": {"https://" + hostileHost}, "Access-Control-Request-Method": {"GET"},
	}})
}

// askOriginsElsewhere asks what else the crawl found with a foreign origin: the
// front page is often not what answers other origins, and an interface is.
func (s *survey) askOriginsElsewhere(ctx context.Context) {
	const most = 6
	list := slices.Clone(s.data)
	for _, v := range s.pages[1:] {
		list = append(list, v.answer)
	}
	for _, a := range list[:min(len(list), most)] {
		p := corsProbe{origin: "https://" + hostileHost, kind: "any origin"}
		p.answer = s.client.do(ctx, ask{url: s.unique(a.url), header: http.Header{"Origin": {p.origin}}, anon: true, what: shown(a.url) + " with Origin " + p.origin})
		p.allowed = judgeCORS(p.answer.header, p.origin)
		s.cors = append(s.cors, p)
	}
}

// askSpoofed asks with a forged Host, and with the headers by which proxies
// hand the host on.
func (s *survey) askSpoofed(ctx context.Context) {
	probe := func(name string, q ask) {
		q.url, q.anon, q.body = s.unique(s.auto.url), true, maxBody
		q.what = shown(s.auto.url) + " with a forged " + name
		p := spoofProbe{header: name, answer: s.client.do(ctx, q)}
		if p.answer.ok() && comesBack(p.answer) != "" {
			p.again = s.client.do(ctx, ask{url: q.url, anon: true, body: maxBody, what: shown(s.auto.url) + " after a forged " + name})
		}
		s.spoofs = append(s.spoofs, p)
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

// foreignTargets are ways to write another site's address that redirects have
// fallen for, the plain one first.
func foreignTargets(host string) []string {
	return []string{
		"https://" + hostileHost + "/", "//" + hostileHost + "/", `/\` + hostileHost + "/", "https://" + host + "@" + hostileHost + "/", "https://" + host + "." + hostileHost + "/",
	}
}

// browserly writes an address as browsers read it: they take a backslash for a
// slash, and pass over tabs and line ends.
var browserly = strings.NewReplacer(`\`, "/", "\t", "", "\r", "", "\n", "")

// leadsAway reports whether a browser that follows the answer's redirect ends
// on the hostile host.
func (a *answer) leadsAway() bool {
	text := strings.TrimSpace(a.header.Get("Location"))
	if a.location() == nil && text == "" {
		_, target, _ := strings.Cut(a.header.Get("Refresh"), "=")
		text = strings.Trim(strings.TrimSpace(target), `"'`)
	}
	u, err := a.url.Parse(browserly.Replace(clip(text, 8192)))
	return err == nil && text != "" && (u.Hostname() == hostileHost || strings.HasSuffix(u.Hostname(), "."+hostileHost))
}

// askRedirects puts a foreign address into parameters that say where to go on:
// those of links, and the usual ones on the page itself. A path that looks like
// an address leads away where a server only adds a slash to it.
func (s *survey) askRedirects(ctx context.Context) {
	const most = 3
	tried := map[string]bool{}
	for _, v := range s.pages {
		for _, l := range v.page.links {
			if originOf(l) != originOf(s.auto.url) || avoided(l) || len(tried) == most {
				continue
			}
			for name := range l.Query() {
				if slices.Contains(redirectNames, strings.ToLower(name)) && !tried[l.Path+"?"+name] && len(tried) < most {
					tried[l.Path+"?"+name] = true
					s.tryRedirects(ctx, l, name)
				}
			}
		}
	}
	query := url.Values{}
	for _, name := range redirectNames {
		query.Set(name, "https://"+hostileHost+"/")
	}
	s.redirects = append(s.redirects, s.client.do(ctx, ask{url: s.at(s.auto.url.Path, query.Encode()), anon: true, what: shown(s.auto.url) + " with a foreign address in next, url, redirect and others"}))
	for _, path := range []string{"//" + hostileHost, "//" + hostileHost + "/.."} {
		s.redirects = append(s.redirects, s.client.do(ctx, ask{url: s.at(path, ""), anon: true, what: "the path " + path}))
	}
}

// tryRedirects puts foreign addresses into one parameter of a link, one after
// the other, as long as the answer redirects at all.
func (s *survey) tryRedirects(ctx context.Context, link *url.URL, name string) {
	for _, target := range foreignTargets(s.auto.url.Hostname()) {
		query := link.Query()
		query.Set(name, target)
		u := *link
		u.RawQuery, u.Fragment = query.Encode(), ""
		a := s.client.do(ctx, ask{url: &u, anon: true, what: clip(link.Path, 100) + " with " + target + " in " + clip(name, 40)})
		s.redirects = append(s.redirects, a)
		if !a.ok() || a.leadsAway() || a.location() == nil {
			return
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
