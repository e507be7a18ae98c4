package request

import (
	"net/http"
	"net/netip"
)

// Client returns the client's address: as hosts decided, or, where hosts did
// not run, the peer of the connection. The zero Addr means that the peer has
// no address, as in a test or on a Unix socket.
func Client(r *http.Request) netip.Addr {
	if i := From(r.Context()); i != nil && i.Client.IsValid() {
		return i.Client
	}
	return Peer(r)
}

// Peer returns the address of the connection's other end, unmapped and without
// a zone, or the zero Addr if it has none.
func Peer(r *http.Request) netip.Addr {
	if a, ok := parseIPv4Port(r.RemoteAddr); ok {
		return a
	}
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		a, err := netip.ParseAddr(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}
		}
		return a.Unmap().WithZone("")
	}
	return ap.Addr().Unmap().WithZone("")
}

// parseIPv4Port reads what net/http puts into RemoteAddr for IPv4, at half
// the price of netip.ParseAddrPort, which decides about everything else.
func parseIPv4Port(text string) (netip.Addr, bool) {
	var octets [4]byte
	n, start, value := 0, 0, uint(0)
	for i := range len(text) {
		c := text[i]
		if c-'0' <= 9 {
			value = 10*value + uint(c-'0')
			continue
		}
		digits := i - start
		if digits == 0 || digits > 3 || value > 255 || digits > 1 && text[start] == '0' || n == 4 {
			return netip.Addr{}, false
		}
		octets[n] = byte(value)
		end := byte('.')
		if n++; n == 4 {
			end = ':'
		}
		if c != end {
			return netip.Addr{}, false
		}
		start, value = i+1, 0
	}
	digits := len(text) - start
	if n != 4 || digits == 0 || digits > 5 || value > 65535 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4(octets), true
}
