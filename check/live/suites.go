package live

import (
	"fmt"
	"strconv"
	"strings"
)

// suiteTable holds the cipher suites of SSL 3 to TLS 1.3 that servers are
// known to offer, by their numbers and names in IANA's registry.
const suiteTable = `
0001 RSA_WITH_NULL_MD5
0002 RSA_WITH_NULL_SHA
003B RSA_WITH_NULL_SHA256
0003 RSA_EXPORT_WITH_RC4_40_MD5
0006 RSA_EXPORT_WITH_RC2_CBC_40_MD5
0008 RSA_EXPORT_WITH_DES40_CBC_SHA
0011 DHE_DSS_EXPORT_WITH_DES40_CBC_SHA
0014 DHE_RSA_EXPORT_WITH_DES40_CBC_SHA
0017 DH_anon_EXPORT_WITH_RC4_40_MD5
0018 DH_anon_WITH_RC4_128_MD5
0019 DH_anon_EXPORT_WITH_DES40_CBC_SHA
001A DH_anon_WITH_DES_CBC_SHA
001B DH_anon_WITH_3DES_EDE_CBC_SHA
0034 DH_anon_WITH_AES_128_CBC_SHA
003A DH_anon_WITH_AES_256_CBC_SHA
006C DH_anon_WITH_AES_128_CBC_SHA256
006D DH_anon_WITH_AES_256_CBC_SHA256
00A6 DH_anon_WITH_AES_128_GCM_SHA256
00A7 DH_anon_WITH_AES_256_GCM_SHA384
0004 RSA_WITH_RC4_128_MD5
0005 RSA_WITH_RC4_128_SHA
0007 RSA_WITH_IDEA_CBC_SHA
0009 RSA_WITH_DES_CBC_SHA
000A RSA_WITH_3DES_EDE_CBC_SHA
0012 DHE_DSS_WITH_DES_CBC_SHA
0013 DHE_DSS_WITH_3DES_EDE_CBC_SHA
0015 DHE_RSA_WITH_DES_CBC_SHA
0016 DHE_RSA_WITH_3DES_EDE_CBC_SHA
002F RSA_WITH_AES_128_CBC_SHA
0032 DHE_DSS_WITH_AES_128_CBC_SHA
0033 DHE_RSA_WITH_AES_128_CBC_SHA
0035 RSA_WITH_AES_256_CBC_SHA
0038 DHE_DSS_WITH_AES_256_CBC_SHA
0039 DHE_RSA_WITH_AES_256_CBC_SHA
003C RSA_WITH_AES_128_CBC_SHA256
003D RSA_WITH_AES_256_CBC_SHA256
0041 RSA_WITH_CAMELLIA_128_CBC_SHA
0045 DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
0067 DHE_RSA_WITH_AES_128_CBC_SHA256
006B DHE_RSA_WITH_AES_256_CBC_SHA256
0084 RSA_WITH_CAMELLIA_256_CBC_SHA
0088 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
0096 RSA_WITH_SEED_CBC_SHA
009A DHE_RSA_WITH_SEED_CBC_SHA
009C RSA_WITH_AES_128_GCM_SHA256
009D RSA_WITH_AES_256_GCM_SHA384
009E DHE_RSA_WITH_AES_128_GCM_SHA256
009F DHE_RSA_WITH_AES_256_GCM_SHA384
00BA RSA_WITH_CAMELLIA_128_CBC_SHA256
00BE DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
00C0 RSA_WITH_CAMELLIA_256_CBC_SHA256
00C4 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256
C004 ECDH_ECDSA_WITH_AES_128_CBC_SHA
C005 ECDH_ECDSA_WITH_AES_256_CBC_SHA
C006 ECDHE_ECDSA_WITH_NULL_SHA
C007 ECDHE_ECDSA_WITH_RC4_128_SHA
C008 ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
C009 ECDHE_ECDSA_WITH_AES_128_CBC_SHA
C00A ECDHE_ECDSA_WITH_AES_256_CBC_SHA
C00E ECDH_RSA_WITH_AES_128_CBC_SHA
C00F ECDH_RSA_WITH_AES_256_CBC_SHA
C010 ECDHE_RSA_WITH_NULL_SHA
C011 ECDHE_RSA_WITH_RC4_128_SHA
C012 ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
C013 ECDHE_RSA_WITH_AES_128_CBC_SHA
C014 ECDHE_RSA_WITH_AES_256_CBC_SHA
C015 ECDH_anon_WITH_NULL_SHA
C016 ECDH_anon_WITH_RC4_128_SHA
C017 ECDH_anon_WITH_3DES_EDE_CBC_SHA
C018 ECDH_anon_WITH_AES_128_CBC_SHA
C019 ECDH_anon_WITH_AES_256_CBC_SHA
C023 ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
C024 ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
C027 ECDHE_RSA_WITH_AES_128_CBC_SHA256
C028 ECDHE_RSA_WITH_AES_256_CBC_SHA384
C02B ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
C02C ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
C02F ECDHE_RSA_WITH_AES_128_GCM_SHA256
C030 ECDHE_RSA_WITH_AES_256_GCM_SHA384
C050 RSA_WITH_ARIA_128_GCM_SHA256
C051 RSA_WITH_ARIA_256_GCM_SHA384
C052 DHE_RSA_WITH_ARIA_128_GCM_SHA256
C053 DHE_RSA_WITH_ARIA_256_GCM_SHA384
C05C ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256
C05D ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384
C060 ECDHE_RSA_WITH_ARIA_128_GCM_SHA256
C061 ECDHE_RSA_WITH_ARIA_256_GCM_SHA384
C072 ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256
C073 ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384
C076 ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
C077 ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384
C09C RSA_WITH_AES_128_CCM
C09D RSA_WITH_AES_256_CCM
C09E DHE_RSA_WITH_AES_128_CCM
C09F DHE_RSA_WITH_AES_256_CCM
C0A0 RSA_WITH_AES_128_CCM_8
C0A1 RSA_WITH_AES_256_CCM_8
C0A2 DHE_RSA_WITH_AES_128_CCM_8
C0A3 DHE_RSA_WITH_AES_256_CCM_8
C0AC ECDHE_ECDSA_WITH_AES_128_CCM
C0AD ECDHE_ECDSA_WITH_AES_256_CCM
C0AE ECDHE_ECDSA_WITH_AES_128_CCM_8
C0AF ECDHE_ECDSA_WITH_AES_256_CCM_8
CCA8 ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
CCA9 ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
CCAA DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
1301 AES_128_GCM_SHA256
1302 AES_256_GCM_SHA384
1303 CHACHA20_POLY1305_SHA256
1304 AES_128_CCM_SHA256
1305 AES_128_CCM_8_SHA256
`

// A Suite is a cipher suite by its number in IANA's registry.
type Suite uint16

// allSuites returns the suites of the table, those of TLS 1.3 or the others.
func allSuites(tls13 bool) []Suite {
	var list []Suite
	for line := range strings.Lines(strings.TrimSpace(suiteTable)) {
		id, _, _ := strings.Cut(line, " ")
		n, err := strconv.ParseUint(id, 16, 16)
		if err == nil && (n>>8 == 0x13) == tls13 {
			list = append(list, Suite(n))
		}
	}
	return list
}

// String returns IANA's name, as in "TLS_AES_128_GCM_SHA256".
func (s Suite) String() string {
	id := fmt.Sprintf("\n%04X ", uint16(s))
	_, rest, ok := strings.Cut(suiteTable, id)
	if !ok {
		return fmt.Sprintf("0x%04X", uint16(s))
	}
	name, _, _ := strings.Cut(rest, "\n")
	return "TLS_" + name
}

// MarshalText writes the name.
func (s Suite) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Suite) has(parts ...string) bool {
	name := s.String()
	for _, p := range parts {
		if strings.Contains(name, p) {
			return true
		}
	}
	return false
}

// broken: no encryption, no authentication, or a key that can be searched.
func (s Suite) broken() bool {
	return s.has("_NULL_", "_anon_", "_EXPORT_", "_DES_CBC_", "_RC2_", "DES40")
}

// weak: known practical attacks (RC4, Sweet32), or unusual and unmaintained.
func (s Suite) weak() bool {
	return s.has("_RC4_", "_3DES_", "_IDEA_", "_SEED_") || strings.HasSuffix(s.String(), "_MD5")
}

// tls13 reports whether the suite belongs to TLS 1.3.
func (s Suite) tls13() bool { return s>>8 == 0x13 }

// aead reports whether encryption and integrity are one.
func (s Suite) aead() bool { return s.has("_GCM_", "_CCM", "_POLY1305") }

// forward reports whether the key of the certificate cannot open recorded
// connections later.
func (s Suite) forward() bool {
	return s.tls13() || s.has("TLS_ECDHE_", "TLS_DHE_", "DH_anon_")
}

// A Group is a key exchange group by its number in IANA's registry.
type Group uint16

var groupNames = map[Group]string{
	0x0013: "secp192r1", 0x0015: "secp224r1", 0x0016: "secp256k1", 0x0017: "secp256r1", 0x0018: "secp384r1", 0x0019: "secp521r1",
	0x001a: "brainpoolP256r1", 0x001b: "brainpoolP384r1", 0x001c: "brainpoolP512r1", 0x001d: "x25519", 0x001e: "x448",
	0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144", 0x0104: "ffdhe8192",
	0x11eb: "SecP256r1MLKEM768", 0x11ec: "X25519MLKEM768", 0x11ed: "SecP384r1MLKEM1024", 0x6399: "X25519Kyber768Draft00",
}

// hybrid are the groups that a quantum computer does not open.
func (g Group) hybrid() bool { return g>>8 == 0x11 || g == 0x6399 }

// String returns IANA's name.
func (g Group) String() string {
	if name := groupNames[g]; name != "" {
		return name
	}
	return fmt.Sprintf("0x%04X", uint16(g))
}

// MarshalText writes the name.
func (g Group) MarshalText() ([]byte, error) { return []byte(g.String()), nil }
