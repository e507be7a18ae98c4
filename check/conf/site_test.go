package conf_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
)

// composed returns a target with the site that merlon.Compose makes.
func composed(t *testing.T, change map[string]string, app http.Handler) *check.Target {
	t.Helper()
	set, err := load(t, change)
	if err != nil {
		t.Fatal(err)
	}
	return targetOf(t, set, app)
}

func targetOf(t *testing.T, set *settings.Settings, app http.Handler) *check.Target {
	t.Helper()
	db := memory.New()
	site, err := merlon.Compose(merlon.Config{
		Settings: set, Console: io.Discard,
		Stores: merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &check.Target{Settings: set, Site: site, App: app}
}

// naked is a site whose controls were lost.
type naked struct{}

func (naked) Protect(next http.Handler) http.Handler { return next }

// selective is the composed site with one thing taken away around it.
type selective struct {
	site   check.Site
	around func(http.Handler) http.Handler
}

func (s selective) Protect(next http.Handler) http.Handler { return s.around(s.site.Protect(next)) }

func TestComposedSiteHoldsWhatTheSettingsPromise(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"as delivered":       nil,
		"no redirect":        {"SECURE_SSL_REDIRECT": "false"},
		"redirect to a host": {"SECURE_SSL_HOST": "www.example.com"},
		"suffix":             {"ALLOWED_HOSTS": ".example.com"},
		"own names":          {"CSRF_COOKIE_NAME": "__Host-x", "CSRF_HEADER_NAME": "X-My-Token", "CSRF_FIELD_NAME": "t"},
		"own policy":         {"CSP": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'", "CSP_REPORT_ONLY": "strict"},
		"framed":             {"X_FRAME_OPTIONS": "SAMEORIGIN"},
		"small bodies":       {"BODY_LIMIT": "2KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			r := judge(t, composed(t, change, nil), false)
			for _, f := range r.Findings {
				if f.Level > check.Info {
					t.Errorf("%s: %s %s", f.ID, f.Title, f.Place)
				}
			}
			for _, o := range r.Rules {
				if strings.HasPrefix(o.Rule.ID, "site-") && o.Status != check.Ran {
					t.Errorf("%s is %s: %s", o.Rule.ID, o.Status, o.Note)
				}
			}
		})
	}
}

func TestComposedSiteUnderDevelopment(t *testing.T) {
	set, err := settings.Load(settings.Source{Environ: []string{}, Dir: t.TempDir(), Dev: true})
	if err != nil {
		t.Fatal(err)
	}
	if r := judge(t, targetOf(t, set, nil), false); r.Failed() {
		t.Errorf("%+v", r.Findings)
	}
}

// TestLostControlsAreFound: Django's checks see a name in a list; these see
// what the site does.
func TestLostControlsAreFound(t *testing.T) {
	target := composed(t, nil, nil)
	target.Site = naked{}
	r := judgeIncomplete(t, target)
	var got []string
	for _, f := range r.Findings {
		if !slices.Contains(got, f.ID) {
			got = append(got, f.ID)
		}
	}
	slices.Sort(got)
	want := "site-csp site-csrf site-headers site-host site-hsts site-methods site-panic site-redirect"
	if strings.Join(got, " ") != want {
		t.Errorf("found %v, want %s", got, want)
	}
	if len(r.Incomplete) == 0 {
		t.Error("a site without tokens was judged wholly")
	}
}

func judgeIncomplete(t *testing.T, target *check.Target) *check.Report {
	t.Helper()
	target.Stat = noFile
	r, err := check.Run(t.Context(), check.Options{Rules: rules(), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSingleLosses(t *testing.T) {
	drop := func(name string, status int) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(&dropping{ResponseWriter: w, name: name, status: status}, r)
			})
		}
	}
	for _, c := range []struct {
		name   string
		around func(http.Handler) http.Handler
		want   string
	}{
		{"nosniff lost on 404", drop("X-Content-Type-Options", 404), "site-headers!"},
		{"frame options lost on 500", drop("X-Frame-Options", 500), "site-headers!"},
		{"referrer policy lost on a refusal", drop("Referrer-Policy", 400), "site-headers!"},
		{"CSP lost on 403", drop("Content-Security-Policy", 403), "site-csp!"},
		{"HSTS lost on 500", drop("Strict-Transport-Security", 500), "site-hsts!"},
		{"permissions policy lost on the redirect", drop("Permissions-Policy", 301), "site-headers!"},
		{"host rewritten by a wrapper", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Host = "www.example.com"
				next.ServeHTTP(w, r)
			})
		}, "site-host!"},
		{"cookies stripped of Secure", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(&dropping{ResponseWriter: w, secure: true}, r)
			})
		}, "site-csrf-cookie!"},
		{"redirect with 302", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(&dropping{ResponseWriter: w, found: true}, r)
			})
		}, "site-redirect!"},
		{"a proxy believed from anywhere", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if f := r.Header.Get("X-Forwarded-For"); f != "" {
					r.RemoteAddr = f + ":1"
				}
				next.ServeHTTP(w, r)
			})
		}, "site-proxy-spoof!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := composed(t, nil, nil)
			target.Site = selective{target.Site, c.around}
			if got := ids(judgeIncomplete(t, target)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// dropping takes a header away when the answer has the status.
type dropping struct {
	http.ResponseWriter
	name   string
	status int
	secure bool
	found  bool
}

func (d *dropping) WriteHeader(status int) {
	h := d.Header()
	if status == d.status {
		h.Del(d.name)
	}
	if d.secure {
		for i, c := range h["Set-Cookie"] {
			h["Set-Cookie"][i] = strings.ReplaceAll(c, "; Secure", "")
		}
	}
	if d.found && status == http.StatusMovedPermanently {
		status = http.StatusFound
	}
	d.ResponseWriter.WriteHeader(status)
}

func (d *dropping) Write(p []byte) (int, error) {
	if d.secure {
		d.WriteHeader(http.StatusOK)
	}
	return d.ResponseWriter.Write(p)
}

func TestProgramsOwnPages(t *testing.T) {
	page := func(text string, set map[string]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for key, value := range set {
				w.Header().Set(key, value)
			}
			io.WriteString(w, text)
		})
	}
	at := func(path, text string) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) })
		return mux
	}
	for _, c := range []struct {
		name string
		app  http.Handler
		want string
	}{
		{"a good page", page("<!doctype html><p>hello", nil), ""},
		{"a header weakened", page("x", map[string]string{"X-Frame-Options": "SAMEORIGIN"}), "app-headers"},
		{"a referrer policy weakened", page("x", map[string]string{"Referrer-Policy": "unsafe-url"}), "app-headers"},
		{"a policy with unsafe-inline", page("x", map[string]string{"Content-Security-Policy": "script-src 'unsafe-inline'"}), "app-headers"},
		{"HSTS shortened", page("x", map[string]string{"Strict-Transport-Security": "max-age=1"}), "app-headers"},
		{"a header weakened where the front page leads", func() http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/{$}", http.RedirectHandler("/home", http.StatusSeeOther))
			mux.Handle("/home", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Frame-Options", "SAMEORIGIN") }))
			return mux
		}(), "app-headers"},
		{"a front page that leads to itself", http.RedirectHandler("/", http.StatusSeeOther), ""},
		{"an inline script", page("<script>alert(1)</script>", nil), "app-scripts"},
		{"data in a script element", page(`<script type="application/json">{}</script>`, nil), ""},
		{"an onclick", page(`<p onclick="x()">`, nil), "app-scripts"},
		{"a cookie without protection", page("x", map[string]string{"Set-Cookie": "a=b"}), "app-cookies"},
		{"a banner", page("x", map[string]string{"X-Powered-By": "PHP/5"}), "app-banner"},
		{"the environment", at("/.env", "SECRET_KEY=x\n"), "app-files!"},
		{"a page at /.env", at("/.env", "<!doctype html>"), ""},
		{"the repository", at("/.git/HEAD", "ref: refs/heads/main\n"), "app-files!"},
		{"the database", at("/merlon.db", "SQLite format 3\x00..."), "app-files!"},
		{"profiles", at("/debug/pprof/", "<a>goroutine</a>"), "app-debug!"},
		{"metrics", at("/metrics", "# HELP x y\n"), "app-debug"},
		{"a handler that panics", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ids(judge(t, composed(t, nil, c.app), false)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestSiteThatCannotBeComposedIsAFinding(t *testing.T) {
	set, err := load(t, map[string]string{"X_FRAME_OPTIONS": "MAYBE"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = merlon.Compose(merlon.Config{Settings: set})
	r := judge(t, &check.Target{Settings: set, SiteErr: err}, false)
	if got := ids(r); !strings.Contains(got, "settings-invalid!") {
		t.Errorf("found %q", got)
	}
}

func FuzzInlineScripts(f *testing.F) {
	set, err := settings.Load(settings.Source{Environ: hardened(nil), Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"<script>", "<script nonce=x>", "<p onclick=x>", "<!--", "<script type=", "\x00<", strings.Repeat("<", 100)} {
		f.Add(seed)
	}
	db := memory.New()
	site, err := merlon.Compose(merlon.Config{Settings: set, Stores: merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, page string) {
		app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, page)
		})
		r, err := check.Run(t.Context(), check.Options{Rules: rules(), Tags: []string{"app"}, Target: &check.Target{Settings: set, Site: site, App: app}})
		if err != nil || len(r.Incomplete) > 0 {
			t.Error(r, err)
		}
	})
}
