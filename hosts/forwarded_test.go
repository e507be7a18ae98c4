package hosts_test

import (
	"crypto/tls"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/hosts"
)

// from returns a request over plain HTTP from peer, with headers given in pairs.
func from(peer string, header ...string) *http.Request {
	r := httptest.NewRequest("GET", "http://a.example/", nil)
	r.RemoteAddr = peer
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// client returns the address and scheme that a handler behind g sees, and why.
func client(g *hosts.Gate, r *http.Request) (address, scheme string, stop hosts.Stop) {
	stop = g.Explain(r).Stop
	g.Resolve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, scheme = hosts.ClientIP(r.Context()).String(), "http"
		if hosts.Secure(r) {
			scheme = "https"
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	return address, scheme, stop
}

// open is a gate that answers plain HTTP for every host.
func open(t testing.TB, c hosts.Config, trusted ...string) *hosts.Gate {
	c.AllowAnyHost, c.InsecureSkipRedirect, c.TrustedProxies = true, true, proxies(t, trusted...)
	return gate(t, c)
}

// TestClientAddress walks the table of django-axes with django-ipware, with
// what Merlon makes of each row.
func TestClientAddress(t *testing.T) {
	const peer = "10.0.0.5:4711"
	rows := []struct {
		name    string
		peer    string
		xff     string
		trusted []string
		want    string
		stop    hosts.Stop
	}{
		{"nobody trusted", peer, "8.8.8.8", nil, "10.0.0.5", hosts.StopDirect},
		{"one proxy", peer, "8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"leftmost is spoofed", peer, "1.2.3.4, 8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"two proxies", peer, "8.8.8.8, 9.9.9.9", []string{"10.0.0.0/8", "9.9.9.9"}, "8.8.8.8", hosts.StopUntrusted},
		{"the second is a stranger", peer, "8.8.8.8, 9.9.9.8", []string{"10.0.0.0/8", "9.9.9.9"}, "9.9.9.8", hosts.StopUntrusted},
		{"spoofed before two proxies", peer, "1.2.3.4, 8.8.8.8, 9.9.9.9", []string{"10.0.0.0/8", "9.9.9.9"}, "8.8.8.8", hosts.StopUntrusted},
		{"a network, not a text prefix", peer, "8.8.8.8, 9.9.1.1", []string{"10.0.0.0/8", "9.9.0.0/16"}, "8.8.8.8", hosts.StopUntrusted},
		{"9.90 is not in 9.9.0.0/16", peer, "8.8.8.8, 9.90.1.1", []string{"10.0.0.0/8", "9.9.0.0/16"}, "9.90.1.1", hosts.StopUntrusted},
		{"unknown", peer, "unknown", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"obfuscated", peer, "_hidden", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"empty", peer, "", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"port", peer, "8.8.8.8:443", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"port 0", peer, "8.8.8.8:0", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"IPv6 with port", peer, "[2001:db8::1]:443", []string{"10.0.0.0/8"}, "2001:db8::1", hosts.StopUntrusted},
		{"IPv6 in brackets", peer, "[2001:db8::1]", []string{"10.0.0.0/8"}, "2001:db8::1", hosts.StopUntrusted},
		{"IPv6 bare", peer, "2001:DB8:0::1", []string{"10.0.0.0/8"}, "2001:db8::1", hosts.StopUntrusted},
		{"IPv6 zone", peer, "fe80::1%eth0", []string{"10.0.0.0/8"}, "fe80::1", hosts.StopUntrusted},
		{"IPv6 zone in brackets", peer, "[fe80::1%25eth0]:80", []string{"10.0.0.0/8"}, "fe80::1", hosts.StopUntrusted},
		{"no preference for public addresses", "8.8.4.4:1", "192.168.1.9", []string{"10.0.0.0/8"}, "8.8.4.4", hosts.StopDirect},
		{"private client behind a public proxy", "8.8.4.4:1", "192.168.1.9", []string{"8.8.4.4"}, "192.168.1.9", hosts.StopUntrusted},
		{"mapped", peer, "::ffff:8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"mapped in brackets", peer, "[::ffff:8.8.8.8]:1", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"mapped proxy", peer, "8.8.8.8, ::ffff:10.9.9.9", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"mapped peer", "[::ffff:10.0.0.5]:1", "8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"mapped network", peer, "8.8.8.8", []string{"::ffff:10.0.0.0/104"}, "8.8.8.8", hosts.StopUntrusted},
		{"no header", peer, "absent", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopNoHeader},
		{"all trusted", peer, "10.1.1.1, 10.2.2.2", []string{"10.0.0.0/8"}, "10.1.1.1", hosts.StopOutermost},
		{"bad entry behind a trusted hop", peer, "8.8.8.8, what, 10.2.2.2", []string{"10.0.0.0/8"}, "10.2.2.2", hosts.StopBadEntry},
		{"bad entry before the client", peer, "what, 8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"empty entry", peer, "8.8.8.8, ,10.2.2.2", []string{"10.0.0.0/8"}, "10.2.2.2", hosts.StopBadEntry},
		{"trailing comma", peer, "8.8.8.8,", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"leading comma", peer, ", 8.8.8.8", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"tabs and spaces", peer, "1.1.1.1 ,\t 8.8.8.8 \t", []string{"10.0.0.0/8"}, "8.8.8.8", hosts.StopUntrusted},
		{"leading zeros", peer, "8.8.8.08", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"hexadecimal", peer, "0x08080808", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"unspecified", peer, "0.0.0.0", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"a name", peer, "evil.example", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"bad port", peer, "8.8.8.8:x", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"no closing bracket", peer, "[2001:db8::1", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"IPv4 in brackets", peer, "[8.8.8.8]", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"quotes", peer, `"8.8.8.8"`, []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"Unix socket of nginx", peer, "unix:", []string{"10.0.0.0/8"}, "10.0.0.5", hosts.StopBadEntry},
		{"IPv6 proxies", "[2400:cb00::1]:1", "2001:db8::7, 2606:4700:1::2", []string{"cloudflare"}, "2001:db8::7", hosts.StopUntrusted},
		{"peer without address", "@", "8.8.8.8", []string{"10.0.0.0/8"}, "invalid IP", hosts.StopDirect},
		{"peer with a zone", "[fe80::1%eth0]:1", "8.8.8.8", []string{"linklocal"}, "8.8.8.8", hosts.StopUntrusted},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := from(row.peer)
			if row.xff != "absent" {
				r.Header["X-Forwarded-For"] = []string{row.xff}
			}
			address, _, stop := client(open(t, hosts.Config{}, row.trusted...), r)
			if address != row.want || stop != row.stop {
				t.Errorf("client %s (%s), want %s (%s)", address, stop, row.want, row.stop)
			}
		})
	}
}

// The faults of chi's RealIP (three advisories), realclientip, ulule, httprate
// and tollbooth: a direct connection whose header ends in a trusted address.
func TestAttackForgedHeaderFromDirectConnection(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8", "loopback")
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Client-Ip", "X_forwarded_for"} {
		value := "9.9.9.9, 10.0.0.1"
		if header == "Forwarded" {
			value = "for=9.9.9.9;proto=https, for=10.0.0.1;proto=https"
		}
		address, scheme, _ := client(g, from("203.0.113.66:1", header, value, "X-Forwarded-Proto", "https", "X-Forwarded-Ssl", "on", "Front-End-Https", "on"))
		if address != "203.0.113.66" || scheme != "http" {
			t.Errorf("%s believed: %s %s", header, address, scheme)
		}
	}
}

// A proxy that drops X-Forwarded-For may hand X_Forwarded_For on, which CGI and
// WSGI read as the same name (CVE-2025-64484 is the class).
func TestAttackUnderscoreAlias(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8")
	r := from("10.0.0.5:1", "X_Forwarded_For", "9.9.9.9", "X_Forwarded_Proto", "https", "X-Forwarded_For", "9.9.9.9", "X-Real-Ip", "9.9.9.9")
	if address, scheme, _ := client(g, r); address != "10.0.0.5" || scheme != "http" {
		t.Errorf("believed: %s %s", address, scheme)
	}
}

func TestSeveralLinesAreOneList(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8")
	r := from("10.0.0.5:1", "X-Forwarded-For", "1.1.1.1, 8.8.8.8", "X-Forwarded-For", "10.0.0.6", "X-Forwarded-For", "10.0.0.7, 10.0.0.8")
	if address, _, _ := client(g, r); address != "8.8.8.8" {
		t.Errorf("client %s", address)
	}
	want := []netip.Addr{netip.MustParseAddr("10.0.0.8"), netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.6"), netip.MustParseAddr("8.8.8.8")}
	if diff := cmp.Diff(want, g.Explain(r).Hops, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestForwardedRFC7239(t *testing.T) {
	rows := []struct {
		name  string
		lines []string
		want  string
		proto string
		stop  hosts.Stop
	}{
		{"plain", []string{"for=8.8.8.8;proto=https;by=10.0.0.5"}, "8.8.8.8", "https", hosts.StopUntrusted},
		{"case and spaces", []string{` FOR=8.8.8.8 ; Proto=HTTPS `}, "8.8.8.8", "https", hosts.StopUntrusted},
		{"IPv6", []string{`for="[2001:db8::1]:4711"`}, "2001:db8::1", "http", hosts.StopUntrusted},
		{"rightmost", []string{"for=1.1.1.1;proto=https, for=8.8.8.8;proto=http"}, "8.8.8.8", "http", hosts.StopUntrusted},
		{"the client's hop tells the scheme", []string{"for=8.8.8.8;proto=https, for=10.0.0.9;proto=http"}, "8.8.8.8", "https", hosts.StopUntrusted},
		{"two lines", []string{"for=8.8.8.8;proto=https", "for=10.0.0.9"}, "8.8.8.8", "https", hosts.StopUntrusted},
		{"no scheme at the client's hop", []string{"for=8.8.8.8, for=10.0.0.9;proto=https"}, "8.8.8.8", "http", hosts.StopUntrusted},
		{"unknown", []string{"for=8.8.8.8, for=unknown"}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"obfuscated", []string{`for=8.8.8.8, for="_gazonk"`}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"scheme of a hidden client", []string{`for=_gazonk;proto=https`}, "10.0.0.5", "https", hosts.StopBadEntry},
		{"no for", []string{"proto=https"}, "10.0.0.5", "https", hosts.StopBadEntry},
		{"twice", []string{"for=8.8.8.8;for=9.9.9.9"}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"unknown parameters", []string{`secret="a,b;c";for=8.8.8.8`}, "8.8.8.8", "http", hosts.StopUntrusted},
		{"no equals sign", []string{"for"}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"empty", []string{""}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"garbage", []string{`for="8.8.8.8`}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"all trusted", []string{"for=10.0.0.9;proto=https"}, "10.0.0.9", "https", hosts.StopOutermost},
		{"escape", []string{`for="8.8.8\.8"`}, "10.0.0.5", "http", hosts.StopBadEntry},
		{"long", []string{"for=8.8.8.8;x=" + strings.Repeat("a", 300)}, "10.0.0.5", "http", hosts.StopBadEntry},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := from("10.0.0.5:1")
			r.Header["Forwarded"] = row.lines
			address, scheme, stop := client(open(t, hosts.Config{}, "10.0.0.0/8"), r)
			if address != row.want || scheme != row.proto || stop != row.stop {
				t.Errorf("client %s over %s (%s), want %s over %s (%s)", address, scheme, stop, row.want, row.proto, row.stop)
			}
		})
	}
}

// A quote that the client leaves open, read from the left, swallows what the
// proxy adds and lets the client's words stand for it.
func TestAttackOpenQuoteInForwarded(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8")
	for _, sent := range []string{`for="9.9.9.9`, `for=9.9.9.9;x="`, `for=9.9.9.9, for="`, `x="\`} {
		address, _, _ := client(g, from("10.0.0.5:1", "Forwarded", sent+", for=8.8.8.8;proto=https"))
		if address != "8.8.8.8" {
			t.Errorf("%s: client %s", sent, address)
		}
	}
}

// A proxy that writes one of the two headers hands the other on as the client
// made it. Nobody can tell which, so neither is believed.
func TestAttackContradictingHeaders(t *testing.T) {
	both := []string{"X-Forwarded-For", "8.8.8.8", "X-Forwarded-Proto", "https", "Forwarded", "for=9.9.9.9;proto=https"}
	rows := []struct {
		name            string
		forwarding      hosts.Forwarding
		header          []string
		client, refusal string
	}{
		{"either", hosts.ForwardingEither, both, "10.0.0.5", "forwarded-conflict"},
		{"X-Forwarded alone", hosts.ForwardingX, both, "8.8.8.8", ""},
		{"Forwarded alone", hosts.ForwardingRFC7239, both, "9.9.9.9", ""},
		{"in agreement", hosts.ForwardingEither, []string{"X-Forwarded-For", "1.1.1.1, 8.8.8.8", "X-Forwarded-Proto", "https", "Forwarded", `for="8.8.8.8:80";proto=https`}, "8.8.8.8", ""},
		{"one says less", hosts.ForwardingEither, []string{"X-Forwarded-Proto", "https", "Forwarded", "for=8.8.8.8"}, "8.8.8.8", ""},
		{"in disagreement on the scheme", hosts.ForwardingEither, []string{"X-Forwarded-Proto", "https", "Forwarded", "for=8.8.8.8;proto=http"}, "10.0.0.5", "forwarded-conflict"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			g := open(t, hosts.Config{Forwarding: row.forwarding}, "10.0.0.0/8")
			address, _, _ := client(g, from("10.0.0.5:1", row.header...))
			if got := reason(t, g, from("10.0.0.5:1", row.header...)); address != row.client || got != row.refusal {
				t.Errorf("client %s, refused for %q; want %s, %q", address, got, row.client, row.refusal)
			}
			if _, scheme, _ := client(g, from("10.0.0.5:1", row.header...)); row.refusal != "" && scheme != "http" {
				t.Error("a contradiction made the request secure")
			}
		})
	}
	// From a stranger neither is read, and nothing contradicts anything.
	if got := reason(t, open(t, hosts.Config{}, "10.0.0.0/8"), from("8.8.4.4:1", both...)); got != "" {
		t.Errorf("a stranger's headers refuse: %q", got)
	}
}

func TestScheme(t *testing.T) {
	const xff, xfp = "X-Forwarded-For", "X-Forwarded-Proto"
	rows := []struct {
		name   string
		peer   string
		tls    bool
		header []string
		want   string
	}{
		{"plain", "8.8.8.8:1", false, nil, "http"},
		{"TLS", "8.8.8.8:1", true, nil, "https"},
		{"a stranger's word", "8.8.8.8:1", false, []string{xfp, "https"}, "http"},
		{"a stranger's word on TLS", "8.8.8.8:1", true, []string{xfp, "http"}, "https"},
		{"the proxy's word", "10.0.0.5:1", false, []string{xfp, "https"}, "https"},
		{"spaces", "10.0.0.5:1", false, []string{xfp, " https "}, "https"},
		{"websocket", "10.0.0.5:1", false, []string{xfp, "wss"}, "https"},
		{"plain before a TLS hop", "10.0.0.5:1", true, []string{xfp, "http"}, "http"},
		{"silent proxy", "10.0.0.5:1", true, nil, "https"},
		{"on", "10.0.0.5:1", false, []string{xfp, "on"}, "http"},
		{"empty", "10.0.0.5:1", true, []string{xfp, ""}, "http"},
		{"two lines", "10.0.0.5:1", false, []string{xfp, "http", xfp, "https", xff, "8.8.8.8"}, "https"},
		{"one for a chain", "10.0.0.5:1", false, []string{xfp, "https", xff, "8.8.8.8, 10.0.0.6, 10.0.0.7"}, "https"},
		{"chain, TLS outside only", "10.0.0.5:1", false, []string{xfp, "https, http", xff, "8.8.8.8, 10.0.0.6"}, "https"},
		{"chain, TLS inside only", "10.0.0.5:1", false, []string{xfp, "http, https", xff, "8.8.8.8, 10.0.0.6"}, "http"},
		{"shorter than the chain", "10.0.0.5:1", false, []string{xfp, "https, http", xff, "8.8.8.8, 10.0.0.6, 10.0.0.7"}, "https"},
		{"long", "10.0.0.5:1", false, []string{xfp, strings.Repeat("https,", 2000)}, "http"},
		{"other headers", "10.0.0.5:1", false, []string{"X-Forwarded-Ssl", "on", "Front-End-Https", "on", "X-Forwarded-Scheme", "https", "X-Forwarded-Port", "443"}, "http"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := from(row.peer, row.header...)
			if row.tls {
				r.TLS = new(tls.ConnectionState)
			}
			if _, scheme, _ := client(open(t, hosts.Config{}, "10.0.0.0/8"), r); scheme != row.want {
				t.Errorf("scheme %s, want %s", scheme, row.want)
			}
		})
	}
}

// Django reads the text before the first comma, in lower case only: a client's
// "https" before an appending proxy's "http" is believed.
func TestDjangoDifference_ProxySSLHeader(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8")
	if _, scheme, _ := client(g, from("10.0.0.5:1", "X-Forwarded-Proto", "https,http", "X-Forwarded-For", "8.8.8.8")); scheme != "http" {
		t.Error("the client's own word on its scheme was believed")
	}
	if _, scheme, _ := client(g, from("10.0.0.5:1", "X-Forwarded-Proto", "HTTPS")); scheme != "https" {
		t.Error("capitals are not understood")
	}
}

// One header must not cost more than its first entries, whatever its length.
func TestAttackLongHeadersAreNotRead(t *testing.T) {
	g := open(t, hosts.Config{}, "10.0.0.0/8", "fc00::/7")
	rows := map[string]struct {
		name, value, want string
		stop              hosts.Stop
		hops              int
	}{
		"trusted addresses": {"X-Forwarded-For", strings.Repeat("10.0.0.1,", 900) + "10.0.0.2", "10.0.0.1", hosts.StopTooMany, 16},
		"trusted IPv6":      {"X-Forwarded-For", strings.Repeat("fc00:1111:2222:3333:4444:5555:6666:7777,", 200) + "fc00::1", "fc00:1111:2222:3333:4444:5555:6666:7777", hosts.StopTooMany, 14},
		"commas":            {"X-Forwarded-For", strings.Repeat(",", 8192), "10.0.0.5", hosts.StopBadEntry, 0},
		"one word":          {"X-Forwarded-For", strings.Repeat("a", 8192), "10.0.0.5", hosts.StopBadEntry, 0},
		"spaces":            {"X-Forwarded-For", "8.8.8.8" + strings.Repeat(" ", 8192), "10.0.0.5", hosts.StopBadEntry, 0},
		"elements":          {"Forwarded", strings.Repeat("for=10.0.0.1,", 600) + "for=10.0.0.2", "10.0.0.1", hosts.StopTooMany, 16},
		"long elements":     {"Forwarded", strings.Repeat("for=10.0.0.1;x="+strings.Repeat("y", 200)+",", 40) + "for=10.0.0.2", "10.0.0.1", hosts.StopTooMany, 4},
		"quoted commas":     {"Forwarded", `for="` + strings.Repeat(",", 200) + `",for="` + strings.Repeat(",", 200) + `"`, "10.0.0.5", hosts.StopBadEntry, 0},
		"quotes":            {"Forwarded", strings.Repeat(`"`, 8192), "10.0.0.5", hosts.StopBadEntry, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			r := from("10.0.0.5:1", row.name, row.value)
			address, _, stop := client(g, r)
			if hops := len(g.Explain(r).Hops); address != row.want || stop != row.stop || hops != row.hops {
				t.Errorf("client %s (%s) after %d hops, want %s (%s) after %d", address, stop, hops, row.want, row.stop, row.hops)
			}
		})
	}
}

// The look-up must answer as netip does, for nested, touching and single networks.
func TestTrustedNetworksAnswerAsNetip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var prefixes []netip.Prefix
		for range 1 + random.IntN(20) {
			if random.IntN(2) == 0 {
				a := netip.AddrFrom4([4]byte{10, byte(random.IntN(3)), byte(random.IntN(256)), byte(random.IntN(256))})
				prefixes = append(prefixes, netip.PrefixFrom(a, 8+random.IntN(25)))
			} else {
				a := netip.AddrFrom16([16]byte{0xfc, byte(random.IntN(2)), 0, 0, 0, 0, 0, byte(random.IntN(3)), byte(random.IntN(2)), 15: byte(random.IntN(256))})
				prefixes = append(prefixes, netip.PrefixFrom(a, 7+random.IntN(122)))
			}
		}
		g := gate(t, hosts.Config{AllowAnyHost: true, TrustedProxies: prefixes})
		for range 100 {
			a := netip.AddrFrom4([4]byte{byte(9 + random.IntN(3)), byte(random.IntN(4)), byte(random.IntN(256)), byte(random.IntN(256))})
			if random.IntN(2) == 0 {
				a = netip.AddrFrom16([16]byte{0xfc, byte(random.IntN(2)), 0, 0, 0, 0, 0, byte(random.IntN(3)), byte(random.IntN(2)), 15: byte(random.IntN(256))})
			}
			want := false
			for _, p := range prefixes {
				want = want || p.Contains(a)
			}
			if got := g.Explain(from(netip.AddrPortFrom(a, 1).String())).Trusted; got != want {
				t.Fatalf("%s in %v: %t, want %t", a, prefixes, got, want)
			}
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{
		"8.8.8.8", "1.2.3.4, 8.8.8.8:443", "[2001:db8::1]:443, 10.0.0.1", "unknown", "::ffff:1.2.3.4", "fe80::1%eth0", ",,,", "10.0.0.1,10.0.0.2",
		`for=8.8.8.8;proto=https`, `for="[2001:db8::1]:80";host=x, for=10.0.0.1`, `for="a\"b"`, `for=_x;proto="https`,
	} {
		f.Add(seed, seed)
	}
	config := hosts.Config{AllowAnyHost: true, InsecureSkipRedirect: true, TrustForwardedHost: true, TrustedProxies: proxies(f, "10.0.0.0/8", "::1")}
	g := gate(f, config)
	config.Forwarding = hosts.ForwardingX
	x := gate(f, config)
	f.Fuzz(func(t *testing.T, xff, forwarded string) {
		r := from("10.0.0.5:1")
		r.Header["X-Forwarded-For"], r.Header["Forwarded"] = []string{xff}, []string{forwarded}
		e := g.Explain(r)
		if !e.Client.IsValid() || e.Client.Zone() != "" || e.Client.Is4In6() || len(e.Hops) > 16 {
			t.Fatalf("client %v after %v", e.Client, e.Hops)
		}
		if address, scheme, _ := client(g, r); address != e.Client.String() || scheme != e.Scheme {
			t.Fatalf("Explain says %s, handlers see %s", e.Client, address)
		}
		// What the proxy appended decides, whatever stood there before.
		r.Header["X-Forwarded-For"] = []string{xff + ", 8.8.8.8"}
		if address, _, _ := client(x, r); address != "8.8.8.8" {
			t.Fatalf("client %s", address)
		}
		delete(r.Header, "X-Forwarded-For")
		r.Header["Forwarded"] = []string{forwarded + ",for=8.8.8.8;proto=https"}
		if address, scheme, _ := client(g, r); address != "8.8.8.8" || scheme != "https" {
			t.Fatalf("client %s over %s", address, scheme)
		}
	})
}
