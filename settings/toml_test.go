package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/settings"
)

func loadTOML(t *testing.T, text string, environ ...string) (*settings.Settings, error) {
	t.Helper()
	return load(t, settings.Source{Environ: env(environ...), ReadFile: files(map[string]string{"merlon.toml": text})})
}

func TestTOML(t *testing.T) {
	s, err := loadTOML(t, `# the site
debug = false
trusted_proxies = ["loopback", "10.0.0.0/8"]
SESSION_COOKIE_AGE = 1209600
session_idle_age = "2h"
body_limit = 2097152
secure_hsts_ramp_start = 2026-05-01
csp = """
default-src 'self';
  script-src 'self'
"""

[silenced_checks]
hsts-preload = "not every subdomain has https"
"csp-report" = "reports go elsewhere"

[rate_limits]
home = "GET / by network 60/m burst 20"
login = "POST /account/login by network 10/m"
`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"loopback", "10.0.0.0/8"}, s.Hosts.TrustedProxies); diff != "" {
		t.Error(diff)
	}
	if s.Sessions.CookieAge != 14*24*time.Hour || s.Sessions.IdleAge != 2*time.Hour || s.Server.BodyLimit != 2<<20 || s.Headers.HSTSRampStart.Format(time.DateOnly) != "2026-05-01" {
		t.Errorf("%+v", s)
	}
	if want := "default-src 'self'; script-src 'self'"; s.CSP.Policy != want {
		t.Errorf("%q, want %q", s.CSP.Policy, want)
	}
	if diff := cmp.Diff(map[string]string{"hsts-preload": "not every subdomain has https", "csp-report": "reports go elsewhere"}, s.Check.Silenced); diff != "" {
		t.Error(diff)
	}
	if want := "home: GET / by network 60/m burst 20; login: POST /account/login by network 10/m"; s.RateLimit.Rules != want {
		t.Errorf("%q, want %q", s.RateLimit.Rules, want)
	}
	for key, want := range map[string]string{
		"DEBUG": "merlon.toml:2", "SESSION_COOKIE_AGE": "merlon.toml:4", "CSP": "merlon.toml:8", "SILENCED_CHECKS": "merlon.toml:13", "RATE_LIMITS": "merlon.toml:17",
	} {
		if got := s.Where(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestTOMLErrors(t *testing.T) {
	_, err := loadTOML(t, `debug = "maybe"
DEBUG = true
body_limit = ["1", "2"]
secure_ssl_host = 1.5
csrf_trusted_origins = [["a"]]
email_from = 07:32:00
[csp]
default-src = "x"
[silenced_checks]
a = 1
`)
	wantErrors(t, err,
		"DEBUG (merlon.toml:2): set twice, in capital and in small letters",
		"debug (merlon.toml:1): not a boolean; use true or false",
		"body_limit (merlon.toml:3): a list where a single value belongs",
		"email_from (merlon.toml:6): a kind of value that no setting has",
		"csp (merlon.toml:7): a table where a single value belongs",
		"csrf_trusted_origins (merlon.toml:5): a list with something that is no single value",
		"silenced_checks (merlon.toml:9): a table with a value that is no text",
	)
	_, err = loadTOML(t, "debug = true\ncsp = canary\n")
	wantErrors(t, err, "merlon.toml:2: not valid TOML")
	_, err = loadTOML(t, "debug = true\ndebug = false\n")
	wantErrors(t, err, "merlon.toml:2: not valid TOML")
}

// TestTOMLDottedKeys: a dotted key is a table that has no line of its own.
func TestTOMLDottedKeys(t *testing.T) {
	_, err := loadTOML(t, "rate_limits.home = 'GET / by network 1/m'\nrate_limits.b = 'POST / by network 2/m'\nsilenced_checks = {a.b = 'c'}")
	wantErrors(t, err, "silenced_checks (merlon.toml:3): a table with a value that is no text")
	s, err := loadTOML(t, "rate_limits.home = 'GET / by network 1/m'\nrate_limits.b = 'POST / by network 2/m'")
	if want := "home: GET / by network 1/m; b: POST / by network 2/m"; err != nil || s.RateLimit.Rules != want || s.Where("RATE_LIMITS") != "merlon.toml:1" {
		t.Errorf("%v", err)
	}
	_, err = loadTOML(t, "debug.x = 1\nnope.x = 1\n\"\" = 1\n[a.b.c]\nd = 1\n[nothing]\n[[csp]]\na = 1\n[x_frame_options.y]\nz = 'a'\n")
	wantErrors(t, err,
		"debug (merlon.toml:1): a table with a value that is no text",
		"x_frame_options (merlon.toml:9): a table with a value that is no text",
		"csp (merlon.toml:7): a kind of value that no setting has",
		"nope (merlon.toml:2): unknown setting",
		"? (merlon.toml): unknown setting",
		"a (merlon.toml:4): unknown setting",
		"nothing (merlon.toml:6): unknown setting",
	)
}

func TestSilencedChecks(t *testing.T) {
	for _, row := range []struct {
		toml, env string
		want      map[string]string
	}{
		{"silenced_checks = ['a', 'b=why, so']", "", map[string]string{"a": "", "b": "why, so"}},
		{"silenced_checks = {a = 'why'}", "", map[string]string{"a": "why"}},
		{"", `SILENCED_CHECKS=a, "b=why, so"`, map[string]string{"a": "", "b": "why, so"}},
		{"[silenced_checks]\nx = 'y'", "SILENCED_CHECKS=a", map[string]string{"a": ""}},
		{"[silenced_checks]\n", "", nil},
	} {
		environ := []string{}
		if row.env != "" {
			environ = append(environ, row.env)
		}
		s, err := loadTOML(t, row.toml, environ...)
		if err != nil {
			t.Errorf("%+v: %v", row, err)
		} else if diff := cmp.Diff(row.want, s.Check.Silenced); diff != "" {
			t.Errorf("%+v: %s", row, diff)
		}
	}
	_, err := loadTOML(t, "silenced_checks = ['=why']")
	wantErrors(t, err, "silenced_checks (merlon.toml:1): a reason without an id")
}

func FuzzTOML(f *testing.F) {
	for _, seed := range []string{"debug = true", "[a.b.c]\nd=1", "a.b = 1", "[[x]]\ny=1", "csp = \"\"\"\nx\n\"\"\"", "[silenced_checks]\na='b'", "x = {a={b=[1,[2]]}}", "\ufeffdebug=1", "rate_limits.a='x'", "\"\" = 1", "[\"\"]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := settings.Load(settings.Source{Dev: true, Environ: []string{}, ReadFile: files(map[string]string{"merlon.toml": text})})
		if (s == nil) == (err == nil) {
			t.Errorf("%v, %v", s, err)
		}
		// Whatever stands in the file and loads is a setting, and was taken.
		var data map[string]any
		if _, bad := toml.Decode(text, &data); err != nil || bad != nil {
			return
		}
		for key := range data {
			if where := s.Where(strings.TrimSuffix(strings.ToUpper(key), "_FILE")); !strings.Contains(where, "merlon.toml") {
				t.Errorf("%q was ignored: %q", key, where)
			}
		}
	})
}

// Settings of one control look as if they belonged into a table.
func TestTableOfSettings(t *testing.T) {
	_, err := load(t, settings.Source{Dev: true, ReadFile: files(map[string]string{"merlon.toml": "debug = true\n[lockout]\nstore = \"sql\"\n[nothing]\na = \"b\"\n"})})
	wantErrors(t, err,
		"lockout (merlon.toml:2): unknown setting; write settings at the top of the file, as in lockout_failure_limit = …",
		"nothing (merlon.toml:4): unknown setting",
	)
}

// TestWindowsFiles: what editors and shells on Windows put around the text.
func TestWindowsFiles(t *testing.T) {
	s, err := settings.Load(settings.Source{Dev: true, Environ: []string{}, ReadFile: files(map[string]string{
		".env": "\ufeffMERLON_EMAIL_FROM=a@example.com\r\n\r\nMERLON_CSP=\"default-src\r\n 'self'\"\r\n", "merlon.toml": "\ufefflog_level = 'debug'\r\n[silenced_checks]\r\nhsts-short = 'x'\r\n",
	})})
	if err != nil || s.Mail.From != "a@example.com" || s.CSP.Policy != "default-src 'self'" || s.Log.Level != "debug" || s.Check.Silenced["hsts-short"] != "x" {
		t.Errorf("%v %+v", err, s)
	}
	_, err = settings.Load(settings.Source{Dev: true, Environ: []string{}, ReadFile: files(map[string]string{".env": "\xff\xfeM\x00", "merlon.toml": "\xfe\xff\x00m"})})
	wantErrors(t, err, ".env: UTF-16, as Windows writes it; save it as UTF-8", "merlon.toml: UTF-16, as Windows writes it; save it as UTF-8")
	_, err = settings.Load(settings.Source{Dev: true, Environ: []string{}, ReadFile: files(map[string]string{"merlon.toml": "[merlon]\ndebug = true\n"})})
	wantErrors(t, err, "merlon (merlon.toml:1): unknown setting; write settings at the top of the file, above every table")
}
