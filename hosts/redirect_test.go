package hosts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/hosts"
)

// plain returns a request over plain HTTP.
func plain(method, host, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	return r
}

func TestRedirect(t *testing.T) {
	own := hosts.Config{Allowed: []string{".example.com", "[::1]"}, RedirectExempt: []string{"/insecure/", "GET /once", "/file/{name}"}}
	other := own
	other.SSLHost = "Secure.example.com:8443"
	rows := []struct {
		name           string
		config         hosts.Config
		method         string
		host, target   string
		status         int
		location, vary string
	}{
		{"GET", own, "GET", "example.com", "/a?b=c", 301, "https://example.com/a?b=c", ""},
		{"HEAD", own, "HEAD", "example.com", "/", 301, "https://example.com/", ""},
		{"POST keeps method and body", own, "POST", "example.com", "/a", 308, "https://example.com/a", ""},
		{"PUT", own, "PUT", "example.com", "/a", 308, "https://example.com/a", ""},
		{"OPTIONS *", own, "OPTIONS", "example.com", "*", 308, "https://example.com/", ""},
		{"port kept as by Django", own, "GET", "www.example.com:8000", "/", 301, "https://www.example.com:8000/", ""},
		{"port 80 dropped", own, "GET", "example.com:80", "/", 301, "https://example.com/", ""},
		{"port 443 dropped", own, "GET", "example.com:443", "/", 301, "https://example.com/", ""},
		{"port 8080 is not 80", own, "GET", "example.com:8080", "/", 301, "https://example.com:8080/", ""},
		{"IPv6", own, "GET", "[0:0:0:0:0:0:0:1]:80", "/", 301, "https://[::1]/", ""},
		{"host normalised", own, "GET", "EXAMPLE.com.", "/", 301, "https://example.com/", ""},
		{"SSLHost", other, "GET", "www.example.com:8000", "/a?b", 301, "https://secure.example.com:8443/a?b", ""},
		{"letters beyond ASCII", own, "GET", "example.com", "/%C3%BC/%20y", 301, "https://example.com/%C3%BC/%20y", ""},
		{"two slashes", own, "GET", "example.com", "//evil.example/x", 301, "https://example.com//evil.example/x", ""},
		{"empty query", own, "GET", "example.com", "/a?", 301, "https://example.com/a?", ""},
		{"refused, not redirected", own, "GET", "evil.example", "/", 400, "", ""},
		{"refused, even with SSLHost", other, "GET", "evil.example", "/", 400, "", ""},
		{"malformed", own, "GET", "example.com@evil.example", "/", 400, "", ""},
		{"exempt below", own, "GET", "example.com", "/insecure/x", 200, "", ""},
		{"exempt itself", own, "POST", "example.com", "/insecure/", 200, "", ""},
		{"exempt needs the slash", own, "GET", "example.com", "/insecure", 301, "https://example.com/insecure", ""},
		{"exempt by method", own, "GET", "example.com", "/once", 200, "", ""},
		{"not by another method", own, "POST", "example.com", "/once", 308, "https://example.com/once", ""},
		{"exempt by wildcard", own, "GET", "example.com", "/file/a", 200, "", ""},
		{"wildcard is one segment", own, "GET", "example.com", "/file/a/b", 301, "https://example.com/file/a/b", ""},
		{"exempt host is still judged", own, "GET", "evil.example", "/insecure/x", 400, "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w, _ := serve(gate(t, row.config), plain(row.method, row.host, row.target))
			if w.Code != row.status || w.Header().Get("Location") != row.location || w.Header().Get("Vary") != row.vary {
				t.Errorf("status %d, location %q, vary %q; want %d, %q, %q", w.Code, w.Header().Get("Location"), w.Header().Get("Vary"), row.status, row.location, row.vary)
			}
			if row.location != "" && (w.Header().Get("Cache-Control") != "max-age=3600" || w.Header().Get("Strict-Transport-Security") != "") {
				t.Errorf("header %v", w.Header())
			}
		})
	}
}

// Django's exemptions are regular expressions that match anywhere in the path.
func TestDjangoDifference_ExemptionsAreWholePaths(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, RedirectExempt: []string{"/insecure/"}})
	for _, target := range []string{"/a/insecure/x", "/?insecure/", "/insecure/../account/", "/account/../insecure/x", "//insecure/x", "/insecure//x", "/insecure/./x", "/INSECURE/x", "/insecure%2Fx"} {
		if w, _ := serve(g, plain("GET", "example.com", target)); w.Code != 301 {
			t.Errorf("%s: status %d", target, w.Code)
		}
	}
}

// A cache between the TLS proxy and the site must not answer HTTPS with the
// redirect that plain HTTP got.
func TestRedirectBehindProxyVaries(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, TrustedProxies: proxies(t, "192.0.2.0/24")})
	r := plain("GET", "example.com", "/")
	r.Header.Set("X-Forwarded-Proto", "http")
	if w, _ := serve(g, r); w.Code != 301 || w.Header().Get("Vary") != "X-Forwarded-Proto, Forwarded" {
		t.Errorf("status %d, vary %q", w.Code, w.Header().Get("Vary"))
	}
	r.Header.Set("X-Forwarded-Proto", "https")
	if w, _ := serve(g, r); w.Code != 200 || w.Header().Get("Vary") != "" {
		t.Errorf("status %d, vary %q", w.Code, w.Header().Get("Vary"))
	}
}

func TestRedirectVariesOnWhatIsRead(t *testing.T) {
	for forwarding, want := range map[hosts.Forwarding]string{hosts.ForwardingX: "X-Forwarded-Proto", hosts.ForwardingRFC7239: "Forwarded"} {
		g := gate(t, hosts.Config{AllowAnyHost: true, Forwarding: forwarding, TrustedProxies: proxies(t, "192.0.2.0/24")})
		if w, _ := serve(g, plain("GET", "example.com", "/")); w.Header().Get("Vary") != want {
			t.Errorf("%s: vary %q", forwarding, w.Header().Get("Vary"))
		}
	}
}

func TestInsecureSkipRedirect(t *testing.T) {
	g := gate(t, hosts.Config{Allowed: []string{"example.com"}, InsecureSkipRedirect: true})
	if w, info := serve(g, plain("GET", "example.com", "/")); w.Code != 200 || info.Scheme != "http" {
		t.Errorf("status %d", w.Code)
	}
}

// FuzzRedirectLocation holds that a redirect never leaves the admitted host.
func FuzzRedirectLocation(f *testing.F) {
	for _, seed := range []string{"/", "//e", "/\\e", "/%0d%0aX: y", "/a?b#c", "*", "/ü/ y", "@e", "/a?\"<>"} {
		f.Add(seed, "q=\xff\r\n")
	}
	f.Add("/", "#%")
	g := gate(f, hosts.Config{Allowed: []string{"example.com"}})
	f.Fuzz(func(t *testing.T, path, query string) {
		r := plain("GET", "example.com", "/")
		r.URL = &url.URL{Path: path, RawQuery: query}
		w, _ := serve(g, r)
		location := w.Header().Get("Location")
		u, err := url.Parse(location)
		if w.Code != 301 || err != nil || u.Scheme != "https" || u.Host != "example.com" || u.User != nil {
			t.Fatalf("%q: location %q: %v", path, location, err)
		}
		if i := strings.IndexFunc(location, func(c rune) bool { return c <= ' ' || c >= 0x7f }); i >= 0 {
			t.Fatalf("location %q", location)
		}
	})
}
