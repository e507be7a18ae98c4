package hosts_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/hosts"
)

func TestExplain(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"a.example"}, TrustedProxies: proxies(t, "10.0.0.0/8")})
	rows := []struct {
		name   string
		peer   string
		host   string
		header []string
		want   string
	}{
		{"direct", "8.8.8.8:1", "a.example", nil,
			`client 8.8.8.8 (direct connection), scheme http (connection), host "a.example" (Host)`},
		{"proxied", "10.0.0.5:1", "a.example", []string{"X-Forwarded-For", "8.8.8.8", "X-Forwarded-Proto", "https", "X-Real-Ip", "1.1.1.1"},
			`client 8.8.8.8 (from X-Forwarded-For of trusted proxy 10.0.0.5, untrusted), scheme https (X-Forwarded-Proto), host "a.example" (Host), not believed: X-Real-Ip`},
		{"the proxy was not told of", "192.168.1.1:1", "a.example", []string{"X-Forwarded-For", "8.8.8.8"},
			`client 192.168.1.1 (direct connection), scheme http (connection), host "a.example" (Host), not believed: X-Forwarded-For; if 192.168.1.1 is your proxy, add it or its network to TRUSTED_PROXIES`},
		{"a stranger is no hint", "8.8.8.8:1", "a.example", []string{"X-Forwarded-For", "9.9.9.9"},
			`client 8.8.8.8 (direct connection), scheme http (connection), host "a.example" (Host), not believed: X-Forwarded-For`},
		{"silent proxy", "10.0.0.5:1", "a.example", nil,
			`client 10.0.0.5 (the trusted proxy itself, no-header), scheme http (connection), host "a.example" (Host); the proxy 10.0.0.5 names no client: let it set X-Forwarded-For`},
		{"all trusted", "10.0.0.5:1", "a.example", []string{"X-Forwarded-For", "10.1.1.1"},
			`client 10.1.1.1 (from X-Forwarded-For of trusted proxy 10.0.0.5, outermost), scheme http (connection), host "a.example" (Host); every address on the way is a trusted proxy: the client is in a trusted network, or the outermost proxy hides it`},
		{"bad entry", "10.0.0.5:1", "a.example", []string{"X-Forwarded-For", "unknown"},
			`client 10.0.0.5 (from X-Forwarded-For of trusted proxy 10.0.0.5, bad-entry), scheme http (connection), host "a.example" (Host); the entry after 10.0.0.5 in X-Forwarded-For is not an address: look at the proxy that wrote it`},
		{"conflict", "10.0.0.5:1", "a.example", []string{"X-Forwarded-For", "8.8.8.8", "Forwarded", "for=9.9.9.9"},
			`client 10.0.0.5 (the trusted proxy itself, conflict), scheme http (connection), host "a.example" (Host), refused: forwarded-conflict, not believed: Forwarded, X-Forwarded-For; X-Forwarded-* and Forwarded contradict each other: let the proxy remove the one it does not write, or set which one is read`},
		{"unknown host", "8.8.8.8:1", "b.example", nil,
			`client 8.8.8.8 (direct connection), scheme http (connection), host "b.example" (Host), refused: host-unknown; if "b.example" is a name of this site, add it to ALLOWED_HOSTS`},
		{"socket", "@", "a.example", nil,
			`client a socket without address (direct connection), scheme http (connection), host "a.example" (Host)`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := from(row.peer, row.header...)
			r.Host = row.host
			e := g.Explain(r)
			if got := e.String(); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
			if _, err := json.Marshal(e); err != nil {
				t.Error(err)
			}
		})
	}
}

// What Explain prints came from the request: it stays one line of ASCII.
func TestExplainQuotesTheHost(t *testing.T) {
	g := gate(t, hosts.Config{AllowAnyHost: true})
	r := from("8.8.8.8:1")
	r.Host = "a\nclient 1.2.3.4\x1b[31m" + strings.Repeat("ä", 1000)
	if text := g.Explain(r).String(); strings.ContainsAny(text, "\n\x1bä") || len(text) > 1000 {
		t.Errorf("%q", text)
	}
}
