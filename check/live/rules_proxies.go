package live

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/merlon-go/merlon/check"
)

// proxyRules are about what a site and the proxies and caches in front of it
// understand differently.
func proxyRules() []rule {
	proxy := func(id, title string, level check.Level, cap Grade, why, fix string, cwe []int, asvs, owasp, more string, judge func(*survey) []check.Finding) rule {
		r := rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"behaviour", "proxies"}, Why: why, Fix: fix, CWE: cwe, OWASP: owasp, ASVS: []string{asvs}}, cap, judge}
		if more != "" {
			r.References = []string{more}
		}
		return r
	}
	overridden := func(kind, title string) func(*survey) []check.Finding {
		return func(s *survey) []check.Finding {
			for _, o := range s.overrides {
				if o.kind == kind {
					return one(o.answer, title, fmt.Sprintf("status %d", o.answer.status))
				}
			}
			return nil
		}
	}
	confusion := proxy("live-path-confusion", "A page for one visitor is shown under a path that looks like a file", check.Info, APlus,
		"The day a cache that goes by file names stands in front, it keeps the page of the first visitor and shows it to all (web cache deception).",
		"Answer 404 to what comes behind the path of a page.", []int{436, 524}, "V14.2.5", "A02", "", func(s *survey) []check.Finding {
			for _, d := range s.deceptions {
				if !d.kept(s) {
					return one(d.bait, "A page for one visitor is shown under a path that looks like a file", d.bait.caching())
				}
			}
			return nil
		})
	confusion.Confidence = check.Medium
	return []rule{
		proxy("live-cache-poisoned", "A cache hands a forged host to other visitors", check.Critical, F,
			"One request puts the attacker's links, scripts or redirects into the page that everybody gets.",
			"Let the proxy drop the header, or make it part of the cache's key; let the application build no link from it.", []int{349, 444}, "V4.1.3", "A05",
			"https://portswigger.net/research/practical-web-cache-poisoning", func(s *survey) []check.Finding {
				for _, p := range s.spoofs {
					if p.again.ok() && comesBack(p.again) != "" {
						return one(p.again, "The forged "+p.forged()+" stands in "+comesBack(p.again)+" of the answer to a request without it", "")
					}
				}
				return nil
			}),
		proxy("live-cache-deception", "A cache keeps a page that is meant for one visitor", check.Error, C,
			"A link such as /account/x.css makes a visitor put their own page into the cache, where its sender fetches it.",
			"Let the cache go by Cache-Control and the type of the answer, not by the name; answer 404 to what comes behind the path of a page.", []int{524, 525}, "V14.2.5", "A01",
			"https://portswigger.net/web-security/web-cache-deception", func(s *survey) []check.Finding {
				for _, d := range s.deceptions {
					if d.kept(s) {
						return one(d.bait, "A cache keeps a page that is meant for one visitor", d.bait.caching())
					}
				}
				return nil
			}),
		confusion,
		proxy("live-method-override", "A header or parameter turns a GET into another method", check.Warning, B,
			"A link or an image on another site changes what only a form of the site should, and SameSite=Lax does not help; rules in front that go by the method are passed by.",
			"Switch the override off, or let it turn POST into others only.", []int{650, 352}, "V4.1.4", "A01", "", overridden(overrideMethod, "A GET is taken for another method")),
		proxy("live-method-any", "Any method is taken for GET", check.Info, A,
			"Rules in front that name the methods they guard, and forget the others, are passed by with a method that nobody thought of.",
			"Answer methods that are not meant with 405.", []int{650}, "V4.1.4", "A02", "", func(s *survey) []check.Finding {
				for _, a := range s.refused {
					if a.ok() && a.method == unknownMethod && a.status == 200 && s.auto.status == 200 && s.auto.html() && a.html() && alike(a, s.auto) {
						return one(a, "The page is shown for a method that nobody knows", "status 200")
					}
				}
				return nil
			}),
		proxy("live-url-override", "A header changes the path that is served", check.Warning, B,
			"Rules in front that go by the path, such as a login in front of /admin, see another path than the application, and let the request by.",
			"Switch the header off in the application, or drop it at the proxy.", []int{436, 863}, "V4.1.3", "A01", "", overridden(overrideURL, "The path comes from a header that anybody can send")),
		proxy("live-forwarded-scheme", "A forged X-Forwarded-Proto is believed", check.Info, A,
			"The site takes https for http: a cache that keeps the redirect locks everybody out. Who sends https over plain http passes the redirect by.",
			"Let only your proxy speak of the scheme (TRUSTED_PROXIES), and let it overwrite the header.", []int{348}, "V4.1.3", "A02", "", overridden(overrideScheme, "The scheme comes from a header that anybody can send")),
	}
}

// kept reports whether a cache kept the page: it says so, or what changes with
// each load is the same.
func (d *deception) kept(s *survey) bool {
	if !d.again.ok() || d.again.status != d.bait.status || !d.again.html() || !alike(d.again, d.bait) {
		return false
	}
	fresh := s.second.ok() && len(noncesOf(s.auto)) > 0 && !slices.Equal(noncesOf(s.auto), noncesOf(s.second))
	return fromCache(d.again) || fresh && len(noncesOf(d.bait)) > 0 && bytes.Equal(d.again.body, d.bait.body) && slices.Equal(noncesOf(d.bait), noncesOf(d.again))
}
