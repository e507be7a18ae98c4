package live_test

// differs names the servers that are judged otherwise, and why.
var differs = map[string]string{
	"https redirects to another host": "the scan keeps to its host and judges the redirect; the package follows and judges the other host's page",
	"redirects in a circle":           "the scan judges the answer that closes the circle, the package the one at which it gives up",
	"redirect without Location":       "the scan takes it for the end, the package asks for /undefined",
}

func with(name string, pairs ...string) served {
	s := served{name: name}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.header = append(s.header, [2]string{pairs[i], pairs[i+1]})
		s.without = append(s.without, pairs[i])
	}
	return s
}

func sent(name, header, value string) served {
	return served{name: name, header: [][2]string{{header, value}}, without: []string{header}}
}

func policySent(name, text string) served { return sent(name, "Content-Security-Policy", text) }

func page(name, body string) served {
	return served{name: name, body: "<!doctype html><title>x</title>" + body}
}

func cookies(name string, lines ...string) served {
	s := served{name: name}
	for _, l := range lines {
		s.header = append(s.header, [2]string{"Set-Cookie", l})
	}
	return s
}

func without(s served, names ...string) served {
	s.without = append(s.without, names...)
	return s
}

func lacks(name string, headers ...string) served { return served{name: name, without: headers} }

const longHash = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"

// servers are the servers of the comparison with the Observatory.
var servers = []served{
	{name: "usual"},
	{name: "nothing at all", bare: true},
	{name: "nothing at all over http", bare: true, plain: "serve"},
	{name: "http alone", noTLS: true},
	{name: "https alone", plain: "none"},
	{name: "bad certificate", badCert: true},
	{name: "status 401", status: 401},
	{name: "status 404", status: 404},
	{name: "status 503", status: 503},
	// redirection
	{name: "http stays", plain: "serve"},
	{name: "http redirects to http", plain: "stay"},
	{name: "http redirects to http and then https", plain: "twice"},
	{name: "http redirects for now", plain: "temporary"},
	{name: "http redirects to another host", plain: "foreign"},
	{name: "https redirects to another host", bare: true, status: 302, away: "https://" + another + "/"},
	// strict-transport-security
	lacks("hsts missing", "Strict-Transport-Security"),
	sent("hsts short", "Strict-Transport-Security", "max-age=86400"),
	sent("hsts 0", "Strict-Transport-Security", "max-age=0"),
	sent("hsts abc", "Strict-Transport-Security", "max-age=abc"),
	sent("hsts half a year", "Strict-Transport-Security", "max-age=15552000"),
	sent("hsts almost half a year", "Strict-Transport-Security", "max-age=15551999"),
	sent("hsts without max-age", "Strict-Transport-Security", "includeSubDomains"),
	sent("hsts comma", "Strict-Transport-Security", "max-age=31536000, max-age=31536000"),
	sent("hsts quoted", "Strict-Transport-Security", `max-age="31536000"`),
	sent("hsts negative", "Strict-Transport-Security", "max-age=-1"),
	sent("hsts with letters after", "Strict-Transport-Security", "max-age=31536000s"),
	with("hsts twice", "Strict-Transport-Security", "max-age=31536000", "Strict-Transport-Security", "max-age=0"),
	sent("hsts upper case", "Strict-Transport-Security", "MAX-AGE=31536000 ; INCLUDESUBDOMAINS"),
	// x-content-type-options, x-frame-options
	lacks("nosniff missing", "X-Content-Type-Options"),
	sent("nosniff upper case", "X-Content-Type-Options", "NOSNIFF"),
	sent("nosniff misspelt", "X-Content-Type-Options", "no-sniff"),
	with("nosniff twice", "X-Content-Type-Options", "nosniff", "X-Content-Type-Options", "nosniff"),
	lacks("frame options missing", "X-Frame-Options"),
	sent("frame options sameorigin", "X-Frame-Options", "SameOrigin"),
	sent("frame options allow-from", "X-Frame-Options", "ALLOW-FROM https://a.example"),
	sent("frame options allowall", "X-Frame-Options", "ALLOWALL"),
	with("frame options twice", "X-Frame-Options", "DENY", "X-Frame-Options", "DENY"),
	without(policySent("frame-ancestors none", "default-src 'none'; frame-ancestors 'none'"), "X-Frame-Options"),
	without(policySent("frame-ancestors any", "default-src 'none'; frame-ancestors *"), "X-Frame-Options"),
	without(page("frame-ancestors in meta", `<meta http-equiv="Content-Security-Policy" content="frame-ancestors 'none'">`), "X-Frame-Options"),
	without(policySent("frame-ancestors beside strict-dynamic alone", "default-src 'none'; script-src 'strict-dynamic'; frame-ancestors 'none'"), "X-Frame-Options"),
	// referrer-policy
	lacks("referrer missing", "Referrer-Policy"),
	sent("referrer no-referrer", "Referrer-Policy", "no-referrer"),
	sent("referrer unsafe-url", "Referrer-Policy", "unsafe-url"),
	sent("referrer origin", "Referrer-Policy", "origin"),
	sent("referrer fallback", "Referrer-Policy", "no-referrer, strict-origin-when-cross-origin"),
	sent("referrer unsafe last", "Referrer-Policy", "no-referrer, unsafe-url"),
	sent("referrer unknown last", "Referrer-Policy", "no-referrer, nonsense"),
	sent("referrer unknown", "Referrer-Policy", "nonsense"),
	without(page("referrer in meta", `<meta name="referrer" content="no-referrer">`), "Referrer-Policy"),
	page("referrer in meta and header", `<meta name="referrer" content="unsafe-url">`),
	// content-security-policy
	lacks("csp missing", "Content-Security-Policy"),
	with("csp report only", "Content-Security-Policy-Report-Only", "default-src 'none'"),
	without(sent("csp only tried", "Content-Security-Policy-Report-Only", "default-src 'none'"), "Content-Security-Policy"),
	policySent("csp self", "default-src 'self'"),
	policySent("csp none", "default-src 'none'"),
	policySent("csp none and more", "default-src 'none' 'self'"),
	policySent("csp short", "a"),
	policySent("csp nonsense", "nonsense nonsense"),
	policySent("csp misspelt", "defualt-src 'self'"),
	policySent("csp unsafe-inline", "default-src 'self' 'unsafe-inline'"),
	policySent("csp unsafe-inline in scripts", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
	policySent("csp unsafe-inline in styles", "default-src 'none'; style-src 'self' 'unsafe-inline'"),
	policySent("csp unsafe-inline with nonce", "default-src 'none'; script-src 'nonce-abcdefgh12345678' 'unsafe-inline'"),
	policySent("csp unsafe-inline with hash", "default-src 'none'; script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'unsafe-inline'"),
	policySent("csp unsafe-eval", "default-src 'none'; script-src 'self' 'unsafe-eval'"),
	policySent("csp data in scripts", "default-src 'none'; script-src 'self' data:"),
	policySent("csp data in images", "default-src 'none'; img-src data:"),
	policySent("csp https in scripts", "default-src 'none'; script-src https:"),
	policySent("csp star in scripts", "default-src 'none'; script-src *"),
	policySent("csp https star", "default-src 'none'; script-src https://*"),
	policySent("csp star in objects", "default-src 'none'; object-src *"),
	policySent("csp no default", "script-src 'self'"),
	policySent("csp no default, objects none", "script-src 'self'; object-src 'none'"),
	policySent("csp star in styles", "default-src 'none'; style-src *"),
	policySent("csp http host in scripts", "default-src 'none'; script-src http://a.example"),
	policySent("csp http host in images", "default-src 'none'; img-src http://a.example"),
	policySent("csp http host in default", "default-src 'self' http://a.example"),
	policySent("csp http host in connect", "default-src 'none'; connect-src http://a.example"),
	policySent("csp strict-dynamic", "default-src 'none'; script-src 'nonce-abcdefgh12345678' 'strict-dynamic' https: 'unsafe-inline'"),
	policySent("csp strict-dynamic in default", "default-src 'nonce-abcdefgh12345678' 'strict-dynamic' https: 'unsafe-inline' 'self'"),
	policySent("csp strict-dynamic alone", "default-src 'none'; script-src 'strict-dynamic'"),
	policySent("csp doubled directive", "default-src 'none'; script-src 'self'; script-src 'none'"),
	policySent("csp doubled report-uri", "default-src 'none'; report-uri /a; report-uri /b"),
	policySent("csp upper case", "DEFAULT-SRC 'NONE'; SCRIPT-SRC 'SELF'"),
	policySent("csp valueless", "default-src; script-src 'self'"),
	policySent("csp upgrade", "default-src 'none'; upgrade-insecure-requests"),
	policySent("csp prefixes", "default-src 'none'; script-src https://a.example/foo https://a.example/foobar http://b.example"),
	policySent("csp semicolons", ";; default-src 'none';;"),
	policySent("csp comma", "default-src 'none', script-src 'unsafe-inline'"),
	with("csp two headers", "Content-Security-Policy", "default-src 'self'", "Content-Security-Policy", "script-src 'unsafe-inline'"),
	page("csp header and meta", `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`),
	without(page("csp in meta", `<meta http-equiv="content-security-policy" content="default-src 'none'">`), "Content-Security-Policy"),
	without(page("csp in two metas", `<meta http-equiv="Content-Security-Policy" content="default-src 'self' https://a.example"><meta http-equiv="Content-Security-Policy" content="default-src https://a.example https://b.example">`), "Content-Security-Policy"),
	without(page("csp in two metas, unsafe in one", `<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline'; object-src 'none'"><meta http-equiv="Content-Security-Policy" content="script-src 'self'; object-src 'none'">`), "Content-Security-Policy"),
	without(page("csp in two metas, unsafe in both", `<meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'"><meta http-equiv="Content-Security-Policy" content="default-src 'unsafe-inline'">`), "Content-Security-Policy"),
	without(page("csp in meta, malformed escape", `<meta http-equiv="Content-Security-Policy" content="default-src https://a.example/%zz"><meta http-equiv="Content-Security-Policy" content="default-src https://a.example/%zz">`), "Content-Security-Policy"),
	without(page("csp in meta, sandbox alone", `<meta http-equiv="Content-Security-Policy" content="sandbox">`), "Content-Security-Policy"),
	// cookies
	cookies("cookie best", "a=b; Secure; HttpOnly; SameSite=Lax; Path=/"),
	cookies("cookie without SameSite", "a=b; Secure; HttpOnly"),
	cookies("cookie without Secure", "a=b; HttpOnly; SameSite=Lax"),
	without(cookies("cookie without Secure or HSTS", "a=b; HttpOnly; SameSite=Lax"), "Strict-Transport-Security"),
	cookies("session cookie without HttpOnly", "sessionid=b; Secure; SameSite=Lax"),
	cookies("session cookie without Secure", "sessionid=b; HttpOnly; SameSite=Lax"),
	without(cookies("session cookie without Secure or HSTS", "mysess=b; HttpOnly; SameSite=Lax"), "Strict-Transport-Security"),
	cookies("login cookie without anything", "login=b"),
	cookies("csrf cookie without SameSite", "csrftoken=b; Secure"),
	cookies("csrf cookie with SameSite", "csrftoken=b; Secure; SameSite=Strict"),
	cookies("cookie SameSite unknown", "a=b; Secure; SameSite=Sometimes"),
	cookies("cookie SameSite empty", "a=b; Secure; SameSite"),
	cookies("cookie SameSite None", "a=b; Secure; SameSite=None"),
	cookies("cookie SameSite None without Secure", "a=b; SameSite=None"),
	cookies("cookie of heroku", "heroku-session-affinity=b"),
	cookies("cookie not seen as session", "auth_token=b; Secure; SameSite=Lax"),
	cookies("cookie of another host", "a=b; Domain=other.example; SameSite=Lax"),
	cookies("cookie __Host- broken", "__Host-a=b; SameSite=Lax; Path=/"),
	cookies("cookie twice", "a=b", "a=b; Secure; SameSite=Lax"),
	cookies("cookies mixed", "a=b; Secure; SameSite=Lax", "sessionid=b; Secure; HttpOnly", "csrf=b; Secure"),
	cookies("cookie expired", "a=b; Max-Age=0; SameSite=Lax"),
	cookies("cookie without name", "=b; Secure"),
	// subresource-integrity
	page("script own", `<script src="/a.js"></script>`),
	page("script inline", `<script>1</script>`),
	page("script own with integrity", `<script src="/a.js" integrity="`+longHash+`"></script>`),
	page("script foreign", `<script src="https://cdn.example.com/a.js"></script>`),
	page("script foreign with integrity", `<script src="https://cdn.example.com/a.js" integrity="`+longHash+`" crossorigin="anonymous"></script>`),
	page("script foreign over http", `<script src="http://cdn.example.com/a.js"></script>`),
	page("script foreign over http with integrity", `<script src="http://cdn.example.com/a.js" integrity="`+longHash+`"></script>`),
	page("script without scheme", `<script src="//cdn.example.com/a.js"></script>`),
	page("script without scheme with integrity", `<script src="//cdn.example.com/a.js" integrity="`+longHash+`"></script>`),
	page("scripts mixed", `<script src="/a.js" integrity="`+longHash+`"></script><script src="https://cdn.example.com/a.js"></script>`),
	page("scripts foreign, one with integrity", `<script src="https://cdn.example.com/a.js"></script><script src="https://cdn.example.com/b.js" integrity="`+longHash+`"></script>`),
	page("style foreign", `<link rel=stylesheet href="https://cdn.example.com/a.css">`),
	page("script in a comment", `<!-- <script src="http://cdn.example.com/a.js"></script> -->`),
	page("script data", `<script type="application/json">{}</script>`),
	sent("not html", "Content-Type", "text/plain"),
	sent("html upper case", "Content-Type", "Text/HTML"),
	// cross-origin-resource-policy and -sharing
	with("corp same-origin", "Cross-Origin-Resource-Policy", "same-origin"),
	with("corp same-site", "Cross-Origin-Resource-Policy", "Same-Site"),
	with("corp cross-origin", "Cross-Origin-Resource-Policy", "cross-origin"),
	with("corp nonsense", "Cross-Origin-Resource-Policy", "nonsense"),
	{name: "cors public", options: [][2]string{{"Access-Control-Allow-Origin", "*"}}},
	{name: "cors restricted", options: [][2]string{{"Access-Control-Allow-Origin", "https://a.example"}}},
	{name: "cors echoed with credentials", options: [][2]string{{"Access-Control-Allow-Origin", "$origin"}, {"Access-Control-Allow-Credentials", "true"}}},
	{name: "cors null", options: [][2]string{{"Access-Control-Allow-Origin", "null"}, {"Access-Control-Allow-Credentials", "true"}}},
}
