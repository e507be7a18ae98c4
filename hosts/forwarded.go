package hosts

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/merlon-go/merlon/internal/request"
)

// A Forwarding says which headers of a trusted proxy are read.
type Forwarding string

const (
	// ForwardingEither, the zero value, reads X-Forwarded-* and Forwarded. If
	// a request carries both and they contradict each other, one of them was
	// passed through from the client, nobody can say which, and the request is
	// refused.
	ForwardingEither Forwarding = ""
	// ForwardingX reads X-Forwarded-* alone.
	ForwardingX Forwarding = "x-forwarded"
	// ForwardingRFC7239 reads Forwarded alone.
	ForwardingRFC7239 Forwarding = "forwarded"
)

// A Stop says why the walk along the forwarded addresses ended.
type Stop string

const (
	StopDirect    Stop = "direct"    // the peer is not a trusted proxy: no header was believed
	StopNoHeader  Stop = "no-header" // the trusted proxy forwarded no address: the peer is the client
	StopUntrusted Stop = "untrusted" // the first address outside the trusted networks: the client
	StopOutermost Stop = "outermost" // all addresses are trusted: the outermost is the client
	StopBadEntry  Stop = "bad-entry" // an entry that is not an address: the hop before it is the client
	StopTooMany   Stop = "too-many"  // more entries than are read: the last one read is the client
	StopConflict  Stop = "conflict"  // X-Forwarded-* and Forwarded contradict each other: nobody is believed
)

// Limits on what is read of the headers of a trusted proxy, so that no header
// of any size costs more than a few hundred nanoseconds.
const (
	maxHops    = 16
	maxRead    = 512 // bytes of addresses in all
	maxEntry   = 72  // bytes of one X-Forwarded-For entry: an IPv6 address, brackets, zone, port, white space
	maxElement = 256 // bytes of one Forwarded element
	maxList    = 512 // bytes of X-Forwarded-Proto or X-Forwarded-Host in all
)

// Canonical keys of the headers that are read. A spelling with underscores is
// another key, and is never read.
const (
	headerFor       = "X-Forwarded-For"
	headerProto     = "X-Forwarded-Proto"
	headerHost      = "X-Forwarded-Host"
	headerForwarded = "Forwarded"
	headerID        = "X-Request-Id"
)

// reading is what a request says about its client once everything that cannot
// be believed is left out.
type reading struct {
	peer    netip.Addr
	trusted bool // peer is a trusted proxy
	client  netip.Addr
	scheme  string
	host    string // as sent, not yet judged
	stop    Stop
	walked  string // the header the client came from, or ""
	schemed string // the header the scheme came from, or ""
	hosted  string // the header the host came from, "Host" unless trusted otherwise
}

// claim is what one family of headers says. The zero claim says nothing.
type claim struct {
	client netip.Addr // zero: nothing
	read   int        // bytes read to find it
	stop   Stop
	scheme string // "" for nothing
	host   string
	hosted bool // host was sent, even if empty
}

// read finds out who sent r. If hops is not nil, the addresses walked are added to it.
func (g *Gate) read(r *http.Request, hops *[]netip.Addr) reading {
	res := reading{peer: request.Peer(r), scheme: "http", host: r.Host, stop: StopDirect, hosted: "Host"}
	res.client = res.peer
	if r.TLS != nil {
		res.scheme = "https"
	}
	if !g.trusted.contains(res.peer) {
		return res
	}
	res.trusted, res.stop = true, StopNoHeader

	var x, f claim
	w := walker{trusted: &g.trusted, client: res.peer, left: maxRead, hops: hops}
	if g.forwarding != ForwardingRFC7239 {
		x = g.readX(r.Header, w)
	}
	if lines := r.Header[headerForwarded]; len(lines) > 0 && g.forwarding != ForwardingX {
		if x.client.IsValid() { // the addresses are told once, and both headers cost what one may
			w.hops, w.left = nil, w.left-x.read
		}
		f = g.readForwarded(lines, w)
	}
	if contradict(x.client, f.client) || contradict(x.scheme, f.scheme) || x.hosted && f.hosted && x.host != f.host {
		res.stop = StopConflict
		return res
	}
	for _, c := range [...]struct {
		claim
		address, proto, host string
	}{{x, headerFor, headerProto, headerHost}, {f, headerForwarded, headerForwarded, headerForwarded}} {
		if c.client.IsValid() {
			res.client, res.stop, res.walked = c.client, c.stop, c.address
		}
		if c.scheme != "" {
			res.scheme, res.schemed = c.scheme, c.proto
		}
		if c.hosted {
			res.host, res.hosted = c.claim.host, c.host
		}
	}
	return res
}

// contradict reports whether both are told and differ.
func contradict[T comparable](a, b T) bool {
	var none T
	return a != none && b != none && a != b
}

// walker goes along the addresses that a trusted peer forwarded, from the one
// that the peer wrote to the first that no trusted proxy wrote.
type walker struct {
	trusted *table
	client  netip.Addr // the hop reached: at first the peer
	depth   int        // entries read
	left    int        // bytes that may still be read
	hops    *[]netip.Addr
	stop    Stop
}

// more reports whether another entry may be read.
func (w *walker) more() bool {
	if w.depth == maxHops || w.left <= 0 {
		w.stop = StopTooMany
	}
	return w.stop == ""
}

// step takes the entry with the address node, of so many bytes, and reports
// whether it was written of a trusted proxy, so that the next one counts too.
func (w *walker) step(node string, bytes int) bool {
	w.left -= bytes
	address, ok := parseNode(node)
	if !ok {
		w.stop = StopBadEntry
		return false
	}
	w.client = address
	if w.hops != nil {
		*w.hops = append(*w.hops, address)
	}
	if !w.trusted.contains(address) {
		w.stop = StopUntrusted
		return false
	}
	w.depth++
	return true
}

// readX reads the X-Forwarded-* headers of a trusted peer.
func (g *Gate) readX(h http.Header, w walker) (c claim) {
	if lines := h[headerFor]; len(lines) > 0 {
		w.walk(lines)
		c.client, c.stop, c.read = w.client, w.stop, maxRead-w.left
	}
	if lines := h[headerProto]; len(lines) > 0 {
		c.scheme = schemeOf(listEntry(lines, w.depth))
	}
	if lines := h[headerHost]; len(lines) > 0 && g.trustHost {
		c.host, c.hosted = listEntry(lines, w.depth), true
	}
	return c
}

// walk reads X-Forwarded-For. Several lines are one list (RFC 9110 section 5.3).
// Afterwards depth is the entry, counted from the right, that tells of the
// client's own hop.
func (w *walker) walk(lines []string) {
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			var entry string
			if !w.more() {
				w.depth--
				return
			}
			entry, rest, more = lastEntry(rest, maxEntry)
			if !w.step(entry, len(entry)+1) {
				return
			}
		}
	}
	w.depth--
	w.stop = StopOutermost
}

// lastEntry cuts the last entry off a comma-separated list. An entry longer
// than limit comes back cut, longer than any that is accepted.
func lastEntry(list string, limit int) (entry, rest string, more bool) {
	start := max(0, len(list)-limit-1)
	if i := strings.LastIndexByte(list[start:], ','); i >= 0 {
		return list[start+i+1:], list[:start+i], true
	}
	return list[start:], "", start > 0
}

// listEntry returns the entry of a list that tells of the hop at depth, counted
// from the right, or the leftmost if the list is shorter: some proxies add
// their own entry, others hand on or replace what came.
func listEntry(lines []string, depth int) string {
	if len(lines) == 1 && len(lines[0]) <= maxList && strings.IndexByte(lines[0], ',') < 0 {
		return trim(lines[0])
	}
	entry, read := "", 0
	for i := len(lines) - 1; i >= 0; i-- {
		if read += len(lines[i]); read > maxList {
			return ""
		}
		for rest, more := lines[i], true; more; depth-- {
			entry, rest, more = lastEntry(rest, maxList)
			if depth == 0 {
				return trim(entry)
			}
		}
	}
	return trim(entry)
}

// schemeOf reads a forwarded scheme. What is not understood is plain HTTP: the
// answer that claims less. "wss" and "ws" are what Traefik says of WebSockets.
func schemeOf(value string) string {
	if strings.EqualFold(value, "https") || strings.EqualFold(value, "wss") {
		return "https"
	}
	return "http"
}

// trim removes optional white space (RFC 9110 section 5.6.3).
func trim(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// parseNode reads an address as proxies write it: with or without a port, IPv6
// with or without brackets. The zone is dropped and IPv4 unmapped. An
// identifier that hides the address (unknown, _name) is not an address.
func parseNode(text string) (netip.Addr, bool) {
	text = trim(text)
	if len(text) == 0 || len(text) > maxEntry {
		return netip.Addr{}, false
	}
	if address, rest, ok := request.CutIPv4(text); ok && !address.IsUnspecified() {
		return address, portSuffix(rest)
	}
	if text[0] == '[' {
		end := strings.IndexByte(text, ']')
		if end < 0 || !portSuffix(text[end+1:]) {
			return netip.Addr{}, false
		}
		text = text[1:end]
	}
	if i := strings.IndexByte(text, '%'); i >= 0 { // netip would remember every zone an attacker thinks of
		text = text[:i]
	}
	address, err := netip.ParseAddr(text)
	return address.Unmap(), err == nil && address.Is6() && !address.IsUnspecified()
}

// portSuffix reports whether text is empty or a colon and a port. Port 0 is
// what a proxy writes that does not know it.
func portSuffix(text string) bool {
	return text == "" || text[0] == ':' && (validPort(text[1:]) || text[1:] == "0")
}
