package live

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// An otherAddress is the page as a further address of the host serves it.
type otherAddress struct {
	addr   netip.Addr
	answer *answer
}

// askAddresses asks the further addresses of the host for the page: behind a
// name there may be a machine that was forgotten.
func (s *survey) askAddresses(ctx context.Context) {
	const most = 8
	host := strings.ToLower(s.auto.url.Hostname())
	all := s.dialer.hosts[host]
	if len(all) < 2 {
		return
	}
	for _, addr := range all[:min(len(all), most)] {
		// Connections of their own: they are kept by name, and one that was begun
		// for an earlier request may lead to any address.
		over := newRoads(&dialer{hosts: map[string][]netip.Addr{host: {addr}}, dial: s.dialer.dial}, s.config)
		a := s.client.do(ctx, ask{url: s.auto.url, body: maxProbe, over: over, what: shown(s.auto.url) + " at " + addr.String()})
		over.close()
		if !a.ok() {
			s.notes = append(s.notes, "The address "+addr.String()+" of the host did not answer: "+a.err.Error())
			continue
		}
		s.elsewhere = append(s.elsewhere, otherAddress{addr, a})
	}
}

// addressDiffers compares what the addresses of the host serve.
func addressDiffers() rule {
	return rule{check.Rule{
		ID: "live-address-differs", Title: "One address of the host protects less than another", Level: check.Warning, Tags: []string{"transport"},
		Why: "Each visitor gets one of the addresses, and an attacker chooses the weakest: a machine that was forgotten, or set up otherwise.",
		Fix: "Set all machines behind the name up the same way, or take the odd one out of the DNS.",
		CWE: []int{693}, ASVS: []string{"V3.4.1"}, OWASP: "A02",
	}, B, func(s *survey) []check.Finding {
		for _, o := range s.elsewhere {
			if o.answer.status >= 500 || o.answer.status == 429 {
				continue // busy, and not weak
			}
			var lacks []string
			for _, name := range telltale {
				if s.auto.get(name) != "" && o.answer.get(name) == "" {
					lacks = append(lacks, name)
				}
			}
			if s.tls.trusted() && o.answer.tls != nil && verify(o.answer.tls, s.auto.url.Hostname(), s.config.Roots, s.now) != nil {
				lacks = append(lacks, "a certificate that browsers trust")
			}
			if len(lacks) > 0 {
				f := one(o.answer, "The address "+o.addr.String()+" lacks what another address has: "+strings.Join(lacks, ", "), "")
				f[0].Key = strings.Join(lacks, " ")
				return f
			}
		}
		// The first answer of the scan may have come from the weaker one.
		for _, name := range telltale {
			if s.auto.get(name) == "" && slices.ContainsFunc(s.elsewhere, func(o otherAddress) bool { return o.answer.status < 400 && o.answer.get(name) != "" }) {
				f := one(s.auto, "One address of the host lacks "+name+", which another has", "")
				f[0].Key = name
				return f
			}
		}
		return nil
	}}
}
