package csrf_test

import (
	"encoding/base64"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/csrf"
)

// An Origin that is accepted must be one that a browser sends and name the
// very host of the request.
func FuzzOrigin(f *testing.F) {
	for _, r := range matrix {
		if r.origin != absent {
			f.Add(r.host, r.origin)
		}
		if r.referer != absent {
			f.Add(r.host, r.referer)
		}
	}
	f.Add("[::1]:8000", "https://[::1]:8000")
	f.Add("\u212Aelvin.example", "https://kelvin.example")
	f.Add("a.example", `https://a.example\@evil.example`)
	p := newProtection(f, csrf.Config{AllowTokenless: []string{"/"}, TrustedOrigins: []string{"https://*.example.org"}})
	f.Fuzz(func(t *testing.T, host, origin string) {
		r := httptest.NewRequest("POST", "https://"+www+"/", nil)
		r.Host = host
		r.Header["Origin"] = []string{origin}
		if p.Check(r) != nil {
			return
		}
		u, err := url.Parse(strings.ToLower(origin))
		if err != nil || u.Scheme != "https" || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("origin %q accepted", origin)
		}
		trim := func(s string) string { return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(s), ":443"), ".") }
		own := trim(u.Host) == trim(host) || trim(u.Hostname())+":"+u.Port() == strings.ToLower(host)
		own = own || strings.ReplaceAll(trim(u.Host), ".:", ":") == strings.ReplaceAll(trim(host), ".:", ":")
		if !own && !strings.HasSuffix(trim(u.Host), ".example.org") && trim(u.Host) != "example.org" {
			t.Fatalf("origin %q accepted for host %q", origin, host)
		}
	})
}

// The Referer rule must not be easier than the Origin rule.
func FuzzReferer(f *testing.F) {
	for _, r := range matrix {
		if r.referer != absent {
			f.Add(r.referer)
		}
	}
	f.Add(`https://www.example.com\.evil.example/`)
	f.Add("https://www.example.com:443#x")
	keys := newRing(f)
	v := newValues(f, keys)
	p := newProtection(f, csrf.Config{Keys: keys})
	f.Fuzz(func(t *testing.T, referer string) {
		r := row{0, "POST", "https", www, absent, absent, "S", absent, "T", nil, ""}.request(v)
		r.Header["Referer"] = []string{referer}
		if p.Check(r) != nil {
			return
		}
		rest := strings.ToLower(referer)
		for _, prefix := range []string{"https://", www, ".", ":443"} {
			cut, ok := strings.CutPrefix(rest, prefix)
			if !ok && (prefix == "https://" || prefix == www) {
				t.Fatalf("referer %q accepted", referer)
			}
			rest = cut
		}
		if rest != "" && !strings.ContainsAny(rest[:1], "/?#") {
			t.Fatalf("referer %q accepted", referer)
		}
	})
}

// The body reaches the handler unchanged, and a token is found only where
// net/url finds one.
func FuzzForm(f *testing.F) {
	keys := newRing(f)
	v := newValues(f, keys)
	for _, body := range []string{"csrf_token=" + v["T"], "a=1&csrf_token=" + v["S"], "csrf%5Ftoken=x", "&&=&%", "a;csrf_token=1", "csrf_token=%41+"} {
		f.Add(body, urlencoded)
		f.Add("--x\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n"+body+"\r\n--x--\r\n", "multipart/form-data; boundary=x")
	}
	p := newProtection(f, csrf.Config{Keys: keys, FormLimit: 4096})
	f.Fuzz(func(t *testing.T, body, contentType string) {
		r := form(v["S"], contentType, strings.NewReader(body))
		err := p.Check(r)
		if rest, readErr := io.ReadAll(r.Body); readErr != nil || string(rest) != body {
			t.Fatalf("the body changed: %q, %v", rest, readErr)
		}
		if err == nil && contentType == urlencoded {
			values, _ := url.ParseQuery(body)
			if values.Get("csrf_token") == "" {
				t.Fatalf("a token was found in %q", body)
			}
		}
	})
}

// Nobody makes a token or cookie without the key: what is accepted holds a
// secret that the site made. Each worker has its own secrets, so the inputs
// name them.
func FuzzToken(f *testing.F) {
	keys := newRing(f)
	v := newValues(f, keys)
	for _, name := range []string{"S", "T", "S2", "T2", "S-short", "S-bad", "S-accent", strings.Repeat("A", 64), strings.Repeat("A", 128)} {
		f.Add(name, name)
		f.Add(name, "T")
	}
	p := newProtection(f, csrf.Config{Keys: keys})
	f.Fuzz(func(t *testing.T, cookie, token string) {
		r := post("", v.get(token))
		r.Header["Cookie"] = []string{cookieName + "=" + v.get(cookie)}
		if p.Check(r) != nil {
			return
		}
		if secret := unmask(v.get(token)); secret != v["S"] && secret != v["S2"] {
			t.Fatalf("cookie %q and token %q accepted", cookie, token)
		}
	})
}

// unmask returns the secret that a token holds.
func unmask(token string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	if len(raw) == 96 {
		for i := range 48 {
			raw[48+i] ^= raw[i]
		}
		raw = raw[48:]
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
