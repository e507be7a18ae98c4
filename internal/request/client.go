package request

import (
	"math"
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
	if a, rest, ok := CutIPv4(r.RemoteAddr); ok && portFollows(rest) {
		return a // what net/http writes for IPv4; netip decides about everything else
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

// portFollows reports whether rest is a colon and a port of at most five digits.
func portFollows(rest string) bool {
	if len(rest) < 2 || len(rest) > 6 || rest[0] != ':' {
		return false
	}
	port := 0
	for i := 1; i < len(rest); i++ {
		c := rest[i] - '0'
		if c > 9 {
			return false
		}
		port = 10*port + int(c)
	}
	return port <= math.MaxUint16
}

// CutIPv4 reads an IPv4 address in its usual form at the start of text, and
// returns what follows. It is netip.ParseAddr for what comes by the million.
func CutIPv4(text string) (address netip.Addr, rest string, ok bool) {
	var fields [4]byte
	field, digits, value := 0, 0, 0
	i := 0
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' {
			if digits == 0 || field == 3 {
				return netip.Addr{}, "", false
			}
			fields[field] = byte(value)
			field, digits, value = field+1, 0, 0
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if digits == 1 && value == 0 { // a leading zero, which some read as octal
			return netip.Addr{}, "", false
		}
		digits++
		if value = value*10 + int(c-'0'); value > 255 {
			return netip.Addr{}, "", false
		}
	}
	fields[3] = byte(value)
	return netip.AddrFrom4(fields), text[i:], field == 3 && digits > 0
}
