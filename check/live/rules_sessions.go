package live

import (
	"net/url"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// leastBits is how much a session's number must hold (ASVS asks for 128; below
// this it is guessed).
const leastBits = 64

// inAddress are parameters that carry what stands for a user; those of the
// second list count where the value looks like a token.
var (
	inAddress   = []string{"jsessionid", "phpsessid", "sessionid", "session_id", "aspsessionid", "session_token"}
	maybeTokens = []string{"sid", "access_token", "auth_token", "authtoken", "jwt", "id_token"}
)

func sessionRules() []rule {
	session := func(id, title string, level check.Level, cap Grade, why, fix string, cwe int, asvs string, judge func(*survey) []check.Finding) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"cookies", "sessions"}, Why: why, Fix: fix, CWE: []int{cwe}, ASVS: []string{asvs}, OWASP: "A07",
			References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html"}}, cap, judge}
	}
	return []rule{
		session("live-session-shared", "Two visitors got the same session", check.Error, C,
			"Who signs in signs the others in: a cache keeps the cookie, or the number is fixed.",
			"Make a new number for each session, and keep answers that set one out of caches.", 384, "V7.2.3", func(s *survey) []check.Finding {
				return s.sessionPair("has the same value for two visitors", func(a, b cookie) bool { return a.mark == b.mark && a.random })
			}),
		session("live-session-guessable", "The number of a session can be guessed", check.Error, C,
			"Whoever tries numbers finds the sessions of others.",
			"Take 128 bits or more of a generator that is made for secrets.", 330, "V7.2.3", func(s *survey) []check.Finding {
				return s.sessionPair("holds fewer than 64 bits and differs from visitor to visitor", func(a, b cookie) bool {
					return a.mark != b.mark && a.bits > 0 && a.bits < leastBits && b.bits < leastBits
				})
			}),
		session("live-session-unsigned", "A cookie holds a token without signature", check.Error, C,
			"A token with the algorithm none says what its sender wants: another user, other rights.",
			"Sign tokens, and refuse the algorithm none.", 347, "V9.1.2", func(s *survey) []check.Finding {
				for _, c := range s.cookies() {
					if c.unsigned {
						return []check.Finding{{Title: "The cookie " + clip(c.name, 100) + " holds a token with the algorithm none", Evidence: c.shown(), Key: c.name, Place: check.Place{Request: c.from}}}
					}
				}
				return nil
			}),
		session("live-session-address", "A session stands in an address", check.Error, C,
			"Addresses are kept in histories and logs and sent to other sites; who has the address has the session.",
			"Keep the session in a cookie alone (in PHP session.use_only_cookies, in servlets tracking-mode COOKIE).", 598, "V14.2.1", func(s *survey) []check.Finding {
				for _, a := range slices.Concat(s.https.answers, s.http.answers) {
					if next := a.location(); a.ok() && next != nil && sessionIn(next) != "" {
						return one(a, "A redirect carries the session in the address, as "+sessionIn(next), "")
					}
				}
				return s.onDocuments(func(v visit) (string, string) {
					list := slices.Clone(v.page.links)
					for _, f := range v.page.forms {
						list = append(list, f.action)
					}
					for _, l := range list {
						if name := sessionIn(l); name != "" && originOf(l) == originOf(v.answer.url) {
							return "A link carries the session in the address, as " + name, clip(l.Path[:strings.IndexByte(l.Path+";", ';')], 100)
						}
					}
					return "", ""
				})
			}),
		session("live-token-cached", "A page with an anti-forgery token may be kept by shared caches", check.Warning, B,
			"All visitors get the same token from the cache, the attacker too; or none of their forms works.",
			"Send Cache-Control: no-store with pages that have a token.", 524, "V14.2.2", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					token := slices.ContainsFunc(v.page.forms, func(f form) bool { return f.token })
					for _, c := range readCookies(v.answer, s.now) {
						token = token || c.csrf() && !c.deletes
					}
					return when(token && sharedCacheable(v.answer), "A page with an anti-forgery token may be kept by shared caches"), v.answer.caching()
				})
			}),
	}
}

// sessionPair looks at the session that two visitors got with the same page.
func (s *survey) sessionPair(what string, fault func(a, b cookie) bool) []check.Finding {
	if !s.second.ok() || len(s.config.Header) > 0 {
		return nil
	}
	for _, a := range readCookies(s.auto, s.now) {
		for _, b := range readCookies(s.second, s.now) {
			if a.name == b.name && a.path == b.path && a.domain == b.domain && a.identifier() && !a.csrf() && !a.deletes && fault(a, b) {
				return []check.Finding{{Title: "The session cookie " + clip(a.name, 100) + " " + what, Evidence: a.shown(), Key: a.name, Place: check.Place{Request: a.from}}}
			}
		}
	}
	return nil
}

// sessionIn returns the name of the parameter of the address that carries a
// session, "" if none does.
func sessionIn(u *url.URL) string {
	if _, params, ok := strings.Cut(strings.ToLower(u.Path), ";jsessionid="); ok && params != "" {
		return ";jsessionid"
	}
	for name, values := range u.Query() {
		low := strings.ToLower(name)
		if slices.Contains(inAddress, low) && len(values[0]) >= 8 || slices.Contains(maybeTokens, low) && looksRandom(values[0]) {
			return clip(name, 40)
		}
	}
	return ""
}
