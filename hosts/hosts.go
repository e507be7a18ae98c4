package hosts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
)

// Config says which hosts a site answers to and whose headers it believes.
type Config struct {
	// Allowed lists the hosts this site answers to: "example.com", an address
	// such as "192.0.2.1" or "[2001:db8::1]", or ".example.com" for a domain
	// and everything below it. Entries have no scheme, port or path. There is
	// no default; [LocalHosts] serves for development.
	Allowed []string
	// AllowAnyHost admits every host of valid syntax, listed or not. The
	// application must then never build a URL, a cookie domain or a cache key
	// from the host.
	AllowAnyHost bool

	// TrustedProxies are the networks whose word on the client's address and
	// scheme is taken; [ParseProxies] makes them from text. None means that
	// every client connects directly.
	TrustedProxies []netip.Prefix
	// Forwarding says which headers of trusted proxies are read; the zero
	// value reads X-Forwarded-* and Forwarded, and refuses contradictions.
	Forwarding Forwarding
	// TrustForwardedHost takes the host from X-Forwarded-Host or from host= of
	// Forwarded when a trusted proxy sent it. Without it the host is always
	// the Host header, which most proxies hand on.
	TrustForwardedHost bool

	// InsecureSkipRedirect answers plain HTTP instead of redirecting it to HTTPS.
	InsecureSkipRedirect bool
	// SSLHost is the host, with a port if need be, that plain HTTP is
	// redirected to; "" means the host that was asked for.
	SSLHost string
	// RedirectExempt lists patterns of http.ServeMux whose requests are
	// answered on plain HTTP too, such as "/.well-known/acme-challenge/". A
	// path that ServeMux would redirect first is never exempt.
	RedirectExempt []string

	// Audit takes an event for each refused request; nil is silent.
	Audit audit.Sink
	// Deny answers refused requests; nil means the plain answer with status 400.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
}

// Refusal is the error with which a Gate refuses: status 400 and one of the
// reasons host-missing, host-malformed, host-unknown, forwarded-conflict.
type Refusal = deny.Refusal

// Gate resolves who asks for what and admits only the hosts of the site. Make
// it with [New]; it is immutable and safe for concurrent use.
type Gate struct {
	names      names
	trusted    table
	forwarding Forwarding
	trustHost  bool
	redirect   *redirect // nil: plain HTTP is answered
	exempt     []string
	audit      audit.Sink
	deny       deny.Handler
}

// New returns the Gate that c describes, or all that is wrong with c.
func New(c Config) (*Gate, error) {
	g := &Gate{forwarding: c.Forwarding, trustHost: c.TrustForwardedHost, audit: c.Audit, deny: c.Deny}
	var errs []error
	var err error
	if g.names, err = newNames(c.Allowed, c.AllowAnyHost); err != nil {
		errs = append(errs, err)
	}
	var trusted []netip.Prefix
	for _, p := range c.TrustedProxies {
		normal, err := normalPrefix(p)
		if err != nil {
			errs = append(errs, fmt.Errorf("hosts: invalid trusted proxy %s: %w", p, err))
			continue
		}
		trusted = append(trusted, normal)
	}
	g.trusted = newTable(trusted)
	switch c.Forwarding {
	case ForwardingEither, ForwardingX, ForwardingRFC7239:
	default:
		errs = append(errs, fmt.Errorf("hosts: unknown forwarding %s; one of %q, %q", quote(string(c.Forwarding)), ForwardingX, ForwardingRFC7239))
	}
	if c.TrustForwardedHost && len(c.TrustedProxies) == 0 {
		errs = append(errs, errors.New("hosts: TrustForwardedHost without trusted proxies: nobody could send it"))
	}
	if g.redirect, err = newRedirect(c); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if g.redirect != nil {
		g.exempt = append([]string(nil), c.RedirectExempt...)
	}
	return g, nil
}

// LocalHosts returns the hosts of a site under development: localhost, all
// names below it, and the loopback addresses, as Django's DEBUG admits them.
func LocalHosts() []string { return []string{".localhost", "127.0.0.1", "[::1]"} }

// Handler returns next behind [Gate.Resolve] and [Gate.Admit].
func (g *Gate) Handler(next http.Handler) http.Handler {
	return g.Resolve(g.Admit(next))
}

// Resolve finds out the client's address, the scheme and the host of each
// request before it calls next; it refuses nothing, so that what must stand on
// every answer can come between it and [Gate.Admit]. From a trusted proxy it
// also takes over the X-Request-ID.
func (g *Gate) Resolve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, r := request.Attach(r)
		g.resolve(info, r)
		next.ServeHTTP(w, r)
	})
}

// resolve fills the Info. A host that is not valid stays "", so that Admit
// judges it again and says why.
func (g *Gate) resolve(info *request.Info, r *http.Request) {
	res := g.read(r, nil)
	info.Client, info.Scheme, info.Host = res.client, res.scheme, ""
	if res.stop == StopConflict {
		return
	}
	if host, err := parseHost(res.host); err == nil {
		info.Host = host.text(res.host)
	}
	if res.trusted {
		if ids := r.Header[headerID]; len(ids) == 1 {
			info.SetID(ids[0])
		}
	}
}

// text returns a as a string, raw itself if that is the same.
func (a authority) text(raw string) string {
	if n := len(a.name); len(raw) >= n && raw[:n] == a.name {
		if len(raw) == n || raw[n] == ':' {
			return raw
		}
	}
	return a.String()
}

// Admit calls next for requests to an allowed host over HTTPS, redirects those
// over plain HTTP, and refuses the rest with status 400. A host that is not
// allowed is refused, never redirected.
func (g *Gate) Admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, r := request.Attach(r)
		if info.Scheme == "" {
			g.resolve(info, r)
		}
		if refusal := g.judge(info, r); refusal != nil {
			deny.Refuse(w, r, refusal, g.audit, g.deny)
			return
		}
		if g.redirect != nil && info.Scheme != "https" && !g.redirect.exempt(r) {
			g.redirect.answer(w, r, info.Host, g.trusted.contains(request.Peer(r)))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Check returns the [*Refusal] with which [Gate.Admit] would refuse r, or nil.
// That plain HTTP would be redirected is no refusal.
func (g *Gate) Check(r *http.Request) error {
	info := request.From(r.Context())
	if info == nil || info.Scheme == "" {
		info = new(request.Info)
		g.resolve(info, r)
	}
	if refusal := g.judge(info, r); refusal != nil {
		return refusal
	}
	return nil
}

// judge returns why the host of a resolved request is refused, or nil.
func (g *Gate) judge(info *request.Info, r *http.Request) *Refusal {
	if info.Host == "" || !g.names.match(hostname(info.Host)) || twoHosts(r) {
		return g.refusal(r)
	}
	return nil
}

// refusal says why r is refused.
func (g *Gate) refusal(r *http.Request) *Refusal {
	refuse := func(reason, detail string) *Refusal {
		return &Refusal{Status: http.StatusBadRequest, Control: "hosts", Reason: reason, Event: audit.MaliciousHost, Detail: detail}
	}
	res := g.read(r, nil)
	if res.stop == StopConflict {
		return refuse("forwarded-conflict", "the proxy "+res.peer.String()+" sent X-Forwarded-* and Forwarded that contradict each other; let it remove the one that it does not write")
	}
	if res.host == "" {
		return refuse("host-missing", "the request names no host")
	}
	if twoHosts(r) {
		return refuse("host-malformed", "the request names "+quote(r.Host)+" and, in its Host header, "+quote(strings.Join(r.Header["Host"], ", ")))
	}
	if _, err := parseHost(res.host); err != nil {
		return refuse("host-malformed", res.hosted+" "+quote(res.host)+" has "+err.Error())
	}
	return refuse("host-unknown", res.hosted+" "+quote(res.host)+" is not an allowed host; add it to ALLOWED_HOSTS if it is this site's")
}

// twoHosts reports whether r names two hosts. HTTP/1 puts the one Host header
// into r.Host; an HTTP/2 request may carry a Host header beside its :authority
// (RFC 9113 section 8.3.1), which somebody further in might read.
func twoHosts(r *http.Request) bool {
	sent, ok := r.Header["Host"]
	return ok && (len(sent) != 1 || sent[0] != r.Host)
}

// hostname returns a valid host without its port.
func hostname(host string) string {
	if host[0] == '[' {
		return host[:strings.IndexByte(host, ']')+1]
	}
	name, _, _ := strings.Cut(host, ":")
	return name
}

// RedirectExempt returns a copy of the patterns that plain HTTP may ask for.
func (g *Gate) RedirectExempt() []string { return append([]string(nil), g.exempt...) }

// ClientIP returns the address of the client that ctx's request came from, as a
// [Gate] resolved it: without IPv6 zone, and as IPv4 if it was mapped into
// IPv6. It is the zero Addr if no Gate saw the request, and if the peer has no
// address, as on a Unix socket.
func ClientIP(ctx context.Context) netip.Addr {
	if info := request.From(ctx); info != nil {
		return info.Client
	}
	return netip.Addr{}
}

// Secure reports whether the client sent r over HTTPS, to a trusted proxy or to
// this server. Where no [Gate] saw the request, the connection itself decides.
func Secure(r *http.Request) bool { return request.Secure(r) }
