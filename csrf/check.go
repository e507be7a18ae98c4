package csrf

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

// The reasons of refusals. They go to the audit trail and the deny handler and
// never to the client.
const (
	ReasonCrossSite         = "cross-site"          // Sec-Fetch-Site names another site
	ReasonBadOrigin         = "bad-origin"          // Origin is neither this site nor trusted
	ReasonNoReferer         = "no-referer"          // HTTPS, and neither Origin nor Referer
	ReasonRefererMalformed  = "referer-malformed"   // Referer is no URL with a host
	ReasonRefererInsecure   = "referer-insecure"    // Referer is not https
	ReasonBadReferer        = "bad-referer"         // Referer is neither this site nor trusted
	ReasonNoOrigin          = "no-origin"           // tokenless path, and nothing proves the origin
	ReasonNoCookie          = "no-cookie"           // the cookie was not sent
	ReasonCookieLength      = "cookie-length"       // the cookie is not 64 or 128 characters long
	ReasonCookieChars       = "cookie-chars"        // the cookie holds other characters than base64url
	ReasonCookieForeign     = "cookie-foreign"      // the cookie was made for another session, or planted
	ReasonTokenMissing      = "token-missing"       // no token in form or header
	ReasonTokenLength       = "token-length"        // the token is not 64 or 128 characters long
	ReasonTokenChars        = "token-chars"         // the token holds other characters than base64url
	ReasonTokenIncorrect    = "token-incorrect"     // the token does not belong to the cookie
	ReasonBodyTooLarge      = "body-too-large"      // the form exceeds the site's body limit; status 413
	ReasonIsolated          = "isolated"            // another site tried to load an isolated page
	ReasonIsolatedFromLinks = "isolated-from-links" // another site tried to open an isolated page
)

// isolation is how far a page is closed to other sites.
type isolation int

const (
	isolateLoads isolation = iota + 1 // may be opened, not loaded
	isolateAll                        // may not be opened either
)

// Check returns nil if r may pass and a [*Refusal] if it looks forged. It may
// read the beginning of a form to find the token; r.Body still yields the
// whole body afterwards.
func (p *Protection) Check(r *http.Request) error {
	if refusal := p.check(r); refusal != nil {
		return refusal
	}
	return nil
}

func (p *Protection) check(r *http.Request) *Refusal {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if p.isolated.Empty() {
			return nil
		}
		return p.checkIsolation(r)
	}
	if _, exempt := p.exempt.Match(r); exempt {
		return nil
	}
	proven, refusal := p.checkSource(r)
	if refusal != nil {
		return refusal
	}
	if p.isTokenless(r) {
		if proven {
			return nil
		}
		return refuse(ReasonNoOrigin, "neither Sec-Fetch-Site nor Origin shows that the request comes from this site")
	}
	return p.checkToken(r)
}

func (p *Protection) isTokenless(r *http.Request) bool {
	if p.allTokenless {
		return true
	}
	_, ok := p.tokenless.Match(r)
	return ok
}

// checkSource judges where r comes from. It reports whether a header that no
// script can forge proves that it comes from this site or a trusted one.
func (p *Protection) checkSource(r *http.Request) (proven bool, refusal *Refusal) {
	site := r.Header["Sec-Fetch-Site"]
	origins := r.Header["Origin"]
	if len(site) == 1 && site[0] == "same-origin" {
		return true, nil
	}
	if len(site) > 0 && !(len(site) == 1 && site[0] == "none") {
		if len(origins) == 1 {
			if o, ok := parseOrigin(origins[0]); ok && p.trusts(o) {
				return true, nil
			}
		}
		return false, refuse(ReasonCrossSite, "the browser says that another site sent the request (Sec-Fetch-Site: %s, Origin: %s)", list(site), list(origins))
	}
	if len(origins) > 0 {
		if len(origins) == 1 && p.isKnown(r, origins[0]) {
			return true, nil
		}
		return false, refuse(ReasonBadOrigin, "Origin %s is neither a trusted origin nor this site's own, %s", list(origins), describeOwn(r, origins))
	}
	if request.Secure(r) {
		return false, p.checkReferer(r)
	}
	return false, nil
}

// describeOwn says what the site's own origin is taken to be. That it is wrong,
// for a proxy that is not trusted speaks plain HTTP to the site, is the usual
// reason why honest forms are refused.
func describeOwn(r *http.Request, origins []string) string {
	scheme := "http://"
	if request.Secure(r) {
		scheme = "https://"
	}
	text := quote(scheme + request.Host(r))
	if o, ok := parseOrigin(origins[0]); ok && o.secure && scheme == "http://" {
		if own, ok := ownOrigin(r); ok && own.host == o.host {
			text += "; if a proxy ends HTTPS, it must be a trusted one"
		}
	}
	return text
}

// isKnown reports whether the Origin header text is r's own origin or trusted.
func (p *Protection) isKnown(r *http.Request, text string) bool {
	o, ok := parseOrigin(text)
	if !ok {
		return false
	}
	if _, sent, _ := cutScheme(text); sent == request.Host(r) && o.secure == request.Secure(r) {
		return true // the usual case, without taking the host apart
	}
	if own, ok := ownOrigin(r); ok && own.equal(o) {
		return true
	}
	return p.trusts(o)
}

// checkReferer judges the Referer of an HTTPS request without Origin, as
// Django does: plain HTTP would let anyone on the network plant a cookie and
// send the form, so the page must have come over HTTPS too.
func (p *Protection) checkReferer(r *http.Request) *Refusal {
	values := r.Header["Referer"]
	if len(values) == 0 {
		return refuse(ReasonNoReferer, "an HTTPS request with neither Origin nor Referer")
	}
	scheme, rest, ok := strings.Cut(values[0], "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if len(values) > 1 || !ok || rest == "" || scheme == "" || len(scheme) > 64 {
		return refuse(ReasonRefererMalformed, "Referer is not a URL with a host")
	}
	if !equalFold(scheme, "https") {
		return refuse(ReasonRefererInsecure, "Referer is not https although the site is")
	}
	if len(rest) <= maxOrigin {
		o := origin{secure: true}
		if o.host, o.port, ok = splitHost(rest, true); ok {
			if own, ok := ownOrigin(r); ok && own.equal(o) || p.trusts(o) {
				return nil
			}
		}
	}
	return refuse(ReasonBadReferer, "Referer host %s is neither this site's own nor a trusted origin", quote(rest))
}

// checkIsolation judges a request with a safe method for a page that is closed
// to other sites (a resource isolation policy).
func (p *Protection) checkIsolation(r *http.Request) *Refusal {
	site := r.Header["Sec-Fetch-Site"]
	origins := r.Header["Origin"]
	if len(site) == 1 && (site[0] == "same-origin" || site[0] == "none") || len(site) == 0 && len(origins) == 0 {
		return nil
	}
	how, ok := p.isolated.Match(r)
	if !ok {
		return nil
	}
	if len(origins) == 1 {
		if o, ok := parseOrigin(origins[0]); ok && p.trusts(o) || len(site) == 0 && p.isKnown(r, origins[0]) {
			return nil
		}
	}
	opened := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	if !opened {
		return refuse(ReasonIsolated, "another site tried to load an isolated page (Sec-Fetch-Site: %s, Origin: %s)", list(site), list(origins))
	}
	if how == isolateAll {
		return refuse(ReasonIsolatedFromLinks, "another site tried to open a page that no site may link to")
	}
	return nil
}

func refuse(reason, detail string, args ...any) *Refusal {
	if len(args) > 0 {
		detail = fmt.Sprintf(detail, args...)
	}
	return &Refusal{
		Status:  http.StatusForbidden,
		Control: "csrf",
		Reason:  reason,
		Event:   audit.MaliciousCSRF,
		Detail:  detail,
	}
}

// list shows the values of a header, bounded.
func list(values []string) string {
	switch len(values) {
	case 0:
		return "none"
	case 1:
		return quote(values[0])
	}
	return fmt.Sprintf("%d values", len(values))
}

func quote(text string) string {
	if len(text) > 100 {
		text = text[:100]
	}
	return fmt.Sprintf("%q", text)
}
