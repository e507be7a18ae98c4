package live

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// pageRule is a rule about what a page holds.
func pageRule(id, title string, level check.Level, cap Grade, why, fix, asvs string, cwe int, owasp string, fault func(v visit) (string, string)) rule {
	r := rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"content"}, Why: why, Fix: fix, CWE: []int{cwe}, OWASP: owasp}, cap,
		func(s *survey) []check.Finding { return s.onDocuments(fault) }}
	if asvs != "" {
		r.ASVS = []string{asvs}
	}
	return r
}

// active are the elements whose content runs in the page or governs it.
var active = []string{"script", "link", "iframe", "frame", "object", "embed", "applet"}

func insecureLoad(v visit, wantActive bool) (resource, bool) {
	if !v.answer.https() {
		return resource{}, false
	}
	upgrades := false
	for _, p := range policiesOf(v) {
		if p["upgrade-insecure-requests"] != nil {
			upgrades = true
		}
	}
	for i, list := range [][]resource{v.page.scripts, v.page.styles, v.page.loads} {
		for _, r := range list {
			if r.url == nil || r.url.Scheme != "http" || upgrades {
				continue
			}
			isActive := i < 2
			for _, tag := range active {
				isActive = isActive || r.tag == tag
			}
			if isActive == wantActive {
				return r, true
			}
		}
	}
	return resource{}, false
}

// foreign reports whether the resource comes from a host that is not the
// page's own: another site, whose owner could change it.
func foreign(v visit, r resource) bool {
	if r.url == nil || r.url.Scheme != "https" && r.url.Scheme != "http" || strings.EqualFold(r.url.Hostname(), v.answer.url.Hostname()) {
		return false
	}
	a, b := registrable(r.url.Hostname()), registrable(v.answer.url.Hostname())
	return a == "" || b == "" || a != b
}

func withoutIntegrity(v visit, list []resource, what string) (string, string) {
	n, first := 0, ""
	for _, r := range list {
		if foreign(v, r) && !goodIntegrity(r.integrity) {
			if n++; n == 1 {
				first = shown(r.url)
			}
		}
	}
	if n == 0 {
		return "", ""
	}
	if n > 1 {
		first += fmt.Sprintf(" and %d more", n-1)
	}
	return what + " of other sites are loaded without integrity", first
}

// goodIntegrity reports whether browsers check the attribute: they pass over
// what is no known hash.
func goodIntegrity(text string) bool {
	for word := range strings.FieldsSeq(text) {
		for _, p := range []string{"sha256-", "sha384-", "sha512-"} {
			if rest, ok := strings.CutPrefix(word, p); ok && len(rest) >= 43 {
				return true
			}
		}
	}
	return false
}

func pageRules() []rule {
	return append(mixedRules(),
		pageRule("live-integrity-script", "Scripts of other sites are loaded without integrity", check.Warning, B,
			"Who controls that site, or breaks into it, runs what they like in every page of this one.",
			"Serve the scripts yourself, or add integrity and crossorigin.", "V3.6.1", 353, "A08", func(v visit) (string, string) {
				return withoutIntegrity(v, v.page.scripts, "Scripts")
			}),
		pageRule("live-integrity-style", "Stylesheets of other sites are loaded without integrity", check.Warning, BPlus,
			"Who controls that site can cover the page, and read what it shows and holds letter by letter.",
			"Serve the stylesheets yourself, or add integrity and crossorigin.", "V3.6.1", 353, "A08", func(v visit) (string, string) {
				return withoutIntegrity(v, v.page.styles, "Stylesheets")
			}),
		pageRule("live-integrity-uncrossed", "A file of another site has integrity and no crossorigin", check.Warning, BPlus,
			"Browsers cannot check such a file and block it, so the page works only where they do not look.",
			"Add crossorigin=\"anonymous\".", "V3.6.1", 353, "A08", func(v visit) (string, string) {
				for _, list := range [][]resource{v.page.scripts, v.page.styles} {
					for _, r := range list {
						if foreign(v, r) && goodIntegrity(r.integrity) && !r.hasCrossing {
							return "A file of another site has integrity and no crossorigin", shown(r.url)
						}
					}
				}
				return "", ""
			}),
		pageRule("live-plugin", "A page uses plug-ins", check.Info, A,
			"Plug-ins are gone from browsers, and what still reads the elements is old and unprotected.",
			"Remove object, embed and applet.", "V3.7.1", 477, "A02", func(v visit) (string, string) {
				for _, tag := range v.page.plugins {
					return "A page uses the element " + tag, ""
				}
				return "", ""
			}),
		pageRule("live-password-paste", "A password field refuses pasting", check.Info, A,
			"It keeps people from password managers, and so from good passwords.",
			"Remove the onpaste handler.", "V6.2.7", 521, "A07", func(v visit) (string, string) {
				return when(v.page.noPaste, "A password field refuses pasting"), ""
			}),
		pageRule("live-password-shown", "A field for a password shows what is typed", check.Info, A,
			"Whoever looks over the shoulder, or at a shared screen, reads it; browsers keep it for the next form.",
			"Give the field type=\"password\".", "V6.2.6", 549, "A07", func(v visit) (string, string) {
				return when(v.page.unmasked != "", "The field "+v.page.unmasked+" shows what is typed"), ""
			}),
		formToken(),
	)
}

func formToken() rule {
	r := pageRule("live-form-token", "A form that posts has no hidden field", check.Info, APlus,
		"If nothing else tells the site's own requests from forged ones, other sites can send the form in a visitor's name (CSRF).",
		"Make sure that the site checks a token, or Origin and Sec-Fetch-Site, wherever something changes.", "V3.5.1", 352, "A01", func(v visit) (string, string) {
			for _, f := range v.page.forms {
				if f.method == "POST" && !f.hidden && originOf(f.action) == originOf(v.answer.url) {
					return "A form that posts to " + clip(f.action.Path, 100) + " has no hidden field", ""
				}
			}
			return "", ""
		})
	r.Confidence = check.Low
	return r
}

// refreshInsecure is about pages that lead on by themselves.
func refreshInsecure() rule {
	return pageRule("live-refresh-insecure", "A page over https leads on to plain http", check.Error, C,
		"The connection was safe, and the page itself takes the visitor out of it.",
		"Let the page lead on to https, or redirect with a status instead.", "V12.2.1", 319, "A04", func(v visit) (string, string) {
			next := v.page.refresh
			if header := refreshTarget(v.answer.url, v.answer.header.Get("Refresh")); header != nil {
				next = header
			}
			if next == nil || next.Scheme != "http" || !v.answer.https() {
				return "", ""
			}
			return "The page leads on to plain http by itself", shown(next)
		})
}

func mixedRules() []rule {
	rules := []rule{
		pageRule("live-password-insecure", "A password is typed into, or sent over, plain http", check.Critical, F,
			"Everybody on the way reads the password, or changes the form to send it elsewhere.",
			"Serve the form over https, and let it send to https.", "V12.2.1", 319, "A04", func(v visit) (string, string) {
				if v.page.password && !v.answer.https() {
					return "A page over plain http asks for a password", ""
				}
				for _, f := range v.page.forms {
					if f.password && f.action.Scheme == "http" {
						return "A form sends a password over plain http", shown(f.action)
					}
				}
				return "", ""
			}),
		pageRule("live-form-insecure", "A form sends over plain http", check.Error, C,
			"Everybody on the way reads what is typed, and the answer can be replaced.",
			"Let the form send to https, or write its action without host.", "V12.2.1", 319, "A04", func(v visit) (string, string) {
				for _, f := range v.page.forms {
					if v.answer.https() && !f.password && f.action.Scheme == "http" {
						return "A form sends over plain http", shown(f.action)
					}
				}
				return "", ""
			}),
		pageRule("live-password-address", "A form puts a password into the address", check.Error, C,
			"Addresses are kept in histories and logs and sent to other sites, the password in them.",
			"Give the form method=\"post\".", "V14.2.1", 598, "A07", func(v visit) (string, string) {
				for _, f := range v.page.forms {
					if sends := f.method == "GET" || f.method == "" && f.raw != "" && f.raw[0] != '#'; f.password && sends && strings.HasPrefix(f.action.Scheme, "http") {
						return "A form puts a password into the address", shown(f.action)
					}
				}
				return "", ""
			}),
		refreshInsecure(),
		pageRule("live-password-foreign", "A form sends a password to another site", check.Warning, B,
			"The password leaves the site that the visitor sees in the address bar.",
			"Let the form send to the site itself, or link to the other site's own page.", "", 359, "A07", func(v visit) (string, string) {
				for _, f := range v.page.forms {
					if f.password && f.action.Scheme == "https" && foreign(v, resource{url: f.action}) {
						return "A form sends a password to another site", shown(f.action)
					}
				}
				return "", ""
			}),
		pageRule("live-mixed-active", "A page over https loads scripts, styles or frames over http", check.Error, C,
			"Whoever is on the network replaces them, and with them the page.",
			"Load them over https.", "V12.2.1", 311, "A04", func(v visit) (string, string) {
				if r, ok := insecureLoad(v, true); ok {
					return "The element " + r.tag + " loads over plain http", shown(r.url)
				}
				return "", ""
			}),
		pageRule("live-mixed-passive", "A page over https loads images or media over http", check.Warning, B,
			"Whoever is on the network replaces them and sees which page is read.",
			"Load them over https, and add upgrade-insecure-requests to the Content-Security-Policy.", "V12.2.1", 311, "A04", func(v visit) (string, string) {
				if r, ok := insecureLoad(v, false); ok {
					return "The element " + r.tag + " loads over plain http", shown(r.url)
				}
				return "", ""
			}),
	}
	typed := rules[0].judge
	rules[0].judge = func(s *survey) []check.Finding {
		for _, a := range slices.Concat(s.http.answers, s.upgrades) {
			if a.ok() && !a.https() && a.status == http.StatusUnauthorized && strings.HasPrefix(strings.ToLower(a.header.Get("WWW-Authenticate")), "basic") {
				return one(a, "Plain http asks for user and password (Basic)", a.header.Get("WWW-Authenticate"))
			}
		}
		return typed(s)
	}
	return rules
}
