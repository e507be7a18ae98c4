package headers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/headers"
	"github.com/merlon-go/merlon/hosts"
	"github.com/merlon-go/merlon/internal/request"
)

func policy(t testing.TB, c headers.Config) *headers.Policy {
	t.Helper()
	p, err := headers.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answer returns the headers of the answer of h to a request for target.
func answer(h http.Handler, method, target string) http.Header {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Result().Header
}

var empty = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// The names as their standards spell them, written out anew: Fetch (nosniff,
// Cross-Origin-Resource-Policy), RFC 7034, the Referrer Policy and Permissions
// Policy recommendations, HTML (opener and embedder), RFC 6797.
const allOff = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()"

func overHTTP() http.Header {
	return http.Header{
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Referrer-Policy":              {"same-origin"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {allOff},
	}
}

func overHTTPS(hsts string) http.Header {
	h := overHTTP()
	h["Strict-Transport-Security"] = []string{hsts}
	return h
}

func TestZeroConfig(t *testing.T) {
	h := policy(t, headers.Config{}).Handler(empty)
	if diff := cmp.Diff(overHTTP(), answer(h, "GET", "http://a.example/")); diff != "" {
		t.Errorf("plain HTTP (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(overHTTPS("max-age=3600"), answer(h, "GET", "https://a.example/")); diff != "" {
		t.Errorf("HTTPS (-want +got):\n%s", diff)
	}
}

// The ninth header makes the map of net/http grow, at three times the price:
// with the Content-Security-Policy and Content-Type there are eight.
func TestDefaultSetIsSmall(t *testing.T) {
	if n := len(overHTTP()); n > 6 {
		t.Errorf("%d headers over plain HTTP", n)
	}
	bytes := 0
	for name, value := range overHTTPS("max-age=3600") {
		bytes += len(name) + len(value[0]) + 4
	}
	if bytes > 560 {
		t.Errorf("%d bytes of headers", bytes)
	}
}

func TestNamesAreCanonical(t *testing.T) {
	want := []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy", "Permissions-Policy", "Strict-Transport-Security"}
	if diff := cmp.Diff(want, headers.Names()); diff != "" {
		t.Error(diff)
	}
	for _, name := range headers.Names() {
		if http.CanonicalHeaderKey(name) != name {
			t.Errorf("%s is not canonical", name)
		}
	}
}

// tailscale sends Referer-Policy, and its test repeats the literal.
func TestTrap_ReferrerIsSpelledWithTwoR(t *testing.T) {
	h := answer(policy(t, headers.Config{}).Handler(empty), "GET", "https://a.example/")
	if _, wrong := h["Referer-Policy"]; wrong || h["Referrer-Policy"] == nil {
		t.Error(h)
	}
}

// go-safeweb's zero hsts.Interceptor sends max-age=0, which erases HSTS.
func TestTrap_ZeroValueNeverErasesHSTS(t *testing.T) {
	for _, c := range []headers.Config{{}, {HSTSIncludeSubdomains: true}, {HSTSSeconds: 0, HSTSRampStart: time.Unix(1, 0)}} {
		h := answer(policy(t, c).Handler(empty), "GET", "https://a.example/")
		if value := h.Get("Strict-Transport-Security"); value == "" || strings.Contains(value, "max-age=0") {
			t.Errorf("%+v: %q", c, value)
		}
	}
	h := answer(policy(t, headers.Config{InsecureForgetHSTS: true}).Handler(empty), "GET", "https://a.example/")
	if value := h.Get("Strict-Transport-Security"); value != "max-age=0" {
		t.Errorf("forget: %q", value)
	}
}

// TestEveryStatus holds that the headers stand on whatever a handler answers,
// and on the answers that a mux, a file server and hosts give by themselves.
// Django's bad Host, append-slash redirect and refused user agent lack some.
func TestEveryStatus(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", 500) })
	mux.HandleFunc("/forbidden", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) })
	mux.HandleFunc("/see", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) })
	mux.HandleFunc("/unchanged", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(304) })
	mux.HandleFunc("POST /post", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/slash/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "x") })
	mux.Handle("/file/", http.StripPrefix("/file/", http.FileServerFS(fstest.MapFS{})))
	gate, err := hosts.New(hosts.Config{Allowed: []string{"a.example"}})
	if err != nil {
		t.Fatal(err)
	}
	h := gate.Resolve(policy(t, headers.Config{}).Handler(gate.Admit(mux)))
	for target, status := range map[string]int{
		"https://a.example/missing": 404, "https://a.example/error": 500, "https://a.example/forbidden": 403,
		"https://a.example/see": 303, "https://a.example/unchanged": 304, "https://a.example/post": 405,
		"https://a.example/slash": 307, "https://a.example/slash/": 200, "https://a.example/file/missing": 404,
		"https://evil.example/": 400, "http://a.example/": 301, "http://evil.example/": 400,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
			if w.Code != status && !(status == 307 && w.Code == 301) {
				t.Errorf("%s %s: status %d, want %d", method, target, w.Code, status)
			}
			want := overHTTP()
			if strings.HasPrefix(target, "https:") {
				want = overHTTPS("max-age=3600")
			}
			got := http.Header{}
			for _, name := range headers.Names() {
				if values := w.Result().Header[name]; values != nil {
					got[name] = values
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", method, target, diff)
			}
		}
	}
}

func TestHandlersOwnHeaderWins(t *testing.T) {
	own := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		w.Header().Set("Strict-Transport-Security", "max-age=60")
		w.Header().Del("Referrer-Policy")
	})
	h := answer(policy(t, headers.Config{}).Handler(own), "GET", "https://a.example/")
	if h.Get("X-Frame-Options") != "SAMEORIGIN" || h.Get("Strict-Transport-Security") != "max-age=60" || h["Referrer-Policy"] != nil {
		t.Error(h)
	}
}

func TestOuterHeaderWins(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Strict-Transport-Security", "max-age=60")
	policy(t, headers.Config{}).Handler(empty).ServeHTTP(w, httptest.NewRequest("GET", "https://a.example/", nil))
	if h := w.Header(); h.Get("X-Frame-Options") != "SAMEORIGIN" || h.Get("Strict-Transport-Security") != "max-age=60" || h.Get("Referrer-Policy") != "same-origin" {
		t.Error(h)
	}
}

// Values are shared by all answers: what a handler adds must not reach the next.
func TestAddDoesNotReachOtherAnswers(t *testing.T) {
	p := policy(t, headers.Config{})
	add := p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range headers.Names() {
			w.Header().Add(name, "added")
		}
	}))
	answer(add, "GET", "https://a.example/")
	if diff := cmp.Diff(overHTTPS("max-age=3600"), answer(p.Handler(empty), "GET", "https://a.example/")); diff != "" {
		t.Error(diff)
	}
}

func TestSecureAsHostsDecided(t *testing.T) {
	h := policy(t, headers.Config{}).Handler(empty)
	for scheme, want := range map[string]string{"http": "", "https": "max-age=3600"} {
		for _, url := range []string{"http://a.example/", "https://a.example/"} {
			info, r := request.Attach(httptest.NewRequest("GET", url, nil))
			info.Scheme = scheme
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Header().Get("Strict-Transport-Security"); got != want {
				t.Errorf("%s, resolved as %s: %q", url, scheme, got)
			}
		}
	}
}

func TestConfiguredValues(t *testing.T) {
	rows := []struct {
		name   string
		config headers.Config
		header string
		want   string
	}{
		{"frames", headers.Config{FrameOptions: "sameorigin"}, "X-Frame-Options", "SAMEORIGIN"},
		{"referrer", headers.Config{ReferrerPolicy: "no-referrer"}, "Referrer-Policy", "no-referrer"},
		{"referrer list", headers.Config{ReferrerPolicy: " no-referrer, Strict-Origin "}, "Referrer-Policy", "no-referrer,strict-origin"},
		{"opener", headers.Config{CrossOriginOpenerPolicy: "same-origin-allow-popups"}, "Cross-Origin-Opener-Policy", "same-origin-allow-popups"},
		{"opener, new", headers.Config{CrossOriginOpenerPolicy: "noopener-allow-popups"}, "Cross-Origin-Opener-Policy", "noopener-allow-popups"},
		{"resource", headers.Config{CrossOriginResourcePolicy: "cross-origin"}, "Cross-Origin-Resource-Policy", "cross-origin"},
		{"embedder", headers.Config{CrossOriginEmbedderPolicy: "require-corp"}, "Cross-Origin-Embedder-Policy", "require-corp"},
		{"no embedder", headers.Config{}, "Cross-Origin-Embedder-Policy", ""},
		{"permissions", headers.Config{PermissionsPolicy: headers.PermissionsPolicy{"usb": nil, "camera": {"self"}}}, "Permissions-Policy", "camera=(self), usb=()"},
		{"skipped", headers.Config{SkipHeaders: []string{"x-frame-options"}}, "X-Frame-Options", ""},
		{"skipped HSTS", headers.Config{SkipHeaders: []string{"Strict-Transport-Security"}}, "Strict-Transport-Security", ""},
		{"HSTS", headers.Config{HSTSSeconds: 31536000, HSTSIncludeSubdomains: true, HSTSPreload: true}, "Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"},
		{"HSTS for subdomains", headers.Config{HSTSSeconds: 60, HSTSIncludeSubdomains: true}, "Strict-Transport-Security", "max-age=60; includeSubDomains"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			h := answer(policy(t, row.config).Handler(empty), "GET", "https://a.example/")
			if got := h.Get(row.header); got != row.want {
				t.Errorf("%s: %q, want %q", row.header, got, row.want)
			}
		})
	}
}

// Django sends invalid values as they are: a browser passes over them in
// silence, and the protection is not there.
func TestDjangoDifference_InvalidValuesAreRefused(t *testing.T) {
	rows := map[string]struct {
		config headers.Config
		want   string
	}{
		"frames":               {headers.Config{FrameOptions: "ALLOWALL"}, "frame-ancestors"},
		"frames from":          {headers.Config{FrameOptions: "ALLOW-FROM https://a.example"}, "frame-ancestors"},
		"frames misspelt":      {headers.Config{FrameOptions: "SAME-ORIGIN"}, "DENY or SAMEORIGIN"},
		"referrer":             {headers.Config{ReferrerPolicy: "no-referer"}, `"no-referrer"`},
		"referrer list":        {headers.Config{ReferrerPolicy: "no-referrer,,same-origin"}, "empty"},
		"referrer in list":     {headers.Config{ReferrerPolicy: "no-referrer, same_origin"}, `"same-origin"`},
		"newline":              {headers.Config{ReferrerPolicy: "same-origin\r\nX: y"}, "unknown value"},
		"opener":               {headers.Config{CrossOriginOpenerPolicy: "same-site"}, "Cross-Origin-Opener-Policy"},
		"resource":             {headers.Config{CrossOriginResourcePolicy: "none"}, "same-site"},
		"embedder":             {headers.Config{CrossOriginEmbedderPolicy: "require_corp"}, `"require-corp"`},
		"permissions":          {headers.Config{PermissionsPolicy: headers.PermissionsPolicy{"geo-location": nil}}, `"geolocation"`},
		"no permissions":       {headers.Config{PermissionsPolicy: headers.PermissionsPolicy{}}, "skip it"},
		"skip":                 {headers.Config{SkipHeaders: []string{"Referer-Policy"}}, `"Referrer-Policy"`},
		"negative HSTS":        {headers.Config{HSTSSeconds: -1}, "InsecureForgetHSTS"},
		"preload short":        {headers.Config{HSTSSeconds: 10886400, HSTSIncludeSubdomains: true, HSTSPreload: true}, "31536000"},
		"preload by default":   {headers.Config{HSTSIncludeSubdomains: true, HSTSPreload: true}, "31536000"},
		"preload alone":        {headers.Config{HSTSSeconds: 31536000, HSTSPreload: true}, "HSTSIncludeSubdomains"},
		"forget and keep":      {headers.Config{InsecureForgetHSTS: true, HSTSSeconds: 60}, "contradict"},
		"route's value":        {headers.Config{Routes: map[string]headers.Override{"/a": {FrameOptions: "x"}}}, `route "/a"`},
		"route's pattern":      {headers.Config{Routes: map[string]headers.Override{"a b c": {FrameOptions: "DENY"}}}, "pattern"},
		"route without HSTS":   {headers.Config{Routes: map[string]headers.Override{"/a": {SkipHeaders: []string{"strict-transport-security"}}}}, "whole host"},
		"conflicting patterns": {headers.Config{Routes: map[string]headers.Override{"/{a}/b": {FrameOptions: "DENY"}, "/a/{b}": {FrameOptions: "DENY"}}}, "pattern"},
	}
	for name, row := range rows {
		if _, err := headers.New(row.config); err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "headers: ") {
			t.Errorf("%s: error %v, want one with %q", name, err, row.want)
		}
	}
	_, err := headers.New(headers.Config{FrameOptions: "x", ReferrerPolicy: "x", CrossOriginOpenerPolicy: "x", HSTSSeconds: -1, SkipHeaders: []string{"x"}})
	if err == nil || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("not all faults at once: %v", err)
	}
}

func TestRoutes(t *testing.T) {
	p := policy(t, headers.Config{
		ReferrerPolicy: "no-referrer",
		Routes: map[string]headers.Override{
			"/embed/":        {FrameOptions: "SAMEORIGIN", Reason: "the editor shows a preview"},
			"GET /widget":    {SkipHeaders: []string{"X-Frame-Options"}, CrossOriginResourcePolicy: "cross-origin"},
			"/call/{id}":     {PermissionsPolicy: headers.PermissionsPolicy{"camera": {"self"}, "microphone": {"self"}}},
			"/isolated":      {CrossOriginEmbedderPolicy: "require-corp"},
			"b.example/only": {CrossOriginOpenerPolicy: "unsafe-none"},
		},
	})
	h := p.Handler(empty)
	rows := []struct{ method, target, header, want string }{
		{"GET", "https://a.example/embed/x", "X-Frame-Options", "SAMEORIGIN"},
		{"GET", "https://a.example/embed/x", "Referrer-Policy", "no-referrer"},
		{"GET", "https://a.example/embed/x", "Strict-Transport-Security", "max-age=3600"},
		{"GET", "https://a.example/embed", "X-Frame-Options", "DENY"}, // ServeMux redirects it
		{"GET", "https://a.example/embed/../account", "X-Frame-Options", "DENY"},
		{"GET", "https://a.example/account/../embed/", "X-Frame-Options", "DENY"},
		{"GET", "https://a.example//embed/x", "X-Frame-Options", "DENY"},
		{"GET", "https://a.example/x/embed/", "X-Frame-Options", "DENY"},
		{"GET", "https://a.example/widget", "X-Frame-Options", ""},
		{"GET", "https://a.example/widget", "Cross-Origin-Resource-Policy", "cross-origin"},
		{"POST", "https://a.example/widget", "X-Frame-Options", "DENY"},
		{"GET", "https://a.example/call/7", "Permissions-Policy", "camera=(self), microphone=(self)"},
		{"GET", "https://a.example/call/7/8", "Permissions-Policy", allOff},
		{"GET", "https://a.example/isolated", "Cross-Origin-Embedder-Policy", "require-corp"},
		{"GET", "https://a.example/only", "Cross-Origin-Opener-Policy", "same-origin"},
		{"GET", "https://b.example/only", "Cross-Origin-Opener-Policy", "unsafe-none"},
		{"GET", "https://a.example/other", "X-Frame-Options", "DENY"},
	}
	for _, row := range rows {
		if got := answer(h, row.method, row.target).Get(row.header); got != row.want {
			t.Errorf("%s %s: %s is %q, want %q", row.method, row.target, row.header, got, row.want)
		}
	}
	// CONNECT is the one method whose path ServeMux does not clean.
	r := httptest.NewRequest("CONNECT", "/embed/../account", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("X-Frame-Options"); got != "DENY" {
		t.Errorf("CONNECT: %q", got)
	}
}

func TestExemptions(t *testing.T) {
	p := policy(t, headers.Config{
		ReferrerPolicy:            "no-referrer", // stricter
		CrossOriginResourcePolicy: "same-site",
		SkipHeaders:               []string{"permissions-policy"},
		HSTSSeconds:               60,
		Routes: map[string]headers.Override{
			"/embed/": {FrameOptions: "SAMEORIGIN", Reason: "the editor shows a preview"},
			"/a":      {SkipHeaders: []string{"X-Frame-Options"}, CrossOriginEmbedderPolicy: "require-corp"},
		},
	})
	want := []headers.Exemption{
		{Header: "Cross-Origin-Resource-Policy", Value: "same-site", Instead: "same-origin"},
		{Header: "Permissions-Policy", Instead: allOff},
		{Header: "Strict-Transport-Security", Value: "max-age=60", Instead: "max-age=3600"},
		{Pattern: "/a", Header: "X-Frame-Options", Instead: "DENY"},
		{Pattern: "/a", Header: "Cross-Origin-Embedder-Policy", Value: "require-corp"},
		{Pattern: "/embed/", Header: "X-Frame-Options", Value: "SAMEORIGIN", Instead: "DENY", Reason: "the editor shows a preview"},
	}
	if diff := cmp.Diff(want, p.Exemptions()); diff != "" {
		t.Error(diff)
	}
	p.Exemptions()[0].Value = "changed"
	if diff := cmp.Diff(want, p.Exemptions()); diff != "" {
		t.Error("the list is the policy's own")
	}
	for name, c := range map[string]headers.Config{
		"zero":   {},
		"ramp":   {HSTSRampStart: time.Now()},
		"strict": {HSTSSeconds: 31536000, CrossOriginEmbedderPolicy: "require-corp", ReferrerPolicy: "unsafe-url,no-referrer"},
	} {
		if all := policy(t, c).Exemptions(); len(all) != 0 {
			t.Errorf("%s: %v", name, all)
		}
	}
	for name, c := range map[string]headers.Config{
		"forget":    {InsecureForgetHSTS: true},
		"skip HSTS": {SkipHeaders: []string{"Strict-Transport-Security"}},
		"referrer":  {ReferrerPolicy: "no-referrer,unsafe-url"},
		"camera":    {PermissionsPolicy: headers.PermissionsPolicy{"usb": nil, "camera": {"self"}}},
	} {
		if all := policy(t, c).Exemptions(); len(all) != 1 {
			t.Errorf("%s: %v", name, all)
		}
	}
}

func TestWeaker(t *testing.T) {
	p := policy(t, headers.Config{HSTSIncludeSubdomains: true})
	rows := []struct {
		name, header, value string
		weaker              bool
	}{
		{"as it is", "", "", false},
		{"frames", "X-Frame-Options", "SAMEORIGIN", true},
		{"frames, lower case", "X-Frame-Options", "deny", false},
		{"frames, nonsense", "X-Frame-Options", "ALLOWALL", true},
		{"frames taken away", "X-Frame-Options", "", true},
		{"nosniff", "X-Content-Type-Options", "sniff", true},
		{"stricter referrer", "Referrer-Policy", "no-referrer", false},
		{"weaker referrer", "Referrer-Policy", "origin", true},
		{"last of the list", "Referrer-Policy", "unsafe-url, no-referrer", false},
		{"shorter HSTS", "Strict-Transport-Security", "max-age=60; includeSubDomains", true},
		{"HSTS without subdomains", "Strict-Transport-Security", "max-age=31536000", true},
		{"longer HSTS", "Strict-Transport-Security", `max-age="31536000" ; includesubdomains`, false},
		{"camera on", "Permissions-Policy", "default, camera=(self)", true},
		{"more off", "Permissions-Policy", "default, fullscreen=()", false},
		{"unset feature", "Permissions-Policy", "camera=()", true},
		{"nonsense", "Permissions-Policy", "camera 'none'", true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "https://a.example/", nil)
			p.Apply(w.Header(), r)
			if row.header != "" {
				w.Header().Del(row.header)
				if row.value != "" {
					w.Header().Set(row.header, row.value)
				}
			}
			got := p.Weaker(w.Header(), r)
			if len(got) > 1 || (len(got) == 1) != row.weaker || row.weaker && (got[0].Header != row.header || got[0].Value != row.value) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestFrameOptionsWrapper(t *testing.T) {
	p := policy(t, headers.Config{})
	for value, want := range map[string]string{"SAMEORIGIN": "SAMEORIGIN", "sameorigin": "SAMEORIGIN", "DENY": "DENY", "ALLOWALL": "DENY", "": "DENY"} {
		h := answer(p.Handler(headers.FrameOptions(value)(empty)), "GET", "https://a.example/")
		if diff := cmp.Diff([]string{want}, h["X-Frame-Options"]); diff != "" {
			t.Errorf("%q: %s", value, diff)
		}
	}
}

func TestClearSiteData(t *testing.T) {
	rows := []struct {
		kinds []headers.SiteData
		want  string
	}{
		{nil, `"cache", "storage"`},
		{[]headers.SiteData{headers.Cookies}, `"cookies"`},
		{[]headers.SiteData{headers.Cache, headers.Cookies, headers.Storage}, `"cache", "cookies", "storage"`},
		{[]headers.SiteData{"*\"\r\n"}, ""},
	}
	for _, row := range rows {
		h := http.Header{}
		headers.ClearSiteData(h, row.kinds...)
		if got := h.Get("Clear-Site-Data"); got != row.want {
			t.Errorf("%q: %q", row.kinds, got)
		}
	}
}

func TestNewCopiesItsConfig(t *testing.T) {
	c := headers.Config{
		PermissionsPolicy: headers.PermissionsPolicy{"camera": {"self"}},
		Routes:            map[string]headers.Override{"/a": {FrameOptions: "SAMEORIGIN"}},
		SkipHeaders:       []string{"X-Frame-Options"},
	}
	h := policy(t, c).Handler(empty)
	c.PermissionsPolicy["camera"][0] = "*"
	c.SkipHeaders[0] = "Referrer-Policy"
	delete(c.Routes, "/a")
	if got := answer(h, "GET", "https://a.example/"); got.Get("Permissions-Policy") != "camera=(self)" || got.Get("X-Frame-Options") != "" {
		t.Error(got)
	}
	if got := answer(h, "GET", "https://a.example/a"); got.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Error(got)
	}
}

func TestNamesIsACopy(t *testing.T) {
	headers.Names()[0] = "X"
	if slices.Contains(headers.Names(), "X") {
		t.Error("Names is the package's own")
	}
}
