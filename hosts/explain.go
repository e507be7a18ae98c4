package hosts

import (
	"net/http"
	"net/netip"
	"strings"
)

// Resolution tells how a [Gate] sees a request, for a page or a log that helps
// people find out why the site takes them for somebody else.
type Resolution struct {
	Peer      netip.Addr   `json:"peer"`    // the other end of the connection; zero on a Unix socket
	Trusted   bool         `json:"trusted"` // Peer is a trusted proxy
	Header    string       `json:"header"`  // the header that told of the client, or ""
	Hops      []netip.Addr `json:"hops"`    // the addresses read in it, nearest first
	Stop      Stop         `json:"stop"`    // why reading ended
	Client    netip.Addr   `json:"client"`
	Scheme    string       `json:"scheme"`
	SchemeHow string       `json:"scheme_from"` // the header that told of the scheme, or "connection"
	Host      string       `json:"host"`        // as it was sent
	HostHow   string       `json:"host_from"`   // the header that told of the host
	Ignored   []string     `json:"ignored"`     // headers about the client that were sent and not believed
	Refusal   string       `json:"refusal"`     // the reason for which the request is refused, or ""
	Hint      string       `json:"hint"`        // what to change if this is not what you expect, or ""
}

// aboutClient lists headers by which proxies tell of the client. Those that are
// never read are here to be named in Resolution.Ignored.
var aboutClient = []string{
	headerForwarded, headerFor, headerProto, headerHost, "X-Forwarded-Port", "X-Forwarded-Ssl",
	"X-Forwarded-Scheme", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip",
	"X-Client-Ip", "X-Cluster-Client-Ip", "Front-End-Https", "X_forwarded_for", "X_forwarded_proto", "X_forwarded_host",
}

// Explain tells how g sees r. It judges r itself, whether or not a Gate has
// resolved it before.
func (g *Gate) Explain(r *http.Request) Resolution {
	var hops []netip.Addr
	res := g.read(r, &hops)
	e := Resolution{
		Peer: res.peer, Trusted: res.trusted, Header: res.walked, Hops: hops, Stop: res.stop, Client: res.client,
		Scheme: res.scheme, SchemeHow: res.schemed, Host: res.host, HostHow: res.hosted,
	}
	if e.SchemeHow == "" {
		e.SchemeHow = "connection"
	}
	if host, err := parseHost(res.host); err != nil || res.stop == StopConflict || !g.names.match(host.name) || twoHosts(r) {
		e.Refusal = g.refusal(r).Reason
	}
	for _, name := range aboutClient {
		if len(r.Header[name]) > 0 && name != res.walked && name != res.schemed && name != res.hosted {
			e.Ignored = append(e.Ignored, name)
		}
	}
	e.Hint = g.hint(e)
	return e
}

// hint says what to change where the usual mistakes look like this request.
func (g *Gate) hint(e Resolution) string {
	switch {
	case e.Stop == StopConflict:
		return "X-Forwarded-* and Forwarded contradict each other: let the proxy remove the one it does not write, or set which one is read"
	case !e.Trusted && len(e.Ignored) > 0 && e.Peer.IsValid() && near(e.Peer):
		return "if " + e.Peer.String() + " is your proxy, add it or its network to TRUSTED_PROXIES"
	case e.Trusted && e.Stop == StopNoHeader:
		return "the proxy " + e.Peer.String() + " names no client: let it set X-Forwarded-For"
	case e.Stop == StopOutermost:
		return "every address on the way is a trusted proxy: the client is in a trusted network, or the outermost proxy hides it"
	case e.Stop == StopBadEntry:
		return "the entry after " + e.Client.String() + " in " + e.Header + " is not an address: look at the proxy that wrote it"
	case e.Refusal == "host-unknown":
		return "if " + quote(e.Host) + " is a name of this site, add it to ALLOWED_HOSTS"
	}
	return ""
}

// near reports whether an address is of a kind that proxies have and clients
// on the Internet do not.
func near(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() }

// String tells the resolution in one line.
func (e Resolution) String() string {
	var b strings.Builder
	word := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	peer := "a socket without address"
	if e.Peer.IsValid() {
		peer = e.Peer.String()
	}
	client := peer
	if e.Client.IsValid() {
		client = e.Client.String()
	}
	word("client ", client)
	stop := ", " + string(e.Stop)
	switch {
	case !e.Trusted:
		word(" (direct connection")
		if e.Stop == StopDirect {
			stop = "" // says the same
		}
	case e.Header == "":
		word(" (the trusted proxy itself")
	default:
		word(" (from ", e.Header, " of trusted proxy ", peer)
	}
	word(stop, "), scheme ", e.Scheme, " (", e.SchemeHow, "), host ", quote(e.Host), " (", e.HostHow, ")")
	if e.Refusal != "" {
		word(", refused: ", e.Refusal)
	}
	if len(e.Ignored) > 0 {
		word(", not believed: ", strings.Join(e.Ignored, ", "))
	}
	if e.Hint != "" {
		word("; ", e.Hint)
	}
	return b.String()
}
