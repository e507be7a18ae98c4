package live_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

// stapled sets an answer of the authority about the certificate.
func (a *authority) stapled(t *testing.T, status int, until time.Time, signer *authority) func(*tls.Config) {
	return func(c *tls.Config) {
		leaf, err := x509.ParseCertificate(c.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		response := ocsp.Response{Status: status, SerialNumber: leaf.SerialNumber, ThisUpdate: time.Now().Add(-48 * time.Hour), NextUpdate: until, IssuerHash: crypto.SHA1}
		if status == ocsp.Revoked {
			response.RevokedAt, response.RevocationReason = time.Now().Add(-24*time.Hour), ocsp.KeyCompromise
		}
		text, err := ocsp.CreateResponse(signer.cert, signer.cert, response, signer.key)
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates[0].OCSPStaple = text
		c.Certificates[0].Certificate = append(c.Certificates[0].Certificate, a.cert.Raw)
	}
}

// TestStaples: what the authority says of a certificate is read, and believed
// if it was the authority that said it.
func TestStaples(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name  string
		tls   func(*tls.Config)
		want  string
		grade live.Grade
	}{
		{"good", ca.stapled(t, ocsp.Good, time.Now().Add(time.Hour), ca), "", live.APlus},
		{"revoked", ca.stapled(t, ocsp.Revoked, time.Now().Add(time.Hour), ca), "live-certificate-revoked", live.F},
		{"expired", ca.stapled(t, ocsp.Good, time.Now().Add(-time.Hour), ca), "live-ocsp-invalid", live.B},
		{"of another authority", ca.stapled(t, ocsp.Good, time.Now().Add(time.Hour), newAuthority(t)), "live-ocsp-invalid", live.B},
		{"no answer at all", func(c *tls.Config) { c.Certificates[0].OCSPStaple = []byte("nonsense") }, "live-ocsp-invalid", live.B},
	} {
		s := start(t, ca, plan{tls: c.tls})
		s.config.SkipTLS = true
		r := s.scan(t)
		got := ""
		for _, f := range r.Report.Findings {
			if strings.HasPrefix(f.ID, "live-ocsp") || strings.HasPrefix(f.ID, "live-certificate") {
				got += f.ID
			}
		}
		if got != c.want || r.Grade != c.grade {
			t.Errorf("%s: grade %s, %q, want %q", c.name, r.Grade, got, c.want)
		}
	}
}

// below makes an authority that the first one vouches for.
func (a *authority) below(t *testing.T) *authority {
	return authorityOf(t, 7, "Test Intermediate", a)
}

// TestChains: each fault of a chain is said in its own words, and the chain
// without it is fine.
func TestChains(t *testing.T) {
	ca := newAuthority(t)
	between := ca.below(t)
	chain := func(leaf tls.Certificate, more ...*authority) func(*tls.Config) {
		for _, m := range more {
			leaf.Certificate = append(leaf.Certificate, m.cert.Raw)
		}
		return func(c *tls.Config) { c.Certificates = []tls.Certificate{leaf} }
	}
	with := func(change func(*x509.Certificate)) func(*tls.Config) { return chain(ca.issue(t, change)) }
	weak := func(c *tls.Config) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(3), DNSNames: []string{"site.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
			Subject: pkix.Name{CommonName: "a"}, SignatureAlgorithm: x509.SHA1WithRSA}
		parent := &x509.Certificate{Subject: pkix.Name{CommonName: "b"}}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	}
	for _, c := range []struct {
		name string
		tls  func(*tls.Config)
		says string // "" if nothing is wrong
		most live.Grade
	}{
		{"fine", chain(ca.issue(t, nil)), "", live.APlus},
		{"fine, with one between", chain(between.issue(t, nil), between), "", live.APlus},
		{"fine, with the root too", chain(between.issue(t, nil), between, ca), "", live.APlus},
		{"the one between is missing", chain(between.issue(t, nil)), "The chain of the certificate is not sent", live.F},
		{"expired", with(func(x *x509.Certificate) {
			x.NotBefore, x.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour)
		}), "The certificate has expired", live.F},
		{"not valid yet", with(func(x *x509.Certificate) { x.NotBefore = time.Now().Add(48 * time.Hour) }), "The certificate is not valid yet", live.F},
		{"another host", with(func(x *x509.Certificate) { x.DNSNames = []string{"www.site.test"} }), "The certificate is for other names", live.F},
		{"a wildcard that does not reach", with(func(x *x509.Certificate) { x.DNSNames = []string{"*.site.test"} }), "The certificate is for other names", live.F},
		{"a wildcard that does", with(func(x *x509.Certificate) { x.DNSNames = []string{"*.test", "site.test"} }), "", live.APlus},
		{"a common name alone", with(func(x *x509.Certificate) { x.DNSNames, x.IPAddresses = nil, nil }), "The certificate is for other names", live.F},
		{"for clients", with(func(x *x509.Certificate) { x.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), "The certificate is refused", live.F},
		{"signed by itself", func(c *tls.Config) { c.Certificates = []tls.Certificate{rsaCertificate(2048)} }, "The certificate is signed by itself", live.F},
		{"another authority", chain(newAuthority(t).issue(t, nil)), "The chain of the certificate is not sent, or its authority is unknown", live.F},
		{"SHA-1", weak, "A certificate of the chain is signed with SHA1-RSA", live.F},
	} {
		s := start(t, ca, plan{tls: c.tls})
		s.config.SkipTLS = true
		r := s.scan(t)
		said := slices.ContainsFunc(r.Report.Findings, func(f check.Finding) bool { return c.says != "" && strings.HasPrefix(f.Title, c.says) })
		if said != (c.says != "") || r.Grade > c.most || c.says == "" && r.Grade != live.APlus {
			t.Errorf("%s: grade %s", c.name, r.Grade)
			for _, f := range r.Report.Findings {
				t.Logf("  %s: %s (%s)", f.ID, f.Title, f.Evidence)
			}
		}
	}
}
