package hosts_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/hosts"
)

// TestOnTheWire sends what no http.Request can say through a real server.
func TestOnTheWire(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, InsecureSkipRedirect: true})
	server := httptest.NewServer(g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host)
	})))
	defer server.Close()
	rows := []struct {
		name, request string
		status        int
	}{
		{"one Host", "GET / HTTP/1.1\r\nHost: example.com\r\n", 200},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: example.com\r\nHost: evil.example\r\n", 400},
		{"the same Host twice", "GET / HTTP/1.1\r\nHost: example.com\r\nHost: example.com\r\n", 400},
		{"no Host", "GET / HTTP/1.1\r\n", 400},
		{"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n", 400},
		{"empty Host", "GET / HTTP/1.1\r\nHost: \r\n", 400},
		{"a list", "GET / HTTP/1.1\r\nHost: example.com, evil.example\r\n", 400},
		{"a space inside", "GET / HTTP/1.1\r\nHost: example.com evil.example\r\n", 400},
		{"a slash", "GET / HTTP/1.1\r\nHost: example.com/evil\r\n", 400},
		{"user name", "GET / HTTP/1.1\r\nHost: example.com@evil.example\r\n", 400},
		{"folded", "GET / HTTP/1.1\r\nHost: example.com\r\n evil.example\r\n", 400},
		{"space before the colon", "GET / HTTP/1.1\r\nHost : example.com\r\n", 400},
		// RFC 9112 section 3.2.2: the target counts, and Host is passed over.
		{"absolute target of another site", "GET http://evil.example/ HTTP/1.1\r\nHost: example.com\r\n", 400},
		{"absolute target of this site", "GET http://example.com/ HTTP/1.1\r\nHost: evil.example\r\n", 200},
		{"absolute target with a user name", "GET http://example.com@evil.example/ HTTP/1.1\r\nHost: example.com\r\n", 400},
		{"port of another", "GET / HTTP/1.1\r\nHost: example.com:99999999\r\n", 400},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, row.request+"Connection: close\r\n\r\n")
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != row.status || res.StatusCode == 200 && string(body) != "example.com" || strings.Contains(string(body), "evil") {
				t.Errorf("status %d, body %q; want %d", res.StatusCode, body, row.status)
			}
		})
	}
}
