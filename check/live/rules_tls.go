package live

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/merlon-go/merlon/check"
)

const (
	mozillaTLS = "https://wiki.mozilla.org/Security/Server_Side_TLS"
	rfc9325    = "https://www.rfc-editor.org/rfc/rfc9325"
)

// tlsRule is a rule about what was spoken. fault returns what is wrong and
// what was seen.
func tlsRule(id, title string, level check.Level, cap Grade, why, fix string, fault func(t *tlsSurvey) (string, string)) rule {
	return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"tls"}, Why: why, Fix: fix, CWE: []int{326, 327},
		ASVS: []string{"V12.1.1", "V12.1.2"}, OWASP: "A04", References: []string{rfc9325, mozillaTLS}}, cap, func(s *survey) []check.Finding {
		if len(s.tls.spoken) == 0 {
			return nil
		}
		title, evidence := fault(&s.tls)
		return tlsFinding(&s.tls, title, evidence)
	}}
}

func tlsFinding(t *tlsSurvey, title, evidence string) []check.Finding {
	if title == "" {
		return nil
	}
	return []check.Finding{{Title: title, Evidence: clip(evidence, 400), Place: check.Place{Request: "TLS handshake with " + t.address.Host}}}
}

// with finds the suites that are meant among those accepted.
func (t *tlsSurvey) with(meant func(Suite) bool) string {
	var names []string
	for _, s := range t.suites() {
		if meant(s) {
			names = append(names, s.String())
		}
	}
	return strings.Join(names, ", ")
}

func named(names, title string) (string, string) {
	if names == "" {
		return "", ""
	}
	return title, names
}

func tlsRules() []rule {
	return []rule{
		tlsRule("live-tls-ssl3", "SSL 3.0 is spoken", check.Error, C,
			"Whoever is on the network makes browsers fall back to it and reads cookies byte by byte (POODLE).",
			"Switch off everything below TLS 1.2.", func(t *tlsSurvey) (string, string) {
				return when(t.speaks(ssl30), "SSL 3.0 is spoken"), ""
			}),
		tlsRule("live-tls-old", "TLS 1.0 or 1.1 is spoken", check.Warning, B,
			"Both rest on SHA-1 and MD5 and are given up by browsers (RFC 8996); only attackers ask for them.",
			"Switch off everything below TLS 1.2.", func(t *tlsSurvey) (string, string) {
				var old []string
				for _, v := range []uint16{tls10, tls11} {
					if t.speaks(v) {
						old = append(old, versionName(v))
					}
				}
				verb := " is spoken"
				if len(old) > 1 {
					verb = " are spoken"
				}
				return when(len(old) > 0, strings.Join(old, " and ")+verb), ""
			}),
		tlsRule("live-tls-not-modern", "Neither TLS 1.2 nor TLS 1.3 is spoken", check.Error, C,
			"Browsers of today refuse the site, and the others are left with what can be broken.",
			"Switch on TLS 1.2 and 1.3.", func(t *tlsSurvey) (string, string) {
				return when(!t.speaks(tls12) && !t.speaks(tls13), "Neither TLS 1.2 nor TLS 1.3 is spoken"), ""
			}),
		tlsRule("live-tls-no-13", "TLS 1.3 is not spoken", check.Info, A,
			"TLS 1.3 hides the certificate, has no weak suites, and is faster.",
			"Switch on TLS 1.3.", func(t *tlsSurvey) (string, string) {
				return when(t.speaks(tls12) && !t.speaks(tls13), "TLS 1.3 is not spoken"), ""
			}),
		tlsRule("live-tls-suite-broken", "Cipher suites are accepted that protect nothing", check.Critical, F,
			"Without encryption, without authentication or with 40 bits, whoever is on the network reads and changes everything.",
			"Take the suites out of the server's list.", func(t *tlsSurvey) (string, string) {
				return named(t.with(Suite.broken), "Cipher suites are accepted that protect nothing")
			}),
		tlsRule("live-tls-suite-weak", "Weak cipher suites are accepted", check.Error, C,
			"RC4 leaks what is repeated, 64-bit blocks leak cookies after hours (Sweet32), and the others are unmaintained.",
			"Take RC4, 3DES, IDEA and SEED out of the server's list.", func(t *tlsSurvey) (string, string) {
				return named(t.with(Suite.weak), "Weak cipher suites are accepted")
			}),
		tlsRule("live-tls-no-forward-secrecy", "Cipher suites without forward secrecy are accepted", check.Warning, B,
			"Who records the traffic and gets the key later reads all of it; RSA key exchange also brings back ROBOT.",
			"Accept ECDHE suites only.", func(t *tlsSurvey) (string, string) {
				return named(t.with(func(s Suite) bool { return !s.forward() && !s.broken() && !s.weak() }), "Cipher suites without forward secrecy are accepted")
			}),
		tlsRule("live-tls-cbc", "CBC cipher suites are accepted", check.Info, A,
			"CBC with a separate MAC has failed again and again (Lucky 13, GOLDENDOODLE); clients that need it are long gone.",
			"Accept AES-GCM and ChaCha20-Poly1305 only.", func(t *tlsSurvey) (string, string) {
				return named(t.with(func(s Suite) bool { return s.forward() && !s.aead() && !s.broken() && !s.weak() }), "CBC cipher suites are accepted")
			}),
		tlsRule("live-tls-no-aead", "No suite with authenticated encryption is accepted", check.Warning, B,
			"What is left is CBC, which has failed again and again.",
			"Switch on AES-GCM and ChaCha20-Poly1305.", func(t *tlsSurvey) (string, string) {
				return when(t.with(Suite.aead) == "", "No suite with authenticated encryption is accepted"), ""
			}),
		tlsRule("live-tls-dh-small", "The Diffie-Hellman group is too small", check.Error, C,
			"Groups of 1024 bits and less are within reach of states, and of anybody where many servers share one (Logjam).",
			"Use ECDHE, or groups of at least 2048 bits.", func(t *tlsSurvey) (string, string) {
				return when(t.dhBits > 0 && t.dhBits < 2048, fmt.Sprintf("The Diffie-Hellman group has %d bits", t.dhBits)), ""
			}),
		tlsRule("live-tls-compression", "TLS compresses", check.Error, C,
			"The length of what was compressed gives away secrets beside text that an attacker chose (CRIME).",
			"Switch TLS compression off.", func(t *tlsSurvey) (string, string) {
				return when(t.deflate, "TLS compression is accepted"), ""
			}),
		tlsRule("live-tls-renegotiation", "Secure renegotiation is not understood", check.Error, C,
			"An attacker puts a beginning of their own before a visitor's request (CVE-2009-3555).",
			"Update the server (RFC 5746).", func(t *tlsSurvey) (string, string) {
				return when(t.insecure, "Secure renegotiation is not understood"), ""
			}),
		tlsRule("live-tls-fallback", "A fallback to an older version is accepted", check.Warning, A,
			"Whoever is on the network makes a client fall back, and the server does not notice.",
			"Update the server (TLS_FALLBACK_SCSV, RFC 7507).", func(t *tlsSurvey) (string, string) {
				return when(t.fallback != nil && !*t.fallback, "A fallback to an older version is accepted"), ""
			}),
		tlsRule("live-tls-no-hybrid", "No key exchange that resists quantum computers is offered", check.Info, APlus,
			"What is recorded today may be read once such computers exist.",
			"Switch on X25519MLKEM768; Go 1.24 and OpenSSL 3.5 have it by default.", func(t *tlsSurvey) (string, string) {
				return when(len(t.groups) > 0 && !slices.ContainsFunc(t.groups, Group.hybrid), "No key exchange that resists quantum computers is offered"), ""
			}),
		tlsRule("live-http2-missing", "HTTP/2 is not offered", check.Info, APlus,
			"Pages load more slowly; HTTP/2 also leaves no room for most request smuggling.",
			"Switch on HTTP/2 where TLS ends.", func(t *tlsSurvey) (string, string) {
				return when(t.state != nil && t.state.NegotiatedProtocol != "h2", "HTTP/2 is not offered"), ""
			}),
	}
}

// certificateRule is a rule about the certificate.
func certificateRule(id, title string, level check.Level, cap Grade, why, fix string, asvs string, fault func(s *survey, chain []*x509.Certificate) (string, string)) rule {
	return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"tls", "certificate"}, Why: why, Fix: fix, CWE: []int{295}, ASVS: []string{asvs}, OWASP: "A04"}, cap,
		func(s *survey) []check.Finding {
			if s.tls.state == nil || len(s.tls.state.PeerCertificates) == 0 {
				return nil
			}
			title, evidence := fault(s, s.tls.state.PeerCertificates)
			return tlsFinding(&s.tls, title, evidence)
		}}
}

// expiring is how long before its end a certificate should have been renewed.
const expiring = 14 * 24 * time.Hour

func certificateRules() []rule {
	return []rule{
		certificateRule("live-certificate-invalid", "Browsers do not trust the certificate", check.Critical, F,
			"Visitors see a warning, and those who click through cannot tell the site from a forged one.",
			"Renew the certificate for all names of the site, and serve the chain with it.", "V12.2.2", func(s *survey, chain []*x509.Certificate) (string, string) {
				if s.tls.verified == nil {
					return "", ""
				}
				return distrust(s.tls.verified, chain, s.now), s.tls.verified.Error()
			}),
		certificateRule("live-certificate-expiring", "The certificate is about to expire", check.Warning, AMinus,
			"Whatever should have renewed it has not; in a few days visitors see a warning.",
			"Find out why it was not renewed.", "V12.2.2", func(s *survey, chain []*x509.Certificate) (string, string) {
				leaf := chain[0]
				window := min(expiring, leaf.NotAfter.Sub(leaf.NotBefore)/6) // certificates of six days are renewed every other day
				if left := leaf.NotAfter.Sub(s.now); left > 0 && left < window {
					return "The certificate expires in " + span(left), leaf.NotAfter.UTC().Format(time.RFC3339)
				}
				return "", ""
			}),
		certificateRule("live-certificate-weak", "The certificate's key or signature is weak", check.Error, C,
			"A key that can be computed, or a signature that can be forged, makes every forgery genuine.",
			"Make a new key (ECDSA P-256, or RSA with 2048 bits or more) and have it signed with SHA-256.", "V12.2.2", func(_ *survey, chain []*x509.Certificate) (string, string) {
				for i, c := range chain {
					kind, bits := keyOf(c)
					if kind == "RSA" && bits < 2048 || kind == "ECDSA" && bits < 224 || kind == "DSA" {
						return fmt.Sprintf("A certificate of the chain has a key of %s with %d bits", kind, bits), clip(c.Subject.String(), 200)
					}
					root := i > 0 && c.Subject.String() == c.Issuer.String() // nobody verifies a root's own signature
					if alg := c.SignatureAlgorithm.String(); !root && (strings.Contains(alg, "SHA1") || strings.Contains(alg, "MD5") || strings.Contains(alg, "MD2")) {
						return "A certificate of the chain is signed with " + alg, clip(c.Subject.String(), 200)
					}
				}
				return "", ""
			}),
		certificateRule("live-certificate-long", "The certificate is valid for longer than browsers accept", check.Info, APlus,
			"Browsers refuse certificates of public authorities that are valid for more than 398 days; a private one lives as long when its key leaks.",
			"Renew automatically, every 90 days or more often.", "V12.2.2", func(_ *survey, chain []*x509.Certificate) (string, string) {
				leaf := chain[0]
				return when(leaf.NotAfter.Sub(leaf.NotBefore) > 398*24*time.Hour, "The certificate is valid for "+span(leaf.NotAfter.Sub(leaf.NotBefore))), ""
			}),
		certificateRule("live-ocsp-must-staple", "The certificate promises a staple that is not sent", check.Warning, B,
			"Browsers that honour must-staple refuse the site.",
			"Switch on OCSP stapling, or get a certificate without must-staple.", "V12.1.4", func(s *survey, chain []*x509.Certificate) (string, string) {
				return when(mustStaple(chain[0]) && len(s.tls.state.OCSPResponse) == 0, "The certificate asks for OCSP stapling and none is sent"), ""
			}),
		certificateRule("live-certificate-revoked", "The certificate is revoked", check.Critical, F,
			"Its authority has withdrawn it, mostly because the key is in other hands; browsers that look refuse the site.",
			"Get a new certificate with a new key.", "V12.2.2", func(s *survey, _ []*x509.Certificate) (string, string) {
				staple, err := s.tls.staple()
				if err != nil || staple == nil || staple.Status != ocsp.Revoked {
					return "", ""
				}
				return "The certificate is revoked, as its own staple says", "since " + staple.RevokedAt.UTC().Format(time.RFC3339)
			}),
		certificateRule("live-ocsp-invalid", "The staple has expired or cannot be read", check.Warning, B,
			"Browsers that read staples refuse the site, or take it for one without.",
			"See that the server fetches a new staple before the old one ends.", "V12.1.4", func(s *survey, _ []*x509.Certificate) (string, string) {
				staple, err := s.tls.staple()
				switch {
				case err != nil:
					return "The staple cannot be read, or its authority did not sign it", plainError(err).Error()
				case staple != nil && !staple.NextUpdate.IsZero() && staple.NextUpdate.Before(s.now):
					return "The staple has expired", "since " + staple.NextUpdate.UTC().Format(time.RFC3339)
				}
				return "", ""
			}),
		certificateRule("live-ocsp-missing", "OCSP stapling is off", check.Info, APlus,
			"Browsers ask the authority themselves, which tells it who visits, or do not ask at all.",
			"Switch on OCSP stapling. Authorities that gave up OCSP revoke by lists; then there is nothing to do.", "V12.1.4", func(s *survey, chain []*x509.Certificate) (string, string) {
				return when(len(chain[0].OCSPServer) > 0 && !mustStaple(chain[0]) && len(s.tls.state.OCSPResponse) == 0, "The authority has OCSP and no staple is sent"), ""
			}),
	}
}

// distrust says in a few words why a certificate is refused.
func distrust(err error, chain []*x509.Certificate, now time.Time) string {
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		switch {
		case now.Before(chain[0].NotBefore):
			return "The certificate is not valid yet"
		case now.After(chain[0].NotAfter):
			return "The certificate has expired"
		}
		return "A certificate of the chain has expired or is not valid yet"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "The certificate is for other names"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		switch leaf := chain[0]; {
		case leaf.Subject.String() == leaf.Issuer.String():
			return "The certificate is signed by itself"
		case len(chain) == 1:
			return "The chain of the certificate is not sent, or its authority is unknown"
		}
		return "The authority of the certificate is unknown"
	}
	return "The certificate is refused"
}

// staple reads what the server sent of its authority's word, nil if nothing. Its
// signature is checked where the authority's certificate came along.
func (t *tlsSurvey) staple() (*ocsp.Response, error) {
	if t.state == nil || len(t.state.OCSPResponse) == 0 || len(t.state.PeerCertificates) == 0 {
		return nil, nil
	}
	var issuer *x509.Certificate
	leaf, chain := t.state.PeerCertificates[0], t.state.PeerCertificates[1:]
	if i := slices.IndexFunc(chain, func(c *x509.Certificate) bool { return leaf.CheckSignatureFrom(c) == nil }); i >= 0 {
		issuer = chain[i]
	}
	return ocsp.ParseResponseForCert(t.state.OCSPResponse, leaf, issuer)
}

// tlsFeature is the extension by which a certificate promises a staple (RFC 7633).
var tlsFeature = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}

func mustStaple(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(tlsFeature) {
			var features []int
			_, err := asn1.Unmarshal(e.Value, &features)
			return err == nil && slices.Contains(features, 5)
		}
	}
	return false
}
