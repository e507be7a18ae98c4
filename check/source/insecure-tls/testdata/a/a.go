package a

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

func verify([][]byte, [][]*x509.Certificate) error { return nil }

func configs(skipVerify, other bool) {
	_ = &tls.Config{InsecureSkipVerify: true} // want "not verified"
	_ = &tls.Config{InsecureSkipVerify: false}
	_ = &tls.Config{InsecureSkipVerify: skipVerify} // want "a setting switches"
	_ = &tls.Config{MinVersion: tls.VersionTLS10}   // want "before 1.2"
	_ = &tls.Config{MinVersion: tls.VersionTLS13}
	_ = &tls.Config{MaxVersion: tls.VersionTLS11}                 // want "are refused"
	_ = &tls.Config{Renegotiation: tls.RenegotiateFreelyAsClient} // want "renegotiate"
	_ = &tls.Config{CipherSuites: []uint16{
		tls.TLS_RSA_WITH_RC4_128_SHA, // want "RC4"
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}}
	_ = &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: verify} // want "resumed"
	_ = &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error { return nil }}
	c := &tls.Config{}
	c.InsecureSkipVerify = true // want "not verified"
	t := &http.Transport{TLSClientConfig: c}
	t.TLSClientConfig.MinVersion = tls.VersionSSL30 // want "before 1.2"
}

func own(c *tls.Config) {
	c.InsecureSkipVerify = true
	c.VerifyConnection = func(tls.ConnectionState) error { return nil }
}

type options struct{ insecureTLS, fast bool }

func switched(o options) {
	c := &tls.Config{CipherSuites: []uint16{
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,    // want "is old.*\\(info\\)"
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, // want "is weak"
	}}
	if o.insecureTLS {
		c.InsecureSkipVerify = true // want "a setting switches.*\\(info\\)"
	}
	if o.fast {
		c.InsecureSkipVerify = true // want "is not verified"
	}
	if !o.insecureTLS {
		c.InsecureSkipVerify = true // want "is not verified"
	}
}
