// Package live asks a running site, from outside, what a browser or an attacker
// would ask it, and grades the answers: transport, headers, cookies, content
// security policy, CORS, redirects, error pages, what lies about, TLS.
//
// It serves against the deployment that is right in the settings and wrong on
// the wire, because a proxy drops a header, an error page comes from elsewhere,
// or an old protocol is still on. It probes rather than reads: three hostile
// origins, a forged host, a page that does not exist, a request that cannot be
// read, a second load that must not bring the same nonce.
//
//	result, err := live.Scan(ctx, "https://www.example.com/", live.Config{})
//	if err != nil {
//		return err
//	}
//	live.WriteText(os.Stdout, result, live.TextOptions{})
//
// # The grade
//
// Every rule has a cap: the best grade that a site with this fault can have.
// The worst fault that was proven decides, and nothing makes up for it. Beside
// it stands the score of MDN's HTTP Observatory for the same answers, for
// comparison.
//
// # What it will not do
//
// It asks the host it was given and no other: redirects elsewhere are reported
// and not followed, scripts of other hosts are not loaded. The host is resolved
// once, the addresses are judged, and only they are dialled, so neither a
// redirect nor a name that changes its address leads it into a private network.
// It sends GET, OPTIONS and TRACE, and one request with a method that nobody
// knows, all without a body; it never posts a form, says who it is in
// User-Agent, keeps a pause between requests, and keeps no value of a cookie.
// What a cache might keep of a hostile request is asked under names that nobody
// else asks for.
//
// It does not look for faults in the application (injection, broken access
// control), does not exploit what it finds, tries no password, and does not
// test for Heartbleed, ROBOT or other faults of a TLS library.
//
// # Errors
//
// [Scan] returns an [*UnreachableError] if the site does not answer, and an
// [*AddressError] if its address is private and that is not allowed.
package live
