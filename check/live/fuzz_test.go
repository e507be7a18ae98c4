package live_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check/live"
)

func FuzzHSTS(f *testing.F) {
	for _, seed := range []string{"max-age=31536000; includeSubDomains; preload", "max-age=abc", "max-age=0", `max-age="31536000"`, "max-age=-1", "max-age=99999999999999999999", "MAX-AGE = 1 ;;", "max-age=1; max-age=2", "max-age=31536000, max-age=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		valid, age, sub, preload := live.HSTS(text)
		if !valid && (age != 0 || sub || preload) {
			t.Errorf("%q is void and says something", text)
		}
		if age < 0 {
			t.Errorf("%q: age %d", text, age)
		}
	})
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"a=b; Secure; HttpOnly; SameSite=Lax; Path=/", "sid=canary; Domain=.a.test", "=x", "a", "__Host-x=canary; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b; Max-Age=999999999999999999999", "a=b; SameSite", "jwt=\"canary; x\"; secure"} {
		f.Add(seed)
	}
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, text string) {
		_, _, shown, ok := live.Cookie(text, now)
		name, rest, _ := strings.Cut(text, "=")
		value, after, _ := strings.Cut(rest, ";")
		if value = strings.TrimSpace(value); ok && len(value) > 8 && !strings.Contains(name, value) && !strings.Contains(strings.ToLower(after), strings.ToLower(value)) && strings.Contains(shown, value) {
			t.Errorf("%q shows its value: %q", text, shown)
		}
	})
}

func FuzzCORS(f *testing.F) {
	f.Add("*", "true", "https://a.test")
	f.Add("null", "true", "null")
	f.Add("https://a.test", "True", "https://a.test")
	f.Add("https://a.test, https://b.test", "true", "https://a.test")
	f.Fuzz(func(t *testing.T, allow, credentials, origin string) {
		h := http.Header{"Access-Control-Allow-Origin": {allow}, "Access-Control-Allow-Credentials": {credentials}}
		if live.CORS(h, origin) == 3 && (strings.TrimSpace(allow) != origin || strings.TrimSpace(credentials) != "true") {
			t.Errorf("%q %q allows %q", allow, credentials, origin)
		}
	})
}

func FuzzSecurityTxt(f *testing.F) {
	for _, seed := range []string{"Contact: mailto:a@b.test\nExpires: 2030-01-01T00:00:00Z\n", "Contact: a@b.test", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nContact: https://a.test\n", "<html>", "Expires: x\nExpires: y", ":::\n\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		faults := live.SecurityTxt(text, time.Unix(1_800_000_000, 0))
		if len(faults) > 40 {
			t.Errorf("%d faults", len(faults))
		}
		if len(faults) == 0 && !strings.Contains(strings.ToLower(string(text)), "contact") {
			t.Errorf("%q is fine without Contact", text)
		}
	})
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`<script src="//a.test/x.js" integrity=sha256-x crossorigin></script><link rel="stylesheet" href=x>`, `<base href="javascript:1"><a href="%zz">`, `<form><input type=password onpaste="return false"></form>`,
		`<meta http-equiv=content-security-policy content="default-src 'none'"><img src=http://[::1`, "<!--", "<script", "<textarea><script>", "<noscript><script src=x><noscript><script src=y></noscript>", `<img srcset="a, http://b 2x"><style>@import "http://a";b{c:url(http://d)}</style>`, `<meta http-equiv=refresh content="0;url='x'"><button formaction=x>`, `<template><script src=x></template>`, `<svg onload=1><image href=x>`, strings.Repeat("<a href=x>", 100),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		scripts, styles, loads, links, forms := live.Page(body)
		text := string(body)
		// Of a srcset and of a style each address counts.
		if n := strings.Count(text, "<") + strings.Count(text, ",") + strings.Count(text, "(") + strings.Count(text, "@"); scripts+styles+loads+links+forms > n {
			t.Errorf("more elements than tags")
		}
	})
}

func FuzzObservedCSP(f *testing.F) {
	for _, seed := range []string{"default-src 'none'", "script-src 'nonce-x' 'strict-dynamic' https:; object-src 'none'", "default-src https://a.test/%zz https://a.test/%zz", ";;;", "report-uri /a; report-uri /b; default-src *"} {
		f.Add(seed, "default-src 'self'")
	}
	f.Fuzz(func(t *testing.T, header, meta string) {
		for _, algorithm := range []int{4, 6} {
			if key := live.ObserveCSP(algorithm, []string{header}, []string{meta}); !strings.HasPrefix(key, "csp-") {
				t.Errorf("key %q", key)
			}
		}
	})
}

func FuzzServerHello(f *testing.F) {
	f.Add(live.Hello(0x0304, "site.test"))
	f.Add([]byte{21, 3, 3, 0, 2, 2, 40})
	f.Add(append([]byte{22, 3, 3, 0, 46, 2, 0, 0, 42, 3, 3}, make([]byte, 40)...))
	f.Add([]byte{22, 3, 3, 255, 255, 12})
	f.Fuzz(func(t *testing.T, b []byte) {
		version, suite, alert, err := live.ReadReply(b)
		if err == nil && version == 0 && alert < 0 {
			t.Errorf("neither answer nor alert nor error: %x", b)
		}
		_ = suite.String()
	})
}

func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"example.com", "https://a.test:8443/x?y#z", "http://[::1]/", "https://user@a.test", "ftp://a", "https://%61.test", "://", "https://a.test:99999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := live.ParseTarget(text)
		if err == nil && (u.Hostname() == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https") {
			t.Errorf("%q is read as %v", text, u)
		}
		if err != nil {
			return
		}
		if again, err := live.ParseTarget(u.String()); err != nil || again.Host != u.Host || strings.ContainsFunc(u.Host, func(r rune) bool { return r > 126 || r <= ' ' }) {
			t.Errorf("%q is read as %q, and that as %v (%v)", text, u, again, err)
		}
	})
}

// FuzzRedirect: what leads away names the host, and nothing breaks.
func FuzzRedirect(f *testing.F) {
	for _, text := range []string{"/home", "https://merlon-scan.invalid/", "//merlon-scan.invalid", "/\\merlon-scan.invalid", "\\\\merlon-scan.invalid", "https:merlon-scan.invalid", "/\t/merlon-scan.invalid", "0;url='//merlon-scan.invalid'", "https://site.test@merlon-scan.invalid/", "%zz"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"Location", "Refresh"} {
			if away, host := live.LeadsAway(name, text); away && !strings.Contains(strings.ToLower(browserText(text)), host) {
				t.Errorf("%s: %q does not lead to %s", name, text, host)
			}
		}
	})
}

func browserText(text string) string {
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(text)
	if u, err := url.PathUnescape(text); err == nil {
		return u
	}
	return text
}
