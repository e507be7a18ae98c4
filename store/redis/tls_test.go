package redis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/store/redis"
)

// authority writes, into a new directory that everybody may read, an authority
// ca.pem and what it signed: one.pem and one.key for servers on 127.0.0.1 and
// for clients. (The server runs as somebody else.)
func authority(t *testing.T) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "merlon-tls")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o644); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	certificate := func(template, parent *x509.Certificate, public *ecdsa.PrivateKey, signer *ecdsa.PrivateKey) []byte {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &public.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	caKey, oneKey := key(), key()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	write("ca.pem", "CERTIFICATE", certificate(ca, ca, caKey, caKey))
	write("one.pem", "CERTIFICATE", certificate(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "one"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, ca, oneKey, caKey))
	der, err := x509.MarshalPKCS8PrivateKey(oneKey)
	if err != nil {
		t.Fatal(err)
	}
	write("one.key", "PRIVATE KEY", der)
	return dir
}

// TestTLS decides over a server that speaks TLS and wants a certificate of its
// clients, and not over one whose certificate nobody vouches for.
func TestTLS(t *testing.T) {
	t.Parallel()
	dir := authority(t)
	port := strconv.Itoa(services.Port(t))
	services.OwnRedis(t, "--tls-port", port, "--tls-ca-cert-file", dir+"/ca.pem", "--tls-cert-file", dir+"/one.pem",
		"--tls-key-file", dir+"/one.key", "--tls-auth-clients", "yes")
	address := "127.0.0.1:" + port
	own := "ssl_certfile=" + dir + "/one.pem&ssl_keyfile=" + dir + "/one.key"

	s := newSite(t, "rediss://"+address+"/0?ssl_ca_certs="+dir+"/ca.pem&"+own, patient)
	s.wantBack(t)
	for i, want := range []bool{true, true, false} {
		if r := s.allow(t, "local", "ann"); r.Degraded || r.Allowed != want {
			t.Errorf("event %d: %+v, want allowed %t", i, r, want)
		}
	}
	for name, c := range map[string]struct {
		url  string
		fine bool
	}{
		"the system's authorities": {"rediss://" + address + "/0?" + own, false},
		"another authority":        {"rediss://" + address + "/0?ssl_ca_certs=" + authority(t) + "/ca.pem&" + own, false},
		"another name":             {"rediss://localhost:" + port + "/0?ssl_ca_certs=" + dir + "/ca.pem&" + own, false},
		"no certificate":           {"rediss://" + address + "/0?ssl_ca_certs=" + dir + "/ca.pem", false},
		"no TLS":                   {"redis://" + address + "/0", false},
		"nothing checked":          {"rediss://" + address + "/0?ssl_cert_reqs=none&" + own, true},
		"another database":         {"rediss://" + address + "/1?skip_verify=true&" + own, true},
	} {
		db, err := redis.Open(c.url, patient)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		if err := db.Ping(t.Context()); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}
