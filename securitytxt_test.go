package merlon_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon"
)

func TestSecurityTxt(t *testing.T) {
	now := time.Date(2026, 3, 1, 17, 30, 0, 0, time.UTC)
	site := compose(t, merlon.Config{Now: func() time.Time { return now }, Settings: production(t,
		"MERLON_SECURITY_CONTACT=security@example.com, https://example.com/report, tel:+1-201-555-0123, mailto:second@example.com?subject=hole",
		"MERLON_SECURITY_POLICY_URL=https://example.com/policy",
		"MERLON_SECURITY_ENCRYPTION_URL=https://example.com/key.txt",
		"MERLON_SECURITY_ACKNOWLEDGMENTS_URL=https://example.com/thanks",
		"MERLON_SECURITY_HIRING_URL=https://example.com/jobs",
		"MERLON_SECURITY_LANGUAGES=en, pt-BR",
	)})
	h := site.Handler()
	res := send(h, secure("GET", "/.well-known/security.txt", nil))
	body, _ := io.ReadAll(res.Body)
	want := `Contact: mailto:security@example.com
Contact: https://example.com/report
Contact: tel:+1-201-555-0123
Contact: mailto:second@example.com?subject=hole
Expires: 2026-08-28T00:00:00Z
Encryption: https://example.com/key.txt
Acknowledgments: https://example.com/thanks
Preferred-Languages: en, pt-BR
Canonical: https://example.com/.well-known/security.txt
Policy: https://example.com/policy
Hiring: https://example.com/jobs
`
	if diff := cmp.Diff(want, string(body)); diff != "" || res.StatusCode != 200 {
		t.Errorf("status %d: %s", res.StatusCode, diff)
	}
	if got := res.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type = %q", got)
	}
	for _, name := range onEveryAnswer {
		if len(res.Header[name]) != 1 {
			t.Errorf("%s = %q", name, res.Header[name])
		}
	}

	now = now.AddDate(0, 0, 10) // the site still runs, so the file is still good
	res = send(h, secure("GET", "/.well-known/security.txt", nil))
	if body, _ = io.ReadAll(res.Body); !strings.Contains(string(body), "Expires: 2026-09-07T00:00:00Z\n") {
		t.Errorf("it goes stale on a site that runs: %s", body)
	}

	for _, c := range []struct {
		method, path string
		status       int
		location     string
	}{
		{"HEAD", "/.well-known/security.txt", 200, ""},
		{"GET", "/security.txt", 302, "/.well-known/security.txt"},
		{"OPTIONS", "/.well-known/security.txt", 405, ""},
	} {
		res := send(h, secure(c.method, c.path, nil))
		if res.StatusCode != c.status || res.Header.Get("Location") != c.location {
			t.Errorf("%s %s: status %d to %q", c.method, c.path, res.StatusCode, res.Header.Get("Location"))
		}
	}

	// RFC 9116 section 3: over https only.
	plain := secure("GET", "/.well-known/security.txt", nil)
	plain.Header.Del("X-Forwarded-Proto")
	if res := send(h, plain); res.StatusCode != 301 || res.Header.Get("Location") != "https://example.com/.well-known/security.txt" {
		t.Errorf("over http: status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestSecurityTxtKeepsTheDateThatWasSet(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_SECURITY_CONTACT=a@example.com", "MERLON_SECURITY_TXT_EXPIRES=2027-01-01")})
	body, _ := io.ReadAll(send(site.Handler(), secure("GET", "/.well-known/security.txt", nil)).Body)
	if !strings.Contains(string(body), "\nExpires: 2027-01-01T00:00:00Z\n") {
		t.Errorf("%s", body)
	}
}

// TestSecurityTxtIsTheApplicationsWithoutAContact: nothing is made up, and a
// file of the application's own, signed perhaps, is not covered.
func TestSecurityTxtIsTheApplicationsWithoutAContact(t *testing.T) {
	site := compose(t, merlon.Config{})
	if res := send(site.Handler(), secure("GET", "/.well-known/security.txt", nil)); res.StatusCode != 404 {
		t.Errorf("status %d, want 404", res.StatusCode)
	}
	app := site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }))
	for _, path := range []string{"/.well-known/security.txt", "/security.txt"} {
		if body, _ := io.ReadAll(send(app, secure("GET", path, nil)).Body); string(body) != path {
			t.Errorf("%s: the application was not asked: %q", path, body)
		}
	}
}

// TestAttackLinesInSecurityTxt: a setting cannot add a field, and what RFC 9116
// refuses is an error at start that does not show the value.
func TestAttackLinesInSecurityTxt(t *testing.T) {
	for _, c := range []struct{ key, value string }{
		{"SECURITY_CONTACT", "canary"},
		{"SECURITY_CONTACT", "http://example.com/canary"},
		{"SECURITY_CONTACT", "javascript:canary"},
		{"SECURITY_CONTACT", "tel:canary"},
		{"SECURITY_CONTACT", "a@example.com canary"},
		{"SECURITY_CONTACT", "https:canary"},
		{"SECURITY_POLICY_URL", "http://example.com/canary"},
		{"SECURITY_POLICY_URL", "https://example.com/canary x"},
		{"SECURITY_ENCRYPTION_URL", "canary"},
		{"SECURITY_ACKNOWLEDGMENTS_URL", "//example.com/canary"},
		{"SECURITY_HIRING_URL", "mailto:canary@example.com"},
		{"SECURITY_LANGUAGES", "en,canary: x"},
		{"SECURE_CROSS_ORIGIN_EMBEDDER_POLICY", "canary"},
	} {
		_, err := merlon.Compose(merlon.Config{Stores: stores(), Settings: production(t, "MERLON_"+c.key+"="+c.value)})
		if err == nil || !strings.Contains(err.Error(), c.key+" (environment variable") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s=%q: %v", c.key, c.value, err)
		}
	}
}

func TestEmbedderPolicyIsSentIfSet(t *testing.T) {
	for _, value := range []string{"", "require-corp", "credentialless"} {
		site := compose(t, merlon.Config{Settings: production(t, "MERLON_SECURE_CROSS_ORIGIN_EMBEDDER_POLICY="+value)})
		if got := send(site.Handler(), secure("GET", "/", nil)).Header.Get("Cross-Origin-Embedder-Policy"); got != value {
			t.Errorf("got %q, want %q", got, value)
		}
	}
}
