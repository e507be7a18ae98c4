package live

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func corsRules() []rule {
	cors := func(id, title string, level check.Level, cap Grade, why, fix string, judge func(*survey) []check.Finding) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"cors"}, Why: why, Fix: fix, CWE: []int{942}, ASVS: []string{"V3.4.2"}, OWASP: "A01",
			References: []string{"https://fetch.spec.whatwg.org/#http-cors-protocol"}}, cap, judge}
	}
	// each makes one finding of the first probe with the outcome.
	each := func(outcome corsAnswer, whose corsOrigin, what string) func(*survey) []check.Finding {
		return func(s *survey) []check.Finding {
			all := slices.Concat(s.cors, s.preflight)
			if whose != corsForeign && slices.ContainsFunc(all, func(p corsProbe) bool { return p.allowed == corsCredentials && p.whose == corsForeign }) {
				return nil // who lets everybody in lets these in
			}
			for _, p := range all {
				if p.allowed == outcome && p.answer.ok() && p.whose == whose {
					return one(p.answer, capital(fmt.Sprintf(what, p.kind)), corsEvidence(p.answer))
				}
			}
			return nil
		}
	}
	return []rule{
		cors("live-cors-credentials", "Foreign origins may read answers with the visitor's session", check.Critical, F,
			"Any page that a visitor opens reads what the site shows to that visitor, tokens included, and acts with them.",
			"Compare Origin with a list of whole origins; never echo it, never allow null.", each(corsCredentials, corsForeign, "%s may read answers with credentials")),
		cors("live-cors-insecure-origin", "The site's own host over plain http may read answers with credentials", check.Warning, B,
			"Whoever is on the network puts a script into any page over http and reads the site with it.",
			"Allow origins with https only.", each(corsCredentials, corsPlain, "%s may read answers with credentials")),
		cors("live-cors-local", "Programs on the visitor's machine may read answers with credentials", check.Warning, B,
			"Whatever serves on the visitor's machine, of another user or another program, reads the site with the visitor's session.",
			"Allow localhost where you develop, not where people sign in.", each(corsCredentials, corsLocal, "%s may read answers with credentials")),
		cors("live-cors-subdomains", "Every subdomain may read answers with credentials", check.Info, A,
			"A hole in the least of them, or a name that points nowhere and that somebody else takes, reads the site with the visitor's session.",
			"Name the subdomains that need it.", each(corsCredentials, corsSubdomain, "%s may read answers with credentials")),
		cors("live-cors-reflected", "Foreign origins may read answers without credentials", check.Warning, B,
			"The origin is echoed: the day somebody adds Access-Control-Allow-Credentials, every site reads everything. Sites in the same network are read already.",
			"Compare Origin with a list, or send * for what is public.", each(corsReads, corsForeign, "%s may read answers")),
		cors("live-cors-contradiction", "Access-Control-Allow-Origin is * with credentials", check.Warning, B,
			"Browsers refuse the pair, so what was meant does not work; the usual repair, an echo of Origin, opens the site to all.",
			"Name the origins that need credentials, or drop Access-Control-Allow-Credentials.", each(corsBroken, corsForeign, "Access-Control-Allow-Origin is * together with Access-Control-Allow-Credentials (asked as %s)")),
		cors("live-cors-public", "Every site may read answers without credentials", check.Info, APlus,
			"That is right for public data, and wrong where only the network or the address keeps others out.",
			"Make sure that nothing here is meant for some only.", each(corsPublic, corsForeign, "Access-Control-Allow-Origin is *: %s may read answers without credentials")),
	}
}

func corsEvidence(a *answer) string {
	text := "Access-Control-Allow-Origin: " + a.get("Access-Control-Allow-Origin")
	if c := a.get("Access-Control-Allow-Credentials"); c != "" {
		text += "; Access-Control-Allow-Credentials: " + c
	}
	return text
}

func probeRules() []rule {
	probe := func(id, title string, level check.Level, cap Grade, why, fix string, cwe int, asvs, owasp string, judge func(*survey) []check.Finding) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"behaviour"}, Why: why, Fix: fix, CWE: []int{cwe}, ASVS: []string{asvs}, OWASP: owasp}, cap, judge}
	}
	return []rule{
		probe("live-host-reflected", "A forged Host comes back in the answer", check.Error, C,
			"Links in mails and pages lead to the attacker's host (password reset poisoning), and caches hand them to everybody.",
			"Let the site refuse hosts that are not its own (ALLOWED_HOSTS), and build links from a fixed address (PUBLIC_URL).", 644, "V4.1.3", "A05", reflects("Host")),
		probe("live-forwarded-reflected", "A forged X-Forwarded-Host comes back in the answer", check.Error, C,
			"Anybody can send the header, so anybody chooses the host in the site's links and redirects.",
			"Let only your proxy speak of the host (TRUSTED_PROXIES), and let the proxy overwrite the header.", 644, "V4.1.3", "A05", reflects("X-Forwarded-Host", "Forwarded")),
		probe("live-host-accepted", "The site answers to any Host", check.Info, A,
			"Whatever is later built from the host of a request is the attacker's choice; names that point here by DNS rebinding are served too.",
			"Refuse unknown hosts with 400 or 421 (ALLOWED_HOSTS).", 20, "V4.1.3", "A02", func(s *survey) []check.Finding {
				for _, p := range s.spoofs {
					if p.header == "Host" && p.answer.ok() && p.answer.status < 300 && s.auto.status < 300 && alike(p.answer, s.auto) {
						return one(p.answer, "The page is served under a forged Host", fmt.Sprintf("status %d", p.answer.status))
					}
				}
				return nil
			}),
		probe("live-trace", "TRACE is answered", check.Warning, B,
			"TRACE sends a request's headers back, those that proxies added and scripts must not read included.",
			"Answer TRACE with 405.", 16, "V13.4.4", "A02", func(s *survey) []check.Finding {
				if s.trace.ok() && s.trace.status == http.StatusOK && bytes.Contains(s.trace.body, []byte(s.secret)) {
					return one(s.trace, "TRACE sends the request back", "")
				}
				return nil
			}),
		probe("live-error-leak", "An error page shows the inside of the application", check.Error, C,
			"Paths, versions, queries and settings in an error page are the map for the next step.",
			"Switch debugging off, and show an error page that says nothing but that it failed.", 209, "V16.5.1", "A10", func(s *survey) []check.Finding {
				for _, a := range s.errors() {
					if what := leak(a.body); what != "" {
						return one(a, "The answer with status "+fmt.Sprint(a.status)+" shows "+what, "")
					}
				}
				return nil
			}),
		probe("live-open-redirect", "A link of the site's own redirects to any site", check.Error, C,
			"A link that begins with the site's name ends on a forged copy of it; codes and tokens of sign-in flows go along.",
			"Redirect to paths of the site itself, or to a list of hosts.", 601, "V3.7.2", "A01", func(s *survey) []check.Finding {
				for _, a := range s.redirects {
					if a.ok() && a.leadsAway() {
						what := "A parameter"
						if a.url.RawQuery == "" {
							what = "A path"
						}
						return one(a, what+" redirects to any site", "Location: "+a.header.Get("Location"))
					}
				}
				return nil
			}),
		probe("live-logout-keeps", "Signing out leaves data in the browser", check.Info, A,
			"Pages in the cache and data in the storage are there for whoever uses the machine next.",
			"Send Clear-Site-Data: \"cache\", \"storage\" when a session ends.", 525, "V14.3.1", "A07", func(s *survey) []check.Finding {
				if s.logout.ok() && s.logout.status < 400 && s.logout.get("Clear-Site-Data") == "" && signsOut(s, s.logout) {
					return one(s.logout, "Signing out sends no Clear-Site-Data", "")
				}
				return nil
			}),
		probe("live-clear-misplaced", "An ordinary page clears the visitor's data", check.Info, A,
			"Each visit throws away cache, storage or cookies of the whole site, sessions included.",
			"Send Clear-Site-Data only when a session ends.", 404, "V14.3.1", "A02", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					value := v.answer.get("Clear-Site-Data")
					return when(value != "" && v.answer != s.logout, "An ordinary page sends Clear-Site-Data"), value
				})
			}),
		probe("live-security-txt-missing", "There is no security.txt", check.Info, APlus,
			"Who finds a hole does not know whom to tell, and tells everybody or nobody.",
			"Serve /.well-known/security.txt with Contact and Expires (RFC 9116).", 1059, "V15.1.1", "A09", func(s *survey) []check.Finding {
				if s.security.ok() && (s.security.status != http.StatusOK || s.security.html()) {
					return one(s.security, "There is no security.txt", evidenceOf(s.security))
				}
				return nil
			}),
		probe("live-security-txt-invalid", "security.txt is wrong or has expired", check.Info, A,
			"People who find a hole are told to disregard a file that has expired or cannot be read.",
			"Renew Expires once a year, and write addresses as mailto: or https:.", 1059, "V15.1.1", "A09", func(s *survey) []check.Finding {
				if !s.security.ok() || s.security.status != http.StatusOK || s.security.html() {
					return nil
				}
				if faults, _ := parseSecurityTxt(s.security.body, s.now); len(faults) > 0 {
					return one(s.security, "security.txt: "+strings.Join(faults, "; "), "")
				}
				return nil
			}),
	}
}

// evidenceOf says what came instead of a file.
func evidenceOf(a *answer) string {
	if a.status == http.StatusOK {
		return "status 200 with a page"
	}
	return fmt.Sprintf("status %d", a.status)
}

// signsOut reports whether the answer ends a session: it takes a cookie away.
func signsOut(s *survey, a *answer) bool {
	return slices.ContainsFunc(readCookies(a, s.now), func(c cookie) bool { return c.deletes }) || a.location() != nil
}

// alike reports whether two answers are the same page, but for what changes
// with each load.
func alike(a, b *answer) bool {
	x, y := len(a.body), len(b.body)
	return a.header.Get("Content-Type") == b.header.Get("Content-Type") && max(x, y)-min(x, y) <= max(x, y)/10+64
}

// errors are the answers that refuse something.
func (s *survey) errors() []*answer {
	list := slices.Concat([]*answer{s.malformed, s.missing, s.auto}, s.refused)
	for _, p := range s.spoofs {
		list = append(list, p.answer)
	}
	return slices.DeleteFunc(list, func(a *answer) bool { return !a.ok() || a.status < 400 })
}

// reflects finds a forged host where it does harm: in a redirect, or in a
// link, form, script or the like of the page.
func reflects(names ...string) func(*survey) []check.Finding {
	return func(s *survey) []check.Finding {
		for _, p := range s.spoofs {
			if !p.answer.ok() || !slices.Contains(names, p.header) {
				continue
			}
			if what := comesBack(p.answer); what != "" {
				return one(p.answer, "The forged "+p.forged()+" stands in "+what, "")
			}
		}
		return nil
	}
}

// forged names what was forged.
func (p *spoofProbe) forged() string {
	if p.header == "Host" {
		return p.header
	}
	return "host of " + p.header
}

// comesBack says where in the answer the hostile host does harm, "" if nowhere.
func comesBack(a *answer) string {
	if next := a.location(); next != nil && next.Hostname() == hostileHost {
		return "a redirect"
	}
	return placeOf(a)
}

// placeOf says where in the page the hostile host stands, "" if nowhere.
func placeOf(a *answer) string {
	if !bytes.Contains(a.body, []byte(hostileHost)) {
		return ""
	}
	p := readPage(a.url, a.body)
	for _, l := range p.links {
		if l.Hostname() == hostileHost {
			return "a link"
		}
	}
	for _, f := range p.forms {
		if f.action.Hostname() == hostileHost {
			return "a form"
		}
	}
	for _, r := range slices.Concat(p.scripts, p.styles, p.loads) {
		if r.url != nil && r.url.Hostname() == hostileHost {
			return "the element " + r.tag
		}
	}
	if p.base.Hostname() == hostileHost {
		return "the base element"
	}
	if p.canonical == hostileHost {
		return "a link element"
	}
	return ""
}

func fileRules() []rule {
	file := func(id, title string, level check.Level, cap Grade, why, fix string, cwe int, asvs string) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"files"}, Why: why, Fix: fix, CWE: []int{cwe}, ASVS: []string{asvs}, OWASP: "A01"}, cap,
			func(s *survey) []check.Finding {
				var found []check.Finding
				for _, h := range s.files {
					if h.rule == id {
						f := one(h.answer, clip(h.path, 100)+" is served: "+h.what, h.described())
						f[0].Key = h.path
						found = append(found, f...)
					}
				}
				return found
			}}
	}
	listings := file("live-listing", "A folder's list of files is served", check.Warning, B,
		"It shows what lies there, the forgotten things too.", "Switch lists off in the server, or serve files by name only.", 548, "V13.4.3")
	listings.judge = func(s *survey) []check.Finding {
		list := slices.Clone(s.listings)
		for _, v := range s.documents() {
			if v.answer.status == http.StatusOK && listing.Match(v.answer.body[:min(len(v.answer.body), 4096)]) {
				list = append(list, v.answer)
			}
		}
		for _, a := range list {
			return one(a, "The list of files in "+clip(a.url.Path, 100)+" is served", "")
		}
		return nil
	}
	return []rule{
		file(ruleVCS, "The version history is served", check.Critical, F,
			"The whole source, and every password that was ever in it, can be downloaded.",
			"Serve a folder that holds nothing but what is public; change the secrets that were in the history.", 527, "V13.4.1"),
		file(ruleSecrets, "A file with secrets is served", check.Critical, F,
			"Keys and passwords of the site are public; programs look for these names day and night.",
			"Remove the file, change every secret in it, and serve a folder that holds nothing but what is public.", 538, "V13.4.7"),
		file(ruleBackup, "A backup or database is served", check.Critical, F,
			"It holds what the site keeps from strangers, all at once.",
			"Remove it, and keep backups outside what is served.", 530, "V13.4.7"),
		file(ruleDebug, "A page for operators is served to everybody", check.Error, D,
			"It shows memory, settings and traffic, and some let strangers slow the site down.",
			"Serve it on an address of its own (ADMIN_LISTEN), or behind a login.", 215, "V13.4.5"),
		file(ruleSource, "The source of the application is served", check.Error, D,
			"It is the map for the next step, and where one file of the folder is served the others are.",
			"Serve a folder that holds nothing but what is public.", 540, "V13.4.7"),
		file("live-source-map", "The source of the scripts is served", check.Info, A,
			"Comments and names that were taken out of the scripts can be read.",
			"Keep source maps out of what is deployed, unless the source is public anyway.", 540, "V13.4.7"),
		listings,
	}
}
