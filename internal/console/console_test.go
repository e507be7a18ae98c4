package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/internal/console"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
)

const (
	email    = "ann@example.com"
	password = "three tall towers in the rain"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// events keeps the names and reasons of audit events.
type events struct {
	mu  sync.Mutex
	all []string
}

func (e *events) Record(_ context.Context, event audit.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, string(event.Name)+" "+event.Reason)
	return nil
}

func (e *events) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.all, "\n")
}

// site is a site with a console, an account, and a browser.
type site struct {
	t       *testing.T
	url     string
	client  *http.Client
	site    *merlon.Site
	reports csp.ReportStore
	audit   *events
}

func newSite(t *testing.T, reports csp.ReportStore, vars ...string) *site {
	t.Helper()
	set, err := settings.Load(settings.Source{Dev: true, Environ: vars, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	db := memory.New()
	if reports == nil {
		reports = db.CSPReports()
	}
	s := &site{t: t, reports: reports, audit: &events{}}
	s.site, err = merlon.Compose(merlon.Config{Settings: set, Console: io.Discard, SiteName: "Walls",
		Stores: merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Lockout: db.Lockout(), Reports: reports, Audit: s.audit}})
	if err != nil {
		t.Fatal(err)
	}
	staff, err := console.New(console.Config{Site: s.site, Reports: reports, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.site.Protect(staff.Handler(s.site.Welcome())))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	s.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if _, err := s.site.Accounts().Create(t.Context(), email, password, true); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) do(method, path string, form url.Values) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.url)
	}
	response, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(body)
}

func (s *site) get(path string) (*http.Response, string) {
	s.t.Helper()
	return s.do("GET", path, nil)
}

var token = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

func (s *site) signIn(staff bool) {
	s.t.Helper()
	if err := s.site.Accounts().SetStaff(s.t.Context(), email, staff); err != nil {
		s.t.Fatal(err)
	}
	_, page := s.get("/account/login")
	found := token.FindStringSubmatch(page)
	if found == nil {
		s.t.Fatal("the page has no token")
	}
	if response, page := s.do("POST", "/account/login", url.Values{"csrf_token": {found[1]}, "email": {email}, "password": {password}}); response.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("signing in: %d\n%s", response.StatusCode, page)
	}
}

// Strangers are sent to sign in; a user who is no staff finds nothing there,
// and the try is in the trail.
func TestAttackConsoleIsForStaffAlone(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/console", "/console/", "/console/csp", "/console/nowhere", "/console/csp?policy=x"} {
		if response, _ := s.get(path); response.StatusCode != http.StatusSeeOther || !strings.HasPrefix(response.Header.Get("Location"), "/account/login?next=%2Fconsole") {
			t.Errorf("%s for a stranger: %d to %s", path, response.StatusCode, response.Header.Get("Location"))
		}
	}
	s.signIn(false)
	for _, path := range []string{"/console", "/console/", "/console/csp", "/console/nowhere"} {
		response, body := s.get(path)
		if response.StatusCode != http.StatusNotFound || strings.Contains(body, "Console") {
			t.Errorf("%s for a user: %d", path, response.StatusCode)
		}
	}
	if !strings.Contains(s.audit.String(), "authz_fail not-staff") {
		t.Errorf("audited:\n%s", s.audit)
	}
	// The flag counts from the next request, and so does its loss.
	if err := s.site.Accounts().SetStaff(t.Context(), email, true); err != nil {
		t.Fatal(err)
	}
	if response, body := s.get("/console/csp"); response.StatusCode != http.StatusOK || !strings.Contains(body, "Content security policy") {
		t.Errorf("for staff: %d\n%s", response.StatusCode, body)
	}
	if err := s.site.Accounts().SetStaff(t.Context(), email, false); err != nil {
		t.Fatal(err)
	}
	if response, _ := s.get("/console/csp"); response.StatusCode != http.StatusNotFound {
		t.Errorf("for one who was staff: %d", response.StatusCode)
	}
}

func TestPages(t *testing.T) {
	s := newSite(t, nil)
	s.signIn(true)
	for _, c := range []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/console", 301, ""},
		{"GET", "/console/", 200, "What the people who run this site need to see"},
		{"HEAD", "/console/csp", 200, ""},
		{"GET", "/console/csp", 200, "no violation in the last 7 days"},
		{"GET", "/console/csp?since=24h", 200, "in the last 24 hours"},
		{"GET", "/console/csp?since=nonsense", 200, "in the last 7 days"},
		{"GET", "/console/nowhere", 404, "Nothing here"},
		{"GET", "/console/csp/", 404, "Nothing here"},
		{"DELETE", "/console/csp", 403, ""}, // csrf comes first
		{"GET", "/consoles", 404, "Nothing here"},
	} {
		response, body := s.do(c.method, c.path, nil)
		if response.StatusCode != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s %s: %d, want %d and %q in\n%s", c.method, c.path, response.StatusCode, c.status, c.text, body)
		}
		if c.status == 200 && !strings.Contains(response.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s may be stored: %q", c.path, response.Header.Get("Cache-Control"))
		}
	}
}

func violations() []csp.Report {
	at := now.Add(-2 * time.Hour)
	return []csp.Report{
		{Kind: csp.KindViolation, Directive: "script-src-elem", Blocked: csp.BlockedInline, Route: "/shop/{}", Count: 40, First: at, Last: at, Sample: "window.x = <b>", Browsers: []string{"Firefox 141"}},
		{Kind: csp.KindViolation, Directive: "img-src", Blocked: "https://cdn.example.net", Route: "/", Count: 1, First: at, Last: at},
		{Kind: csp.KindViolation, Enforced: true, Directive: "script-src-attr", Blocked: csp.BlockedInline, Route: "/old", Count: 2, First: at, Last: at, Source: "https://a.example/x.js", Line: 3},
		{Kind: csp.KindDeprecation, Directive: "UnloadHandler", Route: "/old", Count: 3, First: at, Last: at},
		{Kind: csp.KindViolation, Directive: "font-src", Blocked: "data:", Route: "/ancient", Count: 9, First: at.AddDate(0, 0, -10), Last: at.AddDate(0, 0, -10)},
	}
}

func TestCSPPage(t *testing.T) {
	s := newSite(t, nil, "MERLON_CSP_REPORT_ONLY=basic")
	if err := s.reports.Add(t.Context(), violations()); err != nil {
		t.Fatal(err)
	}
	s.signIn(true)
	_, body := s.get("/console/csp")
	for _, want := range []string{
		"3 kinds of violations in the last 7 days, 43 times",
		"<code>window.x = &lt;b&gt;</code>", "<strong>40 times</strong>", "2 hours ago", "<code>https://a.example/x.js:3</code>",
		"Add <code>&#39;nonce&#39;</code> to script-src", "low risk", "Change the page, not script-src", "addEventListener",
		"The smallest change to the policy that is tried", "<ins>&#39;nonce&#39;</ins>", "<ins>https://cdn.example.net</ins>",
		"<em>not with what is added</em>", "<em>not if the element has the nonce</em>", "UnloadHandler",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"unsafe-inline", "/ancient", "<b>"} {
		if strings.Contains(body, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	if _, body := s.get("/console/csp?since=30d"); !strings.Contains(body, "/ancient") {
		t.Error("30 days lack what is 10 days old")
	}
	_, body = s.get("/console/csp?policy=" + url.QueryEscape("default-src *; script-src 'unsafe-inline'; img-src *"))
	if !strings.Contains(body, "It would have blocked nothing of what was reported.") {
		t.Errorf("an open policy blocks:\n%s", body)
	}
	_, body = s.get("/console/csp?policy=strict&since=24h")
	if !strings.Contains(body, "As it is, it would have blocked") || !strings.Contains(body, `since=30d&amp;policy=strict"`) {
		t.Errorf("the strict policy:\n%s", body)
	}
}

// What is typed comes back as text, whatever it holds.
func TestAttackPolicyTypedIsNoMarkup(t *testing.T) {
	s := newSite(t, nil)
	s.signIn(true)
	for _, policy := range []string{
		`</textarea><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "default-src 'self'; script-src \x00\x1b[31m", "scrpt-src 'self'", "\xff\xfe",
	} {
		response, body := s.get("/console/csp?policy=" + url.QueryEscape(policy))
		if response.StatusCode != http.StatusOK || !strings.Contains(body, "This policy cannot be read") || strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%q: %d\n%s", policy, response.StatusCode, body)
		}
	}
	if _, body := s.get("/console/csp?policy=" + strings.Repeat("x", 7<<10)); !strings.Contains(body, "it is too long") {
		t.Error("a policy of 7 KiB is read")
	}
}

// refusing is a store that is out of order.
type refusing struct{ csp.ReportStore }

func (refusing) Reports(context.Context, time.Time, int) ([]csp.Report, error) {
	return nil, context.DeadlineExceeded
}

func TestStoreOutOfOrderIs503(t *testing.T) {
	s := newSite(t, refusing{csp.NewMemoryStore(0)})
	s.signIn(true)
	if response, body := s.get("/console/csp"); response.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "deadline") {
		t.Errorf("%d\n%s", response.StatusCode, body)
	}
}

func TestConfig(t *testing.T) {
	if _, err := console.New(console.Config{}); err == nil {
		t.Error("a console without a site")
	}
}
