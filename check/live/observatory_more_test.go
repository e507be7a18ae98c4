package live_test

import "strings"

// written sends header names as they stand.
func written(name string, pairs ...string) served {
	s := with(name, pairs...)
	s.written = true
	for i := 0; i < len(pairs); i += 2 {
		s.without = append(s.without, canonical(pairs[i]))
	}
	return s
}

func canonical(name string) string {
	var words []string
	for word := range strings.SplitSeq(strings.ToLower(name), "-") {
		words = append(words, strings.ToUpper(word[:1])+word[1:])
	}
	return strings.Join(words, "-")
}

func redirects(name string, pairs ...string) served {
	s := served{name: name, redirects: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		s.redirects[pairs[i]] = pairs[i+1]
	}
	return s
}

func cors(name string, pairs ...string) served {
	s := served{name: name}
	for i := 0; i < len(pairs); i += 2 {
		s.options = append(s.options, [2]string{pairs[i], pairs[i+1]})
	}
	return s
}

// plainly answers http alone, with what the other says.
func plainly(s served) served {
	s.name, s.noTLS = "http alone: "+s.name, true
	return s
}

const (
	sts  = "Strict-Transport-Security"
	xfo  = "X-Frame-Options"
	xcto = "X-Content-Type-Options"
	corp = "Cross-Origin-Resource-Policy"
	coop = "Cross-Origin-Opener-Policy"
	coep = "Cross-Origin-Embedder-Policy"
	ref  = "Referrer-Policy"
	pol  = "Content-Security-Policy"
)

// moreServers are further ones, by what they vary.
var moreServers = []served{
	// chains of redirects
	redirects("chain of three on http", "http /", "301 http /a", "http /a", "302 http /b", "http /b", "307 https /"),
	redirects("chain on https", "https /", "302 https /a", "https /a", "303 https /b"),
	redirects("chain to https and back", "http /", "301 https /", "https /", "302 http /x", "http /x", "200 "),
	redirects("redirects in a circle", "https /", "302 http /a", "http /a", "302 https /"),
	redirects("redirect without Location", "http /", "302 "),
	redirects("redirect without Location on https", "https /", "302 "),
	{name: "https redirects where nothing answers", plain: "none", redirects: map[string]string{"https /": "302 http /x"}},
	{name: "type in mixed case, referrer in meta", body: `<meta name="referrer" content="unsafe-url">`, header: [][2]string{{"Content-Type", "Text/HTML"}}, without: []string{"Content-Type"}},
	redirects("redirect 308", "http /", "308 https /"),
	redirects("redirect 303", "http /", "303 https /"),
	redirects("redirect 300 is none", "http /", "300 https /"),
	redirects("redirect 305 is none", "http /", "305 https /"),
	redirects("redirect by a path", "https /", "302 /a"),
	redirects("redirect by a query", "https /", "302 ?a=b", "https /a", "200 "),
	redirects("redirect with a fragment", "http /", "301 https /#top"),
	redirects("https redirects to http", "https /", "302 http /x", "http /x", "200 "),
	redirects("nine redirects", "https /", "302 /1", "https /1", "302 /2", "https /2", "302 /3", "https /3", "302 /4", "https /4", "302 /5", "https /5", "302 /6", "https /6", "302 /7", "https /7", "302 /8", "https /8", "302 /9"),
	redirects("https answers 201", "https /", "201 "),
	redirects("https answers 206", "https /", "206 "),
	redirects("https answers 403", "https /", "403 "),
	redirects("https answers 405", "https /", "405 "),
	redirects("https answers 429", "https /", "429 "),
	redirects("https answers 500", "https /", "500 "),
	redirects("http answers 404", "http /", "404 "),
	redirects("http answers 403", "http /", "403 "),
	redirects("http answers 500", "http /", "500 "),
	// http alone
	plainly(cookies("cookie", "a=b; HttpOnly; SameSite=Lax")),
	plainly(cookies("session cookie", "sessionid=b; HttpOnly; SameSite=Lax")),
	plainly(page("script own", `<script src="/a.js"></script>`)),
	plainly(page("script own with integrity", `<script src="/a.js" integrity="`+longHash+`"></script>`)),
	plainly(page("script foreign", `<script src="https://cdn.example.com/a.js"></script>`)),
	plainly(policySent("policy with http", "default-src 'none'; script-src http://a.example; img-src http://a.example")),
	plainly(sent("no policy", "X-A", "b")),
	// weird casing of names and of values
	written("names in lower case", "strict-transport-security", "max-age=31536000", "x-frame-options", "deny", "content-security-policy", "default-src 'none'"),
	written("names in upper case", "STRICT-TRANSPORT-SECURITY", "max-age=31536000", "X-CONTENT-TYPE-OPTIONS", "nosniff", "REFERRER-POLICY", "no-referrer"),
	written("names in mixed case", "sTrIcT-tRaNsPoRt-SeCuRiTy", "max-age=1", "X-frame-OPTIONS", "SAMEORIGIN"),
	written("one name in two cases", "x-frame-options", "DENY", "X-Frame-Options", "SAMEORIGIN"),
	written("policy in two cases", "content-security-policy", "default-src 'none'", "Content-Security-Policy", "default-src 'self'"),
	written("cookie in lower case", "set-cookie", "a=b; secure; httponly; samesite=lax"),
	written("cookies in two cases", "set-cookie", "a=b; SECURE; SAMESITE=LAX", "Set-Cookie", "sessionid=b; secure; HTTPONLY; samesite=STRICT"),
	sent("type in mixed case", "Content-Type", "TEXT/html;charset=UTF-8"),
	sent("type without charset", "Content-Type", "text/html"),
	sent("type with a space", "Content-Type", "text/html ; charset=utf-8"),
	sent("type of XHTML", "Content-Type", "application/xhtml+xml; charset=utf-8"),
	sent("type of XML", "Content-Type", "application/xml"),
	sent("type of JSON", "Content-Type", "application/json"),
	// headers twice and more
	with("nosniff and another", xcto, "nosniff", xcto, "sniff"),
	with("frame options deny and sameorigin", xfo, "DENY", xfo, "SAMEORIGIN"),
	with("referrer twice", ref, "no-referrer", ref, "unsafe-url"),
	with("referrer twice, the other way round", ref, "unsafe-url", ref, "no-referrer"),
	with("hsts twice the same", sts, "max-age=31536000", sts, "max-age=31536000"),
	with("corp twice", corp, "same-origin", corp, "same-origin"),
	with("three policies", pol, "default-src 'self'", pol, "img-src *", pol, "object-src 'none'"),
	with("two policies, one open", pol, "default-src *", pol, "default-src 'none'"),
	with("two policies, the same", pol, "default-src 'none'", pol, "default-src 'none'"),
	with("two policies, one empty", pol, "", pol, "default-src 'none'"),
	// huge headers
	policySent("policy of 6 KiB", "default-src 'none'; img-src "+strings.Repeat("https://a.example ", 340)),
	policySent("policy of 200 hosts", "default-src 'none'; script-src "+strings.Repeat("https://cdn-with-a-name.example/path ", 200)),
	sent("hsts of 2 KiB", sts, "max-age=31536000; "+strings.Repeat("x", 2000)),
	sent("hsts with max-age far behind", sts, strings.Repeat("x; ", 400)+"max-age=31536000"),
	cookies("cookie of 5 KiB", "a="+strings.Repeat("b", 5000)+"; Secure; SameSite=Lax"),
	sent("another header of 8 KiB", "X-Big", strings.Repeat("x", 8<<10)),
	// strict-transport-security
	sent("hsts with spaces", sts, "  max-age=31536000  ;  includeSubDomains "),
	sent("hsts with a space before the equals", sts, "max-age =31536000"),
	sent("hsts with a space behind the equals", sts, "max-age= 31536000"),
	sent("hsts with a decimal", sts, "max-age=31536000.5"),
	sent("hsts with an exponent", sts, "max-age=3e8"),
	sent("hsts in hexadecimal", sts, "max-age=0x1E13380"),
	sent("hsts with a plus", sts, "max-age=+31536000"),
	sent("hsts of twenty digits", sts, "max-age=99999999999999999999"),
	sent("hsts max-age empty", sts, "max-age="),
	sent("hsts max-age twice", sts, "max-age=0; max-age=31536000"),
	sent("hsts max-age twice, the other way round", sts, "max-age=31536000; max-age=0"),
	sent("hsts preload alone", sts, "preload"),
	sent("hsts semicolons", sts, ";;max-age=31536000;;;"),
	sent("hsts colon", sts, "max-age: 31536000"),
	sent("hsts in single quotes", sts, "max-age='31536000'"),
	sent("hsts with its own name", sts, "Strict-Transport-Security: max-age=31536000"),
	sent("hsts a byte under half a year", sts, "max-age=15551999; includeSubDomains; preload"),
	sent("hsts spaces alone", sts, " "),
	// x-frame-options, x-content-type-options
	sent("frame options with a semicolon", xfo, "DENY;"),
	sent("frame options in quotes", xfo, `"DENY"`),
	sent("frame options same-origin", xfo, "same-origin"),
	sent("frame options list", xfo, "SAMEORIGIN, DENY"),
	sent("frame options allow-from alone", xfo, "allow-from"),
	sent("nosniff with a semicolon", xcto, "nosniff;"),
	sent("nosniff in quotes", xcto, `"nosniff"`),
	without(policySent("frame-ancestors self", "default-src 'none'; frame-ancestors 'self'"), xfo),
	without(policySent("frame-ancestors empty", "default-src 'none'; frame-ancestors"), xfo),
	without(policySent("frame-ancestors in upper case", "default-src 'none'; FRAME-ANCESTORS 'none'"), xfo),
	without(sent("frame-ancestors only tried", "Content-Security-Policy-Report-Only", "frame-ancestors 'none'"), xfo),
	sent("frame-ancestors beside a bad frame option", xfo, "ALLOWALL"),
	// referrer-policy
	sent("referrer in upper case", ref, "SAME-ORIGIN"),
	sent("referrer with a space in it", ref, "same origin"),
	sent("referrer strict-origin", ref, "strict-origin"),
	sent("referrer always", ref, "always"),
	sent("referrer no-referrer-when-downgrade", ref, "no-referrer-when-downgrade"),
	sent("referrer origin-when-cross-origin", ref, "origin-when-cross-origin"),
	sent("referrer in quotes", ref, `"no-referrer"`),
	sent("referrer with semicolons", ref, "no-referrer; same-origin"),
	sent("referrer commas alone", ref, ",,"),
	without(page("referrer in two metas", `<meta name="referrer" content="no-referrer"><meta name="referrer" content="unsafe-url">`), ref),
	without(page("referrer in meta in upper case", `<META NAME="REFERRER" CONTENT="UNSAFE-URL">`), ref),
	without(page("referrer in meta, empty", `<meta name="referrer" content="">`), ref),
	without(page("referrer in meta as http-equiv", `<meta http-equiv="referrer-policy" content="no-referrer">`), ref),
	without(page("referrer in meta in the body", `<body><p><meta name="referrer" content="unsafe-url"></p>`), ref),
	// content-security-policy
	policySent("csp sandbox", "sandbox allow-scripts; default-src 'none'"),
	policySent("csp sandbox alone", "sandbox"),
	policySent("csp report-to alone", "report-to default"),
	policySent("csp blob in scripts", "default-src 'none'; script-src 'self' blob:"),
	policySent("csp data in default", "default-src 'self' data:"),
	policySent("csp data in objects", "default-src 'none'; object-src data:"),
	policySent("csp unsafe-hashes", "default-src 'none'; script-src 'self' 'unsafe-hashes'"),
	policySent("csp wasm-unsafe-eval", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
	policySent("csp unsafe-eval in styles", "default-src 'none'; style-src 'unsafe-eval'"),
	policySent("csp unsafe-eval in default", "default-src 'self' 'unsafe-eval'"),
	policySent("csp script-src-elem open", "default-src 'none'; script-src 'self'; script-src-elem * 'unsafe-inline'"),
	policySent("csp script-src-attr open", "default-src 'none'; script-src 'self'; script-src-attr 'unsafe-inline'"),
	policySent("csp style-src-elem open", "default-src 'none'; style-src 'self'; style-src-elem 'unsafe-inline'"),
	policySent("csp worker and frame", "default-src 'none'; worker-src blob:; frame-src *; connect-src wss://a.example"),
	policySent("csp ftp", "default-src 'none'; img-src ftp:"),
	policySent("csp ftp host in connect", "default-src 'none'; connect-src ftp://a.example"),
	policySent("csp http in images", "default-src 'none'; img-src http:"),
	policySent("csp http in media", "default-src 'none'; media-src http://a.example"),
	policySent("csp http in fonts", "default-src 'none'; font-src http://a.example"),
	policySent("csp http in styles", "default-src 'none'; style-src http://a.example"),
	policySent("csp http in form-action", "default-src 'none'; form-action http://a.example"),
	policySent("csp http in report-uri", "default-src 'none'; report-uri http://a.example/r"),
	policySent("csp scheme in upper case", "default-src 'none'; script-src HTTPS:"),
	policySent("csp star with a port", "default-src 'none'; script-src *:443"),
	policySent("csp star of a domain", "default-src 'none'; script-src *.a.example https://*.b.example"),
	policySent("csp star of a TLD", "default-src 'none'; script-src https://*.com"),
	policySent("csp double slash star", "default-src 'none'; script-src //*"),
	policySent("csp https double star", "default-src 'none'; script-src https://*.*"),
	policySent("csp none beside a nonce", "default-src 'none'; script-src 'none' 'nonce-abcdefgh12345678'"),
	policySent("csp nonce empty", "default-src 'none'; script-src 'nonce-' 'unsafe-inline'"),
	policySent("csp nonce in upper case", "default-src 'none'; script-src 'NONCE-abcdefgh12345678' 'UNSAFE-INLINE'"),
	policySent("csp hash of SHA-1", "default-src 'none'; script-src 'sha1-abc' 'unsafe-inline'"),
	policySent("csp hash in styles", "default-src 'none'; style-src 'sha512-abcd' 'unsafe-inline'"),
	policySent("csp nonce in default", "default-src 'nonce-abcdefgh12345678' 'unsafe-inline'"),
	policySent("csp strict-dynamic with hosts", "script-src 'strict-dynamic' 'sha256-abc' https://a.example http:; object-src 'none'"),
	policySent("csp strict-dynamic without objects", "script-src 'strict-dynamic' 'nonce-abcdefgh12345678'"),
	policySent("csp strict-dynamic in styles", "default-src 'none'; style-src 'strict-dynamic'"),
	policySent("csp without quotes", "default-src none; script-src self"),
	policySent("csp in fancy quotes", "default-src \u2018none\u2019"),
	policySent("csp tab and spaces", "default-src\t'none' ;  script-src   'self' "),
	policySent("csp colon behind the name", "default-src: 'none'"),
	policySent("csp equals behind the name", "default-src='none'"),
	policySent("csp with its own name", "Content-Security-Policy: default-src 'none'"),
	policySent("csp commas between sources", "default-src 'self', https://a.example"),
	policySent("csp comma at the end", "default-src 'none',"),
	policySent("csp five bytes", "img-s"),
	policySent("csp six bytes", "img-sr"),
	policySent("csp doubled default, the same", "default-src 'none'; default-src 'none'"),
	policySent("csp doubled report-to", "default-src 'none'; report-to a; report-to b"),
	policySent("csp doubled report-to and unsafe", "default-src 'none'; script-src 'unsafe-inline'; report-to a; report-to b"),
	policySent("csp plugin-types and others gone", "default-src 'none'; plugin-types application/pdf; block-all-mixed-content; referrer no-referrer; reflected-xss block"),
	policySent("csp trusted types", "default-src 'none'; require-trusted-types-for 'script'; trusted-types a"),
	policySent("csp objects self", "script-src 'self'; object-src 'self'"),
	policySent("csp objects https", "script-src 'self'; object-src https:"),
	policySent("csp paths that cover each other", "default-src 'none'; script-src https://a.example/ https://a.example/b https://a.example/b/c.js"),
	policySent("csp http in paths", "default-src 'none'; script-src https://a.example/?http:"),
	policySent("csp everything", "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'"),
	without(page("csp in meta, doubled", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; default-src 'none'">`), pol),
	without(page("csp in meta, empty", `<meta http-equiv="Content-Security-Policy" content="">`), pol),
	without(page("csp in meta, short", `<meta http-equiv="Content-Security-Policy" content="a">`), pol),
	without(page("csp in meta with spaces in the name", `<meta http-equiv=" Content-Security-Policy " content="default-src 'none'">`), pol),
	without(page("csp in meta, report only", `<meta http-equiv="Content-Security-Policy-Report-Only" content="default-src 'none'">`), pol),
	without(page("csp in meta, commas", `<meta http-equiv="Content-Security-Policy" content="default-src 'none', script-src 'unsafe-inline'">`), pol),
	without(page("csp in meta in a comment", `<!-- <meta http-equiv="Content-Security-Policy" content="default-src 'none'"> -->`), pol),
	without(page("csp in meta in noscript", `<noscript><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></noscript>`), pol),
	without(page("csp in meta in a template", `<template><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></template>`), pol),
	without(page("csp in meta in a script", `<script>"<meta http-equiv='Content-Security-Policy' content=x>"</script>`), pol),
	without(page("csp in meta in the body", `<body><p>a</p><meta http-equiv="Content-Security-Policy" content="default-src 'self'">`), pol),
	without(page("csp in meta, two that share nothing", `<meta http-equiv="Content-Security-Policy" content="script-src https://a.example"><meta http-equiv="Content-Security-Policy" content="script-src https://b.example">`), pol),
	page("csp of header and meta that differ", `<meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'">`),
	// cookies
	cookies("many cookies", "a=1; Secure; SameSite=Lax", "b=2; Secure; SameSite=Strict", "c=3; Secure; SameSite=None", "d=4; Secure; HttpOnly; SameSite=Lax"),
	cookies("many cookies, one open", "a=1; Secure; SameSite=Lax", "b=2; Secure; SameSite=Strict", "c=3; SameSite=Lax"),
	cookies("session and csrf", "sessionid=1; Secure; HttpOnly; SameSite=Lax", "csrftoken=2; Secure; SameSite=Lax"),
	cookies("session first open, then good", "sessionid=1; HttpOnly", "sessionid=2; Secure; HttpOnly; SameSite=Lax"),
	cookies("session first good, then open", "sessionid=2; Secure; HttpOnly; SameSite=Lax", "sessionid=1; HttpOnly"),
	cookies("same name on two paths", "sessionid=1; Secure; HttpOnly; SameSite=Lax; Path=/a", "sessionid=2; Path=/"),
	cookies("attributes without spaces", "sessionid=1;Secure;HttpOnly;SameSite=Lax;Path=/"),
	cookies("attributes in upper case", "SESSIONID=1; SECURE; HTTPONLY; SAMESITE=LAX; PATH=/"),
	cookies("attributes with values", "sessionid=1; Secure=true; HttpOnly=true; SameSite=Lax"),
	cookies("attributes switched off", "sessionid=1; Secure=false; HttpOnly=false; SameSite=Lax"),
	cookies("SameSite twice", "a=b; Secure; SameSite=None; SameSite=Strict"),
	cookies("SameSite twice, the last empty", "a=b; Secure; SameSite=Lax; SameSite="),
	cookies("SameSite in quotes", `a=b; Secure; SameSite="Lax"`),
	cookies("SameSite with spaces", "a=b; Secure; SameSite = Lax"),
	cookies("SameSite none in lower case", "a=b; samesite=none"),
	cookies("Expires in the past", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax"),
	cookies("Expires far away", "a=b; Secure; SameSite=Lax; Expires=Wed, 01 Jan 2098 00:00:00 GMT"),
	cookies("Max-Age negative", "a=b; Max-Age=-1"),
	cookies("value with equals", "a=b=c; Secure; SameSite=Lax"),
	cookies("value empty", "a=; Secure; SameSite=Lax"),
	cookies("value in quotes", `a="b c"; Secure; SameSite=Lax`),
	cookies("__Secure- without Secure", "__Secure-a=b; SameSite=Lax"),
	cookies("__Host- right", "__Host-sessionid=b; Secure; HttpOnly; SameSite=Strict; Path=/"),
	cookies("__Host- with a path", "__Host-a=b; Secure; SameSite=Lax; Path=/a"),
	cookies("__host- in lower case", "__host-a=b; SameSite=Lax"),
	cookies("Partitioned", "a=b; Secure; SameSite=None; Partitioned"),
	cookies("Domain empty", "a=b; Secure; SameSite=Lax; Domain="),
	cookies("csrf with None", "csrftoken=b; Secure; SameSite=None"),
	cookies("xsrf is not csrf", "XSRF-TOKEN=b; Secure"),
	cookies("login in a word", "lastlogintime=b; Secure; SameSite=Lax"),
	without(cookies("session without Secure, short HSTS", "sessionid=b; HttpOnly; SameSite=Lax"), sts),
	// subresource-integrity
	page("scripts own and inline", `<script src="/a.js"></script><script>1</script>`),
	page("script own, absolute", `<script src="https://127.9.1.1/a.js"></script>`),
	page("script with an empty src", `<script src=""></script>`),
	page("script with data", `<script src="data:text/javascript,1"></script>`),
	page("script with blob", `<script src="blob:https://a.example/x"></script>`),
	page("script with javascript:", `<script src="javascript:1"></script>`),
	page("script in upper case", `<SCRIPT SRC="HTTPS://CDN.EXAMPLE.COM/A.JS"></SCRIPT>`),
	page("script with spaces around", `<script src=" https://cdn.example.com/a.js "></script>`),
	page("script module", `<script type="module" src="https://cdn.example.com/a.mjs"></script>`),
	page("script with an empty integrity", `<script src="https://cdn.example.com/a.js" integrity=""></script>`),
	page("script with a nonsense integrity", `<script src="https://cdn.example.com/a.js" integrity="nonsense"></script>`),
	page("script with two hashes", `<script src="https://cdn.example.com/a.js" integrity="`+longHash+` `+longHash+`" crossorigin></script>`),
	page("script with three slashes", `<script src="///cdn.example.com/a.js"></script>`),
	page("script behind a base", `<base href="https://cdn.example.com/"><script src="a.js"></script>`),
	page("script behind a base of its own", `<base href="/static/"><script src="a.js"></script>`),
	page("script in noscript", `<noscript><script src="http://cdn.example.com/a.js"></script></noscript>`),
	page("script in a template", `<template><script src="http://cdn.example.com/a.js"></script></template>`),
	page("script in a textarea", `<textarea><script src="http://cdn.example.com/a.js"></script></textarea>`),
	page("script in a title", `<title><script src="http://cdn.example.com/a.js"></script></title>`),
	page("script in SVG", `<svg><script href="https://cdn.example.com/a.js"></script></svg>`),
	page("script on ftp", `<script src="ftp://cdn.example.com/a.js"></script>`),
	page("script on another port", `<script src="https://cdn.example.com:8443/a.js"></script>`),
	page("script on an address", `<script src="https://192.0.2.1/a.js"></script>`),
	page("script on a bare name", `<script src="https://intranet/a.js"></script>`),
	page("script not closed", `<script src="https://cdn.example.com/a.js">`),
	page("scripts: http with, https without", `<script src="http://cdn.example.com/a.js" integrity="`+longHash+`"></script><script src="https://cdn.example.com/a.js"></script>`),
	page("scripts: own with, http without", `<script src="/a.js" integrity="`+longHash+`"></script><script src="http://cdn.example.com/a.js"></script>`),
	page("scripts: all own with", `<script src="/a.js" integrity="`+longHash+`"></script><script src="/b.js" integrity="`+longHash+`"></script>`),
	// cross-origin-resource-policy
	sent("corp in upper case", corp, "SAME-ORIGIN"),
	sent("corp in quotes", corp, `"same-origin"`),
	sent("corp with a parameter", corp, "same-origin; report-to=a"),
	sent("corp with an underscore", corp, "same_origin"),
	sent("corp list", corp, "same-origin, cross-origin"),
	with("coep and coop", "Cross-Origin-Embedder-Policy", "require-corp", "Cross-Origin-Opener-Policy", "same-origin", corp, "same-origin"),
	with("coep credentialless", "Cross-Origin-Embedder-Policy", "credentialless"),
	with("coep nonsense", "Cross-Origin-Embedder-Policy", "yes", "Cross-Origin-Opener-Policy", "yes"),
	// cross-origin-opener-policy, cross-origin-embedder-policy
	sent("coop with a parameter", coop, `same-origin; report-to="a"`), sent("coop with an open parameter", coop, `same-origin; report-to="a`), sent("coop with a semicolon", coop, "same-origin;"),
	sent("coop with a space", coop, "same-origin ; a"), sent("coop with numbers", coop, "same-origin;a=1.25;b=-3;d;c=@1"), sent("coop with a large parameter", coop, "same-origin;A=1"),
	sent("coop with bytes", coop, "same-origin-allow-popups;a=:YWI=:;b=?1;c=*x/y:z"), sent("coop in upper case", coop, "Same-Origin"), sent("coop in quotes", coop, `"same-origin"`), sent("coop none", coop, "unsafe-none"),
	sent("coop noopener", coop, "noopener-allow-popups"), sent("coop empty", coop, ""), with("coop twice", coop, "same-origin", coop, "same-origin"), sent("coop list", coop, "same-origin, unsafe-none"),
	sent("coep none", coep, "unsafe-none"), sent("coep with a parameter", coep, `require-corp;report-to="x"`), with("coep twice", coep, "require-corp", coep, "credentialless"), sent("coep long", coep, "require-corp"+strings.Repeat(" ", 2000)+";"),
	// what has no type
	{name: "type empty, script", header: [][2]string{{"Content-Type", ""}}, without: []string{"Content-Type"}, body: `<script src="http://cdn.example.com/a.js"></script>`},
	without(served{name: "type empty, policy in meta", header: [][2]string{{"Content-Type", ""}}, body: `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><meta name=referrer content=unsafe-url>`}, "Content-Type", pol),
	page("script in a frame", `<iframe><script src="http://cdn.example.com/a.js"></script></iframe>`),
	page("script behind a base, foreign", `<base href="https://cdn.example.com/"><script src="http://cdn.example.com/a.js"></script>`),
	page("script in a template, own", `<template><script src="/a.js" integrity="`+longHash+`"></script></template>`),
	without(page("csp in meta, comma in the end", `<meta http-equiv="Content-Security-Policy" content="default-src 'none',">`), pol),
	without(page("csp in two metas, commas", `<meta http-equiv="Content-Security-Policy" content="default-src 'self', img-src *"><meta http-equiv="Content-Security-Policy" content="default-src 'self'">`), pol),
	// cross-origin-resource-sharing
	{name: "cors on 403", status: 403, options: [][2]string{{"Access-Control-Allow-Origin", "*"}}},
	{name: "cors on 401", status: 401, options: [][2]string{{"Access-Control-Allow-Origin", "https://a.example"}}},
	{name: "cors on 204", status: 204, options: [][2]string{{"Access-Control-Allow-Origin", "*"}}},
	cors("cors public with credentials", "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Credentials", "true"),
	cors("cors list", "Access-Control-Allow-Origin", "https://a.example, https://b.example"),
	cors("cors with spaces", "Access-Control-Allow-Origin", " * "),
	cors("cors echoed without credentials", "Access-Control-Allow-Origin", "$origin"),
	cors("cors star of a domain", "Access-Control-Allow-Origin", "https://*.a.example"),
	cors("cors methods alone", "Access-Control-Allow-Methods", "GET, PUT, DELETE"),
	cors("cors for MDN", "Access-Control-Allow-Origin", "https://http-observatory.security.mozilla.org", "Access-Control-Allow-Credentials", "true"),
	with("cors on GET too", "Access-Control-Allow-Origin", "*"),
	with("cors on GET, two values", "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Origin", "https://a.example"),
	// headers that are there and empty
	sent("hsts empty", sts, ""), sent("nosniff empty", xcto, ""), sent("frame options empty", xfo, ""), sent("referrer empty", ref, ""),
	sent("policy empty", pol, ""), sent("corp empty", corp, ""), sent("type empty", "Content-Type", ""), cookies("cookie line empty", ""),
	without(sent("policy only tried, empty", "Content-Security-Policy-Report-Only", ""), pol), cors("cors empty", "Access-Control-Allow-Origin", ""),
	with("nosniff empty and set", xcto, "", xcto, "nosniff"), with("referrer empty and set", ref, "", ref, "no-referrer"),
	with("hsts empty and set", sts, "", sts, "max-age=31536000"), with("frame options empty and set", xfo, "", xfo, "DENY"),
	// all together
	with("all good", sts, "max-age=63072000; includeSubDomains; preload", pol, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'", ref, "no-referrer", corp, "same-origin", "Set-Cookie", "__Host-sessionid=x; Secure; HttpOnly; SameSite=Strict; Path=/"),
	with("all nearly good", sts, "max-age=15552000", pol, "default-src 'self'; style-src 'self' 'unsafe-inline'", ref, "strict-origin-when-cross-origin", "Set-Cookie", "sid=x; Secure; HttpOnly"),
	with("all bad", sts, "max-age=0", pol, "script-src 'unsafe-inline' 'unsafe-eval' *", ref, "unsafe-url", corp, "x", xfo, "ALLOWALL", xcto, "x", "Set-Cookie", "login=x"),
}
