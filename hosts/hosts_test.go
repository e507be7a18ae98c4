package hosts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/internal/request"
)

// gate returns the Gate of c, which must be in order.
func gate(t testing.TB, c hosts.Config) *hosts.Gate {
	t.Helper()
	g, err := hosts.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// proxies returns the prefixes of entries.
func proxies(t testing.TB, entries ...string) []netip.Prefix {
	t.Helper()
	p, err := hosts.ParseProxies(entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// get returns a request over TLS for host, with the headers given in pairs.
func get(host string, header ...string) *http.Request {
	r := httptest.NewRequest("GET", "https://placeholder.example/", nil)
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// reason returns the reason for which g refuses r, or "".
func reason(t testing.TB, g *hosts.Gate, r *http.Request) string {
	t.Helper()
	err := g.Check(r)
	if err == nil {
		return ""
	}
	var refusal *hosts.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("Check returned %T", err)
	}
	if refusal.Status != 400 || refusal.Control != "hosts" || refusal.Detail == "" {
		t.Errorf("refusal %+v", refusal)
	}
	return refusal.Reason
}

// serve lets g answer r and returns the answer and the Info the handler saw.
func serve(g *hosts.Gate, r *http.Request) (*httptest.ResponseRecorder, *request.Info) {
	var seen *request.Info
	w := httptest.NewRecorder()
	g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = request.From(r.Context())
	})).ServeHTTP(w, r)
	return w, seen
}

const (
	allow     = ""
	malformed = "host-malformed"
	unknown   = "host-unknown"
	missing   = "host-missing"
)

// TestHostMatrix holds the rows measured on Django whose answer Merlon shares,
// by their number in the measurement; the reason is ours.
func TestHostMatrix(t *testing.T) {
	rows := []struct {
		row     int
		host    string
		allowed string // "*" stands for AllowAnyHost
		want    string
	}{
		{1, "example.com", "example.com", allow},
		{2, "example.com:8000", "example.com", allow},
		{3, "example.com:80", "example.com", allow},
		{4, "EXAMPLE.com", "example.com", allow},
		{5, "example.com.", "example.com", allow},
		{6, "example.com.:8000", "example.com", allow},
		{7, "example.com..", "example.com", malformed},
		{8, "www.example.com", "example.com", unknown},
		{9, "notexample.com", "example.com", unknown},
		{11, "example.com:", "example.com", malformed},
		{12, "example.com:80:80", "example.com", malformed},
		{13, "example.com:abc", "example.com", malformed},
		{15, "user@example.com", "example.com", malformed},
		{16, "user:pw@example.com", "example.com", malformed},
		{17, "example.com@evil.com", "example.com", malformed},
		{18, "example.com/path", "example.com", malformed},
		{19, "example.com?x", "example.com", malformed},
		{20, "example.com#x", "example.com", malformed},
		{21, "example.com evil.com", "example.com", malformed},
		{22, "example.com,evil.com", "example.com", malformed},
		{23, "example.com ", "example.com", malformed},
		{24, " example.com", "example.com", malformed},
		{25, "example.com\t", "example.com", malformed},
		{26, "example.com\r\nX: y", "example.com", malformed},
		{27, "my_app", "example.com", malformed},
		{33, "exämple.com", "example.com", malformed},
		{35, "example。com", "example.com", malformed},
		{36, "example.com\x00", "example.com", malformed},
		{37, "example.com%00", "example.com", malformed},
		{38, "*", "example.com", malformed},
		{39, "127.0.0.1", "example.com", unknown},
		{40, "[::1]", "example.com", unknown},
		{41, "http://example.com", "example.com", malformed},
		{44, "example.com", ".example.com", allow},
		{45, "www.example.com", ".example.com", allow},
		{46, "www.EXAMPLE.com:1", ".example.com", allow},
		{47, "a.b.c.example.com.", ".example.com", allow},
		{48, "x.example.com.evil.com", ".example.com", unknown},
		{49, "notexample.com", ".example.com", unknown},
		{51, "[::1]", ".example.com", unknown},
		{53, "[::1]:80", "*", allow},
		{55, "", "*", missing},
		{56, "a b", "*", malformed},
		{57, "1.2.3.4:5", "*", allow},
		{62, "[2001:DB8::1]", "*", allow},
		{63, "[2001:db8::1]:443", "*", allow},
		{64, "[::ffff:1.2.3.4]", "*", allow},
		{65, "[fe80::1%25eth0]", "*", malformed},
		{66, "[::1", "*", malformed},
		{67, "::1", "*", malformed},
		{68, "[::1]x", "*", malformed},
		{69, "[]", "*", malformed},
		{70, "[zz::1]", "*", malformed},
		{71, "[1.2.3.4]", "*", malformed},
		{76, "[::1]", "[::1]", allow},
		{77, "[::1]:8000", "[::1]", allow},
		{80, "12.34.56.78:443", "12.34.56.78", allow},
		{81, "example.com", "EXAMPLE.com", allow},
		{101, "localhost", "example.com", unknown},
	}
	for _, row := range rows {
		c := hosts.Config{Allowed: []string{row.allowed}}
		if row.allowed == "*" {
			c = hosts.Config{AllowAnyHost: true}
		}
		g := gate(t, c)
		if got := reason(t, g, get(row.host)); got != row.want {
			t.Errorf("row %d: host %q, allowed %s: refused for %q, want %q", row.row, row.host, row.allowed, got, row.want)
		}
		// What the middleware does is what Check says.
		w, info := serve(g, get(row.host))
		if admitted := w.Code == 200 && info != nil; admitted != (row.want == allow) || !admitted && w.Code != 400 {
			t.Errorf("row %d: host %q: status %d, want %q", row.row, row.host, w.Code, row.want)
		}
	}
}

// TestLocalHosts holds the rows of Django's DEBUG with an empty list.
func TestLocalHosts(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: hosts.LocalHosts()})
	for host, want := range map[string]string{
		"localhost": allow, "localhost:8000": allow, "sub.localhost": allow, "127.0.0.1:8000": allow, "[::1]:8000": allow,
		"0.0.0.0": unknown, "example.com": unknown, "testserver": unknown, "127.0.0.2": unknown, "localhost.evil.com": unknown,
	} {
		if got := reason(t, g, get(host)); got != want {
			t.Errorf("host %q: refused for %q, want %q", host, got, want)
		}
	}
}

// Django admits these, or refuses them for another reason: its syntax is loose.
func TestDjangoDifference_HostSyntax(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	long253 := label63 + "." + label63 + "." + label63 + "." + strings.Repeat("a", 61)
	any := gate(t, hosts.Config{AllowAnyHost: true})
	for host, want := range map[string]string{
		"a..b":                           malformed, // row 75
		"..example.com":                  malformed, // row 31
		".example.com":                   malformed, // row 30
		".":                              malformed,
		"-":                              malformed, // row 28
		"-x.example":                     malformed,
		"x-.example":                     malformed,
		"example.com:99999999":           malformed, // row 14
		"example.com:65536":              malformed,
		"example.com:65535":              allow,
		"example.com:0":                  malformed,
		"example.com:080":                malformed,
		"example.com:+80":                malformed,
		label63 + ".example":             allow,
		label63 + "a.example":            malformed,
		long253:                          allow,
		long253 + ".":                    allow,
		long253 + ".:65535":              allow,
		long253 + "a":                    malformed,
		strings.Repeat("a.", 4000) + "b": malformed,
	} {
		if got := reason(t, any, get(host)); got != want {
			t.Errorf("host %.40q (%d bytes): refused for %q, want %q", host, len(host), got, want)
		}
	}
}

// A browser turns every spelling of an IPv4 address into the usual one before
// it sends it; whoever sends another wants it read in two ways. Rows 59 and 60.
func TestDjangoDifference_NumericHosts(t *testing.T) {
	g := gate(t, hosts.Config{AllowAnyHost: true})
	for _, host := range []string{"0x7f000001", "2130706433", "127.1", "0177.0.0.1", "127.0.0.0x1", "1.2.3.4.5", "256.1.1.1", "0x", "example.1", "1.2.3.4.:80."} {
		if got := reason(t, g, get(host)); got != malformed {
			t.Errorf("host %q: refused for %q, want %q", host, got, malformed)
		}
	}
	for _, host := range []string{"127.0.0.1", "127.0.0.1.", "1.example", "0x7f.example", "1e2", "0xg"} {
		if got := reason(t, g, get(host)); got != allow {
			t.Errorf("host %q: refused for %q", host, got)
		}
	}
}

// Django compares the text of IPv6 addresses. Row 78.
func TestDjangoDifference_IPv6Spelling(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"[0:0:0:0:0:0:0:1]", "[2001:DB8::1]"}})
	for _, host := range []string{"[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]:80", "[2001:db8:0::1]", "[2001:DB8::1]:443"} {
		if got := reason(t, g, get(host)); got != allow {
			t.Errorf("host %q: refused for %q", host, got)
		}
	}
	if got := reason(t, g, get("[::2]")); got != unknown {
		t.Errorf("[::2]: refused for %q", got)
	}
}

// Django takes such entries and then never matches them, or matches everything:
// rows 82 to 90, and "*".
func TestDjangoDifference_EntriesRefusedAtStart(t *testing.T) {
	for entry, hint := range map[string]string{
		"":                      "empty",
		" example.com":          "white space",
		"*":                     "AllowAnyHost",
		"*.example.com":         `write .example.com`,
		".":                     "without the dot",
		"example.com.":          "without the dot",
		"example.com:8000":      `"example.com"`,
		".example.com:8000":     `".example.com"`,
		"http://example.com":    "without scheme",
		"example.com/":          "character",
		"a b":                   "character",
		"a..b":                  "empty label",
		"-x":                    "hyphen",
		"my_app":                "underscore",
		"exämple.com":           "xn--",
		"::1":                   "[::1]",
		"2130706433":            "IPv4",
		".127.0.0.1":            "below an address",
		".[::1]":                "below an address",
		"[::1]:80":              `"[::1]"`,
		"user@example.com":      "user name",
		strings.Repeat("a", 64): "63",
	} {
		_, err := hosts.New(hosts.Config{Allowed: []string{"ok.example", entry}})
		if err == nil || !strings.Contains(err.Error(), hint) || !strings.HasPrefix(err.Error(), "hosts: ") {
			t.Errorf("entry %q: error %v, want one with %s", entry, err, hint)
		}
	}
}

// Django falls back to SERVER_NAME, and adds X-Forwarded-Port: rows 103 to 106.
func TestDjangoDifference_AbsentHostIsRefused(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"srv.internal"}, TrustedProxies: proxies(t, "192.0.2.0/24")})
	if got := reason(t, g, get("", "X-Forwarded-Port", "9000")); got != missing {
		t.Errorf("absent Host: refused for %q, want %q", got, missing)
	}
}

// HTTP/2 has :authority, and a Host header beside it is left in r.Header.
func TestAttackHostBesideAuthority(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{".example.com"}})
	for _, row := range []struct {
		sent []string
		want string
	}{
		{nil, allow},
		{[]string{"example.com"}, allow},
		{[]string{"evil.example"}, malformed},
		{[]string{"www.example.com"}, malformed},
		{[]string{"example.com", "example.com"}, malformed},
		{[]string{""}, malformed},
	} {
		r := get("example.com")
		if row.sent != nil {
			r.Header["Host"] = row.sent
		}
		if got := reason(t, g, r); got != row.want || g.Explain(r).Refusal != row.want {
			t.Errorf("Host %q beside :authority: refused for %q, want %q", row.sent, got, row.want)
		}
	}
}

func TestHostIsNormalised(t *testing.T) {
	g := gate(t, hosts.Config{AllowAnyHost: true})
	for sent, want := range map[string]string{
		"example.com":             "example.com",
		"EXAMPLE.com:8000":        "example.com:8000",
		"example.com.":            "example.com",
		"example.com.:8000":       "example.com:8000",
		"[0:0:0:0:0:0:0:1]:8000":  "[::1]:8000",
		"[2001:DB8::1]":           "[2001:db8::1]",
		"[2001:db8:0:0::1]":       "[2001:db8::1]",
		"[::ffff:192.0.2.1]:8443": "[::ffff:192.0.2.1]:8443",
	} {
		if _, info := serve(g, get(sent)); info == nil || info.Host != want {
			t.Errorf("host %q resolved to %+v, want %q", sent, info, want)
		}
	}
}

// TestForwardedHost holds rows 106 to 113.
func TestForwardedHost(t *testing.T) {
	both := []string{"front.example", "back.internal"}
	near := proxies(t, "192.0.2.0/24") // httptest's peer
	rows := []struct {
		name, host string
		config     hosts.Config
		header     []string
		want       string // the host, or the reason
	}{
		{"108 not read unless told", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near}, []string{"X-Forwarded-Host", "front.example"}, "back.internal"},
		{"109 read when told", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"X-Forwarded-Host", "front.example"}, "front.example"},
		{"judged when read", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"X-Forwarded-Host", "evil.example"}, unknown},
		{"111 empty", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"X-Forwarded-Host", ""}, missing},
		{"absent", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, nil, "back.internal"},
		{"not from a stranger", "back.internal", hosts.Config{Allowed: both, TrustedProxies: proxies(t, "10.0.0.0/8"), TrustForwardedHost: true}, []string{"X-Forwarded-Host", "front.example"}, "back.internal"},
		{"the proxy's own entry", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"X-Forwarded-Host", "evil.example, front.example", "X-Forwarded-For", "8.8.8.8"}, "front.example"},
		{"the client's hop", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true},
			[]string{"X-Forwarded-Host", "front.example, inner.example", "X-Forwarded-For", "8.8.8.8, 192.0.2.9"}, "front.example"},
		{"Forwarded", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"Forwarded", `for=8.8.8.8;host="front.example"`}, "front.example"},
		{"Forwarded not unless told", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near}, []string{"Forwarded", "for=8.8.8.8;host=front.example"}, "back.internal"},
		{"113 X-Forwarded-Port is never read", "front.example", hosts.Config{Allowed: both, TrustedProxies: near}, []string{"X-Forwarded-Port", "8443"}, "front.example"},
		{"underscores", "back.internal", hosts.Config{Allowed: both, TrustedProxies: near, TrustForwardedHost: true}, []string{"X_Forwarded_Host", "front.example"}, "back.internal"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			g := gate(t, row.config)
			r := get(row.host, row.header...)
			got := reason(t, g, r)
			if got == "" {
				_, info := serve(g, r)
				got = info.Host
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestRefusalIsAuditedAndShowsNothing(t *testing.T) {
	var events []audit.Event
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, Audit: sink(func(e audit.Event) { events = append(events, e) })})
	w, info := serve(g, get("evil.example"))
	if w.Code != 400 || info != nil || strings.Contains(w.Body.String(), "evil") || strings.Contains(w.Body.String(), "host") {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	if len(events) != 1 || events[0].Name != "malicious_host" || events[0].Reason != unknown || !strings.Contains(events[0].Detail, "evil.example") {
		t.Errorf("events %+v", events)
	}
	// A Host of any length and content stays a short line of ASCII.
	serve(g, get(strings.Repeat("ä\n", 4000)))
	if detail := events[1].Detail; len(detail) > 700 || strings.ContainsAny(detail, "\nä") {
		t.Errorf("detail of %d bytes: %.80q", len(detail), detail)
	}
}

type sink func(audit.Event)

func (s sink) Record(_ context.Context, e audit.Event) error { s(e); return nil }

func TestDenyAnswersInsteadOfTheDefault(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, Deny: func(w http.ResponseWriter, r *http.Request, refusal *hosts.Refusal) {
		w.WriteHeader(421)
		w.Write([]byte(refusal.Reason))
	}})
	if w, _ := serve(g, get("evil.example")); w.Code != 421 || w.Body.String() != unknown {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
}

func TestAdmitResolvesWhereNobodyDid(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}})
	for host, want := range map[string]int{"example.com": 200, "evil.example": 400} {
		w := httptest.NewRecorder()
		g.Admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got := hosts.ClientIP(r.Context()); got != netip.MustParseAddr("192.0.2.1") {
				t.Errorf("client %v", got)
			}
			if !hosts.Secure(r) {
				t.Error("not secure over TLS")
			}
		})).ServeHTTP(w, get(host))
		if w.Code != want {
			t.Errorf("host %q: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestWithoutAGate(t *testing.T) {
	if got := hosts.ClientIP(context.Background()); got.IsValid() {
		t.Errorf("client %v", got)
	}
	if hosts.Secure(httptest.NewRequest("GET", "http://a.example/", nil)) || !hosts.Secure(httptest.NewRequest("GET", "https://a.example/", nil)) {
		t.Error("the connection does not decide")
	}
}

func TestNewRefuses(t *testing.T) {
	prefix := netip.MustParsePrefix
	rows := map[string]struct {
		config hosts.Config
		want   string
	}{
		"zero":                 {hosts.Config{}, "no allowed hosts"},
		"all IPv4":             {hosts.Config{AllowAnyHost: true, TrustedProxies: []netip.Prefix{prefix("0.0.0.0/0")}}, "anybody"},
		"half of IPv4":         {hosts.Config{AllowAnyHost: true, TrustedProxies: []netip.Prefix{prefix("0.0.0.0/1"), prefix("128.0.0.0/1")}}, "anybody"},
		"all IPv6":             {hosts.Config{AllowAnyHost: true, TrustedProxies: []netip.Prefix{prefix("::/0")}}, "anybody"},
		"global IPv6":          {hosts.Config{AllowAnyHost: true, TrustedProxies: []netip.Prefix{prefix("2000::/3")}}, "anybody"},
		"no prefix":            {hosts.Config{AllowAnyHost: true, TrustedProxies: []netip.Prefix{{}}}, "not a network"},
		"forwarding":           {hosts.Config{AllowAnyHost: true, Forwarding: "x-real-ip"}, "unknown forwarding"},
		"host from nobody":     {hosts.Config{AllowAnyHost: true, TrustForwardedHost: true}, "nobody could send it"},
		"SSL host":             {hosts.Config{AllowAnyHost: true, SSLHost: "https://a.example"}, "SSLHost"},
		"exempt pattern":       {hosts.Config{AllowAnyHost: true, RedirectExempt: []string{"^insecure/"}}, "redirect exemption"},
		"exempt all":           {hosts.Config{AllowAnyHost: true, RedirectExempt: []string{"/"}}, "InsecureSkipRedirect"},
		"exempt twice":         {hosts.Config{AllowAnyHost: true, RedirectExempt: []string{"/a", "/a"}}, "redirect exemption"},
		"exempt, redirect off": {hosts.Config{AllowAnyHost: true, InsecureSkipRedirect: true, RedirectExempt: []string{"^a/"}}, "redirect exemption"},
	}
	for name, row := range rows {
		if _, err := hosts.New(row.config); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, row.want)
		}
	}
	_, err := hosts.New(hosts.Config{Allowed: []string{"a b", "*"}, Forwarding: "x", SSLHost: "@"})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("not all faults at once: %v", err)
	}
}

func TestNewCopiesItsConfig(t *testing.T) {
	c := hosts.Config{Allowed: []string{"a.example"}, RedirectExempt: []string{"/a"}, TrustedProxies: proxies(t, "10.0.0.0/8")}
	g := gate(t, c)
	c.Allowed[0], c.RedirectExempt[0], c.TrustedProxies[0] = "b.example", "/b", netip.MustParsePrefix("192.0.2.0/24")
	if got := reason(t, g, get("a.example")); got != "" {
		t.Error("the list of hosts is the caller's")
	}
	if diff := cmp.Diff([]string{"/a"}, g.RedirectExempt()); diff != "" {
		t.Error(diff)
	}
	if g.Explain(get("a.example")).Trusted {
		t.Error("the list of proxies is the caller's")
	}
}

// Only a trusted proxy's request id is taken over: an attacker's would tie its
// requests to somebody else's log lines.
func TestRequestIDOnlyFromTrustedProxy(t *testing.T) {
	g := gate(t, hosts.Config{AllowAnyHost: true, TrustedProxies: proxies(t, "192.0.2.0/24")})
	for name, row := range map[string]struct {
		peer  string
		ids   []string
		taken bool
	}{
		"trusted":  {"192.0.2.1:1", []string{"abc-123"}, true},
		"stranger": {"8.8.8.8:1", []string{"abc-123"}, false},
		"two":      {"192.0.2.1:1", []string{"abc-123", "def"}, false},
		"newline":  {"192.0.2.1:1", []string{"abc-123\nx"}, false},
		"long":     {"192.0.2.1:1", []string{strings.Repeat("a", 65)}, false},
	} {
		r := get("a.example")
		r.RemoteAddr = row.peer
		r.Header["X-Request-Id"] = row.ids
		_, info := serve(g, r)
		if taken := info.ID() == row.ids[0]; taken != row.taken || !taken && len(info.ID()) != 32 {
			t.Errorf("%s: id %q", name, info.ID())
		}
	}
}

func FuzzHost(f *testing.F) {
	for _, seed := range []string{"example.com", "a..b", "[::1]:80", "[fe80::1%25eth0]", "x:99999", "0x7f.1", "example.com.", "[::ffff:1.2.3.4]", "EXAMPLE.com:1", "a_b", "user@h", ""} {
		f.Add(seed)
	}
	g := gate(f, hosts.Config{AllowAnyHost: true})
	f.Fuzz(func(t *testing.T, host string) {
		w, info := serve(g, get(host))
		if info == nil {
			if w.Code != 400 {
				t.Fatalf("refused with %d", w.Code)
			}
			return
		}
		// What is admitted is a host to net/url too, and judged alike again.
		r := httptest.NewRequest("GET", "https://"+info.Host+"/", nil)
		if r.Host != info.Host || strings.ToLower(info.Host) != info.Host || len(info.Host) > 260 {
			t.Fatalf("%q admitted as %q, which net/url reads as %q", host, info.Host, r.Host)
		}
		if _, again := serve(g, r); again == nil || again.Host != info.Host {
			t.Fatalf("%q admitted as %q, but that as %+v", host, info.Host, again)
		}
	})
}
