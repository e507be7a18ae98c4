package live_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/live"
)

func TestGoodSiteGetsTheBestGrade(t *testing.T) {
	ca := newAuthority(t)
	r := start(t, ca, plan{tls: func(*tls.Config) {}}).scan(t)
	if r.Grade != live.APlus {
		t.Errorf("grade %s because of %v", r.Grade, r.Decisive)
	}
	for _, f := range r.Report.Findings {
		t.Logf("%s: %s (%s) %s", f.ID, f.Title, f.Place.Request, f.Evidence)
	}
	if r.Observatory.Grade != live.APlus || r.Observatory.Score < 150 {
		t.Errorf("Observatory %s %d: %+v", r.Observatory.Grade, r.Observatory.Score, r.Observatory.Tests)
	}
}

func front(a *reply) bool { return a.r.URL.Path == "/" && a.r.Method == "GET" && a.status == 200 }

func header(name, value string) func(*reply) {
	return func(a *reply) {
		if value == "" {
			a.header.Del(name)
		} else {
			a.header.Set(name, value)
		}
	}
}

func body(add string) func(*reply) {
	return func(a *reply) {
		if front(a) {
			a.body += add
		}
	}
}

func cookie(text string) func(*reply) {
	return func(a *reply) {
		if !strings.HasPrefix(a.r.URL.Path, "/static/") { // a file that sets one is a fault of its own
			a.header.Add("Set-Cookie", text)
		}
	}
}

func policy(old, new string) func(*reply) {
	return func(a *reply) { a.policy(strings.Replace(csp, old, new, 1)) }
}

func origin(value string, credentials bool) func(*reply) {
	return func(a *reply) {
		got := a.r.Header.Get("Origin")
		if got == "" || value == "null" && got != "null" || value == "suffix" && !strings.HasSuffix(got, "-site.test") || value == "prefix" && !strings.HasPrefix(got, "https://site.test.") ||
			value == "plain" && got != "http://site.test" || value == "local" && got != "http://localhost" || value == "subdomain" && !strings.HasSuffix(got, ".site.test") {
			return
		}
		if value == "*" {
			got = "*"
		}
		a.header.Set("Access-Control-Allow-Origin", got)
		if credentials {
			a.header.Set("Access-Control-Allow-Credentials", "true")
		}
	}
}

func file(path, text string) func(*reply) {
	return func(a *reply) {
		if a.r.URL.Path == path {
			a.status, a.body = 200, text
			a.header.Set("Content-Type", "application/octet-stream")
		}
	}
}

// faults are sites with one fault each: the rule that must name it, and the
// best grade that it may leave.
var faults = []struct {
	name   string
	change func(*reply)
	rule   string
	most   live.Grade
}{
	// What the Observatory gives its best grade to.
	{"CORS echoes any origin with credentials", origin("any", true), "live-cors-credentials", live.F},
	{"CORS allows null with credentials", origin("null", true), "live-cors-credentials", live.F},
	{"CORS allows * with credentials", origin("*", true), "live-cors-contradiction", live.B},
	{"CORS allows what ends like the host", origin("suffix", true), "live-cors-credentials", live.F},
	{"CORS allows what begins like the host", origin("prefix", true), "live-cors-credentials", live.F},
	{"CORS echoes without credentials", origin("any", false), "live-cors-reflected", live.B},
	{"frame-ancestors *", func(a *reply) {
		policy("frame-ancestors 'none'", "frame-ancestors *")(a)
		a.header.Del("X-Frame-Options")
	}, "live-framing-open", live.C},
	{"HSTS max-age=abc", header("Strict-Transport-Security", "max-age=abc; includeSubDomains"), "live-hsts-invalid", live.C},
	{"HSTS max-age=0", header("Strict-Transport-Security", "max-age=0; includeSubDomains"), "live-hsts-off", live.C},
	{"HSTS short", header("Strict-Transport-Security", "max-age=3600; includeSubDomains"), "live-hsts-short", live.B},
	{"CSP with hosts that serve JSONP and AngularJS", policy("'nonce-%s' 'strict-dynamic'", "'nonce-%s' https://ajax.googleapis.com https://cdnjs.cloudflare.com"), "live-csp-bypassed", live.C},
	{"CSP with accounts.google.com", policy("'nonce-%s' 'strict-dynamic'", "'nonce-%s' https://accounts.google.com"), "live-csp-bypassed", live.C},
	{"CSP script-src-elem open", policy("object-src 'none'", "object-src 'none'; script-src-elem * 'unsafe-inline'"), "live-csp-bypassed", live.C},
	{"CSP with a nonce of one letter", func(a *reply) { a.header.Set("Content-Security-Policy", strings.ReplaceAll(csp, "%s", a.nonce[:1])) }, "live-csp-weak", live.B},
	{"CSP with a fixed nonce", func(a *reply) {
		a.header.Set("Content-Security-Policy", strings.ReplaceAll(csp, "%s", "ABCDEFGHIJKLMNOPQRSTUV"))
	}, "live-nonce-reused", live.C},
	{"CSP form-action *", policy("form-action 'self'", "form-action *"), "live-csp-form", live.B},
	{"CSP without base-uri", policy("base-uri 'none'; ", ""), "live-csp-bypassed", live.C},
	{"CSP unsafe-eval", policy("'strict-dynamic'", "'strict-dynamic' 'unsafe-eval'"), "live-csp-weak", live.B},
	{"CSP misspelt", policy("default-src", "defualt-src"), "live-csp-weak", live.B},
	{"CSP unsafe-inline", policy("'nonce-%s' 'strict-dynamic'", "'self' 'unsafe-inline' %.0s"), "live-csp-bypassed", live.C},
	{"session cookie SameSite=None", cookie("sid=x; Path=/; Secure; HttpOnly; SameSite=None"), "live-cookie-session-cross-site", live.B},
	{"auth_token without HttpOnly", cookie("auth_token=x; Path=/; Secure; SameSite=Lax"), "live-cookie-session-readable", live.C},
	{"jwt without HttpOnly", cookie("jwt=x; Path=/; Secure; SameSite=Lax"), "live-cookie-session-readable", live.C},
	{"connect.sid without HttpOnly", cookie("connect.sid=x; Path=/; Secure; SameSite=Lax"), "live-cookie-session-readable", live.C},
	{"PHPSESSID without HttpOnly", cookie("PHPSESSID=x; Path=/; Secure; SameSite=Lax"), "live-cookie-session-readable", live.C},
	{"session cookie without Secure", cookie("sessionid=x; Path=/; HttpOnly; SameSite=Lax"), "live-cookie-session-insecure", live.D},
	{"session cookie for all subdomains", cookie("sid=x; Domain=site.test; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-cookie-broad", live.BPlus},
	{"__Host- cookie with a Domain", cookie("__Host-a=x; Domain=site.test; Path=/; Secure"), "live-cookie-prefix-broken", live.B},
	{"Server with a version", header("Server", "nginx/1.18.0 (Ubuntu)"), "live-banner-version", live.BPlus},
	{"X-Powered-By with a version", header("X-Powered-By", "PHP/8.1.2"), "live-banner-version", live.BPlus},
	{"X-Powered-By", header("X-Powered-By", "Express"), "live-banner-product", live.A},
	{"image over http", body(`<img src="http://images.test/a.png">`), "live-mixed-passive", live.B},
	{"script over http", body(`<script src="http://site.test/a.js"></script>`), "live-mixed-active", live.C},
	{"password form over http", body(`<form method=post action="http://site.test/login"><input type=password></form>`), "live-password-insecure", live.F},
	{"foreign stylesheet without integrity", body(`<link rel=stylesheet href="https://cdn.other.test/a.css">`), "live-integrity-style", live.BPlus},
	{"foreign script without integrity", body(`<script src="https://cdn.other.test/a.js"></script>`), "live-integrity-script", live.B},
	{"referrer unsafe-url", header("Referrer-Policy", "unsafe-url"), "live-referrer-unsafe", live.B},
	{"no headers at all", func(a *reply) {
		for name := range a.header {
			if name != "Content-Type" {
				delete(a.header, name)
			}
		}
	}, "live-csp-missing", live.C},
	// What the Observatory does not look at.
	{"no Permissions-Policy", header("Permissions-Policy", ""), "live-permissions-missing", live.A},
	{"session in a shared cache", header("Cache-Control", "public, max-age=600"), "live-session-cached", live.C},
	{"error pages without headers", func(a *reply) {
		if a.status == 404 {
			a.header.Del("Content-Security-Policy")
			a.header.Del("X-Content-Type-Options")
		}
	}, "live-headers-partial", live.B},
	{"error pages without HSTS", func(a *reply) {
		if a.status == 404 {
			a.header.Del("Strict-Transport-Security")
		}
	}, "live-hsts-partial", live.BPlus},
	{"error page with a stack trace", func(a *reply) {
		if a.status == 404 {
			a.body = "<pre>goroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d</pre>"
		}
	}, "live-error-leak", live.C},
	{"the git repository is served", file("/.git/HEAD", "ref: refs/heads/main\n"), "live-vcs-exposed", live.F},
	{".env is served", file("/.env", "# settings\nSECRET_KEY=abc\n"), "live-secrets-exposed", live.F},
	{"a database dump is served", file("/backup.sql", "-- MySQL dump\nCREATE TABLE a (b int);\n"), "live-backup-exposed", live.F},
	{"the profiler is served", file("/debug/pprof/", "<title>/debug/pprof/</title>\nTypes of profiles available"), "live-debug-exposed", live.D},
	{"source maps are served", file("/static/a.js.map", `{"version":3,"sourcesContent":["x"],"mappings":""}`), "live-source-map", live.A},
	{"a folder is listed", func(a *reply) {
		if a.r.URL.Path == "/static/" {
			a.status, a.body = 200, "<title>Index of /static/</title>"
		}
	}, "live-listing", live.B},
	{"the page is a list of files", func(a *reply) {
		if front(a) {
			a.body = "<!DOCTYPE HTML>\n<html lang=en>\n<head>\n<title>Directory listing for /</title>"
		}
	}, "live-listing", live.B},
	{"TRACE is answered", func(a *reply) {
		if a.r.Method == "TRACE" {
			a.status, a.body = 200, "X-Merlon-Scan: "+a.r.Header.Get("X-Merlon-Scan")
		}
	}, "live-trace", live.B},
	{"a forged Host is reflected", func(a *reply) {
		a.status, a.body = 200, `<a href="https://`+a.r.Host+`/reset">`
	}, "live-host-reflected", live.C},
	{"a forged Host is accepted", func(a *reply) {
		if a.r.URL.Path == "/" && a.r.Method == "GET" {
			a.status, a.body = 200, "<!doctype html><title>Good</title>"
		}
	}, "live-host-accepted", live.A},
	{"a forged X-Forwarded-Host is reflected", func(a *reply) {
		if host := a.r.Header.Get("X-Forwarded-Host"); host != "" {
			a.status = 302
			a.header.Set("Location", "https://"+host+"/")
		}
	}, "live-forwarded-reflected", live.C},
	{"an open redirect", func(a *reply) {
		body(`<a href="/go?next=/home">go</a>`)(a)
		if a.r.URL.Path == "/go" {
			a.status = 302
			a.header.Set("Location", a.r.URL.Query().Get("next"))
		}
	}, "live-open-redirect", live.C},
	{"signing out keeps data", func(a *reply) {
		body(`<a href="/logout">out</a>`)(a)
		if a.r.URL.Path == "/logout" {
			a.status = 303
			a.header.Set("Location", "/")
		}
	}, "live-logout-keeps", live.A},
	{"security.txt has expired", file("/.well-known/security.txt", "Contact: mailto:a@site.test\nExpires: 2020-01-01T00:00:00Z\n"), "live-security-txt-invalid", live.A},
	{"there is no security.txt", func(a *reply) {
		if strings.HasSuffix(a.r.URL.Path, "/security.txt") {
			a.status = 404
		}
	}, "live-security-txt-missing", live.APlus},
	{"CORS allows the host over plain http", origin("plain", true), "live-cors-insecure-origin", live.B},
	{"CORS allows localhost", origin("local", true), "live-cors-local", live.B},
	{"CORS allows every subdomain", origin("subdomain", true), "live-cors-subdomains", live.A},
	{"CORS allows everybody", origin("*", false), "live-cors-public", live.APlus},
	{"an error page of the server's own", func(a *reply) {
		if a.status == 404 {
			a.body = "<html><body><center><h1>404 Not Found</h1></center><hr><center>nginx/1.18.0 (Ubuntu)</center></body></html>"
		}
	}, "live-error-version", live.BPlus},
	{"an unknown method shows a stack trace", func(a *reply) {
		if a.r.Method == "MERLON-SCAN" {
			a.status, a.body = 500, "Traceback (most recent call last):"
		}
	}, "live-error-leak", live.C},
	{"a file sets a cookie", func(a *reply) {
		if a.r.URL.Path == "/static/a.js" {
			a.header.Set("Set-Cookie", "__Host-seen=1; Path=/; Secure; HttpOnly; SameSite=Lax")
		}
	}, "live-cookie-asset", live.A},
	{"a file sets a session", func(a *reply) {
		if a.r.URL.Path == "/static/a.js" {
			a.header.Set("Set-Cookie", "__Host-session=1; Path=/; Secure; HttpOnly; SameSite=Lax")
		}
	}, "live-session-cached", live.C},
	{"a file may be sniffed", func(a *reply) {
		if a.r.URL.Path == "/static/a.js" {
			a.header.Del("X-Content-Type-Options")
		}
	}, "live-nosniff-missing", live.B},
	{"the application's source is served", file("/go.mod", "module example.com/site\n\ngo 1.26\n"), "live-source-exposed", live.D},
	{"X-HTTP-Method-Override on a GET", func(a *reply) {
		if v := a.r.Header.Get("X-HTTP-Method-Override"); v != "" && v != "GET" {
			a.status = 405
		}
	}, "live-method-override", live.B},
	{"any method is GET", func(a *reply) {
		if a.r.Method == "MERLON-SCAN" {
			a.status = 200
			a.body = `<!doctype html><title>Good</title><link rel=stylesheet href=/static/a.css><script nonce="` + a.nonce + `" src="/static/a.js"></script><p>Fine.</p>`
		}
	}, "live-method-any", live.A},
	{"a redirect with a tab in it", func(a *reply) {
		if u := a.r.URL.Query().Get("continue"); u != "" {
			a.status = 302
			a.header.Set("Location", "/\t/merlon-scan.invalid/")
		}
	}, "live-open-redirect", live.C},
	{"_method on a GET", func(a *reply) {
		if v := a.r.URL.Query().Get("_method"); v != "" && v != "GET" {
			a.status = 405
		}
	}, "live-method-override", live.B},
	{"X-Original-URL", func(a *reply) {
		if v := a.r.Header.Get("X-Original-URL"); v != "" && v != "/" {
			a.status = 404
		}
	}, "live-url-override", live.B},
	{"X-Forwarded-Proto", func(a *reply) {
		if a.r.Header.Get("X-Forwarded-Proto") == "http" {
			a.status = 301
			a.header.Set("Location", "https://"+a.r.Host+a.r.URL.RequestURI())
		}
	}, "live-forwarded-scheme", live.A},
	{"a redirect that only looks at the first slash", func(a *reply) {
		body(`<a href="/go?next=/home">go</a>`)(a)
		if next := a.r.URL.Query().Get("next"); a.r.URL.Path == "/go" && strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") {
			a.status = 302
			a.header.Set("Location", next)
		} else if a.r.URL.Path == "/go" {
			a.status = 302
			a.header.Set("Location", "/")
		}
	}, "live-open-redirect", live.C},
	{"a redirect by a parameter that no link has", func(a *reply) {
		if u := a.r.URL.Query().Get("return_to"); u != "" {
			a.status = 302
			a.header.Set("Location", u)
		}
	}, "live-open-redirect", live.C},
	{"a redirect by a path", func(a *reply) {
		if strings.HasPrefix(a.r.URL.Path, "//") {
			a.status = 301
			a.header.Set("Location", a.r.URL.Path+"/")
		}
	}, "live-open-redirect", live.C},
	{"generator with a version", body(`<meta name=generator content="WordPress 6.4.1">`), "live-banner-generator", live.A},
	{"a page clears the visitor's data", header("Clear-Site-Data", `"cache"`), "live-clear-misplaced", live.A},
	{"anti-forgery cookie without SameSite", cookie("csrftoken=x; Path=/; Secure; HttpOnly"), "live-cookie-csrf-default", live.BPlus},
	{"cookie without Secure", cookie("theme=x; Path=/; SameSite=Lax"), "live-cookie-insecure", live.B},
	{"large cookie", cookie("__Host-big=" + strings.Repeat("x", 5000) + "; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-cookie-large", live.BPlus},
	{"session for two years", cookie("__Host-sid=x; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=63072000"), "live-cookie-long", live.A},
	{"session without prefix", cookie("sid=x; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-cookie-prefix", live.A},
	{"session without SameSite", cookie("__Host-sid=x; Path=/; Secure; HttpOnly"), "live-cookie-session-default", live.BPlus},
	{"cookie with a SameSite of its own", cookie("theme=x; Path=/; Secure; SameSite=Banana"), "live-cookie-site-invalid", live.B},
	{"CSP without trusted types", policy("; require-trusted-types-for 'script'", ""), "live-csp-hint", live.APlus},
	{"CSP with styles inline", policy("style-src 'self'", "style-src 'self' 'unsafe-inline'"), "live-csp-loose", live.A},
	{"CSP in the page alone", func(a *reply) {
		a.header.Set("X-Frame-Options", "DENY")
		a.body = `<!doctype html><meta http-equiv="Content-Security-Policy" content="` + strings.ReplaceAll(a.header.Get("Content-Security-Policy"), `"`, "") + `"><title>x</title>`
		a.header.Del("Content-Security-Policy")
	}, "live-csp-meta", live.A},
	{"no COEP", header("Cross-Origin-Embedder-Policy", ""), "live-embedder-missing", live.APlus},
	{"form over http", body(`<form method=post action="http://site.test/search"><input name=q></form>`), "live-form-insecure", live.C},
	{"form without a token", body(`<form method=post action="/search"><input name=q></form>`), "live-form-token", live.APlus},
	{"X-Frame-Options alone", policy("; frame-ancestors 'none'", ""), "live-framing-legacy", live.A},
	{"Expect-CT", header("Expect-CT", "max-age=0"), "live-header-retired", live.APlus},
	{"Public-Key-Pins", header("Public-Key-Pins", `pin-sha256="x"; max-age=1`), "live-header-retired", live.APlus},
	{"X-XSS-Protection", header("X-XSS-Protection", "1; mode=block"), "live-xss-filter", live.A},
	{"no HSTS", header("Strict-Transport-Security", ""), "live-hsts-missing", live.C},
	{"HSTS without preload", header("Strict-Transport-Security", "max-age=31536000; includeSubDomains"), "live-hsts-preload", live.APlus},
	{"HSTS without subdomains", header("Strict-Transport-Security", "max-age=31536000"), "live-hsts-subdomains", live.A},
	{"HSTS of ten months", header("Strict-Transport-Security", "max-age=25920000; includeSubDomains"), "live-hsts-under-year", live.A},
	{"integrity without crossorigin", body(`<script integrity="sha256-` + strings.Repeat("A", 43) + `=" src="https://cdn.other.test/a.js"></script>`), "live-integrity-uncrossed", live.BPlus},
	{"a page with a nonce in shared caches", func(a *reply) {
		a.header.Del("Set-Cookie")
		a.header.Set("Cache-Control", "public, max-age=600")
	}, "live-nonce-cached", live.B},
	{"a session in the browser's cache", header("Cache-Control", "private, max-age=600"), "live-session-stored", live.A},
	{"password to another site", body(`<form method=post action="https://other.test/login"><input type=hidden name=t value=x><input type=password></form>`), "live-password-foreign", live.B},
	{"password that cannot be pasted", body(`<form method=post><input type=hidden name=t value=x><input type=password onpaste="return false"></form>`), "live-password-paste", live.A},
	{"Permissions-Policy unreadable", header("Permissions-Policy", "camera 'none'; microphone 'none'"), "live-permissions-invalid", live.AMinus},
	{"Permissions-Policy for all", header("Permissions-Policy", "camera=*"), "live-permissions-invalid", live.AMinus},
	{"plug-in", body(`<object data="/a.swf"></object>`), "live-plugin", live.A},
	{"referrer invalid", header("Referrer-Policy", "nonsense"), "live-referrer-invalid", live.AMinus},
	{"no Referrer-Policy", header("Referrer-Policy", ""), "live-referrer-missing", live.A},
	{"no CORP", header("Cross-Origin-Resource-Policy", ""), "live-resource-missing", live.A},
	{"X-Content-Type-Options misspelt", header("X-Content-Type-Options", "no-sniff"), "live-nosniff-missing", live.B},
	{"COOP off", header("Cross-Origin-Opener-Policy", "unsafe-none"), "live-opener-missing", live.A},
	{"no charset", header("Content-Type", "text/html"), "live-charset-missing", live.BPlus},
}

// TestEverySingleFaultIsNamed takes a site without fault, adds one, and asks
// that the fault is named and that nothing makes up for it.
func TestEverySingleFaultIsNamed(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, ca, plan{page: good(c.change)}).scan(t)
			if !has(r, c.rule) {
				t.Errorf("not named: found %v", ids(r))
			}
			if r.Grade != c.most {
				t.Errorf("grade %s, want %s; found %v", r.Grade, c.most, ids(r))
			}
		})
	}
}
