package live_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

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
		{"busy", good(func(a *reply) { a.status, a.header = 503, http.Header{} }), ca, "127.0.0.1", "", live.APlus},
		{"refuses as too many", good(func(a *reply) { a.status, a.header = 429, http.Header{} }), ca, "127.0.0.1", "", live.APlus},
		{"an error page has more", good(func(a *reply) {
			a.status = 404
			a.header.Set("Cross-Origin-Embedder-Policy", "require-corp")
		}), ca, "127.0.0.1", "", live.APlus},
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

// TestAddressesThatDoNotDiffer: an error page that has more headers makes the
// page no weaker, and a certificate is not missed where no address has one.
func TestAddressesThatDoNotDiffer(t *testing.T) {
	for name, trusted := range map[string]bool{"an error page": true, "no good certificate": false} {
		ca := newAuthority(t)
		s := start(t, ca, plan{page: good(header("Referrer-Policy", ""))})
		l, err := net.Listen("tcp", "127.0.0.2:"+s.https)
		if err != nil {
			t.Skip(err)
		}
		serve(t, l, good(func(a *reply) { a.status = http.StatusNotFound }), &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil)}})
		s.config.Resolver = several{"127.0.0.1", "127.0.0.2"}
		if !trusted {
			s.config.Roots = newAuthority(t).pool()
		}
		if r := s.scan(t); has(r, "live-address-differs") || has(r, "live-certificate-invalid") == trusted {
			t.Errorf("%s: %v", name, ids(r))
		}
	}
}

// An address that hangs holds up nothing but itself, wherever it stands in the
// list, and those that do not answer are named together.
func TestAddressesThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		serve(t, p, good(nil), nil)
		began := time.Now()
		var late atomic.Int64 // dialled for more than the first look and the page
		r, err := live.Scan(t.Context(), "http://site.test/", live.Config{
			AllowPrivate: true, HTTPSPort: 443, Resolver: several{"2001:db8::1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"},
			Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				switch address {
				case "10.0.0.2:80":
					return p.dial(ctx, network, address)
				case "[2001:db8::1]:80", "10.0.0.1:80", "10.0.0.4:80":
					late.Add(1)
					<-ctx.Done()
					return nil, ctx.Err()
				case "10.0.0.3:80":
					return nil, syscall.ENETUNREACH
				}
				return nil, syscall.ECONNREFUSED
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(r.Notes, "\n")
		for _, want := range []string{"The addresses 2001:db8::1, 10.0.0.1, 10.0.0.4 of the host did not answer: no answer in time", "The address 10.0.0.3 of the host did not answer: network is unreachable"} {
			if !strings.Contains(notes, want) {
				t.Errorf("%q is missing: %s", want, notes)
			}
		}
		if n := late.Load(); n != 6 {
			t.Errorf("addresses that hang were dialled %d times, want twice each", n)
		}
		if took := time.Since(began); took > 30*time.Second || len(r.Report.Incomplete) > 0 {
			t.Errorf("it took %s, %v", took, r.Report.Incomplete)
		}
		if got := fmt.Sprint(r.Addresses); got != "[2001:db8::1 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4]" {
			t.Errorf("addresses %s", got)
		}
	})
}

// TestManyAddresses: at most eight are asked, and that is said.
func TestManyAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		serve(t, p, good(nil), nil)
		var list several
		for i := range 20 {
			list = append(list, fmt.Sprintf("10.0.0.%d", i+1))
		}
		var mu sync.Mutex
		dialled := map[string]bool{}
		r, err := live.Scan(t.Context(), "http://site.test/", live.Config{AllowPrivate: true, HTTPSPort: 443, Resolver: list, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			mu.Lock()
			dialled[address] = true
			mu.Unlock()
			if strings.HasSuffix(address, ":443") {
				return nil, syscall.ECONNREFUSED
			}
			return p.dial(ctx, network, address)
		}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(r.Notes, " "), "Of the host's 16 addresses 8 were asked for the page") || len(r.Addresses) != 16 {
			t.Errorf("%d addresses, %v", len(r.Addresses), r.Notes)
		}
		mu.Lock()
		defer mu.Unlock()
		if dialled["10.0.0.17:80"] || !dialled["10.0.0.8:80"] {
			t.Errorf("dialled %v", dialled)
		}
	})
}

// TestAddressSix: an address of version 6 is asked as one of version 4 is.
func TestAddressSix(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	ca := newAuthority(t)
	serve(t, l, good(func(a *reply) {
		if a.r.Host == l.Addr().String() && a.status == http.StatusBadRequest {
			a.status = http.StatusOK
		}
	}), &tls.Config{Certificates: []tls.Certificate{ca.issueIP(t, "::1")}})
	r, err := live.Scan(t.Context(), "https://"+l.Addr().String()+"/", live.Config{AllowPrivate: true, Pause: -1, Timeout: 3 * patience, RequestTimeout: patience, Roots: ca.pool(), SkipTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.TLS == nil || !r.TLS.Trusted || r.Page != "https://"+l.Addr().String()+"/" || len(r.Addresses) != 1 {
		t.Errorf("%+v %v", r.TLS, r.Page)
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
