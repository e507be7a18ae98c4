package hosts

import (
	"net/netip"
	"strings"
)

// element is one element of a Forwarded header (RFC 7239 section 4): what one
// proxy tells of one hop.
type element struct {
	node, proto, host string
	hosted            bool
}

// readForwarded reads the Forwarded header of a trusted peer as walk reads
// X-Forwarded-For. Scheme and host are those of the element that tells of the
// client's hop.
func (g *Gate) readForwarded(lines []string, peer netip.Addr, hops *[]netip.Addr) (c claim) {
	c.client, c.stop = peer, StopOutermost
	read := 0
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; c.depth++ {
			if c.depth == maxHops || read > maxRead {
				c.stop = StopTooMany
				return c
			}
			var text string
			var ok bool
			text, rest, more, ok = lastElement(rest)
			read += len(text)
			var e element
			if ok {
				e, ok = parseElement(text)
			}
			if !ok {
				c.stop = StopBadEntry
				return c
			}
			if c.scheme = ""; e.proto != "" {
				c.scheme = schemeOf(e.proto)
			}
			c.host, c.hosted = e.host, e.hosted && g.trustHost
			address, ok := parseNode(e.node)
			if !ok {
				c.stop = StopBadEntry
				return c
			}
			c.client = address
			if hops != nil {
				*hops = append(*hops, address)
			}
			if !g.trusted.contains(address) {
				c.stop = StopUntrusted
				return c
			}
		}
	}
	return c
}

// lastElement cuts the last element off a Forwarded line. It reads from the
// right, so that a quote left open by the client, on the left, cannot swallow
// what a proxy added; an escape in a quoted string, which no address, scheme or
// host needs, makes the element bad.
func lastElement(line string) (text, rest string, more, ok bool) {
	quoted := false
	for i := len(line) - 1; i >= 0; i-- {
		if len(line)-i > maxElement {
			return "", "", false, false
		}
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\':
			return "", "", false, false
		case c == ',' && !quoted:
			return line[i+1:], line[:i], true, true
		}
	}
	return line, "", false, !quoted
}

// parseElement reads the pairs of an element. A parameter sent twice makes it bad.
func parseElement(text string) (e element, ok bool) {
	seenNode, seenProto := false, false
	for len(text) > 0 {
		var pair string
		pair, text = cutPair(text)
		name, value, found := strings.Cut(trim(pair), "=")
		if !found {
			return e, false
		}
		if n := len(value); n > 0 && value[0] == '"' {
			if n < 2 || value[n-1] != '"' {
				return e, false
			}
			value = value[1 : n-1]
		}
		switch {
		case strings.EqualFold(name, "for"):
			if seenNode {
				return e, false
			}
			e.node, seenNode = value, true
		case strings.EqualFold(name, "proto"):
			if seenProto {
				return e, false
			}
			e.proto, seenProto = value, true
		case strings.EqualFold(name, "host"):
			if e.hosted {
				return e, false
			}
			e.host, e.hosted = value, true
		}
	}
	return e, true
}

// cutPair cuts text at the first semicolon outside quotes.
func cutPair(text string) (pair, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
