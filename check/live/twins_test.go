package live_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check/live"
)

// at changes what is served at one path only, and makes the page link to it.
func at(path, kind, body string) func(*reply) {
	return func(a *reply) {
		if a.r.URL.Path == path && a.r.Method == "GET" && a.status == 404 {
			a.status, a.body = 200, body
			a.header.Set("Content-Type", kind)
			a.header.Del("Set-Cookie")
		}
	}
}

func both(changes ...func(*reply)) func(*reply) {
	return func(a *reply) {
		for _, change := range changes {
			change(a)
		}
	}
}

// session sets the page's session cookie to a value.
func session(value func() string, attributes string) func(*reply) {
	return func(a *reply) {
		if front(a) {
			a.header.Set("Set-Cookie", "__Host-session="+value()+"; Path=/; Secure; HttpOnly; SameSite=Lax"+attributes)
		}
	}
}

func fixed(text string) func() string { return func() string { return text } }

// counter counts; both chains of redirects may ask for the page at once.
func counter() func() string {
	var n atomic.Int64
	return func() string { return fmt.Sprint(1000 + n.Add(1)) }
}

func static(path, body string) func(*reply) {
	return func(a *reply) {
		if a.r.URL.Path == path {
			a.body = body
		}
	}
}

func missingPage(body string) func(*reply) {
	return func(a *reply) {
		if a.status == 404 {
			a.body = body
		}
	}
}

// plainPolicy is one without nonce, so that the page may be kept.
const plainPolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func keepable(a *reply) {
	if front(a) {
		a.header.Del("Set-Cookie")
		a.header.Set("Content-Security-Policy", plainPolicy)
		a.header.Set("Cache-Control", "public, max-age=600")
	}
}

var (
	jwt  = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
	key  = "sk_" + "live_" + "51H8a9bC3dE4fG5hI6jK7lM8n"
	hash = `integrity="sha384-` + strings.Repeat("A", 64) + `" crossorigin`
)

// twins are a site with one fault and the same site repaired: the fault is
// named and caps the grade, its repaired twin has it not. Where the twin is
// close to the fault it shows that the rule looks at the fault and not around it.
var twins = []struct {
	name         string
	fault, fixed func(*reply)
	rule         string
	most         live.Grade
}{
	{"CORS echo", origin("any", true), func(a *reply) {
		if a.r.Header.Get("Origin") == "https://partner.test" {
			origin("any", true)(a)
		}
	}, "live-cors-credentials", live.F},
	{"CORS in an interface", both(body(`<a href="/api/me">x</a>`), at("/api/me", "application/json", "{}"), func(a *reply) {
		if a.r.URL.Path == "/api/me" {
			origin("any", true)(a)
		}
	}), both(body(`<a href="/api/me">x</a>`), at("/api/me", "application/json", "{}")), "live-cors-credentials", live.F},
	{"frame-ancestors of a whole top-level domain", policy("frame-ancestors 'none'", "frame-ancestors https://*.com"), policy("frame-ancestors 'none'", "frame-ancestors https://*.partner.com"), "live-framing-open", live.C},
	{"HSTS unreadable", header("Strict-Transport-Security", "max-age=1y; includeSubDomains"), header("Strict-Transport-Security", `includeSubDomains; max-age="63072000"; preload; unknown=x`), "live-hsts-invalid", live.C},
	{"CSP hosts with JSONP", policy("'nonce-%s' 'strict-dynamic'", "'nonce-%s' https://cdn.jsdelivr.net"), policy("'nonce-%s' 'strict-dynamic'", "'nonce-%s' 'strict-dynamic' https://cdn.jsdelivr.net"), "live-csp-bypassed", live.C},
	{"CSP script-src-elem", policy("object-src 'none'", "object-src 'none'; script-src-elem * 'unsafe-inline'"), policy("object-src 'none'", "object-src 'none'; script-src-elem 'nonce-%[1]s' 'strict-dynamic'"), "live-csp-bypassed", live.C},
	{"CSP in two headers", func(a *reply) {
		a.header["Content-Security-Policy"] = []string{"script-src * 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; default-src 'self'", "img-src 'self'"}
	}, func(a *reply) {
		a.header["Content-Security-Policy"] = []string{"script-src * 'unsafe-inline'", strings.ReplaceAll(csp, "%s", a.nonce)}
	}, "live-csp-bypassed", live.C},
	{"CSP styles from anywhere", policy("style-src 'self'", "style-src *"), policy("style-src 'self'", "style-src 'self' https://styles.test"), "live-csp-styles", live.A},
	{"fixed nonce", func(a *reply) {
		a.header.Set("Content-Security-Policy", strings.ReplaceAll(csp, "%s", "ABCDEFGHIJKLMNOPQRSTUV"))
	}, nil, "live-nonce-reused", live.C},
	{"form-action", policy("form-action 'self'", "form-action https:"), policy("form-action 'self'", "form-action 'self' https://pay.test"), "live-csp-form", live.B},
	{"session readable", cookie("__Host-auth_token=x; Path=/; Secure; SameSite=Lax"), cookie("__Host-auth_token=x; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-cookie-session-readable", live.C},
	{"session without Secure", cookie("jwt=x; HttpOnly; SameSite=Lax"), cookie("__Host-jwt=x; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-cookie-session-insecure", live.D},
	{"session with None", cookie("__Host-sid=x; Path=/; Secure; HttpOnly; SameSite=None"), cookie("__Host-widget=x; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"), "live-cookie-session-cross-site", live.B},
	{"version of the server", header("Server", "Apache/2.4.41 (Ubuntu)"), header("Server", "Apache"), "live-banner-version", live.BPlus},
	{"image over http", body(`<img src="http://images.test/a.png">`), both(body(`<img src="http://images.test/a.png">`), policy("object-src", "upgrade-insecure-requests; object-src")), "live-mixed-passive", live.B},
	{"foreign style", body(`<link rel=stylesheet href="https://cdn.other.test/a.css">`), body(`<link rel=stylesheet href="https://cdn.other.test/a.css" ` + hash + `><link rel=stylesheet href="https://static.site.test/a.css">`), "live-integrity-style", live.BPlus},
	{"referrer", header("Referrer-Policy", "no-referrer, unsafe-url"), header("Referrer-Policy", "unsafe-url, no-referrer"), "live-referrer-unsafe", live.B},
	{"session that a cache may keep by Expires", both(session(rand.Text, ""), func(a *reply) {
		if front(a) {
			a.header.Del("Cache-Control")
			a.header.Set("Expires", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		}
	}), both(session(rand.Text, ""), func(a *reply) { a.header.Set("Expires", "0") }), "live-session-cached", live.C},
	// What the Observatory does not look at.
	{"page without a type", func(a *reply) {
		if front(a) {
			a.header["Content-Type"] = nil
		}
	}, nil, "live-type-missing", live.BPlus},
	{"password in the address", body(`<form action="/login"><input type=hidden name=t value=x><input type=password name=p></form>`), body(`<form><input type=hidden name=t value=x><input type=password name=p></form><form action="/search" method=get><input name=q></form>`), "live-password-address", live.C},
	{"password in the address by a button", body(`<form method=post action="/a"><input type=hidden name=t value=x><input type=password name=p><button formaction="/b" formmethod=get>x</button></form>`),
		body(`<form method=post action="/a"><input type=hidden name=t value=x><input type=password name=p><button formaction="/b">x</button></form>`), "live-password-address", live.C},
	{"password that is shown", body(`<form method=post><input type=hidden name=t value=x><input name=password></form>`), body(`<form method=post><input type=hidden name=t value=x><input name=password type=password><input name=password_hint></form>`), "live-password-shown", live.A},
	{"session in a link", body(`<a href="/cart;jsessionid=0123456789ABCDEF">cart</a>`), body(`<a href="https://other.test/?PHPSESSID=0123456789abcdef">x</a><a href="/?sid=3">y</a><a href="/?session=monday-morning">z</a>`), "live-session-address", live.C},
	{"form over http by a button", body(`<form method=post action="/a"><input type=hidden name=t value=x><button formaction="http://site.test/x">go</button></form>`), body(`<form method=post action="/a"><input type=hidden name=t value=x><button formaction="/x">go</button></form>`), "live-form-insecure", live.C},
	{"srcset over http", body(`<img srcset="/a.png 1x, http://images.test/a.png 2x" src="/a.png">`), body(`<img srcset="/a.png 1x, https://images.test/a.png 2x" src="/a.png">`), "live-mixed-passive", live.B},
	{"poster over http", body(`<video poster="http://images.test/a.png"></video>`), body(`<video poster="/a.png"></video><a href="http://images.test/">x</a>`), "live-mixed-passive", live.B},
	{"style attribute over http", body(`<p style="background: url('http://images.test/a.png')">x</p>`), body(`<p style="background: url('/http://a.png')">x</p>`), "live-mixed-passive", live.B},
	{"stylesheet imports over http", static("/static/a.css", "@import url(http://site.test/b.css);"), static("/static/a.css", "/* @import url(http://site.test/b.css); */ @namespace svg url(http://www.w3.org/2000/svg); a { background: url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\") }"), "live-mixed-active", live.C},
	{"font over http in a stylesheet", static("/static/a.css", "@font-face { src: url(http://fonts.test/a.woff2) }"), static("/static/a.css", "@font-face { src: url(https://fonts.test/a.woff2) }"), "live-mixed-passive", live.B},
	{"meta refresh to http", body(`<meta http-equiv=refresh content="5; url=http://site.test/x">`), body(`<meta http-equiv=refresh content="300"><meta http-equiv=refresh content="5;URL='/x'">`), "live-refresh-insecure", live.C},
	{"Refresh header to http", header("Refresh", "0;http://site.test/"), header("Refresh", "30"), "live-refresh-insecure", live.C},
	{"secret in a page", body(`<script type="application/json">{"key":"` + key + `"}</script>`), body(`<p>Keys look like sk_` + `live_xxxxxxxxxxxxxxxxxxxxxxxx; -----BEGIN PRIVATE KEY-----</p>`), "live-secret-shown", live.F},
	{"secret in a script", static("/static/a.js", "const k='"+key+"';"), static("/static/a.js", "const pem='-----BEGIN RSA PRIVATE KEY-----'; const k='pk_"+"live_51H8a9bC3dE4fG5hI6jK7lM8n'"), "live-secret-shown", live.F},
	{"old jQuery by its address", body(`<script src="/js/jquery-1.12.4.min.js"></script>`), body(`<script src="/js/jquery-3.7.1.min.js"></script><script src="/js/jquery-ui-1.13.2.min.js"></script><script src="/js/jquery-migrate-3.4.0.js"></script>`), "live-library-vulnerable", live.B},
	{"old Bootstrap of a network", body(`<script src="https://cdn.site.test/npm/bootstrap@4.1.3/dist/js/bootstrap.min.js"></script>`), body(`<script src="https://cdn.site.test/npm/bootstrap@5.3.3/dist/js/bootstrap.min.js"></script>`), "live-library-vulnerable", live.B},
	{"old jQuery by its first line", static("/static/a.js", "/*! jQuery v2.2.4 | (c) jQuery Foundation */"), static("/static/a.js", "/*! jQuery v3.7.1 | (c) OpenJS Foundation */"), "live-library-vulnerable", live.B},
	{"script of the visitor's machine", body(`<script src="https://localhost:3000/a.js" ` + hash + `></script>`), body(`<script src="https://localhost.site.test/a.js"></script><a href="https://localhost:3000/">x</a>`), "live-local-load", live.B},
	{"token in shared caches", both(keepable, body(`<form method=post><input type=hidden name=csrf_token value=abcdef></form>`)), both(keepable, body(`<form method=get action="/search"><input type=hidden name=lang value=en><input name=q></form>`)), "live-token-cached", live.B},
	{"one session for two visitors", session(fixed("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ""), session(rand.Text, ""), "live-session-shared", live.C},
	{"session that is counted", session(counter(), ""), session(rand.Text, ""), "live-session-guessable", live.C},
	{"session that is counted, and one that is a time", session(counter(), ""), session(func() string { return fmt.Sprint(time.Now().UnixMilli() + int64(len(rand.Text()))) }, ""), "live-session-guessable", live.C},
	{"token without signature", cookie("__Host-token=" + jwt + "; Path=/; Secure; HttpOnly; SameSite=Lax"), cookie("__Host-token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln; Path=/; Secure; HttpOnly; SameSite=Lax"), "live-session-unsigned", live.C},
	{"Laravel's debug page", missingPage("<title>Whoops! There was an error.</title>"), missingPage("<title>Whoops, nothing here</title>"), "live-error-leak", live.C},
	{"Rails's debug page", missingPage("<h1>Routing Error</h1><p>Rails.root: /app</p>"), missingPage("<h1>Not found</h1><p>Rails tutorials moved.</p>"), "live-error-leak", live.C},
	{"Symfony's debug page", missingPage(`<!-- Symfony\Component\HttpKernel\Exception\NotFoundHttpException -->`), missingPage("<h1>Symfony concert not found</h1>"), "live-error-leak", live.C},
	{"Werkzeug's debug page", missingPage("<title>NotFound // Werkzeug Debugger</title>"), missingPage("<title>Werkzeug</title>"), "live-error-leak", live.C},
	{"redirect to any site by Refresh", func(a *reply) {
		if u := a.r.URL.Query().Get("url"); u != "" {
			a.header.Set("Refresh", "0; url="+u)
		}
	}, func(a *reply) {
		if u := a.r.URL.Query().Get("url"); u != "" {
			a.header.Set("Refresh", "0; url=/leaving?to="+url.QueryEscape(u))
		}
	}, "live-open-redirect", live.C},
	{"iframe over http", body(`<iframe src="http://ads.test/"></iframe>`), body(`<template><iframe src="http://ads.test/"></iframe></template><noscript><img src="http://ads.test/"></noscript>`), "live-mixed-active", live.C},
}

// allowedBeside are what a twin may have too: remarks, and what a change of
// policy or cookie brings along by itself.
var allowedBeside = []string{"live-csp-hint", "live-csp-loose", "live-cookie-asset", "live-session-cached", "live-cookie-prefix", "live-banner-product"}

func TestRepairedTwinsAreNotNamed(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range twins {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scan := func(change func(*reply)) *live.Result {
				s := start(t, ca, plan{page: good(change)})
				s.config.Crawl = 3
				return s.scan(t)
			}
			r := scan(c.fault)
			if !has(r, c.rule) || r.Grade != c.most {
				t.Errorf("the fault: grade %s, found %v", r.Grade, ids(r))
			}
			r = scan(c.fixed)
			for _, f := range r.Report.Findings {
				if f.ID == c.rule || !slices.Contains(allowedBeside, f.ID) {
					t.Errorf("the repaired twin: %s: %s (%s)", f.ID, f.Title, f.Evidence)
				}
			}
		})
	}
}

// TestGoodSiteHasNoFault: nothing of what the faults are named for is said of
// the site without them.
func TestGoodSiteHasNoFault(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{})
	s.config.Crawl = 3
	for _, f := range s.scan(t).Report.Findings {
		if f.ID != "live-csp-hint" {
			t.Errorf("%s: %s", f.ID, f.Title)
		}
	}
}
