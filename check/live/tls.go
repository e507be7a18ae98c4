package live

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"time"
)

// A TLSInfo is what the site speaks and shows, for the report.
type TLSInfo struct {
	Versions    []TLSVersion `json:"versions"` // newest first
	Groups      []Group      `json:"groups"`
	ALPN        string       `json:"alpn,omitempty"`
	HTTP3       bool         `json:"http3"` // announced by Alt-Svc
	Trusted     bool         `json:"trusted"`
	Names       []string     `json:"names"`
	Issuer      string       `json:"issuer"`
	NotAfter    time.Time    `json:"not_after"`
	Key         string       `json:"key"`
	Signature   string       `json:"signature"`
	Stapled     bool         `json:"ocsp_stapled"`
	OwnOrder    bool         `json:"server_order"`
	FallbackEnd *bool        `json:"fallback_scsv,omitempty"` // nil if it does not matter or could not be tried
}

// A TLSVersion is one version of the protocol that the server speaks.
type TLSVersion struct {
	Name   string  `json:"name"`
	Suites []Suite `json:"suites"`
}

// A spoken is one version and the suites accepted in it, in the order in which
// the server preferred them.
type spoken struct {
	version uint16
	suites  []Suite
}

// A tlsSurvey is everything that was learnt about TLS.
type tlsSurvey struct {
	address  *url.URL
	listens  bool // something accepts connections there
	err      error
	state    *tls.ConnectionState
	verified error // nil if the certificate is trusted
	probed   bool  // versions and suites were tried
	spoken   []spoken
	groups   []Group
	dhBits   int // the smallest seen
	deflate  bool
	insecure bool  // no secure renegotiation
	order    bool  // the server chooses
	fallback *bool // refuses a fallback
}

func (t *tlsSurvey) trusted() bool { return t.state != nil && t.verified == nil }

func versionName(v uint16) string {
	return map[uint16]string{ssl30: "SSL 3.0", tls10: "TLS 1.0", tls11: "TLS 1.1", tls12: "TLS 1.2", tls13: "TLS 1.3"}[v]
}

// speaks reports whether the version was accepted.
func (t *tlsSurvey) speaks(version uint16) bool {
	return slices.ContainsFunc(t.spoken, func(s spoken) bool { return s.version == version })
}

// suites returns all that were accepted, once each.
func (t *tlsSurvey) suites() []Suite {
	var all []Suite
	for _, s := range t.spoken {
		for _, suite := range s.suites {
			if !slices.Contains(all, suite) {
				all = append(all, suite)
			}
		}
	}
	return all
}

// everySuite is what crypto/tls knows: a server that only speaks old ones is
// to be judged.
func everySuite() []uint16 {
	var ids []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ids = append(ids, s.ID)
	}
	return ids
}

// askCertificate makes one ordinary handshake and verifies the certificate.
func (s *survey) askCertificate(ctx context.Context, u *url.URL) {
	t := &s.tls
	t.address = u
	conn, err := s.connect(ctx)
	if err != nil {
		t.err = err
		return
	}
	t.listens = true
	defer conn.Close()
	c := tls.Client(conn, &tls.Config{
		ServerName: u.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: everySuite(), //merlon:ignore insecure-tls -- it is judged what the server offers
		NextProtos: []string{"h2", "http/1.1"}, Time: s.config.Now,
	})
	if err := c.HandshakeContext(ctx); err != nil {
		t.err = plainError(err)
		return
	}
	state := c.ConnectionState()
	t.state = &state
	t.verified = verify(&state, u.Hostname(), s.config.Roots, s.now)
}

func verify(state *tls.ConnectionState, host string, roots *x509.CertPool, now time.Time) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("no certificate")
	}
	pool := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		pool.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: pool, CurrentTime: now})
	return err
}

// connect opens a connection to the https port, in its turn.
func (s *survey) connect(ctx context.Context) (net.Conn, error) {
	if err := s.client.enter(ctx); err != nil {
		return nil, err
	}
	conn, err := s.dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.tls.address.Hostname(), portOf(s.tls.address)))
	if err != nil {
		return nil, plainError(err)
	}
	timed, cancel := context.WithTimeout(ctx, s.config.RequestTimeout)
	stop := context.AfterFunc(timed, func() { conn.Close() }) // ends reads and writes too
	return &timedConn{conn, stop, cancel}, nil
}

// A timedConn is closed when its time is over.
type timedConn struct {
	net.Conn
	stop   func() bool
	cancel context.CancelFunc
}

func (c *timedConn) Close() error {
	c.stop() // nobody else closes it a second time, later
	c.cancel()
	return c.Conn.Close()
}

// greet sends a hello and reads the answer; nil means that the server closed
// the connection or said something else.
func (s *survey) greet(ctx context.Context, h hello) *reply {
	if ctx.Err() != nil {
		return nil
	}
	if _, err := io.ReadFull(s.config.Rand, h.random[:]); err != nil {
		return nil
	}
	if net.ParseIP(s.tls.address.Hostname()) == nil {
		h.serverName = s.tls.address.Hostname()
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return nil
	}
	defer conn.Close()
	if _, err := conn.Write(h.bytes()); err != nil {
		return nil
	}
	r, err := readReply(conn)
	if err != nil {
		return nil
	}
	return r
}

var (
	offeredGroups = []Group{0x11ec, 0x11eb, 0x11ed, 0x6399, 0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104}
	olderGroups   = []Group{0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016, 0x0015, 0x0013, 0x0100, 0x0101, 0x0102}
)

func helloFor(version uint16, suites []Suite) hello {
	groups := olderGroups
	if version == tls13 {
		groups = []Group{0x001d, 0x0017, 0x0018}
	}
	return hello{version: version, suites: suites, groups: groups, share: true}
}

// askTLS tries every version, suite and group, one after the other.
func (s *survey) askTLS(ctx context.Context) {
	t := &s.tls
	if !t.listens || s.config.SkipTLS {
		if t.listens {
			s.notes = append(s.notes, "Protocol versions and cipher suites were not tried")
		}
		return
	}
	for _, version := range []uint16{tls13, tls12, tls11, tls10, ssl30} {
		if suites := s.accepted(ctx, version); len(suites) > 0 {
			t.spoken = append(t.spoken, spoken{version, suites})
		}
	}
	t.probed = ctx.Err() == nil
	s.askGroups(ctx)
	s.askOldFaults(ctx)
}

// accepted returns the suites that the server accepts in the version: all are
// offered, the one chosen is taken out, until none is accepted any more. This
// is one connection for each accepted suite and not for each there is.
func (s *survey) accepted(ctx context.Context, version uint16) []Suite {
	left := allSuites(version == tls13)
	var list []Suite
	for len(left) > 0 {
		r := s.greet(ctx, helloFor(version, left))
		if !r.accepted() || r.version != version || !slices.Contains(left, r.suite) {
			return list
		}
		if r.dhBits > 0 && (s.tls.dhBits == 0 || r.dhBits < s.tls.dhBits) {
			s.tls.dhBits = r.dhBits
		}
		list = append(list, r.suite)
		left = slices.DeleteFunc(left, func(x Suite) bool { return x == r.suite })
	}
	return list
}

// askGroups tries the groups of the newest version: without a key share a
// server of TLS 1.3 names the one it wants.
func (s *survey) askGroups(ctx context.Context) {
	t := &s.tls
	if len(t.spoken) == 0 || t.spoken[0].version == ssl30 {
		return
	}
	newest := t.spoken[0]
	h := hello{version: newest.version, groups: slices.Clone(offeredGroups)}
	h.suites = newest.suites
	if newest.version != tls13 {
		h.groups = slices.Clone(olderGroups)
		h.suites = slices.DeleteFunc(slices.Clone(newest.suites), func(x Suite) bool { return !x.has("TLS_ECDHE_") })
		if len(h.suites) == 0 {
			return
		}
	}
	for len(h.groups) > 0 {
		r := s.greet(ctx, h)
		if !r.accepted() || r.group == 0 || !slices.Contains(h.groups, r.group) {
			return
		}
		t.groups = append(t.groups, r.group)
		h.groups = slices.DeleteFunc(h.groups, func(g Group) bool { return g == r.group })
	}
}

// askOldFaults tries compression (CRIME), insecure renegotiation, the order of
// suites, and the fallback to an older version.
func (s *survey) askOldFaults(ctx context.Context) {
	t := &s.tls
	var older []spoken
	for _, sp := range t.spoken {
		if sp.version != tls13 && sp.version != ssl30 {
			older = append(older, sp)
		}
	}
	if len(older) == 0 {
		return
	}
	best := older[0]
	h := helloFor(best.version, best.suites)
	h.compress = true
	if r := s.greet(ctx, h); r.accepted() {
		t.deflate = r.compression == 1
		t.insecure = !r.renegotiate
	}
	if len(best.suites) > 1 {
		reversed := slices.Clone(best.suites)
		slices.Reverse(reversed)
		if r := s.greet(ctx, helloFor(best.version, reversed)); r.accepted() {
			t.order = r.suite == best.suites[0]
		}
	}
	// A client that fell back to the best version below the newest must be
	// refused, or whoever is on the network can make it fall.
	at := slices.IndexFunc(t.spoken, func(sp spoken) bool { return sp.version == best.version })
	if at == 0 && len(older) > 1 {
		best = older[1]
	} else if at == 0 {
		return
	}
	r := s.greet(ctx, helloFor(best.version, append([]Suite{fallbackSCSV}, best.suites...)))
	if r != nil {
		refused := r.alert == 86
		t.fallback = &refused
	}
}

// summary returns what is shown; nil if TLS was not seen.
func (t *tlsSurvey) summary() *TLSInfo {
	if t.state == nil && len(t.spoken) == 0 {
		return nil
	}
	info := &TLSInfo{Groups: t.groups, Trusted: t.trusted(), OwnOrder: t.order, FallbackEnd: t.fallback}
	for _, s := range t.spoken {
		info.Versions = append(info.Versions, TLSVersion{versionName(s.version), s.suites})
	}
	if t.state == nil {
		return info
	}
	if len(t.spoken) == 0 {
		info.Versions = []TLSVersion{{versionName(t.state.Version), []Suite{Suite(t.state.CipherSuite)}}}
		info.Groups = []Group{Group(t.state.CurveID)}
	}
	info.ALPN, info.Stapled = t.state.NegotiatedProtocol, len(t.state.OCSPResponse) > 0
	if len(t.state.PeerCertificates) > 0 {
		leaf := t.state.PeerCertificates[0]
		info.Issuer, info.NotAfter, info.Signature = clip(leaf.Issuer.String(), 200), leaf.NotAfter.UTC(), leaf.SignatureAlgorithm.String()
		kind, bits := keyOf(leaf)
		info.Key = fmt.Sprintf("%s %d", kind, bits)
		for _, name := range leaf.DNSNames[:min(len(leaf.DNSNames), 20)] {
			info.Names = append(info.Names, clip(name, 253))
		}
		for _, ip := range leaf.IPAddresses[:min(len(leaf.IPAddresses), 20)] {
			info.Names = append(info.Names, ip.String())
		}
	}
	return info
}

// keyOf returns the kind and size of a certificate's key.
func keyOf(c *x509.Certificate) (kind string, bits int) {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", key.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 256
	}
	return c.PublicKeyAlgorithm.String(), 0
}
