package live_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check/live"
	"github.com/merlon-go/merlon/internal/services"
)

// An authority signs the certificates of the test's sites.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority { return authorityOf(t, 1, "Test CA", nil) }

// authorityOf makes an authority that the signer vouches for; nil is itself.
func authorityOf(t testing.TB, serial int64, name string, signer *authority) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	if signer == nil {
		signer = &authority{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key}
}

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// issue signs a certificate for site.test and 127.0.0.0/8; change may alter it.
func (a *authority) issue(t testing.TB, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "site.test"}, DNSNames: []string{"site.test", "www.site.test"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// issueIP signs a certificate for an address.
func (a *authority) issueIP(t testing.TB, host string) tls.Certificate {
	t.Helper()
	return a.issue(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP(host)} })
}

// A site is a server with https and http on spare ports of this machine, under
// the name site.test.
type site struct {
	https, http string // ports
	config      live.Config
	url         string
}

// names answers for every name with one address.
type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if text, ok := n[host]; ok {
		return []netip.Addr{netip.MustParseAddr(text)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// A plan says how a site is built; zero fields mean a site without fault.
type plan struct {
	page  http.HandlerFunc // served at /
	plain http.HandlerFunc // over http; nil redirects to https
	tls   func(*tls.Config)
	cert  func(*x509.Certificate)
	noTLS bool
}

// patience bounds what never happens on a machine that moves at all.
const patience = 10 * time.Minute

func serve(t testing.TB, l net.Listener, h http.Handler, config *tls.Config) {
	t.Helper()
	s := &http.Server{Handler: h, TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: patience}
	if config != nil && config.MaxVersion != 0 { // old suites keep HTTP/2 from being served
		s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	go func() {
		if config != nil {
			_ = s.ServeTLS(l, "", "")
		} else {
			_ = s.Serve(l)
		}
	}()
	t.Cleanup(func() { s.Close() })
}

func listen(t testing.TB) (net.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return l, port
}

// start serves the site until the test ends.
func start(t testing.TB, ca *authority, p plan) *site {
	t.Helper()
	var secure net.Listener
	httpsPort := strconv.Itoa(services.Port(t)) // where nobody answers
	if !p.noTLS {
		secure, httpsPort = listen(t)
	}
	plain, httpPort := listen(t)
	s := &site{https: httpsPort, http: httpPort, url: "https://site.test:" + httpsPort + "/"}
	page := p.page
	if page == nil {
		page = good(nil)
	}
	if secure != nil {
		config := &tls.Config{Certificates: []tls.Certificate{ca.issue(t, p.cert)}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
			CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}}
		if p.tls != nil {
			p.tls(config)
		}
		serve(t, secure, page, config)
	}
	redirect := p.plain
	if redirect == nil {
		redirect = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, (&url.URL{Scheme: "https", Host: "site.test:" + httpsPort, Path: r.URL.Path}).String(), http.StatusMovedPermanently)
		}
	}
	serve(t, plain, redirect, nil)
	port, _ := strconv.Atoi(httpPort)
	s.config = live.Config{
		AllowPrivate: true, HTTPPort: port, Pause: -1, Timeout: 3 * patience, RequestTimeout: patience, Roots: ca.pool(), SkipTLS: p.tls == nil,
		Resolver: names{"site.test": "127.0.0.1", "www.site.test": "127.0.0.1"},
	}
	return s
}

// pipes are a network in memory, with one server: in a bubble of testing/synctest
// the clock stands still while anybody works.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// piped serves h over plain http in a bubble and scans it there, with the
// time-outs that people have.
func piped(t *testing.T, h http.HandlerFunc) *live.Result {
	t.Helper()
	p := newPipes()
	serve(t, p, h, nil)
	r, err := live.Scan(t.Context(), "http://127.0.0.1:80/", live.Config{AllowPrivate: true, Dial: p.dial, HTTPSPort: 443})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *site) scan(t testing.TB) *live.Result {
	t.Helper()
	r, err := live.Scan(t.Context(), s.url, s.config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const csp = "default-src 'none'; script-src 'nonce-%s' 'strict-dynamic'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// A reply is a page of the site without fault, before it is written; a test
// changes it into one with a fault.
type reply struct {
	header http.Header
	status int
	body   string
	nonce  string
	r      *http.Request
}

func (a *reply) policy(text string) {
	a.header.Set("Content-Security-Policy", fmt.Sprintf(text, a.nonce))
}

// good serves a site without fault, each answer changed by change.
func good(change func(*reply)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := &reply{header: http.Header{}, status: 200, nonce: rand.Text()[:22], r: r}
		h := a.header
		a.policy(csp)
		for name, value := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer", "Permissions-Policy": "camera=(), microphone=(), geolocation=()", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
		} {
			h.Set(name, value)
		}
		h.Set("Set-Cookie", "__Host-session="+rand.Text()+"; Path=/; Secure; HttpOnly; SameSite=Lax")
		a.body = `<!doctype html><title>Good</title><link rel=stylesheet href=/static/a.css><script nonce="` + a.nonce + `" src="/static/a.js"></script><p>Fine.</p>`
		switch {
		case r.Host != "site.test" && len(r.Host) >= 9 && r.Host[:9] != "site.test" && r.Host[:9] != "127.0.0.1":
			a.status, a.body = 400, "<!doctype html><title>400</title>"
		case r.Method != "GET" && r.Method != "HEAD":
			a.status, a.body = 405, "<!doctype html><title>405</title>"
		case r.URL.Path == "/.well-known/security.txt":
			h.Set("Content-Type", "text/plain; charset=utf-8")
			a.body = "Contact: mailto:security@site.test\nExpires: " + time.Now().Add(30*24*time.Hour).UTC().Format(time.RFC3339) + "\n"
		case r.URL.Path == "/static/a.css" || r.URL.Path == "/static/a.js":
			h.Set("Content-Type", mime.TypeByExtension(path.Ext(r.URL.Path)))
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
			h.Del("Set-Cookie")
			a.body = "/* static */"
		case r.URL.Path != "/":
			a.status, a.body = 404, "<!doctype html><title>404</title>"
		}
		if change != nil {
			change(a)
		}
		for name, values := range a.header {
			w.Header()[name] = values
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}
}
