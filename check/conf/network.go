package conf

import (
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/merlon-go/merlon/settings"
)

// publicSuffix reports whether strangers can register names below the domain:
// it is on the public suffix list, its private part included, or has one label
// and is no name of this machine.
func publicSuffix(domain string) bool {
	domain = strings.ToLower(strings.Trim(domain, "."))
	if domain == "" || domain == "localhost" {
		return false
	}
	if _, err := netip.ParseAddr(domain); err == nil {
		return false
	}
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain && !internal(domain)
}

// internal reports a name that only resolves inside a network: one of the
// reserved endings, or a single label that is no top-level domain.
func internal(name string) bool {
	for _, ending := range []string{"localhost", "local", "internal", "lan", "intranet", "home.arpa", "test", "svc", "cluster.local"} {
		if name == ending || strings.HasSuffix(name, "."+ending) {
			return true
		}
	}
	_, listed := publicsuffix.PublicSuffix(name)
	return !strings.Contains(name, ".") && !listed
}

// The distance of a service.
type distance int

const (
	here   distance = iota // this machine
	near                   // a private network
	remote                 // the Internet
)

// far says how far the farthest of the hosts is. An empty list is this machine.
func far(hosts []settings.Host) distance {
	most := here
	for _, h := range hosts {
		most = max(most, farName(h.Name))
	}
	return most
}

func farName(name string) distance {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || name == "localhost" || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".localhost") {
		return here
	}
	if addr, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		addr = addr.Unmap()
		switch {
		case addr.IsLoopback():
			return here
		case addr.IsPrivate(), addr.IsLinkLocalUnicast(), addr.IsUnspecified():
			return near
		}
		return remote
	}
	if internal(name) || !strings.Contains(name, ".") {
		return near
	}
	return remote
}

// hostname cuts the port off, and the brackets of an IPv6 address.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// allows reports whether ALLOWED_HOSTS admits the host: exactly, or below an
// entry that begins with a dot.
func allows(allowed []string, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(hostname(host), "."))
	for _, entry := range allowed {
		entry = strings.ToLower(strings.TrimSuffix(entry, "."))
		switch {
		case entry == "*" || hostname(entry) == host:
			return true
		case strings.HasPrefix(entry, ".") && (strings.HasSuffix(host, entry) || host == entry[1:]):
			return true
		}
	}
	return false
}
