// Package csrf refuses requests that another site made the visitor's browser
// send: cross-site request forgery (CWE-352).
//
// A request with an unsafe method must pass two independent tests.
//
// The first asks where it comes from, by headers that scripts cannot forge:
// Sec-Fetch-Site where the browser sends it, else Origin, else, on HTTPS, a
// strict Referer. The second asks for a token: the page that sent the request
// must hold a value that only this site could have given it. The token is
// signed, bound to the visitor's session, and masked anew each time it is
// written, so that it cannot be planted from a sibling domain, does not
// outlive the session, and does not leak through compression (BREACH).
//
//	protection, err := csrf.New(csrf.Config{Keys: ring})
//	if err != nil { … }
//	http.ListenAndServe(addr, protection.Handler(mux))
//
// and in a handler that shows a form:
//
//	fmt.Fprintf(w, `<form method="post">%s…</form>`, csrf.Field(r.Context()))
//
// A script sends [Token] in the header X-CSRFToken instead.
//
// # Which requests are judged, and how
//
// Steps are taken in this order; the first that decides ends the judgement.
//
//  1. GET, HEAD and OPTIONS pass, spelled so. TRACE does not count as safe, and
//     neither does "get": methods are case-sensitive (RFC 9110 section 9.1).
//  2. A path named by [Config.Exempt] passes.
//  3. Sec-Fetch-Site: same-origin proves where the request comes from. Both
//     same-site and cross-site are refused ("cross-site") unless the Origin
//     is trusted. "none" proves nothing, and the next steps decide.
//  4. Origin, if sent, must be this site's own or a trusted one ("bad-origin").
//  5. Without Origin and on HTTPS, Referer must be this site's own or a trusted
//     one ("no-referer", "referer-malformed", "referer-insecure", "bad-referer").
//  6. On a path named by [Config.AllowTokenless], a proof by step 3 or 4 is
//     enough and needed ("no-origin").
//  7. Elsewhere the token is needed too, from the form or the header
//     ("no-cookie", "cookie-length", "cookie-chars", "cookie-foreign",
//     "token-missing", "token-length", "token-chars", "token-incorrect").
//
// # What it does not do
//
// It does not make a GET that changes something safe (but see
// [Config.IsolateNavigation]), does not stop a script that runs on the site
// itself (package csp is for that), and does not keep other sites from reading
// answers (that is CORS, which is off unless a site turns it on).
//
// The sources are Django 6.1's CsrfViewMiddleware, net/http's
// CrossOriginProtection, and OWASP's CSRF prevention cheat sheet (signed double
// submit cookie, Fetch Metadata, resource isolation).
package csrf
