package live

import (
	"bytes"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// keys are secrets that are told by their form alone. What a page may show, as
// the keys that maps ask for, is none of them.
var keys = []struct {
	name  string
	marks []string       // one of them is in it: expressions are slow on long pages
	is    *regexp.Regexp // the first group is the secret
}{
	{"a private key", []string{"PRIVATE KEY-----"}, regexp.MustCompile(`-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----(?:\s|\\[nr])*([A-Za-z0-9+/]{40,})`)},
	{"a key of Amazon Web Services", []string{"AKIA", "ASIA"}, regexp.MustCompile(`(?s)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b.{1,160}?["'=:\s]([A-Za-z0-9/+]{40})["'\s]`)},
	{"a secret key of Stripe", []string{"k_live_"}, regexp.MustCompile(`\b[sr]k_live_([0-9A-Za-z]{20,})`)},
	{"a token of GitHub", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, regexp.MustCompile(`\bgh[pousr]_([0-9A-Za-z]{36})\b`)},
	{"a token of GitHub", []string{"github_pat_"}, regexp.MustCompile(`\bgithub_pat_([0-9A-Za-z_]{82})\b`)},
	{"a token of GitLab", []string{"glpat-"}, regexp.MustCompile(`\bglpat-([0-9A-Za-z_-]{20})\b`)},
	{"a token of Slack", []string{"xox"}, regexp.MustCompile(`\bxox[abprs]-(\d{9,}-[0-9A-Za-z-]{20,})`)},
	{"a webhook of Slack", []string{"hooks.slack.com"}, regexp.MustCompile(`hooks\.slack\.com/services/(T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,})`)},
	{"a key of SendGrid", []string{"SG."}, regexp.MustCompile(`\bSG\.([\w-]{22}\.[\w-]{43})\b`)},
	{"a token of npm", []string{"npm_"}, regexp.MustCompile(`\bnpm_([0-9A-Za-z]{36})\b`)},
	{"a key of OpenAI", []string{"T3BlbkFJ"}, regexp.MustCompile(`\bsk-(?:proj-)?([\w-]{20,}T3BlbkFJ[\w-]{20,})`)},
	{"a key of Anthropic", []string{"sk-ant-"}, regexp.MustCompile(`\bsk-ant-api03-([\w-]{80,})`)},
}

// keyIn names the secret that the text holds, "" if none.
func keyIn(text []byte) string {
	for _, k := range keys {
		if !slices.ContainsFunc(k.marks, func(mark string) bool { return bytes.Contains(text, []byte(mark)) }) {
			continue
		}
		for _, m := range k.is.FindAllSubmatch(text, 5) {
			if looksRandom(string(m[1])) && !strings.Contains(string(m[0]), "EXAMPLE") {
				return k.name
			}
		}
	}
	return ""
}

// A version is a number of a release.
type version [3]int

func versionOf(text string) (v version) {
	for i, part := range strings.SplitN(text, ".", 3) {
		v[i], _ = strconv.Atoi(part)
	}
	return v
}

func (v version) below(w version) bool { return slices.Compare(v[:], w[:]) < 0 }

// libraries are scripts with a known hole that a page is open to: from the
// release on, up to the one that is repaired; none if the line is given up.
var libraries = []struct {
	name, from, fixed, hole string
	url, banner             *regexp.Regexp
}{
	{"jQuery", "0.0.0", "3.5.0", "CVE-2020-11022", called(`jquery`), regexp.MustCompile(`jQuery (?:JavaScript Library )?v(\d+\.\d+\.\d+)`)},
	{"jQuery UI", "0.0.0", "1.13.2", "CVE-2022-31160", called(`jquery-?ui`), regexp.MustCompile(`jQuery UI - v(\d+\.\d+\.\d+)`)},
	{"Bootstrap", "0.0.0", "3.4.1", "CVE-2019-8331", called(`(?:twitter-)?bootstrap`), regexp.MustCompile(`Bootstrap v(\d+\.\d+\.\d+) \(`)},
	{"Bootstrap", "4.0.0", "4.3.1", "CVE-2019-8331", called(`(?:twitter-)?bootstrap`), regexp.MustCompile(`Bootstrap v(\d+\.\d+\.\d+) \(`)},
	{"AngularJS", "1.0.0", "2.0.0", "CVE-2024-8372", called(`angular(?:\.?js)?`), regexp.MustCompile(`AngularJS v(1\.\d+\.\d+)`)},
	{"Lodash", "0.0.0", "4.17.21", "CVE-2021-23337", called(`lodash(?:\.js)?`), regexp.MustCompile(`(?i)@license\s+\*?\s*Lodash[^\n]{0,40}?(\d+\.\d+\.\d+)`)},
	{"Handlebars", "0.0.0", "4.7.7", "CVE-2021-23369", called(`handlebars(?:\.js)?`), regexp.MustCompile(`[Hh]andlebars v(\d+\.\d+\.\d+)`)},
	{"DOMPurify", "0.0.0", "2.5.4", "CVE-2024-45801", called(`dompurify`), regexp.MustCompile(`DOMPurify (\d+\.\d+\.\d+)`)},
	{"DOMPurify", "3.0.0", "3.1.3", "CVE-2024-45801", called(`dompurify`), regexp.MustCompile(`DOMPurify (\d+\.\d+\.\d+)`)},
	{"Moment.js", "0.0.0", "2.29.4", "CVE-2022-31129", called(`moment(?:\.js)?`), regexp.MustCompile(`//! version : (\d+\.\d+\.\d+)`)},
	{"Knockout", "0.0.0", "3.5.0", "CVE-2019-14862", called(`knockout`), regexp.MustCompile(`Knockout JavaScript library v(\d+\.\d+\.\d+)`)},
}

// called finds the release in an address, as in /jquery-1.12.4.min.js,
// /jquery/1.12.4/jquery.js and /npm/jquery@1.12.4/dist/jquery.js.
func called(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)/` + name + `[-@/]v?(\d+\.\d+\.\d+)(?:[./-]|$)`)
}

// vulnerable names the library with a hole in the text, "" if there is none.
func vulnerable(text string, at func(i int) *regexp.Regexp) (title, evidence string) {
	for i, l := range libraries {
		if m := at(i).FindStringSubmatch(text); m != nil {
			if v := versionOf(m[1]); !v.below(versionOf(l.from)) && v.below(versionOf(l.fixed)) {
				return fmt.Sprintf("The page runs %s %s, which has a known hole (%s)", l.name, m[1], l.hole), l.name + " " + m[1]
			}
		}
	}
	return "", ""
}

// oldLibrary looks at the addresses of a page's scripts, and at the beginning
// of those that were loaded.
func (s *survey) oldLibrary(v visit) (string, string) {
	for _, r := range v.page.scripts {
		if r.url == nil {
			continue
		}
		if title, _ := vulnerable(r.url.Path, func(i int) *regexp.Regexp { return libraries[i].url }); title != "" {
			return title, shown(r.url)
		}
		for _, a := range s.assets {
			const most = 1024
			if a.url.Path == r.url.Path && originOf(a.url) == originOf(r.url) {
				if title, _ := vulnerable(string(a.body[:min(len(a.body), most)]), func(i int) *regexp.Regexp { return libraries[i].banner }); title != "" {
					return title, shown(r.url)
				}
			}
		}
	}
	return "", ""
}

// atHome says whose a name is that means something else to every visitor, ""
// if it means the same to all.
func atHome(u *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ends := func(end string) bool { return strings.HasSuffix(host, end) }
	a, err := netip.ParseAddr(host)
	switch {
	case host == "localhost" || ends(".localhost") || err == nil && (a.IsLoopback() || a.IsUnspecified()):
		return "machine"
	case ends(".local") || ends(".internal") || ends(".lan") || err == nil && a.IsPrivate():
		return "network"
	}
	return ""
}

// servedRules are about what pages and scripts hold that nobody meant to serve.
func servedRules() []rule {
	secret := rule{check.Rule{
		ID: "live-secret-shown", Title: "A page or script holds a secret", Level: check.Critical, Tags: []string{"content", "secrets"},
		Why: "Whoever opens the page has the key, and programs look for such keys day and night.",
		Fix: "Withdraw the key now, and keep what needs it on the server.",
		CWE: []int{540, 798}, ASVS: []string{"V13.3.1"}, OWASP: "A02",
	}, F, func(s *survey) []check.Finding {
		for _, v := range s.pages {
			if what := keyIn(v.answer.body); what != "" {
				return one(v.answer, "The page holds "+what, "")
			}
		}
		for _, a := range s.assets {
			if what := keyIn(a.body); what != "" {
				return one(a, "The file holds "+what, "")
			}
		}
		return nil
	}}
	library := rule{check.Rule{
		ID: "live-library-vulnerable", Title: "A page runs a script with a known hole", Level: check.Warning, Tags: []string{"content"},
		Why: "The hole is described in public, and tried wherever the script is found.",
		Fix: "Update the script, or replace what is no longer kept.",
		CWE: []int{1395}, ASVS: []string{"V15.2.1"}, OWASP: "A03",
	}, B, func(s *survey) []check.Finding { return s.onDocuments(s.oldLibrary) }}
	local := rule{check.Rule{
		ID: "live-local-load", Title: "A page loads from the visitor's own machine or network", Level: check.Warning, Tags: []string{"content"},
		Why: "Whatever answers there, another program, another user or nobody, becomes part of the page.",
		Fix: "Remove what was left over from development, or name the address that is meant.",
		CWE: []int{829}, ASVS: []string{"V15.2.3"}, OWASP: "A08",
	}, B, func(s *survey) []check.Finding {
		intranet := slices.ContainsFunc(s.addresses, func(a netip.Addr) bool { return !public(a) })
		return s.onDocuments(func(v visit) (string, string) {
			for _, r := range slices.Concat(v.page.scripts, v.page.styles, v.page.loads) {
				if r.url == nil || r.url.Scheme != "https" && r.url.Scheme != "http" || strings.EqualFold(r.url.Hostname(), v.answer.url.Hostname()) {
					continue
				}
				if whose := atHome(r.url); whose == "machine" || whose == "network" && !intranet {
					return "The element " + r.tag + " loads from the visitor's own " + whose, shown(r.url)
				}
			}
			return "", ""
		})
	}}
	return []rule{secret, library, local}
}
