package hosts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/hosts"
)

// TestRedirectTargets holds the table measured on Django's
// url_has_allowed_host_and_scheme with require_https, allowed = {example.com}.
// Where Merlon differs the row is in a test of its own.
func TestRedirectTargets(t *testing.T) {
	path := func(n int) string { return "/" + strings.Repeat("a", n-1) }
	rows := []struct {
		target      string
		safe, local bool
	}{
		{"", false, false},
		{"  ", false, false},
		{"/", true, true},
		{"/a", true, true},
		{"/a?next=//evil.com&x=%5C", true, true},
		{"/a#b", true, true},
		{"a", true, false},
		{"?x", true, false},
		{"#x", true, false},
		{"//example.com/p", false, false},
		{"https://example.com/x", true, false},
		{"https://example.com", true, false},
		{"HTTP://example.com", false, false},
		{"javascript:alert(1)", false, false},
		{"data:text/html,x", false, false},
		{"vbscript:x", false, false},
		{"http://evil.com\\\\@example.com", false, false},
		{"http://user@example.com", false, false},
		{"https://user@example.com", false, false},
		{"https://user:pw@example.com/", false, false},
		{"http://example.com@evil.com", false, false},
		{"https://example.com@evil.com", false, false},
		{"http://EXAMPLE.com", false, false},
		{"\x00/a", false, false},
		{"/a\x00", false, false},
		{"\t//evil.com", false, false},
		{"/\t/evil.com", false, false},
		{"/\n/evil.com", false, false},
		{"http://[::1", false, false},
		{"https://[::1", false, false},
		{"http:/example.com", false, false},
		{"view/?param=http://evil.com", true, false},
		{"view?x=//evil.com", true, false},
		{"https:/evil.com", false, false},
		{"https:evil.com", false, false},
		{"https:/example.com", false, false},
		{"https:example.com", false, false},
		{"https:///example.com", false, false},
		{"http://example.com#@evil.com", false, false},
		{"///a", false, false},
		{"////a", false, false},
		{"//example.com:80", false, false},
		{"http:999999999", false, false},
		{path(2048), true, true},
		{path(2049), false, false},
		{"//evil.com", false, false},
		{"/\\evil.com", false, false},
		{"\\\\evil.com", false, false},
		{"\\/evil.com", false, false},
		{"https://evil.com", false, false},
		{"https://example.com.evil.com", false, false},
		{"https://sub.example.com", false, false},
		{"https://example.com:8443/", false, false},
		{"https://other.example:8443/", true, false},
		{"https://other.example/", false, false},
		{"https://sub.wild.example/", false, false},
		{"ftp://example.com/", false, false},
		{"https://example.com\\@evil.com", false, false},
		{"https://example.com%2eevil.com", false, false},
		{"https://exаmple.com", false, false}, // Cyrillic а
		{"https://example。com", false, false},
		{"\u200b//evil.com", false, false}, // category Cf
		{"\ufeff/a", false, false},
		{"\ue000a", false, false}, // category Co
		{"\u0085/a", false, false},
		{"/a\u0085", false, false},
		{"/\xff", false, false},
		{"/%zz", false, false},
	}
	for _, row := range rows {
		if got := hosts.SafeRedirect(row.target, "example.com", "other.example:8443", ".wild.example"); got != row.safe {
			t.Errorf("SafeRedirect(%.60q) = %t", row.target, got)
		}
		to, ok := hosts.LocalRedirect(row.target)
		if ok != row.local || ok && to != row.target || !ok && to != "" {
			t.Errorf("LocalRedirect(%.60q) = %q, %t", row.target, to, ok)
		}
	}
}

// Django lets these through; browsers happen to stay on the site.
func TestDjangoDifference_RedirectTargetsRefused(t *testing.T) {
	for _, target := range []string{
		"//",                         // two slashes and no host
		"\n/evil.com",                // trimmed before it is judged, and used as it came
		" /a", "/a ", "\t/a", "/a\n", // likewise
		"/.//evil.com", "/a/..//evil.com", "/..//", // one path cleaner away from another host
		"/%2e//evil.com", "/%2E%2e//evil.com", "/a/../b", "../a", "./a", "..",
		"/a\\b", "/?a\\b", // a backslash is a slash to browsers
		"/\x7f",
	} {
		if hosts.SafeRedirect(target, "example.com") {
			t.Errorf("SafeRedirect(%q)", target)
		}
		if to, ok := hosts.LocalRedirect(target); ok {
			t.Errorf("LocalRedirect(%q) = %q", target, to)
		}
	}
}

// Django compares hosts as text, with port and capitals.
func TestDjangoDifference_RedirectHostsAreHosts(t *testing.T) {
	for _, target := range []string{"https://EXAMPLE.com/", "https://example.com:443/", "HTTPS://example.com", "https://[0::1]/"} {
		if !hosts.SafeRedirect(target, "Example.com", "[::1]") {
			t.Errorf("SafeRedirect(%q) = false", target)
		}
	}
}

// A check that lets ///evil.com through is saved by http.Redirect, and not by a
// template or a Location set by hand.
func TestAttackTripleSlash(t *testing.T) {
	for _, target := range []string{"///evil.com", "////evil.com", "/\\/evil.com", "/%5Cevil.com/../..//evil.com"} {
		if _, ok := hosts.LocalRedirect(target); ok {
			t.Errorf("%q passes", target)
		}
	}
}

func TestLocalRedirectEscapes(t *testing.T) {
	for target, want := range map[string]string{
		"/ü?ä#ö":       "/%C3%BC?%C3%A4#%C3%B6",
		"/a b":         "/a%20b",
		`/a"<>`:        "/a%22%3C%3E",
		"/%C3%BC":      "/%C3%BC",
		"/a//b?c=//d":  "/a//b?c=//d",
		"/a:b@c;d=e,f": "/a:b@c;d=e,f",
		"/…/...":       "/%E2%80%A6/...",
	} {
		if got, ok := hosts.LocalRedirect(target); !ok || got != want {
			t.Errorf("LocalRedirect(%q) = %q, %t, want %q", target, got, ok, want)
		}
	}
}

// browse returns scheme and host of the page that a browser on
// https://site.example/dir/page shows when it is sent to target. It follows the
// URL standard (https://url.spec.whatwg.org/) as far as the origin depends on it.
func browse(target string) (scheme, host string) {
	const site = "site.example"
	target = strings.TrimFunc(target, func(c rune) bool { return c <= ' ' })
	target = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(target)
	scheme = "https"
	if i := strings.IndexByte(target, ':'); i > 0 && isScheme(target[:i]) {
		scheme, target = strings.ToLower(target[:i]), target[i+1:]
		switch scheme {
		case "https":
			if !startsWithSlashes(target, 2) { // same scheme as the page: relative to it
				break
			}
			return scheme, authority(strings.TrimLeft(target, "/\\"))
		case "http", "ws", "wss", "ftp":
			return scheme, authority(strings.TrimLeft(target, "/\\"))
		default:
			return scheme, ""
		}
	}
	if startsWithSlashes(target, 2) {
		return scheme, authority(strings.TrimLeft(target, "/\\"))
	}
	return scheme, site
}

func isScheme(s string) bool {
	for i, c := range s {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return false
		}
	}
	return true
}

func startsWithSlashes(s string, n int) bool {
	return len(s) >= n && strings.Trim(s[:n], "/\\") == ""
}

func authority(s string) string {
	if i := strings.IndexAny(s, "/\\?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	return strings.ToLower(strings.TrimSuffix(s, ":443"))
}

func FuzzRedirectTarget(f *testing.F) {
	for _, seed := range []string{"/", "//e", "/\\e", "///e", "https:e", "https://example.com", "/\t/e", "/.//e", "/%2e%2e//e", "a", "?x", "javascript:x", "https://example.com@e", "\u0085//e", "/a?//e#\\", "https:///e", "http:e"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://site.example/dir/page")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		stays := func(what, target string, allowed ...string) {
			t.Helper()
			u, err := base.Parse(target)
			if err != nil {
				t.Fatalf("%s accepts %q: %v", what, target, err)
			}
			scheme, host := browse(target)
			for _, got := range [][2]string{{u.Scheme, authority(u.Host)}, {scheme, host}} {
				ok := got[1] == "site.example"
				for _, a := range allowed {
					ok = ok || got[1] == a
				}
				if !ok || got[0] != "https" {
					t.Fatalf("%s accepts %q, which leads to %s://%s", what, target, got[0], got[1])
				}
			}
		}
		if hosts.SafeRedirect(target, "example.com") {
			stays("SafeRedirect", target, "example.com")
		}
		to, ok := hosts.LocalRedirect(target)
		if !ok {
			return
		}
		stays("LocalRedirect", target)
		stays("LocalRedirect", to)
		if again, ok := hosts.LocalRedirect(to); !ok || again != to {
			t.Fatalf("%q became %q, and that %q", target, to, again)
		}
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest("GET", "/dir/page", nil), to, http.StatusSeeOther)
		stays("http.Redirect", w.Header().Get("Location"))
	})
}
