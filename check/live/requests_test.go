package live_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/check/live"
)

// A journal is what a site was asked.
type journal struct {
	mu   sync.Mutex
	list []*http.Request
}

func (l *journal) note(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, r.Clone(context.Background()))
}

func (l *journal) all() []*http.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// linked is a page with something of everything that is asked for.
const linked = `<a href="/go?next=/x">go</a><a href="/logout">out</a><a href="/delete?id=1">x</a><form method=post action="/login"><input type=password></form>`

// TestWhatIsAsked: no method but those of the documentation, no body, the scan's
// own name, no compression; what is hostile goes to an address that nobody else
// asks for, and no two probes to the same one.
func TestWhatIsAsked(t *testing.T) {
	var asked journal
	s := start(t, newAuthority(t), plan{page: good(func(a *reply) {
		asked.note(a.r)
		body(linked)(a)
	})})
	s.config.Crawl = 5
	s.scan(t)
	hostile := map[string]int{}
	for _, r := range asked.all() {
		what := r.Method + " " + r.RequestURI
		if !slices.Contains([]string{"GET", "OPTIONS", "TRACE", "MERLON-SCAN"}, r.Method) || r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("%s with %d bytes", what, r.ContentLength)
		}
		if r.UserAgent() != live.DefaultUserAgent || r.Header.Get("Accept-Encoding") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("%s: %v", what, r.Header)
		}
		if strings.HasPrefix(r.URL.Path, "/delete") || r.URL.Path == "/robots.txt" {
			t.Errorf("%s is asked for", what)
		}
		bad := r.Host != "site.test:"+s.https
		for name := range r.Header {
			bad = bad || name == "Origin" || strings.HasPrefix(name, "X-") && name != "X-Merlon-Scan" || name == "Forwarded"
		}
		if bad && r.Method == "GET" {
			if hostile[r.RequestURI]++; !strings.Contains(r.RequestURI, "merlon-scan") || hostile[r.RequestURI] > 1 {
				t.Errorf("%s: what a cache keeps of it reaches others: %v", what, r.Header)
			}
		}
	}
	if len(hostile) < 10 {
		t.Errorf("%d hostile requests", len(hostile))
	}
}

// TestMain names a proxy that does not exist to all tests: one of the
// environment is read once in a program, and would resolve the name again.
func TestMain(m *testing.M) {
	flag.Parse()
	if *observatory == "" { // which may need one
		for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY"} {
			os.Setenv(name, "http://127.0.0.1:1")
		}
	}
	os.Exit(m.Run())
}

// TestNoProxy: the site is reached all the same.
func TestNoProxy(t *testing.T) {
	if r := start(t, newAuthority(t), plan{}).scan(t); r.Grade != live.APlus || len(r.Ways) != 2 {
		t.Errorf("grade %s, %v", r.Grade, r.Ways)
	}
}

// TestPause: 50 milliseconds lie between requests, unless something else is said.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := piped(t, good(nil))
		if least := time.Duration(r.Requests-1) * 50 * time.Millisecond; r.Requests < 80 || r.Report.Duration < least {
			t.Errorf("%d requests in %s, want at least %s", r.Requests, r.Report.Duration, least)
		}
	})
}

// TestConfigIsRefused: a scan with a configuration that means something else
// than it says does not begin.
func TestConfigIsRefused(t *testing.T) {
	for want, c := range map[string]live.Config{
		"the header host is the scan's own":   {Header: http.Header{"host": {"x"}}},
		"the header Origin is the scan's own": {Header: http.Header{"Origin": {"x"}}},
		"control character in the user agent": {UserAgent: "a\r\nX: b"},
		"crawl of 101 pages":                  {Crawl: 101},
		"crawl of -1 pages":                   {Crawl: -1},
		"the algorithm is 4 or 6":             {Algorithm: 5},
	} {
		d := &dials{}
		c.Dial, c.Resolver = d.dial, names{"site.test": "1.2.3.4"}
		if _, err := live.Scan(t.Context(), "https://site.test/", c); err == nil || !strings.Contains(err.Error(), want) || len(d.dialled()) > 0 {
			t.Errorf("%s: %v, dialled %v", want, err, d.dialled())
		}
	}
}

// TestOwnPort: where the address names a port, the other scheme is asked if its
// port is given and not otherwise.
func TestOwnPort(t *testing.T) {
	ca := newAuthority(t)
	for _, given := range []bool{true, false} {
		s := start(t, ca, plan{})
		if !given {
			s.config.HTTPPort = 0
		}
		s.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasSuffix(address, ":80") {
				t.Errorf("dialled %s", address)
				return nil, syscall.ECONNREFUSED
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		r := s.scan(t)
		if noted := strings.Contains(strings.Join(r.Notes, " "), "Plain http was not looked at"); noted == given || len(r.Ways) != map[bool]int{true: 2, false: 1}[given] {
			t.Errorf("port given: %t: %v, %v", given, r.Ways, r.Notes)
		}
	}
}

// TestTenRedirects: ten are followed and no more; a Location that is too long,
// or none, ends them.
func TestTenRedirects(t *testing.T) {
	ca := newAuthority(t)
	for hops, want := range map[int]string{10: "/10", 11: "/10"} {
		s := start(t, ca, plan{page: good(func(a *reply) {
			n := 0
			if _, err := fmt.Sscanf(a.r.URL.Path, "/%d", &n); err != nil && a.r.URL.Path != "/" {
				return
			}
			if a.status = 200; n < hops {
				a.status = 302
				a.header.Set("Location", fmt.Sprintf("/%d", n+1))
			}
		})})
		s.config.HTTPPort = 0 // its redirect would be one more
		r := s.scan(t)
		if !strings.HasSuffix(r.Page, want) || strings.Contains(strings.Join(r.Notes, " "), "followed 10 times and not further") != (hops > 10) || has(r, "live-redirect-loop") != (hops > 10) {
			t.Errorf("%d redirects: %s, %v, %v", hops, r.Page, r.Notes, ids(r))
		}
	}
	for name, to := range map[string]string{"long": "/" + strings.Repeat("a", 9000), "none": ""} {
		r := start(t, ca, plan{page: good(func(a *reply) {
			if a.r.URL.Path == "/" {
				a.status = 302
				a.header.Set("Location", to)
			}
		})}).scan(t)
		if !strings.HasSuffix(r.Page, s443(r)+"/") {
			t.Errorf("%s: %s", name, r.Page)
		}
	}
}

// s443 is the origin of the result's address.
func s443(r *live.Result) string { return strings.TrimSuffix(r.URL, "/") }

// TestCookiesOfAChain: cookies that redirects set are sent back as a browser
// would, within the chain and to the host alone; not over plain http if they
// are for https, not once they were taken away, and not over those that the
// scan was given.
func TestCookiesOfAChain(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name    string
		set     []string // by the first answer
		own     string   // of --header
		plain   bool     // the chain is that of http
		sibling bool     // the second answer is that of www.
		want    string
	}{
		{name: "sent back", set: []string{"a=1; Path=/; Secure", "b=2; Path=/"}, want: "a=1; b=2"},
		{name: "taken away", set: []string{"a=1; Path=/", "a=x; Path=/; Max-Age=0", "b=2; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}},
		{name: "the scan's own", set: []string{"a=1; Path=/"}, own: "mine=1", want: "mine=1"},
		{name: "not over http", set: []string{"a=1; Path=/; Secure", "b=2; Path=/"}, plain: true, want: "b=2"},
		{name: "not to another host", set: []string{"a=1; Path=/"}, sibling: true},
	} {
		var asked journal
		answer := func(to string) http.HandlerFunc {
			return good(func(a *reply) {
				switch a.r.URL.Path {
				case "/":
					a.status = 302
					a.header.Set("Location", to)
					a.header["Set-Cookie"] = c.set
				case "/second":
					asked.note(a.r)
					a.status = 200
				}
			})
		}
		s := start(t, ca, plan{page: answer("/second"), plain: answer("/second")})
		if c.sibling {
			s = start(t, ca, plan{page: answer("//www.site.test/second")})
			s.config.FollowWWW = true
			target := s.https
			s.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasSuffix(address, ":443") {
					address = "127.0.0.1:" + target
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
		}
		if c.own != "" {
			s.config.Header = http.Header{"Cookie": {c.own}}
		}
		s.scan(t)
		list := slices.DeleteFunc(asked.all(), func(r *http.Request) bool { return (r.TLS == nil) != c.plain })
		if len(list) == 0 || list[0].Header.Get("Cookie") != c.want {
			t.Errorf("%s: %d requests, sent %q, want %q", c.name, len(list), append(list, &http.Request{})[0].Header.Get("Cookie"), c.want)
		}
	}
}

// TestFollowWWW: from a name to the one with www. and back, if that is allowed.
func TestFollowWWW(t *testing.T) {
	ca := newAuthority(t)
	for _, from := range []string{"site.test", "www.site.test"} {
		for _, allowed := range []bool{true, false} {
			to := map[string]string{"site.test": "www.site.test", "www.site.test": "site.test"}[from]
			s := start(t, ca, plan{page: func(w http.ResponseWriter, r *http.Request) {
				if host, _, _ := net.SplitHostPort(r.Host); host == from {
					http.Redirect(w, r, "https://"+to+":"+portOf(r.Host)+"/home", http.StatusFound)
				}
			}})
			s.url, s.config.FollowWWW = "https://"+from+":"+s.https+"/", allowed
			r := s.scan(t)
			if strings.HasSuffix(r.Page, "/home") != allowed || strings.Contains(strings.Join(r.Notes, " "), "another host and was not followed") == allowed {
				t.Errorf("from %s, allowed %t: %s, %v", from, allowed, r.Page, r.Notes)
			}
		}
	}
}

func portOf(host string) string {
	_, port, _ := net.SplitHostPort(host)
	return port
}

// TestCrawlAndRedirects: a redirect is followed as a link is: to the same
// origin, and not to what sounds as if it changed something.
func TestCrawlAndRedirects(t *testing.T) {
	var asked journal
	s := start(t, newAuthority(t), plan{page: good(func(a *reply) {
		asked.note(a.r)
		body(`<a href="/a">a</a><a href="/b">b</a><a href="/c">c</a>`)(a)
		to := map[string]string{"/a": "/account/delete", "/b": "http://site.test/plain", "/c": "/d"}[a.r.URL.Path]
		if to != "" {
			a.status = 302
			a.header.Set("Location", to)
		}
		if a.r.URL.Path == "/d" && a.r.Method == "GET" {
			a.status = 200
			a.header.Del("Referrer-Policy")
		}
	}), plain: func(w http.ResponseWriter, r *http.Request) {
		asked.note(r)
		http.Redirect(w, r, "https://site.test/", http.StatusMovedPermanently)
	}})
	s.config.Crawl = 10
	s.config.Header = http.Header{"Authorization": {"Bearer x"}}
	r := s.scan(t)
	for _, a := range asked.all() {
		if a.URL.Path == "/account/delete" || a.URL.Path == "/plain" {
			t.Errorf("%s was asked for", a.URL)
		}
	}
	if !has(r, "live-referrer-missing") || !strings.HasSuffix(r.Pages[len(r.Pages)-1], "/d") {
		t.Errorf("pages %v, found %v", r.Pages, ids(r))
	}
}

// TestNotFollowedIsShownWithoutUser: an address that is not followed may hold a
// password and a token.
func TestNotFollowedIsShownWithoutUser(t *testing.T) {
	r := start(t, newAuthority(t), plan{page: good(func(a *reply) {
		a.status = 302
		a.header.Set("Location", "https://ann:canary@other.test/?code=canary#canary")
	})}).scan(t)
	text := write(t, r, live.TextOptions{Verbose: true})
	if strings.Contains(text, "canary") || !strings.Contains(text, "https://other.test/?…") {
		t.Error(text)
	}
}
