package hosts

import "strings"

// element is one element of a Forwarded header (RFC 7239 section 4): what one
// proxy tells of one hop.
type element struct {
	node, proto, host string
	hosted            bool
}

// elementCost is what reading an element takes beyond its length, in bytes of
// an X-Forwarded-For entry.
const elementCost = 16

// readForwarded reads the Forwarded header of a trusted peer as walk reads
// X-Forwarded-For. Scheme and host are those of the element that tells of the
// client's hop.
func (g *Gate) readForwarded(lines []string, w walker) (c claim) {
	stepping := true
	for i := len(lines) - 1; i >= 0 && stepping; i-- {
		for rest, more := lines[i], true; more && stepping; {
			if stepping = w.more(); !stepping {
				break
			}
			var text string
			var e element
			text, rest, more = lastElement(rest)
			e = parseElement(text)
			if c.scheme = ""; e.proto != "" {
				c.scheme = schemeOf(e.proto)
			}
			c.host, c.hosted = e.host, e.hosted && g.trustHost
			stepping = w.step(e.node, len(text)+elementCost)
		}
	}
	if c.client, c.stop = w.client, w.stop; stepping {
		c.stop = StopOutermost
	}
	return c
}

// lastElement cuts the last element off a Forwarded line. It reads from the
// right, so that a quote left open by the client, on the left, cannot swallow
// what a proxy added. An element that is too long, or holds more than a few
// quoted commas, comes back empty.
func lastElement(line string) (text, rest string, more bool) {
	start := max(0, len(line)-maxElement)
	window := line[start:]
	comma := strings.LastIndexByte(window, ',')
	for tries := 4; comma >= 0 && strings.Count(window[comma+1:], `"`)%2 == 1; tries-- {
		if tries == 0 { // no proxy quotes that many commas
			return "", "", false
		}
		comma = strings.LastIndexByte(window[:comma], ',') // that one was between quotes
	}
	switch {
	case comma >= 0:
		return window[comma+1:], line[:start+comma], true
	case start > 0:
		return "", "", false
	}
	return window, "", false
}

// parseElement reads the pairs of an element. One that is not well formed, or
// names a parameter twice, says nothing; neither does one with an escape in a
// quoted string, which no address, scheme or host needs.
func parseElement(text string) (e element) {
	if strings.IndexByte(text, '\\') >= 0 {
		return element{}
	}
	seen := 0
	for text != "" {
		var pair string
		pair, text = cutPair(text)
		pair = trim(pair)
		equals := strings.IndexByte(pair, '=')
		if equals < 0 {
			return element{}
		}
		name, value := pair[:equals], pair[equals+1:]
		if n := len(value); n > 0 && value[0] == '"' {
			if n < 2 || value[n-1] != '"' {
				return element{}
			}
			value = value[1 : n-1]
		}
		bit := 0
		switch {
		case len(name) == 3 && strings.EqualFold(name, "for"):
			e.node, bit = value, 1
		case len(name) == 5 && strings.EqualFold(name, "proto"):
			e.proto, bit = value, 2
		case len(name) == 4 && strings.EqualFold(name, "host"):
			e.host, e.hosted, bit = value, true, 4
		}
		if seen&bit != 0 {
			return element{}
		}
		seen |= bit
	}
	return e
}

// cutPair cuts text at the first semicolon outside quotes.
func cutPair(text string) (pair, rest string) {
	end := strings.IndexByte(text, ';')
	if end < 0 {
		return text, ""
	}
	if strings.IndexByte(text[:end], '"') < 0 {
		return text[:end], text[end+1:]
	}
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
