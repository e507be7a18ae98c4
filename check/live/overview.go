package live

import (
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// A Subject is one part of what is judged, with the best grade that its own
// findings leave.
type Subject struct {
	Name string `json:"name"`
	// Judged is false if what the subject is about was not looked at, or not
	// all of it.
	Judged   bool  `json:"judged"`
	Grade    Grade `json:"grade"`
	Findings int   `json:"findings"`
}

// A part is what a Subject is about, and the steps of the scan without which it
// is not judged.
type part struct {
	name  string
	steps []string
}

// subjects are the parts in the order of the report.
var subjects = []part{
	{"transport", []string{"https", "plain http"}}, {"headers", []string{"error pages", "the page"}}, {"csp", []string{"second load", "the page"}}, {"cookies", []string{"the page"}},
	{"content", []string{"pages", "scripts and styles", "the page", "what the page holds"}}, {"cors", []string{"cross-origin requests"}},
	{"behaviour", []string{"forged hosts", "methods", "redirect targets", "headers for proxies", "web caches", "sign-out", "security.txt"}},
	{"files", []string{"files", "directories"}}, {"tls", []string{"protocols and ciphers"}}, {"certificate", nil},
}

// partsByRule returns the part that each rule belongs to: the first of its tags
// that is one, but a certificate's rules are of TLS too.
func partsByRule() map[string]string {
	parts := map[string]string{}
	for _, r := range table() {
		for _, tag := range r.Tags {
			if tag == "certificate" || parts[r.ID] == "" && slices.ContainsFunc(subjects, func(p part) bool { return p.name == tag }) {
				parts[r.ID] = tag
			}
		}
	}
	return parts
}

// overview grades each part by itself.
func (s *survey) overview(r *Result) []Subject {
	parts := partsByRule()
	missed := func(step string) bool {
		return slices.ContainsFunc(s.incomplete, func(in check.Incomplete) bool { return in.Rule == step || in.Rule == "requests" })
	}
	var list []Subject
	for _, part := range subjects {
		subject := Subject{Name: part.name, Grade: APlus, Judged: !slices.ContainsFunc(part.steps, missed)}
		switch part.name {
		case "files":
			subject.Judged = subject.Judged && !s.config.SkipFiles
		case "tls":
			subject.Judged = subject.Judged && len(s.tls.spoken) > 0
		case "certificate":
			subject.Judged = s.tls.state != nil
		case "csp", "content":
			subject.Judged = subject.Judged && len(s.documents()) > 0
		}
		for i := range r.Report.Findings {
			if f := &r.Report.Findings[i]; parts[f.ID] == part.name {
				subject.Findings++
				subject.Grade = min(subject.Grade, r.Cap(f))
			}
		}
		list = append(list, subject)
	}
	return list
}

// A Header is one header of the judged page that browsers act on; Value is ""
// if it was not sent.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// telltale are the headers that the report shows, sent or not, and those that
// it shows if they were sent.
var (
	telltale = []string{"Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
		"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"}
	beside = []string{"Content-Security-Policy-Report-Only", "Content-Type", "Cache-Control", "Clear-Site-Data", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials",
		"Reporting-Endpoints", "Alt-Svc", "Server", "X-Powered-By", "X-XSS-Protection"}
)

// headersOf returns the headers of the judged page for the report. Cookies are
// shown without their values, and nonces without theirs.
func (s *survey) headersOf() []Header {
	const most = 2048
	var list []Header
	for _, name := range telltale {
		list = append(list, Header{name, clip(s.auto.get(name), most)})
	}
	for _, name := range beside {
		if s.auto.has(name) {
			list = append(list, Header{name, clip(s.auto.get(name), most)})
		}
	}
	for _, c := range readCookies(s.auto, s.now) {
		list = append(list, Header{"Set-Cookie", c.shown()})
	}
	return list
}

// A Hop is one answer on the way from an address to the page.
type Hop struct {
	URL    string `json:"url"`
	Status int    `json:"status"` // 0 if it was not asked
}

// waysOf returns the ways over http and https.
func (s *survey) waysOf() [][]Hop {
	var ways [][]Hop
	for _, c := range []*chain{&s.http, &s.https} {
		var way []Hop
		for _, a := range c.answers {
			if a.ok() {
				way = append(way, Hop{shown(a.url), a.status})
			}
		}
		if len(way) > 0 && c.leads != nil {
			way = append(way, Hop{URL: shown(c.leads)})
		}
		if len(way) > 0 {
			ways = append(ways, way)
		}
	}
	return ways
}

// announcesHTTP3 reports whether the page says that it is served over HTTP/3.
func (s *survey) announcesHTTP3() bool {
	for service := range strings.SplitSeq(s.auto.get("Alt-Svc"), ",") {
		if strings.HasPrefix(strings.TrimSpace(service), "h3=") {
			return true
		}
	}
	return false
}
