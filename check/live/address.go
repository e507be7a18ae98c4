package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A Resolver finds the addresses of a host. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// An AddressError says that a host has an address that is not of the public
// Internet, and that Config.AllowPrivate was not set, or does not help.
type AddressError struct {
	Host string
	Addr netip.Addr
	// Never means that AllowPrivate does not lift it: clouds hand out
	// credentials there.
	Never bool
}

// Error names host and address.
func (e *AddressError) Error() string {
	switch {
	case e.Never:
		return fmt.Sprintf("live: at %s clouds keep credentials, and no site is (%s)", e.Addr, e.Host)
	case e.Host == e.Addr.String():
		return fmt.Sprintf("live: %s is not a public address", e.Addr)
	}
	return fmt.Sprintf("live: %s has the address %s, which is not public", e.Host, e.Addr)
}

// reserved are the networks of the IANA special-purpose registries that netip
// has no method for; those that embed an IPv4 address are judged by it as well.
var reserved = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10",
)

var (
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
	sixToIV = netip.MustParsePrefix("2002::/16")
)

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// never are networks that no leave opens: in them clouds hand out credentials
// to whoever asks from inside, and nobody's site is there.
var never = prefixes("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200/32", "192.0.0.192/32")

// forbidden reports whether the address is one that is never asked.
func forbidden(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if inner, ok := carried(a); ok {
		a = inner
	}
	return slices.ContainsFunc(never, func(p netip.Prefix) bool { return p.Contains(a) })
}

// public reports whether a is an address of the public Internet.
func public(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	if inner, ok := carried(a); ok {
		return public(inner)
	}
	return true
}

// carried returns the IPv4 address that one of NAT64 or 6to4 stands for.
func carried(a netip.Addr) (netip.Addr, bool) {
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case sixToIV.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

// maxAddresses bounds how many addresses of a host are kept.
const maxAddresses = 16

// resolve returns the addresses of the host, all of which may be dialled: one
// private address among public ones refuses the host, because which of them is
// dialled would be the choice of whoever runs its name server.
func resolve(ctx context.Context, r Resolver, host string, allowPrivate bool) ([]netip.Addr, error) {
	var addrs []netip.Addr
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = []netip.Addr{a}
	} else {
		if addrs, err = r.LookupNetIP(ctx, "ip", host); err != nil {
			return nil, err
		}
	}
	if len(addrs) == 0 {
		return nil, errors.New("the name has no address")
	}
	if len(addrs) > maxAddresses {
		addrs = addrs[:maxAddresses]
	}
	for i, a := range addrs {
		a = a.Unmap()
		addrs[i] = a
		if forbidden(a) || !allowPrivate && !public(a) {
			return nil, &AddressError{Host: host, Addr: a, Never: forbidden(a)}
		}
	}
	return addrs, nil
}

// A dialer connects to one host by the addresses that were judged, whatever a
// name resolves to later. Nothing of it changes once it is in use: a transport
// dials in the background, and goes on when the request is answered.
type dialer struct {
	hosts map[string][]netip.Addr // host → addresses
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
}

// DialContext connects to a host of the list.
func (d *dialer) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs := d.hosts[strings.ToLower(host)]
	if len(addrs) == 0 {
		return nil, fmt.Errorf("live: %q is not the host that is scanned", host)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("live: invalid port %q", port)
	}
	var errs []error
	for _, a := range addrs {
		conn, err := d.dial(ctx, "tcp", netip.AddrPortFrom(a, uint16(number)).String())
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
