package lockout

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// DefaultParameters count wrong guesses by user and network together, by user,
// and by network.
const DefaultParameters = "user+network,user,network"

// A Parameter is what failures are counted by: one name or several joined.
type Parameter struct {
	User, Network, Device bool
}

// String writes p as [ParseParameters] reads it.
func (p Parameter) String() string {
	var names []string
	for _, n := range []struct {
		set  bool
		name string
	}{{p.User, "user"}, {p.Network, "network"}, {p.Device, "device"}} {
		if n.set {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, "+")
}

// ParseParameters reads a list such as "user+network,user,network": entries
// with a comma between, each of which locks on its own, made of the names
// user, network and device joined by +. A device is a browser that signed the
// user in before, so that it counts for user and device together.
//
// An entry that could never lock, or would lock nothing but what another one
// locks, is an error, and so is a list that leaves browsers without a device
// cookie uncounted.
func ParseParameters(list string) ([]Parameter, error) {
	if len(list) > 256 {
		return nil, errors.New("lockout: parameters are longer than 256 bytes")
	}
	var (
		all  []Parameter
		errs []error
	)
	if strings.TrimSpace(list) == "" {
		return nil, errors.New("lockout: no parameters: nothing would be counted")
	}
	for entry := range strings.SplitSeq(list, ",") {
		p, err := parseParameter(entry)
		switch {
		case err != nil:
			errs = append(errs, err)
		case slices.Contains(all, p):
			errs = append(errs, fmt.Errorf("lockout: parameter %q is there twice", strings.TrimSpace(entry)))
		default:
			all = append(all, p)
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return all, checkParameters(all)
}

func parseParameter(entry string) (Parameter, error) {
	var p Parameter
	for name := range strings.SplitSeq(entry, "+") {
		var set *bool
		switch name = strings.TrimSpace(name); name {
		case "user", "username":
			set = &p.User
		case "network", "ip_address":
			set = &p.Network
		case "device":
			set = &p.Device
		case "user_agent":
			return p, errors.New("lockout: user_agent is no parameter: a client chooses it, and each new one would be a fresh budget")
		case "":
			return p, fmt.Errorf("lockout: parameter %q has an empty name", strings.TrimSpace(entry))
		default:
			return p, fmt.Errorf("lockout: unknown parameter %q; there are user, network and device", name)
		}
		if *set {
			return p, fmt.Errorf("lockout: parameter %q names %s twice", strings.TrimSpace(entry), name)
		}
		*set = true
	}
	p.User = p.User || p.Device // a device cookie is one user's
	return p, nil
}

func checkParameters(all []Parameter) error {
	if len(all) == 0 {
		return errors.New("lockout: no parameters: nothing would be counted")
	}
	for _, p := range all {
		if p == (Parameter{}) || p.Device && !p.User {
			return fmt.Errorf("lockout: parameter %q counts nothing", p)
		}
		if !p.Device {
			return nil
		}
	}
	return errors.New("lockout: device alone counts only browsers that signed in before: add user, network or user+network")
}

// ParseNetworks reads addresses and CIDR networks for [Config].AllowNetworks and
// DenyNetworks, and reports all that are neither.
func ParseNetworks(list []string) ([]netip.Prefix, error) {
	var (
		all  []netip.Prefix
		errs []error
	)
	for _, text := range list {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if a, single := netip.ParseAddr(text); single == nil && a.Zone() == "" {
			a = a.Unmap()
			network, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err == nil {
			err = checkNetwork(network)
		} else {
			err = fmt.Errorf("lockout: network %q is neither an address nor a network such as 10.1.0.0/16", text)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, network.Masked())
	}
	return all, errors.Join(errs...)
}

func checkNetwork(p netip.Prefix) error {
	switch {
	case !p.IsValid():
		return errors.New("lockout: invalid network")
	case p.Addr().Is4In6():
		return fmt.Errorf("lockout: network %q must be written as an IPv4 network", p)
	case p.Bits() == 0:
		return fmt.Errorf("lockout: network %q is everybody", p)
	}
	return nil
}
