package live_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// words are what policies of the chance servers are made of.
var words = map[string][]string{
	"directive": {"default-src", "script-src", "style-src", "img-src", "object-src", "frame-ancestors", "base-uri", "form-action", "connect-src", "media-src", "report-uri", "upgrade-insecure-requests", "script-src-elem", "Script-Src", "sandbox", "nonsense"},
	"source": {"'none'", "'self'", "'unsafe-inline'", "'unsafe-eval'", "'strict-dynamic'", "'nonce-abcdefgh12345678'", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "https:", "http:", "*", "data:", "blob:",
		"https://a.example", "http://a.example", "https://a.example/b", "https://a.example/b/", "*.a.example", "a.example:443", "'SELF'", "https://*", "ftp:", "/r", "'unsafe-hashes'"},
	"hsts":     {"max-age=31536000", "max-age=0", "max-age=15552000; includeSubDomains", "max-age=63072000; includeSubDomains; preload", "includeSubDomains", "max-age=1, max-age=2", "Max-Age=31536000", "max-age=x", "", "max-age=\"31536000\"", "max-age=31536000; max-age=0", " max-age=31536000 ; x"},
	"xfo":      {"DENY", "sameorigin", "ALLOW-FROM https://a.example", "x", "DENY, DENY", "", "Deny ", "SAMEORIGIN;"},
	"xcto":     {"nosniff", "NoSniff", "x", "nosniff, nosniff", "", "nosniff;"},
	"referrer": {"no-referrer", "same-origin", "unsafe-url", "origin", "x", "x, no-referrer", "no-referrer, x", "strict-origin-when-cross-origin, unsafe-url", ""},
	"corp":     {"same-origin", "same-site", "cross-origin", "x", "", "Same-Origin", "same-origin, same-origin"},
	"coop":     {"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none", "Same-Origin", "same-origin; report-to=\"a\"", "same-origin;", "x", "", "same-origin, same-origin"},
	"coep":     {"require-corp", "credentialless", "unsafe-none", "require-corp;a=1", "\"require-corp\"", "require-corp;A", "x", ""},
	"name":     {"a", "sessionid", "csrftoken", "login_csrf", "__Host-sess", "__Secure-a", "SESSION", "heroku-session-affinity"},
	"flag":     {"Secure", "HttpOnly", "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=x", "Path=/", "Path=/a", "Domain=a.example", "Max-Age=100", "secure", "SameSite"},
	"element": {`<script src="/a.js"></script>`, `<script>1</script>`, `<script src="https://cdn.example.com/a.js"></script>`, `<script src="http://cdn.example.com/a.js"></script>`, `<script src="//cdn.example.com/a.js"></script>`,
		`<script src="https://cdn.example.com/a.js" integrity="sha384-x"></script>`, `<script src="/b.js" integrity="sha384-x"></script>`, `<script src="http://cdn.example.com/a.js" integrity="x"></script>`, `<meta name=referrer content=origin>`,
		`<base href="https://b.example/">`, `<noscript><script src="//c.example/a.js"></script></noscript>`, `<template><script src="//c.example/a.js"></script></template>`, `<p>x</p>`, `<form method=post></form>`, `<SCRIPT SRC="HTTPS://d.example/A.JS"></SCRIPT>`, `<script src=" https://e.example/a.js"></script>`, `<iframe><script src="http://f.example/"></script></iframe>`},
	"type": {"text/html", "Text/HTML; charset=x", "text/plain", "application/xhtml+xml", "", "text/html;charset=utf-8;x=y", "application/json"},
	"path": {"/b", "/b/c", "http /x", "https /b", "b"},
	"cors": {"*", "null", "$origin", "https://a.example"},
}

// byChance puts servers together, the same ones for the same seed.
func byChance(n int, seed uint64) []served {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(kind string) string { return words[kind][r.IntN(len(words[kind]))] }
	several := func(kind string, most int, by string) string {
		var list []string
		for range r.IntN(most + 1) {
			list = append(list, pick(kind))
		}
		return strings.Join(list, by)
	}
	policy := func() string {
		var list []string
		for range 1 + r.IntN(5) {
			if d := pick("directive"); r.IntN(12) == 0 || !slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, d) }) {
				list = append(list, strings.TrimSpace(d+" "+several("source", 4, " ")))
			}
		}
		return strings.Join(list, "; ")
	}
	var list []served
	for i := range n {
		s := served{name: fmt.Sprintf("by chance %d", i), body: "<!doctype html><title>x</title>" + several("element", 3, "")}
		send := func(likely int, header, value string) {
			if r.IntN(10) < likely {
				s.header = append(s.header, [2]string{header, value})
				s.without = append(s.without, header)
			}
		}
		send(5, sts, pick("hsts"))
		send(3, xfo, pick("xfo"))
		send(3, xcto, pick("xcto"))
		send(4, ref, pick("referrer"))
		send(4, corp, pick("corp"))
		send(4, coop, pick("coop"))
		send(4, coep, pick("coep"))
		send(8, pol, policy())
		send(2, pol, policy())
		if r.IntN(5) == 0 {
			s.body += `<meta http-equiv="Content-Security-Policy" content="` + policy() + []string{"", "", ", " + policy()}[r.IntN(3)] + `">`
		}
		for range r.IntN(4) {
			line := pick("name") + "=x"
			if flags := several("flag", 5, "; "); flags != "" {
				line += "; " + flags
			}
			s.header = append(s.header, [2]string{"Set-Cookie", line})
		}
		if r.IntN(3) == 0 {
			s.options = append(s.options, [2]string{"Access-Control-Allow-Origin", pick("cors")})
		}
		s.plain = []string{"", "", "", "serve", "none", "twice", "stay", "temporary", "foreign"}[r.IntN(9)]
		send(1, "Content-Type", pick("type"))
		if r.IntN(12) == 0 {
			s.status = []int{201, 401, 403, 404, 500}[r.IntN(5)]
		}
		if r.IntN(12) == 0 {
			s.redirects = map[string]string{"https /": "302 " + []string{"/a", "https /a", "http /x", "?q", "a"}[r.IntN(5)], "https /a": "307 " + pick("path")}
			if s.redirects["https /"] == "302 ?q" { // a circle
				delete(s.redirects, "https /")
			}
		}
		s.badCert = r.IntN(20) == 0
		s.noTLS = s.plain != "none" && r.IntN(10) == 0
		if s.plain == "foreign" && (s.noTLS || s.redirects != nil) { // the page would be another host's, which the scan does not judge
			s.plain = "stay"
		}
		list = append(list, s)
	}
	return list
}
