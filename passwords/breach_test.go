package passwords_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/passwords"
)

// SHA-1 of "password" is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
const passwordSuffix = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"

func TestPwned(t *testing.T) {
	padding := strings.Repeat("0", 35)
	for _, row := range []struct {
		name, answer string
		status       int
		want         bool
		fails        bool
	}{
		{"known", padding + ":3\r\n" + passwordSuffix + ":10437277\r\n", 200, true, false},
		{"lower case", strings.ToLower(passwordSuffix) + ":1", 200, true, false},
		{"unknown", padding + ":3\r\n", 200, false, false},
		{"padding", passwordSuffix + ":0\r\n", 200, false, false},
		{"empty", "", 200, false, true},
		{"a page of a captive portal", "<html>sign in</html>", 200, false, true},
		{"down", "", 503, false, true},
		{"moved", "", 302, false, true},
		{"endless", strings.Repeat("a", 2<<20), 200, false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var asked *http.Request
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(row.status)
				fmt.Fprint(w, row.answer)
			}))
			defer srv.Close()
			p, err := passwords.NewPwned(passwords.PwnedConfig{URL: srv.URL + "/range", Timeout: 3 * time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Breached(t.Context(), "password")
			if got != row.want || (err != nil) != row.fails {
				t.Errorf("Breached() = %v, %v", got, err)
			}
			if err != nil && strings.Contains(strings.ToUpper(err.Error()), "5BAA6") {
				t.Errorf("the error holds a part of the hash: %v", err)
			}
			if asked.URL.Path != "/range/5BAA6" || asked.URL.RawQuery != "" || asked.Header.Get("Add-Padding") != "true" {
				t.Errorf("asked for %v with %v", asked.URL, asked.Header)
			}
		})
	}
}

func TestPwnedUnreachable(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	p, err := passwords.NewPwned(passwords.PwnedConfig{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Breached(t.Context(), "password"); err == nil || strings.Contains(err.Error(), "5BAA6") {
		t.Errorf("got %v", err)
	}
}

func TestPwnedFaults(t *testing.T) {
	for _, u := range []string{"http://api.example.com/range/", "ftp://x/", "api.example.com", "https://u:p@x.example/", "https://x.example/?q=", "://"} {
		if _, err := passwords.NewPwned(passwords.PwnedConfig{URL: u}); err == nil || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: %v", u, err)
		}
	}
	if _, err := passwords.NewPwned(passwords.PwnedConfig{}); err != nil {
		t.Error(err)
	}
}
