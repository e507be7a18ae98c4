package lockout

import (
	"net/netip"
	"strings"
)

// id names a counter. Kind and lengths are part of it: a user who is called
// like an address has nothing in common with that address.
func (g *Guard) id(kind string, parts ...[]byte) ID {
	var sum [32]byte
	all := append([][]byte{[]byte(g.cfg.Name), []byte(kind)}, parts...)
	g.ids.Sum(sum[:0], all...)
	return ID(sum[:16])
}

func (g *Guard) accountID(account string) ID { return g.id("account", []byte(account)) }

func (g *Guard) networkID(network netip.Prefix) ID {
	return g.id("of-network", appendNetwork(nil, network))
}

// networkOf returns the network that counts as one client: an IPv4 address, or
// the first bits of an IPv6 address. The zero Addr gives the zero Prefix.
func networkOf(a netip.Addr, bits int) netip.Prefix {
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = 32
	}
	network, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

func appendNetwork(b []byte, network netip.Prefix) []byte {
	if !network.IsValid() {
		return b
	}
	return append(append(b, byte(network.Bits())), network.Addr().AsSlice()...)
}

// subject says of whom a counter counts, encrypted: an account's name on a
// line, then a network.
func (g *Guard) subject(by Parameter, account string, network netip.Prefix) string {
	text := ""
	if by.User {
		text = oneLine(account, 254)
	}
	if by.Network {
		text += "\n" + network.String()
	}
	return g.notes.Seal([]byte(text), nil)
}

// open reads a subject. Made under a key that is gone, it says nothing.
func (g *Guard) open(c *Counter) (account string, network netip.Prefix) {
	text, err := g.notes.Open(c.Subject, nil)
	if err != nil {
		return "", netip.Prefix{}
	}
	account, address, _ := strings.Cut(string(text), "\n")
	network, _ = netip.ParsePrefix(address)
	return account, network
}
