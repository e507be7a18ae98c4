package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// smtpServer speaks enough of RFC 5321 to receive mail on loopback, and
// misbehaves as told.
type smtpServer struct {
	*testing.T
	listener net.Listener
	tls      *tls.Config    // nil: no TLS at all
	roots    *x509.CertPool // the authority of its certificate

	implicit   bool              // TLS from the first byte
	answers    map[string]string // verb → answer instead of the usual; "data" is the one after the text
	brokenTLS  bool              // says 220 to STARTTLS and then talks no TLS
	silent     string            // verb never answered
	hideOffer  bool              // takes STARTTLS out of the EHLO answer, as one in between would
	dropAtQuit bool

	mu       sync.Mutex
	received []received
	commands []string // every line, in order; "[tls]" when it begins
	conns    sync.WaitGroup
}

type received struct {
	from, to, user, password, text string
	tls                            bool
}

func newSMTP(t *testing.T, change func(*smtpServer)) *smtpServer {
	t.Helper()
	s := &smtpServer{T: t, answers: make(map[string]string)}
	s.tls, s.roots = certificate(t)
	if change != nil {
		change(s)
	}
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.listener.Close()
		s.conns.Wait()
	})
	s.conns.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.conns.Go(func() { s.serve(conn) })
		}
	})
	return s
}

func (s *smtpServer) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *smtpServer) mails() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.received...)
}

func (s *smtpServer) transcript() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.commands, "\n")
}

func (s *smtpServer) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, line)
}

// smtpSession is one connection.
type smtpSession struct {
	*smtpServer
	conn net.Conn
	r    *bufio.Reader
	mail received
}

func (s *smtpServer) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	conn.SetDeadline(time.Now().Add(3 * time.Minute))
	c := &smtpSession{smtpServer: s, conn: conn}
	if s.implicit {
		c.secure()
	}
	c.r = bufio.NewReader(c.conn)
	c.say("220 mail.example ESMTP")
	for {
		line, err := textproto.NewReader(c.r).ReadLine()
		if err != nil {
			return
		}
		s.note(line)
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		if s.silent == verb {
			c.r.ReadByte() // until the client gives up
			return
		}
		if answer, ok := s.answers[verb]; ok {
			c.say(answer)
			continue
		}
		if !c.command(verb, rest) {
			return
		}
	}
}

func (c *smtpSession) say(format string, args ...any) { fmt.Fprintf(c.conn, format+"\r\n", args...) }

func (c *smtpSession) secure() {
	c.conn = tls.Server(c.conn, c.tls)
	c.r = bufio.NewReader(c.conn)
	c.mail.tls = true
	c.note("[tls]")
}

func (c *smtpSession) command(verb, rest string) bool {
	switch verb {
	case "EHLO":
		c.say("250-mail.example")
		if c.tls != nil && !c.mail.tls && !c.hideOffer {
			c.say("250-STARTTLS")
		}
		c.say("250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN")
	case "STARTTLS":
		c.say("220 go ahead")
		if c.brokenTLS {
			c.say("500 but not like this")
			return true // and goes on in the clear, ready to take a mail
		}
		c.secure()
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		c.mail.from = rest
		c.say("250 2.1.0 ok")
	case "RCPT":
		c.mail.to = rest
		c.say("250 2.1.5 ok")
	case "DATA":
		c.say("354 go ahead")
		text, err := textproto.NewReader(c.r).ReadDotBytes()
		if err != nil {
			return false
		}
		if answer, ok := c.answers["data"]; ok {
			c.say(answer)
			return true
		}
		c.mail.text = string(text)
		c.mu.Lock()
		c.received = append(c.received, c.mail)
		c.mu.Unlock()
		c.say("250 2.0.0 taken")
	case "RSET", "NOOP":
		c.say("250 ok")
	case "QUIT":
		if c.dropAtQuit {
			return false
		}
		c.say("221 bye")
		return false
	default:
		c.say("502 5.5.1 unknown")
	}
	return true
}

func (c *smtpSession) auth(rest string) bool {
	mechanism, initial, _ := strings.Cut(rest, " ")
	if mechanism != "PLAIN" {
		c.say("504 no")
		return true
	}
	plain, err := base64.StdEncoding.DecodeString(initial)
	parts := strings.Split(string(plain), "\x00")
	if err != nil || len(parts) != 3 {
		c.say("501 malformed")
		return true
	}
	c.mail.user, c.mail.password = parts[1], parts[2]
	c.say("235 2.7.0 welcome")
	return true
}

// certificate makes an authority and a certificate of it for 127.0.0.1.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}
