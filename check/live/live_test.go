package live_test

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

func TestRulesAreWellFormed(t *testing.T) {
	rules := live.Rules()
	if err := check.Validate(rules); err != nil {
		t.Error(err)
	}
	caps := live.Caps()
	for _, r := range rules {
		grade := caps[r.ID]
		bad := map[check.Level]bool{
			check.Critical: grade != live.F, check.Error: grade > live.C || grade == live.F, check.Warning: grade < live.B || grade == live.APlus, check.Info: grade < live.A,
		}[r.Level]
		if bad || !strings.HasPrefix(r.ID, "live-") || r.OWASP == "" || len(r.CWE) == 0 {
			t.Errorf("%s: level %s does not go with grade %s, or a standard is missing", r.ID, r.Level, grade)
		}
		if found, err := r.Run(t.Context(), &check.Target{}); found != nil || err == nil {
			t.Errorf("%s judges without a scan", r.ID)
		}
	}
	if want := map[bool]bool{true: true}; len(rules) < 80 || !want[len(caps) == len(rules)] {
		t.Errorf("%d rules, %d caps", len(rules), len(caps))
	}
}

// TestCrawl: further pages of the same origin, no others, none that sounds as
// if it changed something.
func TestCrawl(t *testing.T) {
	ca := newAuthority(t)
	var mu sync.Mutex
	asked := map[string]int{}
	pages := map[string]string{
		"/":  `<a href="/a">a</a><a href="/logout">out</a><a href="/delete?id=1">x</a><a href="https://other.test/">o</a><a href="http://site.test/plain">p</a><a href="mailto:a@b.test">m</a>`,
		"/a": `<a href="/b#x">b</a><a href="/b#y">b</a><a href="/">home</a>`, "/b": `<a href="/c">c</a>`, "/c": "",
	}
	s := start(t, ca, plan{page: good(func(a *reply) {
		mu.Lock()
		asked[a.r.URL.Path]++
		mu.Unlock()
		if body, ok := pages[a.r.URL.Path]; ok && a.r.Method == "GET" && strings.HasPrefix(a.r.Host, "site.test") {
			a.status = 200
			a.body = "<!doctype html><title>x</title>" + body
			if a.r.URL.Path == "/b" {
				a.header.Del("Referrer-Policy")
			}
		}
	})})
	s.config.Crawl = 2
	s.config.Header = http.Header{"Authorization": {"Bearer x"}} // then nothing signs out
	r := s.scan(t)
	var paths []string
	for _, p := range r.Pages {
		paths = append(paths, "/"+strings.SplitN(p, "/", 4)[3])
	}
	if diff := cmp.Diff([]string{"/", "/a", "/b"}, paths); diff != "" {
		t.Error(diff)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, path := range []string{"/logout", "/delete", "/plain", "/c"} {
		if asked[path] > 0 {
			t.Errorf("%s was asked for", path)
		}
	}
	if i := slices.IndexFunc(r.Report.Findings, func(f check.Finding) bool { return f.ID == "live-referrer-missing" }); i < 0 || !strings.Contains(r.Report.Findings[i].Place.Request, "/b") {
		t.Errorf("the fault of one page is not named: %v", ids(r))
	}
}

// TestPlainHTTP judges what plain http does.
func TestPlainHTTP(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name, rule string
		grade      live.Grade
		plan       plan
	}{
		{"serves", "live-http-open", live.D, plan{plain: good(nil)}},
		{"no https", "live-https-missing", live.F, plan{noTLS: true, plain: good(nil)}},
		{"a password over http", "live-password-insecure", live.F, plan{noTLS: true, plain: good(func(a *reply) { a.body += "<form><input type=password></form>" })}},
		{"https leads to http", "live-redirect-downgrade", live.C, plan{page: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://site.test/")
			w.WriteHeader(http.StatusFound)
		}}},
		{"another host first", "live-redirect-detour", live.B, plan{plain: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://other.test/", http.StatusFound)
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := start(t, ca, c.plan).scan(t); !has(r, c.rule) || r.Grade > c.grade {
				t.Errorf("grade %s, found %v", r.Grade, ids(r))
			}
		})
	}
}

// TestPagesOpenOverHTTP: the front page redirects, others do not.
func TestPagesOpenOverHTTP(t *testing.T) {
	ca := newAuthority(t)
	var mu sync.Mutex
	port := ""
	s := start(t, ca, plan{plain: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			mu.Lock()
			defer mu.Unlock()
			http.Redirect(w, r, "https://site.test:"+port+"/", http.StatusMovedPermanently)
			return
		}
		w.WriteHeader(http.StatusOK)
	}})
	mu.Lock()
	port = s.https
	mu.Unlock()
	if r := s.scan(t); !has(r, "live-http-path-open") || r.Grade != live.D {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
}

// TestPrintsNoSecret writes a result in every form and looks for what must not
// be there: values of cookies and queries, and what steers a terminal.
func TestPrintsNoSecret(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{page: good(func(a *reply) {
		a.header.Add("Set-Cookie", "sid=canary-cookie; Path=/")
		a.header.Set("Server", "x\u202e/1.2.3")
		a.body += `<script src="https://cdn.other.test/a.js?token=canary-query"></script><form method=post action="http://site.test/?t=canary-query"></form>`
	})})
	s.url += "?q=canary-query"
	s.config.Header = http.Header{"Authorization": {"Bearer canary-header"}}
	r := s.scan(t)
	var all bytes.Buffer
	write := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	write(live.WriteText(&all, r, live.TextOptions{Verbose: true}))
	write(live.WriteHTML(&all, r, live.HTMLOptions{}))
	if strings.Contains(all.String(), "\u202e") {
		t.Error("what turns text around is shown to people")
	}
	write(live.WriteJSON(&all, r, nil))
	write(check.WriteSARIF(&all, r.Report, check.SARIFOptions{}))
	if m := regexp.MustCompile(`.*canary.*`).FindString(all.String()); m != "" {
		t.Errorf("shown: %s", m)
	}
	if !has(r, "live-cookie-session-insecure") || !has(r, "live-banner-version") {
		t.Errorf("found %v", ids(r))
	}
}

// TestCompare: fixed, new and remaining findings of two scans.
func TestCompare(t *testing.T) {
	ca := newAuthority(t)
	scan := func(change func(*reply)) *live.Result { return start(t, ca, plan{page: good(change)}).scan(t) }
	before := scan(header("Referrer-Policy", "unsafe-url"))
	var text bytes.Buffer
	if err := live.WriteJSON(&text, before, nil); err != nil {
		t.Fatal(err)
	}
	previous, err := live.ReadPrevious(&text)
	if err != nil {
		t.Fatal(err)
	}
	// Ports differ from server to server, so findings of another one are new; the same result has none.
	same := live.Compare(previous, before)
	if len(same.New)+len(same.Fixed) != 0 || same.Remain != len(before.Report.Findings) || same.Grade != before.Grade {
		t.Errorf("%+v", same)
	}
	after := scan(nil)
	c := live.Compare(previous, after)
	if !slices.ContainsFunc(c.Fixed, func(f check.Finding) bool { return f.ID == "live-referrer-unsafe" }) {
		t.Errorf("%+v", c.Fixed)
	}
	var shown bytes.Buffer
	if err := live.WriteText(&shown, after, live.TextOptions{Compared: c}); err != nil || !strings.Contains(shown.String(), "B → A+") {
		t.Errorf("%v\n%s", err, &shown)
	}
	if _, err := live.ReadPrevious(strings.NewReader(`{"schema":"x"}`)); err == nil {
		t.Error("anything is read as an earlier result")
	}
}

// TestDeadline: a scan that runs out of time says what it could not judge.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := piped(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" || r.Method != http.MethodGet {
				<-r.Context().Done()
			}
		})
		if !slices.ContainsFunc(r.Report.Incomplete, func(i check.Incomplete) bool {
			return strings.Contains(i.Reason, "the 2m0s for the whole scan were over")
		}) {
			t.Errorf("listed as not judged: %v", r.Report.Incomplete)
		}
	})
}

// TestSiteThatLimitsRequests: answers of a limit are no answers to the probes,
// and the result says so.
func TestSiteThatLimitsRequests(t *testing.T) {
	ca := newAuthority(t)
	var asked atomic.Int64
	r := start(t, ca, plan{page: good(func(a *reply) {
		if asked.Add(1) > 20 {
			a.status, a.body = 429, "<!doctype html><title>429</title>"
		}
	})}).scan(t)
	if len(r.Report.Incomplete) != 1 || !strings.Contains(r.Report.Incomplete[0].Reason, "too many") {
		t.Errorf("%+v", r.Report.Incomplete)
	}
}

// TestAccept: what somebody gave a reason for is listed and does not lower the
// grade; a reason that nothing needs any more is named.
func TestAccept(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{page: good(header("Referrer-Policy", "unsafe-url"))})
	before := s.scan(t)
	s.config.Accepted = map[string]string{"live-referrer-unsafe": "the partner needs it", "live-trace": "once"}
	r := s.scan(t)
	if before.Grade != live.B || r.Grade != live.APlus || has(r, "live-referrer-unsafe") || len(r.Report.Hidden) != 1 || r.Report.Hidden[0].Reason != "the partner needs it" {
		t.Errorf("grade %s after %s, hidden %+v", r.Grade, before.Grade, r.Report.Hidden)
	}
	var text, page bytes.Buffer
	if err := live.WriteText(&text, r, live.TextOptions{}); err != nil || !strings.Contains(text.String(), "because the partner needs it") || !strings.Contains(text.String(), "live-trace was not found") {
		t.Errorf("%v\n%s", err, &text)
	}
	if err := live.WriteHTML(&page, r, live.HTMLOptions{}); err != nil || !strings.Contains(page.String(), "the partner needs it") {
		t.Errorf("%v", err)
	}
	var earlier bytes.Buffer
	if err := live.WriteJSON(&earlier, before, nil); err != nil {
		t.Fatal(err)
	}
	previous, err := live.ReadPrevious(&earlier)
	if err != nil {
		t.Fatal(err)
	}
	if c := live.Compare(previous, r); len(c.Fixed) != 0 {
		t.Errorf("what was accepted counts as repaired: %+v", c.Fixed)
	}
	for id, want := range map[string]string{"live-tracé": "no rule has the id", "live-trcae": "did you mean live-trace?", "live-trace": "without a reason"} {
		s.config.Accepted = map[string]string{id: " "}
		if _, err := live.Scan(t.Context(), s.url, s.config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestTextFitsTheTerminal: lines are broken at words and further ones stand
// under the first; what has no break stays whole; without a width nothing is
// broken.
func TestTextFitsTheTerminal(t *testing.T) {
	ca := newAuthority(t)
	r := start(t, ca, plan{tls: func(*tls.Config) {}, page: good(func(a *reply) {
		origin("any", true)(a)
		policy("'nonce-%s' 'strict-dynamic'", "'nonce-%s' https://ajax.googleapis.com https://cdnjs.cloudflare.com")(a)
		a.header.Del("Strict-Transport-Security")
		a.header.Del("Referrer-Policy")
	})}).scan(t)
	for _, width := range []int{40, 80, 120, 0} {
		var text bytes.Buffer
		if err := live.WriteText(&text, r, live.TextOptions{Width: width, Verbose: true}); err != nil {
			t.Fatal(err)
		}
		long := 0
		for line := range strings.Lines(text.String()) {
			if line = strings.TrimRight(line, "\n"); line != strings.TrimRight(line, " ") {
				t.Errorf("width %d: a space ends %q", width, line)
			}
			if n := utf8.RuneCountInString(line); width >= 80 && n > width && strings.Contains(strings.TrimLeft(line, " ")[9:], " ") && !strings.Contains(line, "  +") {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			} else if n > 120 {
				long++
			}
		}
		if (long > 0) != (width == 0) {
			t.Errorf("width %d: %d lines of more than 120 columns", width, long)
		}
	}
}

// TestSignedErrorPages has error pages as servers bring them, and one of a
// site's own that speaks of versions.
func TestSignedErrorPages(t *testing.T) {
	ca := newAuthority(t)
	for text, want := range map[string]bool{
		"<center>openresty/1.21.4.1</center>": true, "<address>Apache/2.4.41 (Ubuntu) Server at x Port 443</address>": true, "<h3>Apache Tomcat/9.0.31</h3>": true,
		"<a>Powered by Jetty:// 9.4.48.v20220622</a>": true, "<title>IIS 10.0 Detailed Error - 404.0</title>": true,
		"<b>Version Information:</b> Microsoft .NET Framework Version:4.0; ASP.NET Version:4.7.3282.0": true, "Werkzeug/2.0.1": true, "Phusion Passenger(R) 6.0.4": true,
		"<h1>Not found</h1><a href=/php>All about PHP 8.1 and nginx 1.18</a>": false, "<center>nginx</center>": false, "Express 4.18 arrives": false,
	} {
		r := start(t, ca, plan{page: good(func(a *reply) {
			if a.status == 404 {
				a.body = "<!doctype html>" + text
			}
		})}).scan(t)
		if has(r, "live-error-version") != want {
			t.Errorf("%s: %t", text, !want)
		}
	}
}

// TestPreloadNeedsTheHeaderOnTheRedirect: hstspreload.org looks at the first
// answer.
func TestPreloadNeedsTheHeaderOnTheRedirect(t *testing.T) {
	ca := newAuthority(t)
	r := start(t, ca, plan{page: good(func(a *reply) {
		switch a.r.URL.Path {
		case "/":
			a.status = 302
			a.header.Set("Location", "/home")
			a.header.Set("Strict-Transport-Security", "max-age=31536000")
		case "/home":
			a.status = 200
		}
	})}).scan(t)
	i := slices.IndexFunc(r.Report.Findings, func(f check.Finding) bool { return f.ID == "live-hsts-preload" })
	if i < 0 || !strings.Contains(r.Report.Findings[i].Title, "the header on the redirect from https://site.test") {
		t.Errorf("%+v", r.Report.Findings)
	}
}

func TestGrades(t *testing.T) {
	for i, name := range live.Grades() {
		g, err := live.ParseGrade(strings.ToLower(name))
		if err != nil || g.String() != name || i == 0 && g != live.APlus {
			t.Errorf("%s: %v %v", name, g, err)
		}
	}
	if _, err := live.ParseGrade("E"); err == nil {
		t.Error("E is no grade")
	}
}

func TestSessionNames(t *testing.T) {
	for name, session := range map[string]bool{
		"sessionid": true, "sid": true, "connect.sid": true, "PHPSESSID": true, "JSESSIONID": true, "auth_token": true, "jwt": true, "__Host-session": true, "ASP.NET_SessionId": true,
		"laravel_session": true, "remember_me": true, "next-auth.session-token": true, "my-sid": true, "__Secure-login": true, "id_token": true,
		"csrftoken": false, "XSRF-TOKEN": false, "theme": false, "lang": false, "_ga": false, "author": false, "inside": false, "side": false, "consent": false, "cf_clearance": false,
	} {
		if got, _, _, ok := live.Cookie(name+"=x", time.Now()); got != session || !ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
