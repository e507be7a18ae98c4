package live_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/live"
)

// several answers with several addresses.
type several []string

func (s several) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var list []netip.Addr
	for _, text := range s {
		list = append(list, netip.MustParseAddr(text))
	}
	return list, nil
}

// TestSeveralAddresses: a host has two machines, and one is set up otherwise.
func TestSeveralAddresses(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name   string
		second http.HandlerFunc // nil: nothing answers there
		signer *authority
		first  string // the address that is tried first
		want   string // of the finding's title, "" for none
		grade  live.Grade
	}{
		{"the same", good(nil), ca, "127.0.0.1", "", live.APlus},
		{"without HSTS", good(header("Strict-Transport-Security", "")), ca, "127.0.0.1", "127.0.0.2 lacks what another address has: Strict-Transport-Security", live.B},
		{"without HSTS, and asked first", good(header("Referrer-Policy", "")), ca, "127.0.0.2", "One address of the host lacks Referrer-Policy", live.B},
		{"a certificate of its own", good(nil), newAuthority(t), "127.0.0.1", "a certificate that browsers trust", live.B},
		{"not there", nil, ca, "127.0.0.1", "", live.APlus},
	} {
		s := start(t, ca, plan{})
		if c.second != nil {
			l, err := net.Listen("tcp", "127.0.0.2:"+s.https)
			if err != nil {
				t.Skip(err)
			}
			serve(t, l, c.second, &tls.Config{Certificates: []tls.Certificate{c.signer.issue(t, nil)}})
		}
		s.config.Resolver = several{c.first, map[string]string{"127.0.0.1": "127.0.0.2", "127.0.0.2": "127.0.0.1"}[c.first]}
		r := s.scan(t)
		got := ""
		for _, f := range r.Report.Findings {
			if f.ID == "live-address-differs" {
				got = f.Title
			}
		}
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") || r.Grade != c.grade {
			t.Errorf("%s: grade %s, %q, want %q; %v", c.name, r.Grade, got, c.want, r.Decisive)
		}
		if noted := strings.Contains(strings.Join(r.Notes, " "), "127.0.0.2 of the host did not answer"); noted != (c.second == nil) {
			t.Errorf("%s: notes %v", c.name, r.Notes)
		}
	}
}

// Credentials go over no connection whose certificate is bad, though another
// address of the host has a good one.
func TestAttackCredentialsToAnotherAddress(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{})
	l, err := net.Listen("tcp", "127.0.0.2:"+s.https)
	if err != nil {
		t.Skip(err)
	}
	serve(t, l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("credentials sent to a certificate that nobody vouches for")
		}
	}), &tls.Config{Certificates: []tls.Certificate{newAuthority(t).issue(t, nil)}})
	s.config.Resolver = several{"127.0.0.1", "127.0.0.2"}
	s.config.Header = http.Header{"Authorization": {"Bearer canary"}}
	r := s.scan(t)
	if !strings.Contains(strings.Join(r.Notes, " "), "127.0.0.2 of the host did not answer: tls: failed to verify certificate") {
		t.Errorf("notes %v", r.Notes)
	}
}
