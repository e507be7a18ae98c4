package live_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

// account is a site with a page for one visitor at /account, shown under every
// path that begins with it, too.
func account(change func(*reply)) http.HandlerFunc {
	return good(func(a *reply) {
		if a.status == 404 && strings.HasPrefix(a.r.URL.Path, "/account") {
			a.status = 200
			a.body = `<!doctype html><title>Account</title><script nonce="` + a.nonce + `">1</script>` + strings.Repeat("Yours. ", 200)
		}
		if change != nil {
			change(a)
		}
	})
}

// cached keeps what is asked for at paths that end like a file, as a CDN does
// that goes by names; mark says in a header that an answer was kept.
func cached(mark bool, next http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	kept := map[string]*keptAnswer{}
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".css") {
			next(w, r)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		a := kept[r.URL.RequestURI()]
		if a == nil {
			a = &keptAnswer{header: http.Header{}}
			next(a, r)
			kept[r.URL.RequestURI()] = a
		} else if mark {
			w.Header().Set("X-Cache", "HIT from edge")
		}
		for name, values := range a.header {
			w.Header()[name] = values
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}
}

type keptAnswer struct {
	header http.Header
	status int
	body   []byte
}

func (a *keptAnswer) Header() http.Header  { return a.header }
func (a *keptAnswer) WriteHeader(code int) { a.status = code }
func (a *keptAnswer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}

// TestAttackWebCacheDeception: /account/x.css shows the account, and a cache
// keeps it for the attacker.
func TestAttackWebCacheDeception(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name string
		page http.HandlerFunc
		rule string
		most live.Grade
	}{
		{"a cache that says so", cached(true, account(nil)), "live-cache-deception", live.C},
		{"a cache that is told by the nonce", cached(false, account(nil)), "live-cache-deception", live.C},
		{"no cache yet", account(nil), "live-path-confusion", live.APlus},
		{"an encoded question mark", cached(true, account(func(a *reply) {
			if rest := strings.TrimPrefix(a.r.URL.Path, "/account"); rest != a.r.URL.Path && rest != "" && rest[0] != '?' {
				a.status, a.body = 404, "<!doctype html><title>404</title>"
			}
		})), "live-cache-deception", live.C},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, ca, plan{page: c.page})
			s.url += "account"
			if r := s.scan(t); !has(r, c.rule) || r.Grade > c.most {
				t.Errorf("grade %s, found %v", r.Grade, ids(r))
			}
		})
	}
	t.Run("the page of whoever the scan was told it is", func(t *testing.T) {
		s := start(t, ca, plan{page: cached(true, account(func(a *reply) {
			if a.r.URL.Path != "/account" && a.r.Header.Get("Authorization") == "" && strings.HasPrefix(a.r.URL.Path, "/account") {
				a.status, a.body = 401, "<!doctype html><title>401</title>"
			}
			a.header.Set("Cache-Control", "max-age=0")
			a.header.Del("Set-Cookie")
		}))})
		s.url += "account"
		s.config.Header = http.Header{"Authorization": {"Bearer x"}}
		if r := s.scan(t); !has(r, "live-cache-deception") {
			t.Errorf("found %v", ids(r))
		}
	})
	for _, c := range []struct {
		name string
		page http.HandlerFunc
	}{
		{"a page that says 404", cached(true, account(func(a *reply) {
			if strings.HasPrefix(a.r.URL.Path, "/account") && a.r.URL.Path != "/account" {
				a.status, a.body = 404, "<!doctype html><title>404</title>"
			}
		}))},
		{"a site that is one page with a script", cached(true, account(func(a *reply) {
			if a.status == 404 {
				a.status = 200
			}
			if a.status == 200 && !strings.HasSuffix(a.r.URL.Path, ".txt") && !strings.HasPrefix(a.r.URL.Path, "/static/") {
				a.body = "<!doctype html><title>One page</title>"
				a.header.Set("Content-Type", "text/html; charset=utf-8")
			}
		}))},
		{"a page for everybody", cached(true, account(func(a *reply) {
			if a.status == 200 {
				a.header.Del("Set-Cookie")
				a.header.Set("Cache-Control", "public, max-age=0")
			}
		}))},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, ca, plan{page: c.page})
			s.url += "account"
			if r := s.scan(t); has(r, "live-cache-deception") || has(r, "live-path-confusion") {
				t.Errorf("found %v", ids(r))
			}
		})
	}
}

// TestAttackWebCachePoisoning: what a forged header put into the page is handed
// to those who send none.
func TestAttackWebCachePoisoning(t *testing.T) {
	ca := newAuthority(t)
	var mu sync.Mutex
	kept := map[string]string{}
	r := start(t, ca, plan{page: good(func(a *reply) {
		mu.Lock()
		defer mu.Unlock()
		host := a.r.Header.Get("X-Forwarded-Host")
		if old := kept[a.r.URL.RequestURI()]; old != "" {
			host = old
		}
		if host != "" {
			kept[a.r.URL.RequestURI()] = host
			a.body += `<script src="https://` + host + `/a.js"></script>`
		}
	})}).scan(t)
	if !has(r, "live-cache-poisoned") || r.Grade != live.F {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
	for _, f := range r.Report.Findings {
		if f.ID == "live-mixed-active" || f.ID == "live-integrity-script" {
			t.Errorf("a probe's answer is taken for the site's own: %s", f.Title)
		}
	}
}

// TestPrivateAddressInAHeader asks a public address, which is this machine.
func TestPrivateAddressInAHeader(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{page: good(header("X-Upstream-Host", "10.1.2.3:8080"))})
	s.config.AllowPrivate, s.config.Resolver = false, names{"site.test": "8.8.8.8"}
	s.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		if host != "8.8.8.8" {
			return nil, fmt.Errorf("dialled %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	if r := s.scan(t); !has(r, "live-banner-address") || r.Grade != live.B {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
}

// samples are the beginnings of files that should not be served.
var samples = map[string]string{
	"/.git/HEAD": "ref: refs/heads/main\n", "/.git/config": "[core]\n\tbare = false\n", "/.svn/wc.db": "SQLite format 3\x00", "/.hg/requires": "dotencode\nfncache\n",
	"/.env": "# x\nDB_PASSWORD=1\n", "/.env.production": "export KEY=1", "/.env.local": "A_B=1", "/.env.bak": "A_B=1", "/merlon.toml": "# x\n[hosts]\n", "/.htpasswd": "ann:$apr1$x$y",
	"/id_rsa": "-----BEGIN RSA PRIVATE KEY-----", "/server.key": "-----BEGIN PRIVATE KEY-----", "/.ssh/id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----", "/.aws/credentials": "[default]\naws_access_key_id=x",
	"/wp-config.php.bak": "<?php", "/config.php.bak": "<?php", "/settings.py": "import os\nSECRET_KEY = 'x'", "/application.properties": "spring.datasource.url=jdbc:x", "/appsettings.json": `{"ConnectionStrings":{}}`,
	"/docker-compose.yml": "version: '3'\nservices:\n  web:\n", "/.npmrc": "//registry.npmjs.org/:_authToken=x", "/.netrc": "machine example.com login a password b", "/.git-credentials": "https://a:b@example.com",
	"/.docker/config.json": `{"auths":{}}`, "/.vscode/sftp.json": `{"password":"x"}`, "/terraform.tfstate": `{"version":4,"terraform_version":"1.5.0"}`,
	"/backup.sql": "-- dump\nCREATE TABLE x", "/dump.sql": "INSERT INTO x", "/backup.zip": "PK\x03\x04", "/backup.tar.gz": "\x1f\x8b\x08", "/db.sqlite3": "SQLite format 3\x00", "/merlon.db": "SQLite format 3\x00",
	"/actuator/heapdump": "JAVA PROFILE 1.0.2", "/go.mod": "// x\nmodule example.com/a\n", "/main.go": "// Command a.\npackage main\n", "/composer.json": `{"require": {}}`, "/Dockerfile": "# x\nFROM alpine\n",
	"/WEB-INF/web.xml": `<?xml version="1.0"?><web-app>`, "/web.config": `<?xml version="1.0"?><configuration>`, "/index.php~": "<?php", "/index.php.bak": "<?php", "/.index.php.swp": "b0VIM 8.2",
	"/.DS_Store": "\x00\x00\x00\x01Bud1", "/debug/pprof/": "<title>/debug/pprof/</title> profile", "/debug/vars": `{"memstats":{}}`, "/debug/requests": "<title>/debug/requests</title>", "/metrics": "# HELP x\n",
	"/server-status": "<title>Apache Status</title>", "/nginx_status": "Active connections: 1 \n", "/_profiler/": "<title>Symfony Profiler</title>", "/console": "var EVALEX = true", "/elmah.axd": "Error log for <b>",
	"/trace.axd": "<h1>Application Trace</h1>", "/phpinfo.php": "<title>PHP 8.1.2 - phpinfo()</title>", "/actuator/env": `{"activeProfiles":[]}`,
}

// TestEveryFileThatShouldNotBeServed serves them all, and then a site that
// shows a page of its own for every path.
func TestEveryFileThatShouldNotBeServed(t *testing.T) {
	ca := newAuthority(t)
	r := start(t, ca, plan{page: good(func(a *reply) {
		if text, ok := samples[a.r.URL.Path]; ok {
			a.status, a.body = 200, text
			a.header.Set("Content-Type", "application/octet-stream")
		}
	})}).scan(t)
	for _, path := range live.Lures() {
		if samples[path] == "" {
			t.Errorf("%s has no sample", path)
		}
		if !slices.ContainsFunc(r.Report.Findings, func(f check.Finding) bool { return strings.HasPrefix(f.Title, path+" is served") }) {
			t.Errorf("%s is not found", path)
		}
	}
	r = start(t, ca, plan{page: good(func(a *reply) {
		if a.status == 404 {
			a.status, a.body = 200, "<!doctype html><title>Home</title><h1>profile metrics settings</h1><pre># HELP</pre>"
		}
	})}).scan(t)
	for _, f := range r.Report.Findings {
		if strings.Contains(f.Title, " is served") {
			t.Errorf("a page of the site's own is taken for a file: %s", f.Title)
		}
	}
}

// TestEveryRuleHasASingleFault: no rule is without a site that has its fault
// and no other.
func TestEveryRuleHasASingleFault(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range faults {
		covered[c.rule] = true
	}
	for _, c := range twins {
		covered[c.rule] = true
	}
	for _, c := range tlsFaults {
		covered[c.rule] = true
	}
	for _, id := range []string{
		// Tests of their own in this package.
		"live-https-missing", "live-http-open", "live-http-path-open", "live-redirect-downgrade", "live-redirect-detour", "live-redirect-loop",
		"live-cache-deception", "live-path-confusion", "live-cache-poisoned", "live-banner-address",
		"live-certificate-revoked", "live-ocsp-invalid", "live-address-differs",
		// What Go's own TLS refuses to be: bench/tls makes servers with openssl.
		"live-tls-ssl3", "live-tls-suite-broken", "live-tls-dh-small", "live-tls-compression", "live-tls-renegotiation", "live-tls-fallback",
	} {
		if covered[id] {
			t.Errorf("%s is listed twice", id)
		}
		covered[id] = true
	}
	for _, r := range live.Rules() {
		if !covered[r.ID] {
			t.Errorf("no single fault for %s", r.ID)
		}
	}
}
