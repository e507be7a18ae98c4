package live

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check"
)

func transportRules() []rule {
	return []rule{{
		Rule: check.Rule{
			ID: "live-https-missing", Title: "The site is not served over https", Level: check.Critical, Tags: []string{"transport"},
			Why: "Everybody on the way reads and changes what visitors see and type, passwords and sessions included.",
			Fix: "Get a certificate (ACME is free) and serve the site over https.",
			CWE: []int{319}, ASVS: []string{"V12.2.1"}, OWASP: "A04",
		}, cap: F, judge: func(s *survey) []check.Finding {
			if s.https.last() != nil || s.tls.state != nil { // what is spoken and cannot be read is said as such
				return nil
			}
			evidence := "the address given is http, and where https would be is not known"
			if len(s.https.answers) > 0 && s.https.answers[0].err != nil {
				evidence = s.https.answers[0].err.Error()
			}
			return one(s.auto, "The site is not served over https", evidence)
		},
	}, {
		Rule: check.Rule{
			ID: "live-http-open", Title: "Plain http is not redirected to https", Level: check.Error, Tags: []string{"transport"},
			Why: "A visitor who types the name, or follows an old link, stays where everybody reads along.",
			Fix: "Redirect every http address to the same one over https with status 301 or 308.",
			CWE: []int{319}, ASVS: []string{"V12.2.1"}, OWASP: "A04",
		}, cap: D, judge: func(s *survey) []check.Finding {
			last := s.http.last()
			if last == nil || s.https.last() == nil {
				return nil
			}
			if end := s.http.leads; last.https() || end != nil && end.Scheme == "https" {
				return nil
			}
			return one(s.http.answers[0], "Plain http is answered with status "+fmt.Sprint(last.status)+" and leads to no https address", "")
		},
	}, {
		Rule: check.Rule{
			ID: "live-http-path-open", Title: "Some pages are served over plain http", Level: check.Error, Tags: []string{"transport"},
			Why: "The front page redirects to https and others do not: who links to those sends visitors into the open.",
			Fix: "Redirect all paths, errors included, and not single pages.",
			CWE: []int{319}, ASVS: []string{"V12.2.1"}, OWASP: "A04",
		}, cap: D, judge: func(s *survey) []check.Finding {
			if route := s.http.route(); len(route) == 0 || route[len(route)-1].Scheme != "https" {
				return nil // live-http-open says it
			}
			for _, a := range s.upgrades {
				if next := a.location(); a.ok() && a.status < 400 && (next == nil || next.Scheme != "https") {
					return one(a, fmt.Sprintf("A page is answered over plain http with status %d", a.status), "")
				}
			}
			return nil
		},
	}, {
		Rule: check.Rule{
			ID: "live-redirect-detour", Title: "The first redirect from http does not lead to https on the same host", Level: check.Warning, Tags: []string{"transport"},
			Why: "The browser never learns HSTS for the name that was typed, so each visit begins in the open.",
			Fix: "Redirect to https on the same host first, and from there to wherever it shall lead.",
			CWE: []int{319}, ASVS: []string{"V3.4.1"}, OWASP: "A04",
		}, cap: B, judge: func(s *survey) []check.Finding {
			route := s.http.route()
			if len(route) < 2 || route[len(route)-1].Scheme != "https" || route[0].Scheme != "http" {
				return nil
			}
			if route[1].Scheme == "https" && strings.EqualFold(route[1].Hostname(), route[0].Hostname()) {
				return nil
			}
			return one(s.http.answers[0], "Plain http redirects to "+shown(route[1])+" first", "")
		},
	}, {
		Rule: check.Rule{
			ID: "live-redirect-downgrade", Title: "A redirect leads from https to plain http", Level: check.Error, Tags: []string{"transport"},
			Why: "The connection was safe, and the site itself sends the visitor out of it.",
			Fix: "Correct the address that the site takes for its own (PUBLIC_URL, or the scheme that the proxy hands on).",
			CWE: []int{319, 757}, ASVS: []string{"V12.2.1"}, OWASP: "A04",
		}, cap: C, judge: func(s *survey) []check.Finding {
			for _, c := range []*chain{&s.https, &s.http} {
				route := c.route()
				for i := 1; i < len(route); i++ {
					if route[i-1].Scheme == "https" && route[i].Scheme == "http" {
						return one(c.answers[i-1], "https redirects to "+shown(route[i]), "")
					}
				}
			}
			return nil
		},
	}, {
		Rule: check.Rule{
			ID: "live-redirect-loop", Title: "Redirects lead nowhere", Level: check.Error, Tags: []string{"transport"},
			Why: "Visitors see an error of the browser instead of the site.",
			Fix: "Let the application know that the proxy in front already speaks https (trusted proxies, X-Forwarded-Proto).",
			CWE: []int{835}, OWASP: "A10",
		}, cap: C, judge: func(s *survey) []check.Finding {
			for _, c := range []*chain{&s.https, &s.http} {
				if c.loop {
					return one(c.answers[len(c.answers)-1], "Redirects go round in a circle at "+shown(c.leads), "")
				}
				if len(c.answers) > maxRedirects && c.leads != nil && s.known(c.leads) { // the eleventh, which was not followed
					return one(c.answers[0], fmt.Sprintf("More than %d redirects follow one another", maxRedirects), "")
				}
			}
			return nil
		},
	}, addressDiffers()}
}

// The ages of HSTS that matter, in seconds.
const (
	halfYear = 15_552_000
	year     = 31_536_000
)

// policyHSTS is the header of the https answer of the host that was asked for,
// which is the one that browsers learn from first.
func (s *survey) policyHSTS() (hsts, *answer) {
	a := s.https.last()
	if a == nil {
		return hsts{}, nil
	}
	return parseHSTS(a.header.Values("Strict-Transport-Security")), a
}

func hstsRules() []rule {
	refs := []string{"https://www.rfc-editor.org/rfc/rfc6797", "https://hstspreload.org/"}
	on := func(fault func(h hsts) string) func(*survey) []check.Finding {
		return func(s *survey) []check.Finding {
			h, a := s.policyHSTS()
			if a == nil {
				return nil
			}
			return one(a, fault(h), a.get("Strict-Transport-Security"))
		}
	}
	hstsRule := func(id, title string, level check.Level, cap Grade, why, fix string, fault func(h hsts) string) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"transport", "headers"}, Why: why, Fix: fix,
			CWE: []int{319, 523}, ASVS: []string{"V3.4.1"}, OWASP: "A04", Django: "security.W004", References: refs}, cap, on(fault)}
	}
	return []rule{
		hstsRule("live-hsts-missing", "Strict-Transport-Security is missing", check.Error, C,
			"Whoever is on the network keeps a visitor on plain http, each time anew.",
			"Send Strict-Transport-Security with a max-age that grows to a year.",
			func(h hsts) string {
				if h.set {
					return ""
				}
				return "Strict-Transport-Security is missing"
			}),
		hstsRule("live-hsts-invalid", "Strict-Transport-Security is void", check.Error, C,
			"Browsers pass over a header they cannot read, so the site is as open as without it.",
			"Write it as max-age=31536000; includeSubDomains.",
			func(h hsts) string {
				if !h.set || h.valid {
					return ""
				}
				return "Strict-Transport-Security cannot be read, so browsers ignore it"
			}),
		hstsRule("live-hsts-off", "Strict-Transport-Security tells browsers to forget it", check.Error, C,
			"max-age=0 takes back the protection of all who have visited before.",
			"Send a max-age of a year, unless the site is about to give up https.",
			func(h hsts) string {
				if !h.valid || h.maxAge > 0 {
					return ""
				}
				return "Strict-Transport-Security has max-age=0, which switches it off"
			}),
		hstsRule("live-hsts-short", "Strict-Transport-Security lasts less than half a year", check.Warning, B,
			"Who visits rarely is unprotected on the next visit.",
			"Raise max-age to 31536000 once https works everywhere.",
			func(h hsts) string {
				if !h.valid || h.maxAge == 0 || h.maxAge >= halfYear {
					return ""
				}
				return fmt.Sprintf("Strict-Transport-Security lasts %s", span(time.Duration(h.maxAge)*time.Second))
			}),
		hstsRule("live-hsts-under-year", "Strict-Transport-Security lasts less than a year", check.Info, A,
			"A year is what ASVS and the preload list ask for.",
			"Raise max-age to 31536000.",
			func(h hsts) string {
				if !h.valid || h.maxAge < halfYear || h.maxAge >= year {
					return ""
				}
				return fmt.Sprintf("Strict-Transport-Security lasts %s, less than a year", span(time.Duration(h.maxAge)*time.Second))
			}),
		hstsRule("live-hsts-subdomains", "Strict-Transport-Security leaves subdomains out", check.Info, A,
			"A forged subdomain over plain http can set cookies for the site.",
			"Add includeSubDomains once all subdomains speak https.",
			func(h hsts) string {
				if !h.valid || h.maxAge == 0 || h.subdomains {
					return ""
				}
				return "Strict-Transport-Security does not cover subdomains"
			}),
		{check.Rule{ID: "live-hsts-preload", Title: "The site cannot be put on browsers' preload lists", Level: check.Info, Tags: []string{"transport", "headers"},
			Why: "The very first visit is protected only if browsers know the name beforehand.",
			Fix: "Meet what is missing, see that every subdomain speaks https, then submit the registered domain at hstspreload.org; it takes months to undo.",
			CWE: []int{319}, ASVS: []string{"V3.7.4"}, OWASP: "A04", Django: "security.W021", References: refs}, APlus, preloadable},
		{check.Rule{ID: "live-hsts-partial", Title: "Some https answers lack Strict-Transport-Security", Level: check.Warning, Tags: []string{"transport", "headers"},
			Why: "A visitor who meets only a redirect, an error or another page does not learn that the site is https only.",
			Fix: "Send the header with every answer over https, redirects and errors included.",
			CWE: []int{319}, ASVS: []string{"V3.4.1"}, OWASP: "A04", References: refs}, BPlus, partialHSTS},
	}
}

// preloadable lists what the preload list asks for and the site lacks.
func preloadable(s *survey) []check.Finding {
	h, a := s.policyHSTS()
	if a == nil || !h.valid || s.config.Preloaded(s.target.Hostname()) {
		return nil
	}
	var lacks []string
	note := func(ok bool, what string) {
		if !ok {
			lacks = append(lacks, what)
		}
	}
	note(s.tls.trusted(), "a trusted certificate")
	note(h.maxAge >= year, "a max-age of a year")
	note(h.subdomains, "includeSubDomains")
	note(h.preload, "preload")
	if first := s.https.answers[0]; first != a {
		own := parseHSTS(first.header.Values("Strict-Transport-Security"))
		note(own.valid && own.maxAge >= year && own.subdomains && own.preload, "the header on the redirect from "+shown(first.url))
	}
	if route := s.http.route(); len(route) > 0 && s.http.last() != nil {
		note(len(route) > 1 && route[1].Scheme == "https" && strings.EqualFold(route[1].Hostname(), route[0].Hostname()), "a first redirect from http to https on the same host")
	}
	if len(lacks) == 0 {
		return nil
	}
	title := "For the preload list these are missing: " + strings.Join(lacks, ", ")
	if domain := registrable(s.target.Hostname()); domain != "" && domain != s.target.Hostname() {
		title += " (and it is " + domain + " that would be listed)"
	}
	f := one(a, title, a.get("Strict-Transport-Security"))
	f[0].Key = "preload"
	return f
}

func partialHSTS(s *survey) []check.Finding {
	h, page := s.policyHSTS()
	if page == nil || !h.valid || h.maxAge == 0 {
		return nil
	}
	for _, a := range s.everything() {
		if !a.https() || a.url.Hostname() != s.target.Hostname() || a.method == "TRACE" || (a == s.malformed || slices.Contains(s.refused, a)) && !a.html() {
			continue
		}
		if !parseHSTS(a.header.Values("Strict-Transport-Security")).valid {
			return one(a, fmt.Sprintf("An answer with status %d lacks Strict-Transport-Security, which the page has", a.status), "")
		}
	}
	return nil
}

// span writes a length of time as people say it.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}
