package live_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

// TestNoFault: what looks like a fault, and is none.
func TestNoFault(t *testing.T) {
	ca := newAuthority(t)
	add := func(name, value string) func(*reply) { return func(a *reply) { a.header.Add(name, value) } }
	missing := func(change func(*reply)) func(*reply) {
		return func(a *reply) {
			if a.status == 404 {
				change(a)
			}
		}
	}
	const open, closed = "frame-ancestors *", "frame-ancestors 'none'"
	for _, c := range []struct {
		name   string
		change func(*reply)
		rules  string // none of these
	}{
		{"frames refused by the second policy", both(header("X-Frame-Options", ""), policy(closed, open), add("Content-Security-Policy", closed)), "live-framing-open"},
		{"frames refused by the first policy", both(header("X-Frame-Options", ""), add("Content-Security-Policy", open)), "live-framing-open"},
		{"a long page that speaks of versions", missing(func(a *reply) { a.body = "<!doctype html><p>nginx/1.18.0" + strings.Repeat(" ", 20<<10) }), "live-error-version"},
		{"an error in plain text", missing(func(a *reply) {
			a.header.Set("Content-Type", "text/plain; charset=utf-8")
			a.header.Del("Content-Security-Policy")
			a.header.Del("X-Frame-Options")
		}), "live-headers-partial"},
		{"another page for other hosts", func(a *reply) {
			if a.status == 400 {
				a.status, a.body = 200, "<!doctype html><title>Welcome</title>"+strings.Repeat("Nothing is here. ", 100)
			}
		}, "live-host-accepted"},
		{"a key of the documentation", body(`<pre>aws_access_key_id = AKIAIOSFODNN7EXAMPLE aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY </pre>`), "live-secret-shown"},
		{"a key that is none", body(`<pre>AKIAAAAAAAAAAAAAAAAA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"</pre>`), "live-secret-shown"},
		{"the repaired line of a library", body(`<script src="/bootstrap-3.4.1.min.js"></script><script src="/bootstrap/4.3.1/x.js"></script>`), "live-library-vulnerable"},
		{"a private network's own addresses", body(`<img src="https://10.0.0.5/a.png">`), "live-local-load"},
		{"CORS for all lets in its own", origin("any", true), "live-cors-insecure-origin live-cors-local live-cors-subdomains live-cors-reflected"},
		{"a map without mappings", file("/static/a.js.map", `{"sourcesContent":["x"]}`), "live-source-map"},
		{"TRACE refused without HSTS", func(a *reply) {
			if a.r.Method == "TRACE" {
				a.header.Del("Strict-Transport-Security")
			}
		}, "live-hsts-partial"},
		{"a line of text below any handler", func(a *reply) {
			if a.r.Method == "MERLON-SCAN" {
				a.header, a.status, a.body = http.Header{"Content-Type": {"text/plain"}}, 400, "400 Bad Request"
			}
		}, "live-hsts-partial live-headers-partial"},
		{"a proxy that refuses a header whatever it says", func(a *reply) {
			if a.r.Header.Get("X-Http-Method-Override") != "" {
				a.status = 405
			}
		}, "live-method-override"},
		{"a Host that is answered with a redirect to itself", func(a *reply) {
			if a.status == 400 {
				a.status = 301
				a.header.Set("Location", "https://site.test/")
			}
		}, "live-host-reflected live-host-accepted"},
		{"no frame-ancestors beside X-Frame-Options", policy("; "+closed, ""), "live-csp-loose live-csp-weak live-framing-open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, ca, plan{page: good(c.change)}).scan(t)
			for _, f := range r.Report.Findings {
				if slices.Contains(strings.Fields(c.rules), f.ID) {
					t.Errorf("%s: %s (%s)", f.ID, f.Title, f.Evidence)
				}
			}
		})
	}
}

// TestPlainErrors: what an http server refuses for another reason than the
// address is no page that is open over http.
func TestPlainErrors(t *testing.T) {
	var s *site
	ready := make(chan struct{})
	s = start(t, newAuthority(t), plan{plain: func(w http.ResponseWriter, r *http.Request) {
		<-ready
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		http.Redirect(w, r, "https://site.test:"+s.https+"/", http.StatusMovedPermanently)
	}})
	close(ready)
	if r := s.scan(t); r.Grade != live.APlus {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
}

// TestUnreadableHTTPS: https that is spoken and cannot be read is not missing.
func TestUnreadableHTTPS(t *testing.T) {
	r := start(t, newAuthority(t), plan{plain: good(nil), page: func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			c.Close()
		}
	}, tls: func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }}).scan(t)
	if has(r, "live-https-missing") || !slices.ContainsFunc(r.Report.Incomplete, func(in check.Incomplete) bool { return in.Rule == "https" }) {
		t.Errorf("found %v, %v", ids(r), r.Report.Incomplete)
	}
}

// TestMetaPolicies: what browsers pass over in a meta element counts for nothing.
func TestMetaPolicies(t *testing.T) {
	r := start(t, newAuthority(t), plan{page: good(func(a *reply) {
		if front(a) {
			a.header.Del("Content-Security-Policy")
			a.header.Del("X-Frame-Options")
			a.body += `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; frame-ancestors 'none'">`
		}
	})}).scan(t)
	if !has(r, "live-framing-open") || !has(r, "live-csp-meta") || r.Grade != live.C {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
	if !slices.ContainsFunc(r.Report.Findings, func(f check.Finding) bool { return strings.HasPrefix(f.Title, "frame-ancestors") }) {
		t.Errorf("frame-ancestors of a meta element counts: %v", ids(r))
	}
}

// TestSameFaultOnSeveralPages is one finding, which says on how many.
func TestSameFaultOnSeveralPages(t *testing.T) {
	pages := good(func(a *reply) {
		body(`<a href="/a">a</a><a href="/b">b</a>`)(a)
		if (a.r.URL.Path == "/a" || a.r.URL.Path == "/b") && a.r.Method == "GET" {
			a.status = 200
		}
		a.header.Del("Referrer-Policy")
		a.header.Del("Permissions-Policy")
		a.header.Set("X-Frame-Options", "ALLOWALL")
		a.policy(strings.Replace(csp, "; frame-ancestors 'none'", "", 1))
	})
	s := start(t, newAuthority(t), plan{page: pages})
	s.config.Crawl = 5
	r := s.scan(t)
	var titles []string
	for _, f := range r.Report.Findings {
		if f.ID == "live-referrer-missing" {
			titles = append(titles, f.Title)
		}
	}
	if len(titles) != 1 || titles[0] != "Referrer-Policy is missing (and on 2 more)" {
		t.Errorf("%q", titles)
	}
	if r.Grade != live.C || r.Next != live.A || fmt.Sprint(r.Decisive) != "[live-framing-open]" {
		t.Errorf("grade %s, without %v it would be %s; found %v", r.Grade, r.Decisive, r.Next, ids(r))
	}
	// How many pages were looked at does not make a finding another one.
	previous := earlier(t, r)
	s.config.Crawl = 1
	if c := live.Compare(previous, s.scan(t)); len(c.New)+len(c.Fixed) > 0 {
		t.Errorf("new %v, fixed %v", c.New, c.Fixed)
	}
}

// earlier is what is read of a result that was written.
func earlier(t *testing.T, r *live.Result) *live.Previous {
	t.Helper()
	var text strings.Builder
	if err := live.WriteJSON(&text, r, nil); err != nil {
		t.Fatal(err)
	}
	previous, err := live.ReadPrevious(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return previous
}

// TestCompareElsewhere: a fault that is repaired in one place and left in
// another is neither new nor fixed; one that was accepted then is not new.
func TestCompareElsewhere(t *testing.T) {
	ca := newAuthority(t)
	s := start(t, ca, plan{page: good(func(a *reply) {
		if a.status == 404 || !strings.Contains(a.r.UserAgent(), "second") {
			a.header.Set("Server", "nginx/1.18.0")
		}
	})})
	first := s.scan(t)
	s.config.Accepted = map[string]string{"live-banner-version": "known"}
	accepted := s.scan(t)
	s.config.Accepted, s.config.UserAgent = nil, "second"
	second := s.scan(t)
	for name, before := range map[string]*live.Result{"found": first, "accepted": accepted} {
		if c := live.Compare(earlier(t, before), second); len(c.New)+len(c.Fixed) > 0 || c.Remain != len(second.Report.Findings) {
			t.Errorf("%s: new %v, fixed %v", name, c.New, c.Fixed)
		}
	}
	if _, err := live.ReadPrevious(strings.NewReader(`{"schema":"merlon-scan/1","x":"` + strings.Repeat("a", 17<<20) + `"}`)); err == nil || !strings.Contains(err.Error(), "16 MiB") {
		t.Errorf("a file of 17 MiB: %v", err)
	}
}

// TestCompareScores: scores by two versions of the Observatory's rules are not
// put side by side as if they were one.
func TestCompareScores(t *testing.T) {
	s := start(t, newAuthority(t), plan{})
	s.config.Algorithm = 4
	before := s.scan(t)
	s.config.Algorithm = 6
	now := s.scan(t)
	for want, previous := range map[string]*live.Result{
		fmt.Sprintf("Observatory  %d by algorithm 4, %d by algorithm 6", before.Observatory.Score, now.Observatory.Score): before,
		fmt.Sprintf("Observatory  %d → %d", now.Observatory.Score, now.Observatory.Score):                                 now,
	} {
		if text := write(t, now, live.TextOptions{Compared: live.Compare(earlier(t, previous), now)}); !strings.Contains(text, want) {
			t.Errorf("%q is missing: %s", want, text)
		}
	}
}

// TestShownToTheScanAlone: what only those see who sign in is not served to
// everybody, and one session for two answers is one visitor's.
func TestShownToTheScanAlone(t *testing.T) {
	s := start(t, newAuthority(t), plan{page: good(func(a *reply) {
		if a.r.Header.Get("Authorization") != "" {
			both(file("/.env", "SECRET_KEY=abc\n"), file("/metrics", "# HELP x\n"))(a)
			if !strings.HasPrefix(a.r.URL.Path, "/static/") {
				a.header.Set("Set-Cookie", "__Host-session=the-same-for-one-visitor-0123456789; Path=/; Secure; HttpOnly; SameSite=Lax")
			}
		}
	})})
	s.config.Header = http.Header{"Authorization": {"Bearer x"}}
	if r := s.scan(t); r.Grade != live.APlus || has(r, "live-secrets-exposed") || has(r, "live-session-shared") {
		t.Errorf("grade %s, found %v", r.Grade, ids(r))
	}
}

// TestOneReason: what could not be judged for one reason is one line, and no
// part that it belongs to counts as judged.
func TestOneReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := piped(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" || r.Method != http.MethodGet {
				<-r.Context().Done()
			}
		})
		text := write(t, r, live.TextOptions{})
		if n := strings.Count(text, "could not be judged: "); n != 1 || len(r.Report.Incomplete) < 2 {
			t.Errorf("%d lines for %d parts", n, len(r.Report.Incomplete))
		}
		for _, in := range r.Report.Incomplete {
			if !strings.Contains(text, in.Rule) {
				t.Errorf("%s is not named", in.Rule)
			}
		}
		for _, part := range r.Subjects {
			if part.Name == "files" && part.Judged {
				t.Error("files count as looked for")
			}
		}
	})
}

// TestShortCertificates: one that lives six days is renewed late in its life,
// and a root's own signature does not matter.
func TestShortCertificates(t *testing.T) {
	ca := newAuthority(t)
	for left, want := range map[time.Duration]bool{3 * 24 * time.Hour: false, 12 * time.Hour: true} {
		r := start(t, ca, plan{cert: func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(left-6*24*time.Hour), time.Now().Add(left)
		}}).scan(t)
		if has(r, "live-certificate-expiring") != want {
			t.Errorf("%s left of six days: %v", left, ids(r))
		}
	}
}

// TestHSTSAsBrowsersRead: RFC 6797 section 6.1.
func TestHSTSAsBrowsersRead(t *testing.T) {
	for text, want := range map[string]string{
		"max-age=5": "true 5 false false", `max-age="5"; includeSubDomains`: "true 5 true false", "MAX-AGE=5;;PRELOAD": "true 5 false true", "max-age=5; max-age=6": "false 0 false false",
		"max-age=5; preload; preload": "false 0 false false", "includeSubDomains": "false 0 false false", "max-age=-1": "false 0 false false", "max-age=": "false 0 false false",
		"max-age=5, max-age=6": "false 0 false false", "max-age=9999999999999999": "false 0 false false", "max-age=5; nonsense=x": "true 5 false false", `max-age="`: "false 0 false false",
	} {
		valid, age, subdomains, preload := live.HSTS(text)
		if got := fmt.Sprint(valid, age, subdomains, preload); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if valid, age, _, _ := live.HSTS("max-age=1", "max-age=2"); !valid || age != 1 {
		t.Errorf("the first header counts: %d", age)
	}
}

// TestSharedCaches: RFC 9111 section 3, as far as caches are told to keep.
func TestSharedCaches(t *testing.T) {
	for want, list := range map[bool][]string{
		true:  {"public", "s-maxage=5", "max-age=600", "Public, Max-Age=5", "max-age=600, must-revalidate"},
		false: {"", "no-store", "private, max-age=600", "no-cache", "max-age=0", "s-maxage=600, private", "must-revalidate"},
	} {
		for _, value := range list {
			if live.SharedCacheable(http.Header{"Cache-Control": {value}}) != want {
				t.Errorf("%q: %t", value, !want)
			}
		}
	}
	dated := func(expires string) http.Header {
		return http.Header{"Date": {"Sun, 22 Nov 2026 10:00:00 GMT"}, "Expires": {expires}}
	}
	if !live.SharedCacheable(dated("Sun, 22 Nov 2026 11:00:00 GMT")) || live.SharedCacheable(dated("0")) || live.SharedCacheable(dated("Sun, 22 Nov 2026 09:00:00 GMT")) {
		t.Error("Expires is not read")
	}
	if !live.SharedCacheable(http.Header{"Age": {"5"}}) || live.SharedCacheable(http.Header{"Age": {"0"}}) || !live.SharedCacheable(http.Header{"X-Cache": {"TCP_HIT"}}) || live.SharedCacheable(http.Header{"X-Cache": {"MISS"}}) {
		t.Error("what caches say is not read")
	}
}
