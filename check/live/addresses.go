package live

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/merlon-go/merlon/check"
)

// An otherAddress is the page as a further address of the host serves it.
type otherAddress struct {
	addr   netip.Addr
	answer *answer
}

// awakeFirst returns the addresses with those behind the others that no
// connection can be made to. They are dialled one after the other, and one that
// hangs would use up the time of every request. Where none answers the order
// stays: another port may be the one that is served.
func awakeFirst(ctx context.Context, c *Config, addrs []netip.Addr, port string) []netip.Addr {
	if len(addrs) < 2 {
		return addrs
	}
	ctx, cancel := context.WithTimeout(ctx, c.RequestTimeout/3)
	defer cancel()
	awake := make([]bool, len(addrs))
	var wg sync.WaitGroup
	for i, a := range addrs {
		wg.Go(func() {
			if conn, err := c.Dial(ctx, "tcp", net.JoinHostPort(a.String(), port)); err == nil {
				awake[i] = conn.Close() == nil
			}
		})
	}
	wg.Wait()
	var first, last []netip.Addr
	for i, a := range addrs {
		if awake[i] {
			first = append(first, a)
		} else {
			last = append(last, a)
		}
	}
	return append(first, last...)
}

// askAddresses asks the addresses of the host for the page, each by itself:
// behind a name there may be a machine that was forgotten. They are asked side
// by side, so that those that hang do so together.
func (s *survey) askAddresses(ctx context.Context) {
	const most = 8
	host := strings.ToLower(s.auto.url.Hostname())
	all := s.dialer.hosts[host]
	if len(all) < 2 {
		return
	}
	if len(all) > most {
		s.notes = append(s.notes, fmt.Sprintf("Of the host's %d addresses %d were asked for the page", len(all), most))
	}
	list := make([]otherAddress, min(len(all), most))
	var wg sync.WaitGroup
	for i := range list {
		wg.Go(func() {
			// Connections of their own: they are kept by name, and one that was begun
			// for an earlier request may lead to any address.
			over := newRoads(&dialer{hosts: map[string][]netip.Addr{host: {all[i]}}, dial: s.dialer.dial}, s.config)
			defer over.close()
			list[i] = otherAddress{all[i], s.client.do(ctx, ask{url: s.auto.url, body: maxProbe, over: over, what: shown(s.auto.url) + " at " + all[i].String()})}
		})
	}
	wg.Wait()
	s.noteSilent(list)
	s.elsewhere = slices.DeleteFunc(list, func(o otherAddress) bool { return !o.answer.ok() })
}

// noteSilent names the addresses that did not answer, once for each reason.
func (s *survey) noteSilent(list []otherAddress) {
	var reasons []string
	silent := map[string][]string{}
	for _, o := range list {
		if o.answer.ok() {
			continue
		}
		reason := o.answer.err.Error()
		if silent[reason] == nil {
			reasons = append(reasons, reason)
		}
		silent[reason] = append(silent[reason], o.addr.String())
	}
	for _, reason := range reasons {
		noun := "address "
		if len(silent[reason]) > 1 {
			noun = "addresses "
		}
		s.notes = append(s.notes, "The "+noun+strings.Join(silent[reason], ", ")+" of the host did not answer: "+reason)
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
