package live

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// cookies returns the cookies that were seen, each once: of one name, domain
// and path the first, because later ones may be answers to hostile requests.
func (s *survey) cookies() []cookie {
	var list []cookie
	for _, a := range s.everything() {
		for _, c := range readCookies(a, s.now) {
			if c.deletes || slices.ContainsFunc(list, func(old cookie) bool { return old.name == c.name && old.domain == c.domain && old.path == c.path }) {
				continue
			}
			list = append(list, c)
		}
	}
	return list
}

// cookieRule is a rule about each cookie by itself. fault returns what is
// wrong, as in "has no HttpOnly", or "".
func cookieRule(id, title string, level check.Level, cap Grade, why, fix string, asvs string, cwe int, fault func(s *survey, c *cookie) string) rule {
	return rule{check.Rule{
		ID: id, Title: title, Level: level, Tags: []string{"cookies"}, Why: why, Fix: fix, CWE: []int{cwe}, ASVS: []string{asvs}, OWASP: "A07",
		References: []string{"https://www.rfc-editor.org/rfc/rfc6265", "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html"},
	}, cap, func(s *survey) []check.Finding {
		var found []check.Finding
		for _, c := range s.cookies() {
			what := fault(s, &c)
			if what == "" {
				continue
			}
			found = append(found, check.Finding{Title: "The cookie " + clip(c.name, 100) + " " + what, Evidence: c.shown(), Key: c.name, Place: check.Place{Request: c.from}})
		}
		return found
	}}
}

func cookieRules() []rule {
	return []rule{
		cookieRule("live-cookie-session-insecure", "A session cookie is sent over plain http too", check.Error, D,
			"One request over http, which any page can cause, hands the session to whoever is on the network.",
			"Set Secure, or better the prefix __Host-.", "V3.3.1", 614, func(s *survey, c *cookie) string {
				return when(c.session() && !c.secure, "stands for a session and has no Secure")
			}),
		cookieRule("live-cookie-session-readable", "Scripts can read a session cookie", check.Error, C,
			"An injected script copies the session, and it goes on from another machine.",
			"Set HttpOnly.", "V3.3.4", 1004, func(s *survey, c *cookie) string {
				return when(c.session() && !c.httpOnly, "stands for a session and has no HttpOnly")
			}),
		cookieRule("live-cookie-session-cross-site", "A session cookie goes along with requests from other sites", check.Warning, B,
			"Forms and frames of other sites act with the visitor's session (CSRF, XS-Leaks).",
			"Set SameSite=Lax or Strict; a site that must live in others' frames uses a cookie of its own, with Partitioned.", "V3.3.2", 1275, func(s *survey, c *cookie) string {
				return when(c.session() && c.secure && c.sameSite == "none", "stands for a session and has SameSite=None")
			}),
		cookieRule("live-cookie-session-default", "A session cookie leaves SameSite to the browser", check.Warning, BPlus,
			"Browsers differ: some send it with every request from other sites, others for the first two minutes.",
			"Set SameSite=Lax or Strict.", "V3.3.2", 1275, func(s *survey, c *cookie) string {
				return when(c.session() && !c.hasSite, "stands for a session and has no SameSite")
			}),
		cookieRule("live-cookie-site-invalid", "A cookie has a SameSite that browsers refuse", check.Warning, B,
			"An unknown value is treated as if none were given; None without Secure is dropped with the cookie.",
			"Write Strict, Lax, or None together with Secure.", "V3.3.2", 1275, func(s *survey, c *cookie) string {
				switch {
				case c.hasSite && !slices.Contains([]string{"strict", "lax", "none"}, c.sameSite):
					return "has a SameSite that browsers do not know"
				case c.sameSite == "none" && !c.secure:
					return "has SameSite=None without Secure, so browsers drop it"
				}
				return ""
			}),
		cookieRule("live-cookie-insecure", "A cookie is sent over plain http too", check.Warning, B,
			"Whoever is on the network reads it, and can set it.",
			"Set Secure.", "V3.3.1", 614, func(s *survey, c *cookie) string {
				return when(!c.session() && !c.secure && !(c.hasSite && c.sameSite == "none"), "has no Secure")
			}),
		cookieRule("live-cookie-csrf-default", "An anti-forgery cookie leaves SameSite to the browser", check.Warning, BPlus,
			"The token is the last line against forged requests and should itself not come along with them.",
			"Set SameSite=Lax or Strict.", "V3.3.2", 1275, func(s *survey, c *cookie) string {
				return when(c.csrf() && (!c.hasSite || c.sameSite == "none"), "guards against forgery and goes along with requests from other sites")
			}),
		cookieRule("live-cookie-prefix", "A session cookie has no __Host- prefix", check.Info, A,
			"Without the prefix a subdomain, or plain http, can set a cookie of that name and fix the visitor's session.",
			"Name it __Host-…, with Secure, Path=/ and no Domain.", "V3.3.3", 384, func(s *survey, c *cookie) string {
				return when(c.session() && c.secure && !c.prefixed("__Host-") && !c.prefixed("__Secure-"), "stands for a session and has no __Host- prefix")
			}),
		cookieRule("live-cookie-prefix-broken", "A cookie breaks the promise of its prefix", check.Warning, B,
			"Browsers drop the cookie, so that whatever relies on it does not work.",
			"Give __Host- cookies Secure, Path=/ and no Domain; __Secure- ones Secure.", "V3.3.1", 614, func(s *survey, c *cookie) string {
				switch {
				case c.prefixed("__Host-") && (!c.secure || c.domain != "" || c.path != "/"):
					return "has the prefix __Host- without Secure, without Path=/ or with a Domain"
				case c.prefixed("__Secure-") && !c.secure:
					return "has the prefix __Secure- without Secure"
				}
				return ""
			}),
		cookieRule("live-cookie-broad", "A session cookie is sent to all subdomains", check.Warning, BPlus,
			"The weakest host below the domain holds the session too.",
			"Leave Domain out.", "V3.3.3", 1275, func(s *survey, c *cookie) string {
				return when(c.session() && c.domain != "", "stands for a session and goes to "+clip(c.domain, 100)+" and all below")
			}),
		cookieRule("live-cookie-long", "A session cookie lives longer than a year", check.Info, A,
			"A session that was copied, or left on a borrowed machine, works for as long.",
			"Let it end after days or weeks, and sooner without use.", "V7.3.2", 613, func(s *survey, c *cookie) string {
				return when(c.session() && c.maxAge > year, "stands for a session and lives longer than a year")
			}),
		cookieRule("live-cookie-large", "A cookie is larger than browsers keep", check.Warning, BPlus,
			"Browsers drop it without a word; a site that relied on it fails, open or closed.",
			"Keep the data on the server and a token of at most 4096 bytes in the cookie.", "V3.3.5", 770, func(s *survey, c *cookie) string {
				return when(c.size > 4096, fmt.Sprintf("has %d bytes", c.size))
			}),
		sessionCaching("live-session-cached", "An answer with a session may be kept by shared caches", check.Error, C,
			"The next visitor gets the session, or the page, of the one before.",
			"Send Cache-Control: no-store with every answer that sets or depends on a session.", "V14.2.2",
			sharedCacheable),
		sessionCaching("live-session-stored", "An answer with a session may be kept by the browser", check.Info, A,
			"Who uses the machine next finds the page in the cache or behind the back button.",
			"Send Cache-Control: no-store.", "V14.3.2",
			func(a *answer) bool {
				return !strings.Contains(strings.ToLower(a.get("Cache-Control")), "no-store") && !sharedCacheable(a)
			}),
		assetCookie(),
	}
}

func when(fault bool, what string) string {
	if fault {
		return what
	}
	return ""
}

// sessionCaching judges Cache-Control where a session begins, or where the
// scan was given one.
func sessionCaching(id, title string, level check.Level, cap Grade, why, fix, asvs string, fault func(*answer) bool) rule {
	return rule{check.Rule{
		ID: id, Title: title, Level: level, Tags: []string{"cookies", "caching"}, Why: why, Fix: fix, CWE: []int{524, 525}, ASVS: []string{asvs}, OWASP: "A01",
	}, cap, func(s *survey) []check.Finding {
		for _, a := range s.everything() {
			session := len(s.config.Header) > 0 && originOf(a.url) == s.client.origin && a.html()
			for _, c := range readCookies(a, s.now) {
				session = session || c.session() && !c.deletes
			}
			if session && fault(a) {
				return one(a, title, a.caching())
			}
		}
		return nil
	}}
}
