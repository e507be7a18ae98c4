package live_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check/live"
)

// tlsFaults are servers with one fault of TLS each.
var tlsFaults = []struct {
	name string
	tls  func(*tls.Config)
	cert func(*x509.Certificate)
	rule string
	most live.Grade
}{
	{"TLS 1.0", func(c *tls.Config) {
		c.MinVersion = tls.VersionTLS10
		c.CipherSuites = append(c.CipherSuites, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA)
	}, nil, "live-tls-old", live.B},
	{"TLS 1.1 at best", func(c *tls.Config) {
		c.MinVersion, c.MaxVersion, c.CipherSuites = tls.VersionTLS10, tls.VersionTLS11, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	}, nil, "live-tls-not-modern", live.C},
	{"no TLS 1.3", func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, nil, "live-tls-no-13", live.A},
	{"RC4", func(c *tls.Config) { c.CipherSuites = append(c.CipherSuites, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA) }, nil, "live-tls-suite-weak", live.C},
	{"CBC", func(c *tls.Config) { c.CipherSuites = append(c.CipherSuites, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA) }, nil, "live-tls-cbc", live.A},
	{"CBC alone", func(c *tls.Config) {
		c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	}, nil, "live-tls-no-aead", live.B},
	{"no hybrid key exchange", func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} }, nil, "live-tls-no-hybrid", live.APlus},
	{"no HTTP/2", func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }, nil, "live-http2-missing", live.APlus},
	{"expired", nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}, "live-certificate-invalid", live.F},
	{"other names", nil, func(c *x509.Certificate) { c.DNSNames = []string{"other.test"} }, "live-certificate-invalid", live.F},
	{"expires soon", nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-80*24*time.Hour), time.Now().Add(5*24*time.Hour)
	}, "live-certificate-expiring", live.AMinus},
	{"valid for long", nil, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(360 * 2 * 24 * time.Hour) }, "live-certificate-long", live.APlus},
	{"RSA key exchange", func(c *tls.Config) {
		c.Certificates = []tls.Certificate{rsaCertificate(2048)}
		c.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
	}, nil, "live-tls-no-forward-secrecy", live.B},
	{"RSA with 1024 bits", func(c *tls.Config) { c.Certificates = []tls.Certificate{rsaCertificate(1024)} }, nil, "live-certificate-weak", live.C},
	{"must-staple without staple", nil, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	}, "live-ocsp-must-staple", live.B},
	{"OCSP without staple", nil, func(c *x509.Certificate) { c.OCSPServer = []string{"http://ocsp.test"} }, "live-ocsp-missing", live.APlus},
}

// rsaCertificate vouches for itself, with a key of that many bits.
func rsaCertificate(bits int) tls.Certificate {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(3), DNSNames: []string{"site.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestEveryFaultOfTLSIsNamed(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range tlsFaults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			change := c.tls
			if change == nil {
				change = func(*tls.Config) {}
			}
			r := start(t, ca, plan{tls: change, cert: c.cert}).scan(t)
			if !has(r, c.rule) {
				t.Errorf("not named: found %v", ids(r))
			}
			if r.Grade > c.most {
				t.Errorf("grade %s, want at most %s", r.Grade, c.most)
			}
		})
	}
}

func TestUntrustedAuthority(t *testing.T) {
	s := start(t, newAuthority(t), plan{})
	s.config.Roots = newAuthority(t).pool()
	if r := s.scan(t); r.Grade != live.F || !slices.Contains(r.Decisive, "live-certificate-invalid") || r.TLS.Trusted {
		t.Errorf("grade %s, %v", r.Grade, r.Decisive)
	}
}

// TestSuites: the suites found are exactly those that the server was given.
func TestSuites(t *testing.T) {
	ca := newAuthority(t)
	given := []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}
	r := start(t, ca, plan{tls: func(c *tls.Config) {
		c.MinVersion, c.CipherSuites, c.CurvePreferences = tls.VersionTLS11, given, []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256}
	}}).scan(t)
	got := map[string][]string{}
	for _, v := range r.TLS.Versions {
		for _, s := range v.Suites {
			got[v.Name] = append(got[v.Name], s.String())
		}
		slices.Sort(got[v.Name])
	}
	var want []string
	for _, id := range given {
		want = append(want, strings.TrimSuffix(tls.CipherSuiteName(id), ""))
	}
	slices.Sort(want)
	if !slices.Equal(got["TLS 1.2"], want) {
		t.Errorf("TLS 1.2: %v, want %v", got["TLS 1.2"], want)
	}
	if want := []string{"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"}; !slices.Equal(got["TLS 1.1"], want) {
		t.Errorf("TLS 1.1: %v, want %v", got["TLS 1.1"], want)
	}
	if want := []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}; !slices.Equal(got["TLS 1.3"], want) {
		t.Errorf("TLS 1.3: %v, want %v", got["TLS 1.3"], want)
	}
	if len(got) != 3 {
		t.Errorf("versions: %v", got)
	}
	var groups []string
	for _, g := range r.TLS.Groups {
		groups = append(groups, g.String())
	}
	slices.Sort(groups)
	if want := []string{"X25519MLKEM768", "secp256r1", "x25519"}; !slices.Equal(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	if r.TLS.FallbackEnd == nil || !*r.TLS.FallbackEnd || r.TLS.ALPN != "h2" || !r.TLS.Trusted {
		t.Errorf("%+v", r.TLS)
	}
}

// TestOnlySSL3 meets a server that answers to SSL 3.0 alone: nothing of today
// can talk to it, and the scan says so.
func TestOnlySSL3(t *testing.T) {
	l, port := listen(t)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			hello := make([]byte, 4096)
			if n, err := c.Read(hello); err == nil && n > 11 && hello[9] == 3 && hello[10] == 0 {
				body := append([]byte{3, 0}, make([]byte, 32)...)
				body = append(body, 0, 0, 0x0a, 0) // no session, 3DES, no compression
				message := append([]byte{2, 0, 0, byte(len(body))}, body...)
				message = append(message, 14, 0, 0, 0)
				_, _ = c.Write(append([]byte{22, 3, 0, 0, byte(len(message))}, message...))
			} else {
				_, _ = c.Write([]byte{21, 3, 0, 0, 2, 2, 40})
			}
			c.Close()
		}
	}()
	_, err := live.Scan(t.Context(), "https://127.0.0.1:"+port+"/", live.Config{AllowPrivate: true, Pause: -1})
	if err == nil || !strings.Contains(err.Error(), "only speaks TLS that browsers have given up") {
		t.Errorf("error %v", err)
	}
}
