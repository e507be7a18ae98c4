package hosts

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A Preset is a named list of networks that [ParseProxies] understands.
type Preset struct {
	Name     string
	What     string // what the networks are, in a few words
	Source   string // who publishes the list
	AsOf     string // the date of the published list that this one equals, or "" if its publisher dates none
	Networks []string
}

// Presets returns the presets in the order in which documentation lists them.
// Each call returns a new slice. Lists that their owner changes every few weeks
// (Amazon CloudFront, Azure Front Door) are left out: name their networks.
func Presets() []Preset {
	return []Preset{
		{"loopback", "this machine", "RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3", "", []string{"127.0.0.0/8", "::1/128"}},
		{"private", "private networks", "RFC 1918, RFC 4193", "", []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}},
		{"linklocal", "addresses of one link", "RFC 3927, RFC 4291 section 2.5.6", "", []string{"169.254.0.0/16", "fe80::/10"}},
		{"cloudflare", "Cloudflare's edge", "https://www.cloudflare.com/ips/", "2025-11-19", []string{
			"173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18",
			"108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
			"162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
			"2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32",
			"2a06:98c0::/29", "2c0f:f248::/32",
		}},
		{"fastly", "Fastly's edge", "https://api.fastly.com/public-ip-list", "2024-12-13", []string{
			"23.235.32.0/20", "43.249.72.0/22", "103.244.50.0/24", "103.245.222.0/23", "103.245.224.0/24",
			"104.156.80.0/20", "140.248.64.0/18", "140.248.128.0/17", "146.75.0.0/17", "151.101.0.0/16",
			"157.52.64.0/18", "167.82.0.0/17", "167.82.128.0/20", "167.82.160.0/20", "167.82.224.0/20",
			"172.111.64.0/18", "185.31.16.0/22", "199.27.72.0/21", "199.232.0.0/16",
			"2a04:4e40::/32", "2a04:4e42::/32",
		}},
		{"google", "Google's front ends before an external Application Load Balancer", "https://cloud.google.com/load-balancing/docs/firewall-rules", "",
			[]string{"130.211.0.0/22", "35.191.0.0/16", "2600:2d00:1:b029::/64", "2600:2d00:1:1::/64"}},
	}
}

// Networks wider than these are no operator's own: whoever trusts one believes
// a good part of the Internet.
const (
	widest4 = 8
	widest6 = 7 // fc00::/7 is the widest network with a purpose
)

// ParseProxies turns a list of networks (10.1.0.0/16), single addresses
// (10.1.2.3) and names of [Presets] into the prefixes that Config.TrustedProxies
// takes. It joins the errors of all bad entries. An empty list gives none.
func ParseProxies(entries []string) ([]netip.Prefix, error) {
	presets := Presets()
	var prefixes []netip.Prefix
	var errs []error
	for _, entry := range entries {
		if i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == entry }); i >= 0 {
			for _, network := range presets[i].Networks {
				prefixes = append(prefixes, netip.MustParsePrefix(network)) // a test reads them all
			}
			continue
		}
		prefix, err := parseProxy(entry)
		if err != nil {
			errs = append(errs, fmt.Errorf("hosts: invalid trusted proxy %s: %w", quote(entry), err))
			continue
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, errors.Join(errs...)
}

func parseProxy(entry string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(entry); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return normalPrefix(netip.PrefixFrom(address, address.BitLen()))
	}
	prefix, err := netip.ParsePrefix(entry)
	switch {
	case entry == "*":
		return prefix, errors.New("everybody could then pretend to be anybody; name the proxy's network")
	case err != nil:
		var known []string
		for _, p := range Presets() {
			known = append(known, p.Name)
		}
		return prefix, fmt.Errorf("neither an address, nor a network such as 10.1.0.0/16, nor one of %s", strings.Join(known, ", "))
	case prefix != prefix.Masked():
		return prefix, fmt.Errorf("it has bits beyond its length; write %s, or %s for the one address", prefix.Masked(), prefix.Addr())
	}
	return normalPrefix(prefix)
}

// normalPrefix returns p masked and, if it holds IPv4 addresses mapped into
// IPv6, as the IPv4 network. It refuses networks that nobody can vouch for.
func normalPrefix(p netip.Prefix) (netip.Prefix, error) {
	if !p.IsValid() {
		return p, errors.New("not a network")
	}
	p = p.Masked()
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, errors.New("it mixes IPv4 and IPv6")
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p.Addr().Is4() && p.Bits() < widest4 || p.Addr().Is6() && p.Bits() < widest6 {
		return p, errors.New("wider than any operator's network: everybody in it could pretend to be anybody")
	}
	return p, nil
}
