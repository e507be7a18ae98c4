package live

import (
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// What is kept of one answer.
const (
	maxBody    = 2 << 20  // of a page
	maxProbe   = 64 << 10 // of anything else
	maxHeaders = 64 << 10
)

// An ask is one request. Zero fields mean: GET, no further header, the host of
// the URL, a body of maxProbe.
type ask struct {
	method string
	url    *url.URL
	header http.Header
	host   string // sent as Host instead of the URL's
	body   int64  // how much of the body is kept
	over   *roads // other connections than the client's
	what   string // what the report calls it instead of its URL
	anon   bool   // without the headers of Config.Header
}

// An answer is what came back. It is never nil; err says why nothing came.
type answer struct {
	method    string
	url       *url.URL
	what      string
	status    int
	proto     string
	header    http.Header
	body      []byte
	truncated bool
	tls       *tls.ConnectionState
	packed    string // how it was compressed, if that could not be undone
	err       error
}

func (a *answer) ok() bool { return a != nil && a.err == nil }

// https reports whether the answer came over TLS.
func (a *answer) https() bool { return a.url.Scheme == "https" }

// request describes the request for the report, without what a query holds.
func (a *answer) request() string {
	return a.method + " " + a.name()
}

func (a *answer) name() string {
	if a.what != "" {
		return a.what
	}
	return shown(a.url)
}

// shown is a URL for the report: no user, and no value of a query, which may
// be a token.
func shown(u *url.URL) string {
	c := *u
	c.User, c.Fragment = nil, ""
	if c.RawQuery != "" {
		c.RawQuery = "…"
	}
	return clip(c.String(), 200)
}

// get returns the values of a header joined as HTTP joins them.
func (a *answer) get(name string) string {
	return strings.Join(a.header.Values(name), ", ")
}

// has reports whether the header was sent, be it empty.
func (a *answer) has(name string) bool { return len(a.header.Values(name)) > 0 }

// caching is what the answer says to caches, as it is shown.
func (a *answer) caching() string {
	switch value := a.get("Cache-Control"); {
	case value != "":
		return "Cache-Control: " + value
	case a.header.Get("Expires") != "":
		return "Expires: " + a.header.Get("Expires")
	}
	return "no Cache-Control"
}

// html reports whether a browser would show the answer as a page: without a
// type it looks at how the answer begins.
func (a *answer) html() bool {
	media, _, _ := strings.Cut(strings.ToLower(a.header.Get("Content-Type")), ";")
	media = strings.TrimSpace(media)
	if media == "" && len(a.body) > 0 {
		return strings.HasPrefix(http.DetectContentType(a.body), "text/html")
	}
	return media == "text/html" || media == "application/xhtml+xml"
}

// location returns where the answer redirects to, nil if nowhere.
func (a *answer) location() *url.URL {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	text := a.header.Get("Location")
	if text == "" || len(text) > 8192 {
		return nil
	}
	u, err := a.url.Parse(text)
	if err != nil {
		return nil
	}
	if u.Path == "" && u.Host != "" {
		u.Path = "/"
	}
	return u
}

// A client sends requests one after the other, each after a pause.
type client struct {
	roads     *roads
	userAgent string
	extra     http.Header // of Config.Header, sent where it is safe
	origin    string      // the origin they may be sent to
	pause     time.Duration
	timeout   time.Duration
	gate      chan struct{} // holds one token
	requests  int           // guarded by the gate
	throttled atomic.Int64  // answers that said: too many requests
}

func newClient(d *dialer, c *Config) *client {
	cl := &client{roads: newRoads(d, c), userAgent: c.UserAgent, extra: c.Header, pause: c.Pause, timeout: c.RequestTimeout, gate: make(chan struct{}, 1)}
	cl.gate <- struct{}{}
	return cl
}

// enter waits for the turn of a request or handshake; the token comes back
// after the pause.
func (c *client) enter(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.gate:
	}
	c.requests++
	if c.pause <= 0 {
		c.gate <- struct{}{}
	} else {
		time.AfterFunc(c.pause, func() { c.gate <- struct{}{} })
	}
	return nil
}

// count returns how many requests and handshakes were made.
func (c *client) count() int {
	<-c.gate
	n := c.requests
	c.gate <- struct{}{}
	return n
}

func (c *client) do(ctx context.Context, q ask) *answer {
	if q.method == "" {
		q.method = http.MethodGet
	}
	a := &answer{method: q.method, url: q.url, what: q.what, header: http.Header{}}
	if a.err = c.enter(ctx); a.err != nil {
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, q.method, "http://placeholder/", nil)
	if err != nil {
		a.err = err
		return a
	}
	r.URL, r.Host = q.url, q.url.Host
	if q.host != "" {
		r.Host = q.host
	}
	r.Header.Set("User-Agent", c.userAgent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	roads := c.roads
	if q.over != nil {
		roads = q.over
	}
	transport := roads.any
	if !q.anon && len(c.extra) > 0 && originOf(q.url) == c.origin {
		transport = roads.vouched // the machine that answers now need not be the one that was judged
		for name, values := range c.extra {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		a.err = plainError(err)
		return a
	}
	defer response.Body.Close()
	a.status, a.proto, a.header, a.tls = response.StatusCode, response.Proto, response.Header, response.TLS
	if a.status == http.StatusTooManyRequests {
		c.throttled.Add(1)
	}
	most := max(q.body, maxProbe)
	a.body, err = io.ReadAll(io.LimitReader(a.unpacked(response.Body), most+1))
	if int64(len(a.body)) > most {
		a.body, a.truncated = a.body[:most], true
	}
	if err != nil && len(a.body) == 0 {
		a.truncated = true // the header came: that is what most rules read
	}
	return a
}

// unpacked reads a body that was compressed although nobody asked for it. No
// more is unpacked than is kept, so a small answer does not become a large one.
func (a *answer) unpacked(body io.Reader) io.Reader {
	kind := strings.ToLower(a.header.Get("Content-Type"))
	encoding := strings.ToLower(strings.TrimSpace(a.get("Content-Encoding")))
	if encoding == "" || encoding == "identity" || !strings.Contains(kind, "text") && !strings.Contains(kind, "script") && !strings.Contains(kind, "json") && !strings.Contains(kind, "xml") {
		return body // an archive stays one
	}
	var plain io.Reader
	var err error
	switch encoding {
	case "gzip", "x-gzip":
		plain, err = gzip.NewReader(body)
	case "deflate":
		plain, err = zlib.NewReader(body)
	default:
		err = errors.ErrUnsupported
	}
	if err != nil {
		a.packed = clip(encoding, 40)
		return strings.NewReader("")
	}
	return plain
}

// plainError takes the address of a request out of an error, which would
// double what the report says anyway.
func plainError(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.HasPrefix(err.Error(), "http: server closed idle connection"):
		return errors.New("the connection was closed without an answer")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errors.New("the connection was broken off without an answer")
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return e.Err
	}
	if rest, ok := strings.CutPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: "); ok {
		return errors.New("the answer is no HTTP: " + rest)
	}
	if strings.HasPrefix(err.Error(), "readLoopPeekFailLocked") {
		return errors.New("the server speaks before it is asked, which is no HTTP")
	}
	return err
}

// originOf returns scheme, host and port in one form.
func originOf(u *url.URL) string {
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), portOf(u))
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// clip bounds a text that the site chose.
func clip(text string, most int) string {
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
