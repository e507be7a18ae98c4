package hosts

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// table is a set of networks, held as sorted disjoint ranges, so that a look-up
// is one binary search however many networks there are. The zero table is empty.
type table struct {
	v4 []span4
	v6 []span6
}

type span4 struct{ first, last uint32 }

type span6 struct{ first, last uint128 }

type uint128 struct{ high, low uint64 }

func (u uint128) compare(v uint128) int {
	if u.high != v.high {
		return cmp.Compare(u.high, v.high)
	}
	return cmp.Compare(u.low, v.low)
}

// newTable returns the set of prefixes, which must be valid and unmapped.
func newTable(prefixes []netip.Prefix) table {
	var t table
	for _, p := range prefixes {
		first := p.Masked().Addr()
		if first.Is4() {
			a := number4(first)
			t.v4 = append(t.v4, span4{a, a | uint32(uint64(1)<<(32-p.Bits())-1)})
			continue
		}
		a := number6(first)
		b := a
		switch host := 128 - p.Bits(); {
		case host >= 64:
			b.low = ^uint64(0)
			b.high |= 1<<(host-64) - 1
		default:
			b.low |= 1<<host - 1
		}
		t.v6 = append(t.v6, span6{a, b})
	}
	// Merged, so that ranges are apart and the one before an address decides.
	slices.SortFunc(t.v4, func(a, b span4) int { return cmp.Compare(a.first, b.first) })
	slices.SortFunc(t.v6, func(a, b span6) int { return a.first.compare(b.first) })
	n := 0
	for _, s := range t.v4 {
		if n > 0 && s.first <= t.v4[n-1].last {
			t.v4[n-1].last = max(t.v4[n-1].last, s.last)
			continue
		}
		t.v4[n] = s
		n++
	}
	t.v4 = t.v4[:n]
	n = 0
	for _, s := range t.v6 {
		if n > 0 && s.first.compare(t.v6[n-1].last) <= 0 {
			if s.last.compare(t.v6[n-1].last) > 0 {
				t.v6[n-1].last = s.last
			}
			continue
		}
		t.v6[n] = s
		n++
	}
	t.v6 = t.v6[:n]
	return t
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func number6(a netip.Addr) uint128 {
	b := a.As16()
	return uint128{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// contains reports whether a, unmapped and without a zone, is in the set.
func (t *table) contains(a netip.Addr) bool {
	if a.Is4() {
		return t.contains4(number4(a))
	}
	return a.Is6() && t.contains6(number6(a))
}

func (t *table) contains4(a uint32) bool {
	low, high := 0, len(t.v4)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if t.v4[middle].first <= a {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low > 0 && a <= t.v4[low-1].last
}

func (t *table) contains6(a uint128) bool {
	low, high := 0, len(t.v6)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if t.v6[middle].first.compare(a) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low > 0 && a.compare(t.v6[low-1].last) <= 0
}
