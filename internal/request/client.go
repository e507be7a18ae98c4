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

// parseIPv4Port reads what net/http puts into RemoteAddr for IPv4, at a third of
// the price of netip.ParseAddrPort, which decides about everything else.
func parseIPv4Port(text string) (netip.Addr, bool) {
	var octets [4]byte
	i := 0
	for n := range octets {
		value, digits := uint(0), 0
		for ; i < len(text) && text[i]-'0' <= 9; i++ {
			value, digits = 10*value+uint(text[i]-'0'), digits+1
			if digits > 1 && value < 10 || value > 255 { // a leading zero
				return netip.Addr{}, false
			}
		}
		end := byte('.')
		if n == 3 {
			end = ':'
		}
		if digits == 0 || i == len(text) || text[i] != end {
			return netip.Addr{}, false
		}
		octets[n] = byte(value)
		i++
	}
	port := text[i:]
	if len(port) == 0 || len(port) > 4 { // of five digits some are too large
		if len(port) != 5 || port > "65535" {
			return netip.Addr{}, false
		}
	}
	for _, c := range []byte(port) {
		if c-'0' > 9 {
			return netip.Addr{}, false
		}
	}
	return netip.AddrFrom4(octets), true
}
